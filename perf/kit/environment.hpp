// Where a benchmark ran: what a reader needs to know before he compares numbers.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.hpp"

namespace weft::perf {

/// Names and values, in the order to show them.
std::vector<std::pair<std::string, std::string>> environment();

/// The same, as an object.
nlohmann::ordered_json environment_json();

/// Errors: unsupported, this build's numbers would say nothing, and why.
Result<void> check_build();

}  // namespace weft::perf
