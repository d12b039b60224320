// The form of a text that a model's vocabulary was made for. Pure and thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "embed/model_manifest.h"

namespace mbe {

/// `text` in a model's normal form. nmt_nfkc: NFKC; control characters gone; every kind of space,
/// line break, zero-width mark and U+2581 (the vocabulary's own mark for a space) as one space;
/// runs of spaces as one; none at either end. Source: SentencePiece's rule of that name, as the
/// default model's own table shows it. text: valid UTF-8. O(n).
[[nodiscard]] std::string normalise_for_model(std::string_view text, TextNormal normal);

}  // namespace mbe
