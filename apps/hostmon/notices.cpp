#include "hostmon/notices.hpp"

#include <fmt/core.h>

namespace weft::hostmon {

std::optional<std::string> Notices::note(std::string_view source, const Error* error) {
  const auto known = failing_.find(source);
  if (error == nullptr) {
    if (known == failing_.end()) return std::nullopt;
    failing_.erase(known);
    return fmt::format("{}: works again", source);
  }
  if (known != failing_.end() && known->second == error->code) return std::nullopt;
  failing_.insert_or_assign(std::string(source), error->code);
  return fmt::format("{}: {} (the other sources go on)", source, error->message);
}

}  // namespace weft::hostmon
