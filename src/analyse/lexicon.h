// The lexicon in memory: words and phrases → concepts and cues, stop words, what each concept means
// for tags, and which concepts are neighbours. Built from data/lexicon once, immutable afterwards;
// any thread. Files and how to add to them: docs/guide/lexicon.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyse/analyser.h"
#include "analyse/table.h"
#include "base/result.h"

namespace mbe::analyse {

/// Kinds of data/lexicon/concepts.tsv.
enum class Kind : std::uint8_t {
  emotion,
  event,
  activity,
  thing,
  person,
  place,
  time,
  topic,
  quality
};

/// What a word does besides naming a concept: `@name` in the lexicon.
enum class Cue : std::uint8_t {
  good,
  bad,
  approve,
  opinion,
  begin,
  attempt,
  work,
  pause,
  end,
  achieve,
  loss,
  change,
  conflict,
  promise,
  plan,
  wish,
  decision,
  prefer,
  habit,
  ask,
  request,
  memory,
  future,
  contrast,
  keep,
  drop,
  count_,
};

/// A concept or a cue; concepts come first, in the order of concepts.tsv.
using Target = std::uint16_t;

/// One lexicon entry.
struct Entry {
  std::vector<Target> targets;
  std::vector<Target> near;  ///< empty, or: only if one of these concepts is in the same sentence
  char word_class = 0;       ///< 0 any, v verb, n noun, a adjective
};

/// What a concept means for tags, from concept_tags.tsv.
struct Meaning {
  int polarity = 0;        ///< −1 bad, 0 no cue, +1 good
  bool complaint = false;  ///< bad only if strengthened (너무 배고파, so hungry)
  std::string emotion;     ///< tag id or empty
  std::vector<std::string> situations;
  bool enterprise = false;   ///< a running enterprise (docs/vocabulary.md, section 2)
  bool undertaking = false;  ///< an undertaking (section 3)
  std::int32_t swap = -1;    ///< its counterpart when negated, −1 none
};

/// Why a word is not a keyword.
enum class Stop : std::uint8_t {
  none,
  light,    ///< no content of its own; not a term either
  carrier,  ///< carries the state of the event noun before it (사고가 나다, 스트레스를 받다)
  asking,   ///< question word
  generic,
  time,
  degree,
  pronoun,
  function,
  chatter,    ///< nothing to remember when a text has nothing else
  verb,       ///< a common English verb
  adjective,  ///< a common English adjective
  person,     ///< names somebody without being a concept (사람, people)
};

class Lexicon {
 public:
  /// Errors: io; corrupt (malformed row, unknown concept, cue or class; file and line are named).
  [[nodiscard]] static Result<Lexicon> open(const std::filesystem::path& directory);

  /// Entries of a Korean key: dictionary forms without particles, written without blanks.
  [[nodiscard]] std::span<const Entry> korean(std::string_view key) const;
  /// Bytes of the longest Korean key that begins with the same character as `text`; 0 if none does.
  [[nodiscard]] std::size_t korean_bytes_max(std::string_view text) const;

  /// English phrases as a trie over words; node 0 is the root.
  static constexpr std::uint32_t gap_word = 0;  ///< `_` in an entry: up to three words
  [[nodiscard]] std::uint32_t word_id(std::string_view word) const;  ///< 0 if in no entry
  [[nodiscard]] std::int64_t step(std::uint32_t node, std::uint32_t word) const;  ///< −1 none
  [[nodiscard]] std::span<const Entry> english(std::uint32_t node) const;

  /// Dictionary form of an irregular English form (fell → fall), or empty; `past` says which form.
  struct Irregular {
    std::string lemma;
    bool past = false;
  };
  /// Null if the regular endings explain the form.
  [[nodiscard]] const Irregular* irregular(std::string_view form) const;

  /// Why a dictionary form is no keyword; Stop::none if it may be one.
  [[nodiscard]] Stop stop_korean(std::string_view word) const;
  /// The same for a lower-case English word.
  [[nodiscard]] Stop stop_english(std::string_view word) const;

  [[nodiscard]] std::span<const ConceptInfo> concepts() const { return concepts_; }
  [[nodiscard]] std::size_t concept_count() const { return concepts_.size(); }
  [[nodiscard]] bool is_concept(Target target) const { return target < concepts_.size(); }
  /// The target that stands for a cue.
  [[nodiscard]] Target cue(Cue cue) const {
    return static_cast<Target>(concepts_.size() + static_cast<std::size_t>(cue));
  }
  /// Index of a concept, −1 if unknown.
  [[nodiscard]] std::int32_t find_concept(std::string_view id) const;
  [[nodiscard]] Kind kind(Target target) const { return kinds_[target]; }
  [[nodiscard]] const Meaning& meaning(Target target) const { return meanings_[target]; }
  [[nodiscard]] std::span<const RelatedConcept> related(std::string_view concept_id) const;
  [[nodiscard]] std::string_view tag_label(std::string_view tag, bool korean) const;
  [[nodiscard]] bool is_emotion(std::string_view tag) const;
  /// Of all files read.
  [[nodiscard]] std::uint32_t digest() const { return digest_; }

 private:
  [[nodiscard]] Result<void> read_concepts(const std::filesystem::path& directory);
  [[nodiscard]] Result<void> read_meanings(const std::filesystem::path& directory);
  [[nodiscard]] Result<void> read_relations(const std::filesystem::path& directory);
  [[nodiscard]] Result<void> read_entries(const std::filesystem::path& directory);
  [[nodiscard]] Result<void> read_stops(const std::filesystem::path& directory);
  [[nodiscard]] Result<Entry> parse_entry(const std::filesystem::path& path, const Row& row) const;
  void add_english(std::string_view phrase, Entry entry);

  std::vector<ConceptInfo> concepts_;
  std::vector<Kind> kinds_;
  std::vector<Meaning> meanings_;
  StringMap<std::int32_t> concept_index_;
  StringMap<std::vector<RelatedConcept>> related_;
  struct TagLabel {
    std::string ko;
    std::string en;
    bool emotion = false;
  };
  StringMap<TagLabel> tags_;
  StringMap<std::vector<Entry>> korean_;
  std::unordered_map<std::uint64_t, std::size_t> korean_bytes_max_;  ///< first bytes → longest
  StringMap<std::uint32_t> words_;
  std::unordered_map<std::uint64_t, std::uint32_t> edges_;
  std::vector<std::vector<Entry>> nodes_;
  StringMap<Irregular> irregular_;
  StringMap<Stop> stop_korean_;
  StringMap<Stop> stop_english_;
  std::uint32_t digest_ = 0;
};

}  // namespace mbe::analyse
