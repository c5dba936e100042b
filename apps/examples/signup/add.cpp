// weft-signup add: a client of the user service.
#include <fmt/format.h>

#include "base/foreign_text.hpp"
#include "common/deadline.hpp"
#include "common/output.hpp"
#include "examples/signup/roles.hpp"

namespace weft::signup {

Result<void> add(const Node& node, const Registration& who, double seconds) {
  WEFT_TRY(auto client, node.client(registration));
  WEFT_TRY(const auto welcome, client.call(who, app::deadline_in(seconds)).wait());
  return app::print(fmt::format("Welcome, {}: you are user number {}\n", shown(who.name), welcome->number));
}

}  // namespace weft::signup
