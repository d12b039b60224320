// The one door of this folder: text in, Analysis out. Korean by the words of mecab-ko-dic and
// a thin layer of our own, English by Snowball, other scripts by ICU word breaks; concepts, tags
// and importance by the data files of data/lexicon. Invariant: the result depends on text, event
// time, zone and `version()` alone; nothing is read or written after open(). Any thread may call
// the const members of one Analyser at the same time. Formulas: docs/formulas/importance.md and
// keywords.md; how to add a word: docs/guide/lexicon.md.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyse/analysis.h"
#include "base/clock.h"
#include "base/result.h"

namespace mbe {

/// Where the analyser's data lies.
struct AnalyserPaths {
  std::filesystem::path dictionary;  ///< mecab-ko-dic, compiled (holds sys.dic)
  std::filesystem::path lexicon;     ///< data/lexicon
};

/// What a concept is, as people and labels see it.
struct ConceptInfo {
  std::string id;
  std::string label_ko;
  std::string label_en;
};

/// A neighbour of a concept, for spreading recall.
struct RelatedConcept {
  std::string_view id;  ///< lives as long as the Analyser
  float weight;         ///< 0 < weight <= 1, symmetric
};

class Analyser {
 public:
  /// Loads dictionary and lexicon, about 20 ms. The log needs neither; only analysis does.
  /// Errors: unavailable (dictionary absent: run tools/setup); corrupt (a lexicon line is
  /// malformed: file and line are named); io (a file cannot be read).
  [[nodiscard]] static Result<Analyser> open(const AnalyserPaths& paths);

  Analyser(Analyser&& other) noexcept;
  Analyser& operator=(Analyser&& other) noexcept;
  ~Analyser();

  /// Analyses one utterance. text: UTF-8; ill-formed bytes are skipped, never fatal (the caller
  /// rejects them at the door). event_time_ms and utc_offset_minutes place relative dates.
  /// Cost: linear in the text, about 20 µs for a chat line, < 0.3 ms for 20 words.
  [[nodiscard]] Analysis analyse(std::string_view text, TimeMs event_time_ms,
                                 int utc_offset_minutes) const;

  /// Neighbours of a concept from data/lexicon/relations.tsv, heaviest first; empty if it has none.
  [[nodiscard]] std::span<const RelatedConcept> related(std::string_view concept_id) const;

  /// All concepts, in the order of data/lexicon/concepts.tsv.
  [[nodiscard]] std::span<const ConceptInfo> concepts() const;
  /// The concept of that id, or null.
  [[nodiscard]] const ConceptInfo* find_concept(std::string_view id) const;
  /// Label of a tag in Korean or English; the id itself if it is unknown.
  [[nodiscard]] std::string_view tag_label(std::string_view tag, Language language) const;

  /// Whether a tag names an emotion (column `group` of data/lexicon/tags.tsv).
  [[nodiscard]] bool is_emotion(std::string_view tag) const;

  /// Changes whenever the same text may be analysed differently: the code's own number and a digest
  /// of the lexicon files.
  [[nodiscard]] std::uint32_t version() const;

 private:
  struct Parts;
  explicit Analyser(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace mbe
