// The fence around recalled text: `[[memory FENCE #143 | 2024-09-18 | speaker | trust]]` …
// `[[/memory FENCE]]`. The delimiter is random for every request; whatever in the text looks like a
// fence is escaped, so that stored text can neither close its own fence nor open another.
#pragma once

#include <string>
#include <string_view>

#include "compose/composer.h"

namespace mbe {

/// 8 to 32 characters of [a-z0-9].
[[nodiscard]] bool is_fence(std::string_view fence);

/// The text with a backslash before everything that reads `[[memory` or `[[/memory` to a person or
/// a model: in any case, with white space or invisible characters between, in wide, mathematical or
/// foreign letters and brackets that look alike. Text without such a thing comes back byte for
/// byte. Cost: linear; some µs for each bracket. Source of look-alikes: Unicode Technical Standard
/// 39, skeletons, as ICU has them.
[[nodiscard]] std::string escape_fences(std::string_view text);

/// One fenced item, ending in a line feed. `text` is what is shown of the item.
[[nodiscard]] std::string fenced(const PromptItem& item, std::string_view text,
                                 const PromptRequest& request, const PromptTemplates& words);

}  // namespace mbe
