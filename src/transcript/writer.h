// Writes one person's transcripts, HOME/memory/[USER/]dayYYYYMMDD/partN.txt, a part rolling over at
// a limit of lines. Whoever calls holds the FolderLock of the folder. Invariant: a line that
// append() returned for is on disk, and no other line's number changed. Format:
// docs/format/transcript.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "transcript/part_text.h"
#include "transcript/transcript.h"

namespace mbe {

/// A line as a reader gets it back from what format_transcript_line() wrote: line breaks in one
/// form. Errors: invalid_argument (no speaker, a colon and a blank in their name, no UTF-8), limit
/// (longer than a line is read).
[[nodiscard]] Result<TranscriptLine> read_back(const TranscriptLine& line);

class TranscriptWriter {
 public:
  TranscriptWriter(FileSystem& files, std::string root, std::string user);

  /// Where a part of a day lies.
  [[nodiscard]] std::string path(const CivilDate& day, unsigned part) const;
  /// Whether another wrote a part since this last did; true for one not looked at. Errors: io.
  [[nodiscard]] Result<bool> changed(const CivilDate& day, unsigned part) const;
  /// Utterances in a part, 0 if it is not there. Reads it if another wrote it since. Errors: io.
  [[nodiscard]] Result<std::uint64_t> lines(const CivilDate& day, unsigned part);
  /// Bytes of a part, 0 if it is not there. Errors: io.
  [[nodiscard]] Result<std::uint64_t> bytes(const CivilDate& day, unsigned part) const;
  /// The number of a day's last part, 0 if there is none. Errors: io.
  [[nodiscard]] Result<unsigned> last_part(const CivilDate& day) const;

  /// Adds `count` formatted lines with one write, on disk when it returns; after an error the part
  /// is as it was. Errors: io.
  [[nodiscard]] Result<void> append(const CivilDate& day, unsigned part, std::string_view text,
                                    std::uint64_t count);

  /// Makes a part hold what the log says it holds, by ordinal: cuts a torn end off, adds what is
  /// missing; where the log holds no line any more `[--:--:--]` stands. What a person changed in it
  /// stays. Replaces the part as a whole, if at all. Errors: io.
  [[nodiscard]] Result<void> restore(const CivilDate& day, unsigned part,
                                     const std::map<std::uint64_t, TranscriptLine>& logged);

 private:
  struct Known {  ///< the part that was looked at last
    std::string path;
    std::uint64_t identity = 0, size = 0, lines = 0;
  };
  [[nodiscard]] std::string day_folder(const CivilDate& day) const;
  /// A part as it stands, without its lines; nothing if it is not there.
  [[nodiscard]] Result<std::optional<Known>> look(const std::string& path) const;
  [[nodiscard]] bool is_known(const Known& now) const;

  FileSystem& files_;
  std::string folder_;
  std::optional<Known> known_;
};

}  // namespace mbe
