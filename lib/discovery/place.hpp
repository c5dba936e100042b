// Where a program's discovery is: the directory and the domain that its environment names.
//
// Threads   Pure functions.
#pragma once

#include <string>

#include "base/environment.hpp"

namespace weft::discovery {

struct Place {
  std::string runtime_directory;  ///< Empty: the usual one.
  std::string domain = "default";
};

/// WEFT_RUNTIME_DIR and WEFT_DOMAIN; set to nothing they are as good as not set. `environment` is main's environ.
inline Place place_from(char** environment) {
  Place place;
  place.runtime_directory = variable(environment, "WEFT_RUNTIME_DIR").value_or("");
  if (const auto domain = variable(environment, "WEFT_DOMAIN").value_or(""); !domain.empty())
    place.domain = domain;
  return place;
}

}  // namespace weft::discovery
