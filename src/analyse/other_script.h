// Words of scripts that neither the Korean nor the English reader takes: ICU word breaks.
// Pure; any thread (each call makes its own break iterator).
#pragma once

#include <string_view>
#include <vector>

#include "analyse/token.h"

namespace mbe::analyse {

/// Appends the words of text[begin, end). CJK characters become words too; bigrams cover them for
/// recall.
void read_other(std::string_view text, std::size_t begin, std::size_t end, std::vector<Token>& out);

}  // namespace mbe::analyse
