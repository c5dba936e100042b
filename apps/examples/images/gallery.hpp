// Gallery: takes in results, each once, and writes them into a folder, at the end with a contact sheet.
//
// Threads   One at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "examples/images/finding.hpp"
#include "examples/images/picture.hpp"

namespace weft::images {

class Gallery final {
 public:
  /// Makes the folder, if it is not there. Errors: the kernel's.
  static Result<Gallery> create(std::string folder, std::vector<Source> sources);

  enum class Taken {
    written,    ///< OUT/NAME.png is there.
    failed,     ///< No picture came of it.
    duplicate,  ///< Its result has come before, or there is no such image.
  };

  /// A result: a PNG file. Errors: those of writing.
  Result<Taken> take(std::uint32_t number, BytesView png);
  /// An image that could not be done, and why.
  Taken take_failure(std::uint32_t number, const std::string& why);

  /// Writes the contact sheet, of the first 2,500 images. None, if there is no picture. Errors: those of writing.
  Result<void> finish();

  [[nodiscard]] const std::vector<Source>& sources() const noexcept { return sources_; }
  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
  [[nodiscard]] const std::string& reason(std::uint32_t number) const { return entries_[number].why; }
  [[nodiscard]] std::size_t written() const noexcept { return written_; }
  [[nodiscard]] std::size_t failed() const noexcept { return failed_; }
  [[nodiscard]] std::size_t duplicates() const noexcept { return duplicates_; }
  [[nodiscard]] bool is_complete() const noexcept { return written_ + failed_ == sources_.size(); }

 private:
  struct Entry {
    bool settled = false;
    std::string why{};
    Picture tile{};
  };

  Gallery(std::string folder, std::vector<Source> sources)
      : folder_(std::move(folder)), sources_(std::move(sources)), entries_(sources_.size()) {}
  bool is_new(std::uint32_t number);
  [[nodiscard]] std::string path_of(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
  std::vector<Source> sources_;
  std::vector<Entry> entries_;  // one for each source
  std::size_t written_ = 0;
  std::size_t failed_ = 0;
  std::size_t duplicates_ = 0;
};

}  // namespace weft::images
