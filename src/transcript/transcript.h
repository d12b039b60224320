// Transcripts as Echo keeps them, and any plain text: `[14:03:22] name: text`, one line an
// utterance; a line that begins with two spaces goes on with the one before. Lines in CP949 are
// recognised. What cannot be read is reported and left out, the rest of its line is kept.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mbe {

/// One utterance of a transcript.
struct TranscriptLine {
  std::uint64_t number = 0;  ///< of its first line in the file, from 1
  std::string speaker;       ///< empty where the line names none
  std::string text;
  std::optional<int> second_of_day;
  bool is_damaged = false;  ///< bytes of it could not be read and were left out
};

class TranscriptReader {
 public:
  /// Reads from `in`, which must outlive it; holds one utterance at a time.
  explicit TranscriptReader(std::istream& in) : in_(in) {}

  /// The next utterance, or nothing at the end. Empty lines are passed over.
  [[nodiscard]] std::optional<TranscriptLine> next();

 private:
  [[nodiscard]] bool read_line();

  std::istream& in_;
  std::string line_;  ///< the newest, in UTF-8, not yet given out
  bool line_damaged_ = false;
  bool has_line_ = false;
  std::uint64_t number_ = 0;
};

/// The line as a transcript has it, ending in a line break.
[[nodiscard]] std::string format_transcript_line(const TranscriptLine& line);

/// Whether it stands in the place of one that was forgotten (line_id.h).
[[nodiscard]] bool is_forgotten(const TranscriptLine& line);

/// UTF-8 as it is; else from CP949; else without the bytes that are neither. `damaged`: some were
/// left out.
[[nodiscard]] std::string to_utf8(std::string_view bytes, bool& damaged);

}  // namespace mbe
