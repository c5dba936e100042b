// wire/FORMAT.md is right: its examples are what the library writes.
#include <sstream>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "golden_frames.hpp"
#include "kit/files.hpp"

namespace weft::test {

namespace {

/// The hexadecimal bytes at the front of each line of a fenced block; words of another form end a line's
/// bytes.
Bytes bytes_of(std::istream& text) {
  Bytes bytes;
  std::string line;
  for (std::getline(text, line); std::getline(text, line) && line != "```";) {  // the first is the fence
    std::istringstream words(line);
    for (std::string word;
         words >> word && word.size() == 2 && word.find_first_not_of("0123456789abcdef") == word.npos;) {
      bytes.push_back(std::byte(std::stoi(word, nullptr, 16)));
    }
  }
  return bytes;
}

struct Example {
  std::string name;
  Bytes bytes;
};

std::vector<Example> examples() {
  std::istringstream page(read_text(WEFT_FORMAT));
  std::vector<Example> all;
  const std::string mark = "<!-- golden: ";
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with(mark)) continue;
    auto name = line.substr(mark.size(), line.find(' ', mark.size()) - mark.size());
    all.push_back({std::move(name), bytes_of(page)});
  }
  return all;
}

}  // namespace

TEST_CASE("every example of FORMAT.md is what the library writes") {
  const auto all = examples();
  REQUIRE(all.size() >= 4);
  for (const auto& example : all) {
    INFO(example.name);
    const auto frames = golden_frames();
    const auto golden = std::ranges::find(frames, example.name, &GoldenFrame::name);
    REQUIRE(golden != frames.end());
    CHECK(example.bytes == golden_bytes(*golden));
  }
}

TEST_CASE("FORMAT.md gives the schema of its example and that schema's fingerprint") {
  const auto page = read_text(WEFT_FORMAT);
  std::ostringstream line;
  line << schema_text<Reading>() << "     " << std::hex << fingerprint<Reading>() << '\n';
  CHECK(page.find(line.str()) != page.npos);
  CHECK(page.find(std::string(schema_text<wire::Announcement>())) != page.npos);
  CHECK(page.find(std::string(schema_text<wire::RemoteError>())) != page.npos);
  CHECK(page.find(std::string(schema_text<wire::Receipt>())) != page.npos);
}

}  // namespace weft::test
