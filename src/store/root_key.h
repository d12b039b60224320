// The root key: 32 random bytes that everything else is sealed under. In `root.key` raw or wrapped
// by a passphrase, or given by an external command. Made once per home, never while a chain exists.
// Format: docs/format/keys.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "fs/file_system.h"

namespace mbe {

using RootKeyProvider = std::function<Result<Bytes32>()>;

/// Makes `directory`/root.key with a new key, raw, or wrapped where `passphrase` is not empty;
/// synced with its directory; a crash leaves the whole file or none. One caller at a time: the home
/// is locked. Errors: denied (the file exists, or a chain does in `directory`/chains), io.
[[nodiscard]] Result<Bytes32> create_root_key(FileSystem& files, const std::string& directory,
                                              std::string_view passphrase);
/// Reads `root.key`. Errors: not_found, denied (wrapped and the passphrase is wrong or missing),
/// corrupt, io.
[[nodiscard]] Result<Bytes32> read_root_key(FileSystem& files, const std::string& directory,
                                            std::string_view passphrase);
/// True if the file is wrapped by a passphrase. Errors: not_found, corrupt, io.
[[nodiscard]] Result<bool> root_key_is_wrapped(FileSystem& files, const std::string& directory);
/// Wraps the same key anew (an empty passphrase: raw). Errors: those of read_root_key, io.
[[nodiscard]] Result<void> rewrap_root_key(FileSystem& files, const std::string& directory,
                                           std::string_view old_passphrase,
                                           std::string_view new_passphrase);
/// Runs a command without a shell; its standard output must be exactly 32 bytes within the time.
/// Errors: unavailable (not started, timed out, exit code, wrong size).
[[nodiscard]] Result<Bytes32> root_key_from_command(const std::vector<std::string>& argv,
                                                    std::uint32_t timeout_ms = 10'000);

/// The pure part: the 104 bytes of a wrapped key (Argon2id 256 MiB, t = 3), and back.
[[nodiscard]] std::string wrap_root_key(const Bytes32& key, std::string_view passphrase);
/// Errors: denied (wrong passphrase), corrupt (not a wrapped key, parameters below ours).
[[nodiscard]] Result<Bytes32> unwrap_root_key(std::string_view wrapped,
                                              std::string_view passphrase);

}  // namespace mbe
