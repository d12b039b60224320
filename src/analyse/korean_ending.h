// Canonical names of Korean endings, in which data/lexicon/forms_ko.tsv is written: allomorphs
// become one letter (았/었/였 → P, 아/어/여 → A, 은/ㄴ → N, 을/ㄹ → L, 음/ㅁ → M, ㅂ/습 → B, 시 →
// S), polite 요 falls away. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "analyse/korean_tagger.h"

namespace mbe::analyse {

/// The canonical name of one morpheme inside a predicate's tail; empty if it says nothing there.
[[nodiscard]] std::string canonical_ending(Tag tag, std::string_view form);

}  // namespace mbe::analyse
