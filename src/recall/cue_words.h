// Words that tell what a question is after, and that a statement changes something; read from
// data/recall/cues.tsv. Immutable; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe {

enum class CueWord : std::uint8_t { current, quantity, when, change, assistant, filler };
inline constexpr std::size_t cue_word_kinds = 6;

class CueWords {
 public:
  /// Errors: io (unreadable), corrupt (a malformed row; file and line are named).
  [[nodiscard]] static Result<CueWords> open(const std::filesystem::path& file);

  /// Whether the text holds a word of that kind. Korean words match anywhere (particles follow
  /// them), English ones between non-letters, case folded for ASCII. O(words * text).
  [[nodiscard]] bool holds(CueWord kind, std::string_view text) const;
  /// Whether the text is a word of that kind, letter by letter. O(words).
  [[nodiscard]] bool is(CueWord kind, std::string_view word) const;

 private:
  struct Words {
    std::vector<std::string> anywhere;
    std::vector<std::string> whole;
  };
  std::array<Words, cue_word_kinds> words_;
};

}  // namespace mbe
