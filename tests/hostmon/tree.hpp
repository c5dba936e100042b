// The captured /proc and /sys trees of tests/data, and copies of them that a test may change.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <stdlib.h>

#include "hostmon/meters.hpp"
#include "hostmon/sampler.hpp"

namespace weft::hostmon {

inline std::filesystem::path data(std::string_view tree) {
  return std::filesystem::path(WEFT_TEST_DATA) / tree;
}

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return (std::ostringstream() << file.rdbuf()).str();
}

/// A captured file, "proc-small", "proc/stat".
inline std::string captured(std::string_view tree, std::string_view file) {
  return contents(data(tree) / file);
}

/// The moment `milliseconds` after an arbitrary start.
inline Moment at(std::int64_t milliseconds) {
  const auto offset = std::chrono::milliseconds(milliseconds);
  return {Time(std::chrono::seconds(1'800'000'000)) + offset, Instant(std::chrono::hours(1)) + offset};
}

/// A copy of a captured tree in a directory of its own, removed with the object.
class Tree final {
 public:
  explicit Tree(std::string_view tree) {
    auto name = (std::filesystem::temp_directory_path() / "tree-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root_ = name;
    std::filesystem::copy(data(tree), root_, std::filesystem::copy_options::recursive);
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() { std::filesystem::remove_all(root_); }

  void write(std::string_view file, std::string_view text) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file, std::ios::binary) << text;
  }
  void remove(std::string_view file) const { std::filesystem::remove_all(root_ / file); }
  [[nodiscard]] std::string read(std::string_view file) const { return contents(root_ / file); }
  /// Replaces the one occurrence of `before` in `file`.
  void edit(std::string_view file, std::string_view before, std::string_view after) const {
    auto text = read(file);
    const auto found = text.find(before);
    REQUIRE(found != text.npos);
    write(file, text.replace(found, before.size(), after));
  }

  [[nodiscard]] SamplerOptions options() const {
    return {.proc = (root_ / "proc").string(), .sys = (root_ / "sys").string()};
  }
  [[nodiscard]] Sampler sampler() const { return Sampler::open(options()).value(); }

 private:
  std::filesystem::path root_;
};

}  // namespace weft::hostmon
