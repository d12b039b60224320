#include "analyse/keywords.h"

#include <algorithm>
#include <array>

namespace mbe::analyse {
namespace {

/// Smaller comes first: asserted emotions and events; names; other concepts; other nouns.
enum class Rank : std::uint8_t { happening, name, concept_id, noun };

struct Candidate {
  Keyword keyword;
  Rank rank;
  std::uint32_t at;
  std::int32_t rarity;  ///< among nouns of one rank: rarer first
};

class Collector {
 public:
  Collector(const Lexicon& lexicon, const Reading& reading, const Outline& outline)
      : lexicon_(lexicon), reading_(reading), outline_(outline) {}

  std::vector<Keyword> run() {
    for (const auto& finding : reading_.findings) {
      if (lexicon_.is_concept(finding.target)) add_concept(finding);
    }
    if (outline_.failed_enterprise) add_implied_ending();
    for (std::size_t i = 0; i < reading_.tokens.size();) i = add_noun(i);
    std::stable_sort(out_.begin(), out_.end(), [](const Candidate& a, const Candidate& b) {
      if (a.rank != b.rank) return a.rank < b.rank;
      if (a.rank == Rank::noun && a.rarity != b.rarity) return a.rarity > b.rarity;
      return a.at < b.at;
    });
    std::vector<Keyword> keywords;
    for (auto& candidate : out_) {
      if (keywords.size() == keywords_max) break;
      keywords.push_back(std::move(candidate.keyword));
    }
    return keywords;
  }

 private:
  /// Dropped: the negated or absent feeling, event or quality itself.
  [[nodiscard]] bool dropped(const Finding& finding) const {
    const auto kind = lexicon_.kind(finding.target);
    const bool happens = kind == Kind::emotion || kind == Kind::event || kind == Kind::quality;
    return happens && (finding.state == State::negated ||
                       (finding.absent && finding.state == State::asserted));
  }

  void put(Keyword keyword, Rank rank, std::uint32_t at, std::int32_t rarity) {
    for (auto& present : out_) {
      if (present.keyword.id != keyword.id) continue;
      present.keyword.asserted = present.keyword.asserted || keyword.asserted;
      present.rank = std::min(present.rank, rank);
      return;
    }
    out_.push_back({std::move(keyword), rank, at, rarity});
  }

  [[nodiscard]] const std::string& label(Target target) const {
    const auto& info = lexicon_.concepts()[target];
    return reading_.korean ? info.label_ko : info.label_en;
  }

  void add_concept(const Finding& finding) {
    if (dropped(finding)) return;
    const auto kind = lexicon_.kind(finding.target);
    const bool asserted = finding.state == State::asserted && !finding.absent;
    const bool happens = kind == Kind::emotion || kind == Kind::event;
    put({lexicon_.concepts()[finding.target].id, label(finding.target), true, asserted},
        happens && asserted ? Rank::happening : Rank::concept_id, finding.first, 0);
  }

  void add_implied_ending() {
    const auto ending = lexicon_.find_concept("ending");
    if (ending < 0) return;
    put({"ending", label(static_cast<Target>(ending)), true, true}, Rank::happening,
        static_cast<std::uint32_t>(reading_.tokens.size()), 0);
  }

  template <class Fits>
  [[nodiscard]] bool any_near(std::size_t i, Fits fits) const {
    const auto near = reading_.found_near(i);
    return std::any_of(near.begin(), near.end(), fits);
  }

  [[nodiscard]] bool kept(std::size_t i) const {
    return any_near(i, [&](const Finding& f) {
      return f.target == lexicon_.cue(Cue::keep) && f.first <= i && i < f.last;
    });
  }

  [[nodiscard]] bool is_keyword_noun(std::size_t i) const {
    const auto& token = reading_.tokens[i];
    if (token.word_class != WordClass::noun && token.word_class != WordClass::name) return false;
    if (reading_.used[i]) return kept(i);
    if (token.predicate && !token.has(Form::copula)) return false;
    const bool english = token.foreign;
    if (english && token.lemma.size() < 2) return false;
    if (!english && token.lemma.size() < 4) return false;
    const auto stop =
        english ? std::max(lexicon_.stop_english(token.lemma), lexicon_.stop_english(token.root))
                : lexicon_.stop_korean(token.lemma);
    return stop == Stop::none;
  }

  /// A Korean noun written together with the noun before it: 전기요금.
  [[nodiscard]] bool continues_compound(std::size_t i) const {
    const auto& token = reading_.tokens[i];
    const auto& before = reading_.tokens[i - 1];
    return token.word_class == WordClass::noun && before.word_class == WordClass::noun &&
           !token.foreign && token.begin == before.tail_end && before.end == before.tail_end &&
           !reading_.used[i - 1] && (!reading_.used[i] || in_one_word_entry(i));
  }

  [[nodiscard]] bool in_one_word_entry(std::size_t i) const {
    return any_near(i, [&](const Finding& f) { return f.first == i && f.last == i + 1; });
  }
  /// Both stand in one kept entry: 운전면허.
  [[nodiscard]] bool kept_together(std::size_t i) const {
    return any_near(i, [&](const Finding& f) {
      return f.target == lexicon_.cue(Cue::keep) && f.first < i && i < f.last;
    });
  }

  /// Adds the noun or the run of names at token i; returns the next token to look at.
  std::size_t add_noun(std::size_t i) {
    if (!is_keyword_noun(i)) return i + 1;
    const auto& token = reading_.tokens[i];
    auto end = i + 1;
    std::string id = token.lemma;
    const bool english_name = token.foreign && token.word_class == WordClass::name;
    while (english_name && end < reading_.tokens.size() && is_keyword_noun(end) &&
           reading_.tokens[end].word_class == WordClass::name &&
           reading_.tokens[end].word == reading_.tokens[end - 1].word + 1) {
      id += ' ' + reading_.tokens[end].lemma;
      ++end;
    }
    while (!token.foreign && end < reading_.tokens.size() &&
           (kept_together(end) || continues_compound(end))) {
      id += reading_.tokens[end].lemma;
      ++end;
    }
    const auto last = end - 1;
    std::string shown = id;
    if (english_name) {
      shown = reading_.text.verbatim(reading_.original, token.begin, reading_.tokens[last].end);
      if (shown.ends_with("'s")) shown.resize(shown.size() - 2);
    }
    const bool name = token.word_class == WordClass::name;
    put({std::move(id), std::move(shown), false, true}, name ? Rank::name : Rank::noun,
        static_cast<std::uint32_t>(i), token.cost);
    return end;
  }

  const Lexicon& lexicon_;
  const Reading& reading_;
  const Outline& outline_;
  std::vector<Candidate> out_;
};

}  // namespace

std::vector<Keyword> find_keywords(const Lexicon& lexicon, const Reading& reading,
                                   const Outline& outline) {
  return Collector(lexicon, reading, outline).run();
}

}  // namespace mbe::analyse
