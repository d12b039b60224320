// Writes this server into the configuration of an AI client, and takes it out again, without
// touching a byte of what else stands there: comments, order and layout stay. JSON may have
// comments and a comma behind the last member, as editors' files do. Pure functions over texts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operations/read_json.h"

namespace mbe::mcp {

/// The name of the entry that is ours.
inline constexpr std::string_view entry_name = "mbe";
inline constexpr std::size_t config_bytes_max = 50'000'000;

/// How the client starts the server.
struct Entry {
  std::string command;
  std::vector<std::string> arguments;
  std::string type;  ///< for clients that want it said; empty: left out
};

/// Where in the file it stands.
struct Place {
  std::string section;   ///< the object or table of servers
  bool is_toml = false;  ///< else JSON
};

/// The text with the entry, in place of an earlier one of that name; an empty text becomes a whole
/// file. Errors: invalid_argument (not the format, or something else stands where servers should).
[[nodiscard]] Result<std::string> with_entry(const std::string& text, const Place& place,
                                             const Entry& entry);
/// The text without the entry. Errors: not_found (there is none), and those of with_entry.
[[nodiscard]] Result<std::string> without_entry(const std::string& text, const Place& place);
/// The entry as it stands there; nothing if there is none. Errors: those of with_entry.
[[nodiscard]] Result<std::optional<std::string>> entry_in(const std::string& text,
                                                          const Place& place);

/// What changed, a line each: `-` for what goes, `+` for what comes, with two lines around.
[[nodiscard]] std::string changes(const std::string& before, const std::string& after);

}  // namespace mbe::mcp
