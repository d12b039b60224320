// What a reader gives, one after another: an item to be remembered, something that cannot be read,
// or something that is read and left out on purpose. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "importers/format.h"
#include "importers/zone.h"
#include "mbe/types.h"

namespace mbe::importers {

/// Why something that was read is no memory.
enum class LeftOut : std::uint8_t {
  system,           ///< who came and went, instructions of a program
  placeholder,      ///< stands for a photo, a file, a deleted message
  other_branch,     ///< of a conversation that was continued differently
  tool,             ///< what a model and its tools said to each other
  hidden,           ///< the export says that nobody saw it
  not_to_remember,  ///< the export says so
  empty,            ///< no text
};
/// Names for JSON: `system` …
[[nodiscard]] std::string_view left_out_name(LeftOut why);

/// Something that cannot be read, and where it is.
struct Unreadable {
  std::string file;        ///< below the folder or in the archive; empty for a single file
  std::uint64_t line = 0;  ///< from 1; 0: the file as a whole
  Error reason;
};

using Step = std::variant<ImportItem, Unreadable, LeftOut>;

struct Settings {
  std::optional<Format> format;  ///< nothing: by what the file begins with
  Zone zone = Zone::fixed(0);    ///< of times without one, in plain text and JSON lines
  /// The same for what a person wrote by the clock on the wall: exports, notes.
  Zone wall_zone = Zone::fixed(0);
  std::string chain;                ///< empty: main; of JSON lines, what they name
  std::string name;                 ///< of the file, for sessions and ids of formats that have none
  std::string chat;                 ///< the chat's name, in place of what the file says
  std::string me;                   ///< the name that the owner of this memory has in the file
  std::string owner;                ///< the name under which the owner's words are remembered
  bool all_branches = false;        ///< also what a conversation went on without
  std::optional<TimeMs> file_time;  ///< of notes that say no time themselves
};

/// How the owner of a memory is named in it: as Echo names them. Empty for a memory that is
/// nobody's own.
[[nodiscard]] std::string owner_speaker(std::string_view chain);

}  // namespace mbe::importers
