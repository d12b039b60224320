// What a person or a model said, without what a proxy had put beside it: composed memory is known
// by its fences (compose/fence.h, composer.h), and never becomes a memory again. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace mbe {

/// The text without blocks `[[memories FENCE]] … [[/memories FENCE]]` and single memories
/// `[[memory FENCE #12 | …]] … [[/memory FENCE]]`; one that is not closed reaches to the end.
/// Blank lines and blanks at both ends go too. O(n).
[[nodiscard]] std::string own_words(std::string_view text);

}  // namespace mbe
