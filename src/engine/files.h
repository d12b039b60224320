// Two small things about whole folders that FileSystem leaves to its callers.
#pragma once

#include <cstdint>
#include <string>

#include "fs/file_system.h"

namespace mbe {

/// Deletes a folder's files, its subfolders' too; the empty folders may stay. A folder that is not
/// there is fine. Errors: io.
Result<void> remove_directory(FileSystem& files, const std::string& directory);

/// Bytes of all files below a folder; 0 if it is not there. Errors: io.
[[nodiscard]] Result<std::uint64_t> directory_bytes(FileSystem& files,
                                                    const std::string& directory);

}  // namespace mbe
