// Notices: what to tell people about sources that fail again and again.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace weft::hostmon {

/// Remembers how each source last fared, so that a lasting failure is one line and not ten a second. Pure;
/// used by one thread at a time.
class Notices final {
 public:
  /// A line to print when `source` begins to fail, fails in another way, or works again; else nothing.
  /// `error` is null if it worked.
  std::optional<std::string> note(std::string_view source, const Error* error);

 private:
  std::map<std::string, Errc, std::less<>> failing_;
};

}  // namespace weft::hostmon
