#include "examples/images/finding.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <system_error>

#include <fmt/format.h>

#include "base/foreign_text.hpp"

namespace weft::images {

namespace {

namespace fs = std::filesystem;

bool is_image(const fs::path& path) {
  auto kind = path.extension().string();
  std::ranges::transform(kind, kind.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return kind == ".png" || kind == ".jpg" || kind == ".jpeg";
}

Result<void> look_into(const fs::path& folder, const fs::path& out, std::set<std::string>& paths) {
  std::error_code failed;
  for (fs::recursive_directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    std::error_code none;  // what has gone meanwhile is none
    if (it->is_directory(none) && fs::equivalent(it->path(), out, none)) it.disable_recursion_pending();
    if (is_image(it->path()) && it->is_regular_file(none)) paths.insert(it->path());
  }
  if (failed) return sys_error(failed.value(), "look into", shown(folder.string()));
  return {};
}

}  // namespace

Result<std::vector<Source>> find_images(const std::vector<std::string>& folders, const std::string& out) {
  std::set<std::string> paths;
  for (const auto& folder : folders)
    WEFT_CHECK(look_into(folder, out, paths));
  if (paths.empty()) {
    return Error{Errc::not_found, fmt::format("no file named .png, .jpg or .jpeg in {}",
                                              shown(fmt::format("{}", fmt::join(folders, ", ")), 1000))};
  }
  std::vector<Source> sources;
  std::set<std::string> taken{contact_sheet_name};
  for (const auto& path : paths) {
    const auto stem = fs::path(path).stem().string();
    auto output = stem + ".png";
    for (int number = 2; !taken.insert(output).second; ++number)
      output = fmt::format("{}-{}.png", stem, number);
    sources.push_back({path, std::move(output)});
  }
  return sources;
}

}  // namespace weft::images
