// Names of Form as the tables forms_ko.tsv and forms_en.tsv write them. Pure; any thread.
// Invariant: every Form has exactly one name.
#pragma once

#include <string>
#include <string_view>

#include "analyse/token.h"
#include "base/result.h"

namespace mbe::analyse {

/// Parses "past,relative" into bits. Errors: corrupt (an unknown name; `where` is put into the
/// message).
[[nodiscard]] Result<Forms> parse_forms(std::string_view names, const std::string& where);

}  // namespace mbe::analyse
