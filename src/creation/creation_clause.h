// A Korean sentence as the rules of creation commands see it: its white-space words, cut once more
// where a verb begins without a blank before it, each with its noun, particle, kind of ending and
// the artefact that it names; and the letters without blanks, so that endings match however they
// are spaced. Plain values of one call; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyse/korean_tagger.h"
#include "creation/creation_words.h"

namespace mbe::creation {

/// What an utterance asks for, or an artefact that it merely names.
struct Thing {
  std::string noun;
  CreationKind kind = CreationKind::other;
};

/// What a noun's particle says of it.
enum class Particle : std::uint8_t { none, object, subject, topic, into, oblique, vocative };
/// How a predicate goes on.
enum class Tail : std::uint8_t {
  none,      ///< no predicate
  modifies,  ///< 찾아내는
  manner,    ///< 웃게, 알도록
  joined,    ///< 쓰고, 이어서
  because,   ///< 없어서
  other,     ///< 급한데, 있잖아
};

struct Unit {
  std::size_t first = 0;  ///< morphemes [first, last)
  std::size_t last = 0;
  std::uint32_t begin = 0;  ///< bytes of the text
  std::uint32_t end = 0;
  Tail tail = Tail::none;
  bool state = false;  ///< the predicate is an adjective
  bool name = false;   ///< its noun is a proper name
  Particle particle = Particle::none;
  std::string_view noun;  ///< its nouns without particles; empty if it has none
  const Word* artefact = nullptr;
  bool counts = false;  ///< a number with or without its unit, or an adverb: no thing of its own
  bool number = false;  ///< counts, and says how many
};

/// The letters of a text without blanks.
struct Compact {
  std::string text;
  std::vector<std::uint32_t> origin;  ///< byte of the text that each byte came from, and its end
  std::vector<std::uint32_t> place;   ///< compact byte at or after each byte of the text

  /// Whether a word of the text ends where the compact letters [0, at) do: blank, mark or jamo.
  [[nodiscard]] bool ends_word(std::string_view original, std::size_t at) const;
};

/// Leaves the blanks out. O(n).
[[nodiscard]] Compact compact(std::string_view text);

/// Cuts the morphemes of `text` into units. O(n × longest artefact).
[[nodiscard]] std::vector<Unit> cut_units(std::string_view text,
                                          std::span<const analyse::Morpheme> morphemes,
                                          const Words::Side& words);

}  // namespace mbe::creation
