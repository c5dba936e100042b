// Which images there are, and where each goes.
//
// Threads   A pure function of the folders.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"

namespace weft::images {

struct Source {
  std::string path;
  std::string output;  ///< The file's name in the folder of results.
};

inline constexpr const char* contact_sheet_name = "contact-sheet.png";

/// The files named .png, .jpg, .jpeg in the folders and below, but not those below `out`, in the order of their paths.
/// Several of one name get numbers. Errors: not_found (a folder; images at all), permission_denied.
Result<std::vector<Source>> find_images(const std::vector<std::string>& folders, const std::string& out);

}  // namespace weft::images
