// A text cut into its sentences, as they stand. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mbe {

inline constexpr std::size_t sentences_read_max = 64;  ///< of one text

/// Cut at line ends and after . ? ! that a blank or the end follows, and after 。 and …; ends
/// included, blanks around them not. At most sentences_read_max. O(n).
[[nodiscard]] std::vector<std::string> sentences_of(std::string_view text);

}  // namespace mbe
