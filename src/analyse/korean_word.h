// What the tagger's classes and particles mean for a word: its class, its role, and which morphemes
// belong to a noun. Pure; any thread. Tag set: mecab-ko-dic 2.1.1.
#pragma once

#include <string_view>

#include "analyse/korean_tagger.h"
#include "analyse/token.h"

namespace mbe::analyse {

/// 이, 를, 에서 …
[[nodiscard]] bool is_particle(Tag tag);
/// 았, 다, 는 …
[[nodiscard]] bool is_ending(Tag tag);
/// Nouns, names, pronouns, numbers, roots and words the dictionary lacks.
[[nodiscard]] bool is_noun_like(Tag tag);
[[nodiscard]] WordClass class_of(Tag tag);
/// What a particle makes of its noun; none for those that say nothing of it.
[[nodiscard]] Role role_of(std::string_view particle);
/// 들, 님, 씨, 쯤 … add nothing to the word; other suffixes make a new one (한국 + 인).
[[nodiscard]] bool is_empty_suffix(std::string_view form);

}  // namespace mbe::analyse
