// One line of a KakaoTalk export, on whatever machine and in whichever of its two languages it was
// written: what it is and what stands in it. Pure functions over immutable words
// (data/import/kakaotalk.tsv). The forms: docs/guide/import.md.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/datetime.h"
#include "base/result.h"

namespace mbe::importers {

/// The words by which lines are told apart.
class KakaoWords {
 public:
  /// Errors: corrupt (a row of another kind, not twelve months).
  [[nodiscard]] static Result<KakaoWords> parse(std::string_view table);
  /// Those that come with the program, read once. Errors: unavailable, io, corrupt.
  [[nodiscard]] static Result<const KakaoWords*> installed();

  /// The rows of a kind.
  [[nodiscard]] const std::vector<std::string>& of(std::string_view kind) const;
  /// Stands for something that is no text.
  [[nodiscard]] bool is_placeholder(std::string_view text) const;
  /// Tells who came or went; such a line has no time of its own.
  [[nodiscard]] bool is_system(std::string_view line) const;
  /// The name of the chat in an export's first line; nothing if it is none.
  [[nodiscard]] std::optional<std::string> title(std::string_view line) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> rows_;
};

struct KakaoLine {
  enum class Kind {
    message,     ///< begins one
    system,      ///< somebody came, went …
    day,         ///< says of which day the following is; has `day`
    broken_day,  ///< does so too, but cannot be read
    other,       ///< goes on with the one above
  };
  Kind kind = Kind::other;
  std::string_view speaker, text;  ///< of a message; parts of the line
  std::optional<CivilDate> day;    ///< if the line says it
  int second_of_day = 0;           ///< of a message
};

/// names: of speakers that are known, who may have ` : ` in them.
[[nodiscard]] KakaoLine read_kakao_line(std::string_view line, const KakaoWords& words,
                                        const std::vector<std::string>& names);

}  // namespace mbe::importers
