// Files as a whole: read up to a limit, written so that under its name there is always either the old one or the new.
//
// Threads   Any; one at a time writes a file.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace weft::examples {

/// What stands in it. Errors: not_found, permission_denied, too_big (more than `most` bytes), invalid_argument (no plain
/// file).
Result<Bytes> read_whole(const std::string& path, std::size_t most);

enum class Lasting { until_reboot, for_good };

/// Makes or replaces it: writes PATH.part, `for_good` to the disk, and renames that. What a killed program left there is
/// written over the next time. Errors: the kernel's.
Result<void> write_whole(const std::string& path, BytesView bytes, Lasting lasting);

/// All that changed in a folder is on the disk: names of files that were made, for example.
Result<void> sync_folder(const std::string& folder);

}  // namespace weft::examples
