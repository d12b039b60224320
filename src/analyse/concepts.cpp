#include "analyse/concepts.h"

#include <algorithm>
#include <array>
#include <string>

#include "analyse/experiencer.h"

namespace mbe::analyse {
namespace {

constexpr std::size_t span_words_max = 4;
constexpr std::size_t phrase_bytes_max = 96;
constexpr std::size_t gap_words_max = 3;
constexpr std::size_t english_words_max = 7;

class Finder {
 public:
  Finder(const Lexicon& lexicon, const Sentence& sentence, std::uint32_t index,
         const std::vector<Token>& tokens, std::vector<bool>& used, std::vector<Finding>& out)
      : lexicon_(lexicon),
        sentence_(sentence),
        index_(index),
        tokens_(tokens),
        used_(used),
        out_(out) {}

  void run() {
    for (auto i = sentence_.first; i < sentence_.last;) {
      Match match = sentence_.korean ? korean_at(i) : english_at(i);
      if (match.entries.empty()) {
        ++i;
        continue;
      }
      pending_.push_back(match);
      if (match.gaps != 0) run_gaps(match);
      i = match.last;
    }
    resolve_near();
  }

 private:
  struct Match {
    std::span<const Entry> entries;
    std::size_t first = 0;
    std::size_t last = 0;
    bool negation_used = false;  ///< the entry itself holds the negation (잠 안 오다)
    bool extended = false;       ///< found by Token::extended
    std::uint64_t gaps = 0;      ///< bit k: token first + k stands in a gap of the entry
    [[nodiscard]] bool in_gap(std::size_t i) const {
      return i >= first && i - first < 64 && (gaps >> (i - first) & 1U) != 0;
    }
  };

  /// Skipped inside a phrase: adverbs and absorbed negators.
  [[nodiscard]] bool skippable(std::size_t i) const {
    const auto& token = tokens_[i];
    return token.lemma.empty() || token.word_class == WordClass::adverb ||
           token.word_class == WordClass::determiner || token.word_class == WordClass::number;
  }

  /// What stands in the gaps of an English phrase has concepts of its own.
  void run_gaps(const Match& outer) {
    for (auto i = outer.first; i < outer.last;) {
      Match match;
      if (outer.in_gap(i)) {
        auto end = i;
        while (end < outer.last && outer.in_gap(end)) ++end;
        limit_ = end;
        match = english_at(i);
        limit_ = sentence_.last;
      }
      if (!match.entries.empty()) pending_.push_back(match);
      i = std::max(i + 1, match.last);
    }
  }

  bool try_key(std::string_view key, std::size_t first, std::size_t last, bool negated,
               Match& best) const {
    if (key.size() > key_bytes_max_) return false;
    const auto entries = lexicon_.korean(key);
    if (entries.empty()) return false;
    best = {entries, first, last, negated, false, 0};
    return true;
  }

  /// Forms of token i as the end of a phrase, longest and most negative first.
  bool try_ends(const std::string& head, std::size_t first, std::size_t i, Match& best) {
    const auto& token = tokens_[i];
    if (token.has(Form::negated) && token.predicate) {
      for (const std::string_view prefix : {"못", "안"}) {
        if (prefix == "못" && !token.has(Form::could_not)) continue;
        key_.assign(head).append(prefix).append(token.lemma);
        if (try_key(key_, first, i + 1, true, best)) return true;
      }
    }
    for (const std::string* form : {&token.extended, &token.lemma, &token.root, &token.second}) {
      if (form->empty()) continue;
      key_.assign(head).append(*form);
      if (!try_key(key_, first, i + 1, false, best)) continue;
      best.extended = form == &token.extended;
      return true;
    }
    return false;
  }

  Match korean_at(std::size_t i) {
    Match best;
    if (tokens_[i].lemma.empty() || is_counter(i)) return best;
    // A key may also begin with the form that has the auxiliary, or with 안 or 못.
    const bool negated = tokens_[i].predicate && tokens_[i].has(Form::negated);
    key_bytes_max_ = 0;
    for (const std::string* form : {&tokens_[i].lemma, &tokens_[i].root, &tokens_[i].second}) {
      key_bytes_max_ = std::max(key_bytes_max_, lexicon_.korean_bytes_max(*form));
    }
    if (!tokens_[i].extended.empty() || negated) key_bytes_max_ = phrase_bytes_max;
    if (key_bytes_max_ == 0) return best;
    std::string head;
    std::size_t words = 0;
    for (auto k = i; k < sentence_.last && words < span_words_max; ++k) {
      if (tokens_[k].lemma.empty()) continue;
      Match found;
      if (try_ends(head, i, k, found)) best = found;
      if (k > i && skippable(k)) {
        continue;
      }
      head += tokens_[k].root.empty() || !tokens_[k].predicate ? tokens_[k].lemma : tokens_[k].root;
      if (head.size() > key_bytes_max_) break;
      ++words;
      if (tokens_[k].predicate && tokens_[k].root.empty()) {
        if (!tokens_[k].has(Form::nominal) && !tokens_[k].has(Form::relative)) break;
      }
    }
    return best;
  }

  /// A unit after a number (4일) is no word of its own.
  [[nodiscard]] bool is_counter(std::size_t i) const {
    constexpr std::size_t one_syllable = 3;
    const auto& token = tokens_[i];
    return token.word_class == WordClass::number && token.lemma.size() <= one_syllable &&
           static_cast<unsigned char>(token.lemma.front()) >= 0x80;
  }

  Match english_at(std::size_t i) {
    Match best;
    walk(0, i, i, 0, 0, best);
    return best;
  }

  void walk(std::uint32_t node, std::size_t first, std::size_t at, std::size_t depth,
            std::uint64_t gaps, Match& best) const {
    if (!lexicon_.english(node).empty() && at > best.last &&
        class_fits(lexicon_.english(node), first, at)) {
      best = {lexicon_.english(node), first, at, false, false, gaps};
    }
    if (at >= limit_ || depth > english_words_max) return;
    const auto& token = tokens_[at];
    const auto form = lexicon_.word_id(token.root);
    const auto lemma = token.lemma == token.root ? 0 : lexicon_.word_id(token.lemma);
    for (const auto word : {form, lemma}) {
      if (word == 0) continue;
      const auto next = lexicon_.step(node, word);
      if (next >= 0) walk(static_cast<std::uint32_t>(next), first, at + 1, depth + 1, gaps, best);
    }
    const auto gap = depth == 0 ? -1 : lexicon_.step(node, Lexicon::gap_word);
    if (gap < 0) return;
    for (std::size_t skip = 0; skip <= gap_words_max && at + skip < limit_; ++skip) {
      if (tokens_[at + skip].clause != token.clause) break;
      walk(static_cast<std::uint32_t>(gap), first, at + skip, depth + 1, gaps, best);
      if (at + skip - first < 64) gaps |= std::uint64_t{1} << (at + skip - first);
    }
  }

  [[nodiscard]] bool class_fits(std::span<const Entry> entries, std::size_t first,
                                std::size_t last) const {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return fits(entry, first, last); });
  }

  [[nodiscard]] bool fits(const Entry& entry, std::size_t first, std::size_t last) const {
    if (entry.word_class == 0) return true;
    const auto word_class = tokens_[sentence_.korean ? last - 1 : first].word_class;
    const bool predicate = tokens_[last - 1].predicate;
    switch (entry.word_class) {
      case 'v':
        return sentence_.korean ? predicate : word_class == WordClass::verb;
      case 'a':
        return word_class == WordClass::adjective;
      default:
        return word_class == WordClass::noun || word_class == WordClass::name ||
               (sentence_.korean && !predicate);
    }
  }

  /// Entries that ask for another concept in the sentence wait until all others are known.
  void resolve_near() {
    std::vector<Target> present;
    for (const auto& match : pending_) {
      for (const auto& entry : match.entries) {
        if (!entry.near.empty() || !fits(entry, match.first, match.last)) continue;
        for (const auto target : entry.targets) present.push_back(target);
        break;
      }
    }
    for (const auto& match : pending_) {
      for (const auto& entry : match.entries) {
        if (!fits(entry, match.first, match.last)) continue;
        const bool near =
            entry.near.empty() ||
            std::any_of(entry.near.begin(), entry.near.end(), [&](Target target) {
              return std::find(present.begin(), present.end(), target) != present.end();
            });
        if (!near) continue;
        emit(match, entry);
        break;
      }
    }
  }

  void emit(const Match& match, const Entry& entry) {
    Finding finding;
    finding.first = static_cast<std::uint32_t>(match.first);
    finding.last = static_cast<std::uint32_t>(match.last);
    finding.sentence = index_;
    finding.head = finding.last - 1;
    if (!sentence_.korean) finding.head = english_head(match);
    finding.clause = tokens_[finding.head].clause;
    carry(match, finding);
    for (auto i = match.first; i < match.last; ++i) {
      if (!match.in_gap(i)) used_[i] = true;
    }
    for (const auto target : entry.targets) {
      finding.target = target;
      out_.push_back(finding);
    }
  }

  /// The first verb or adjective of an English phrase, else its last word.
  [[nodiscard]] std::uint32_t english_head(const Match& match) const {
    for (auto i = match.first; i < match.last; ++i) {
      if (tokens_[i].predicate) return static_cast<std::uint32_t>(i);
    }
    return static_cast<std::uint32_t>(match.last - 1);
  }

  void carry(const Match& match, Finding& finding) const {
    const auto& head = tokens_[finding.head];
    finding.state = head.state;
    finding.extended = match.extended;
    const bool own_wish = match.extended && head.has(Form::wish) && !head.has(Form::question);
    if (own_wish && finding.state == State::hypothetical) finding.state = State::asserted;
    if (match.negation_used && finding.state == State::negated) finding.state = State::asserted;
    if (sentence_.korean) {
      if (!head.predicate) carry_korean_noun(finding);
    } else if (head.word_class == WordClass::noun || head.word_class == WordClass::name) {
      carry_english_noun(finding);
    } else if (finding.state == State::negated && match.last - match.first > 1) {
      for (auto i = match.first; i < match.last; ++i) {
        if (tokens_[i].root == "not" || tokens_[i].root == "no" || tokens_[i].root == "never") {
          finding.state = State::asserted;
        }
      }
    }
  }

  void carry_korean_noun(Finding& finding) const {
    std::size_t i = finding.last;
    bool between = false;
    for (; i < sentence_.last; ++i) {
      const auto& token = tokens_[i];
      if (token.clause != tokens_[finding.head].clause) break;
      if (token.predicate) break;
      if (!skippable(i)) between = true;
    }
    if (i == sentence_.last || tokens_[i].clause != tokens_[finding.head].clause) {
      finding.state = sentence_.asks ? State::questioned : State::asserted;
      return;
    }
    const auto& governor = tokens_[i];
    const auto stop = lexicon_.stop_korean(governor.lemma);
    const bool light =
        stop == Stop::light || stop == Stop::carrier || governor.word_class == WordClass::adjective;
    finding.state = governor.state;
    finding.carried = light && !between && tokens_[finding.head].role != Role::with &&
                      tokens_[finding.head].role != Role::possessor;
    if (governor.lemma == "없다" && !between) {
      finding.absent = true;
      if (finding.state == State::asserted) finding.state = State::negated;
    } else if (!finding.carried && finding.state == State::negated) {
      finding.state = State::asserted;
    }
  }

  void carry_english_noun(Finding& finding) const {
    if (finding.first == sentence_.first) return;
    const auto& before = tokens_[finding.first - 1];
    if (before.root == "no" || before.root == "without" || before.root == "any")
      finding.absent = true;
    constexpr std::array<std::string_view, 4> topics{"about", "of", "on", "for"};
    auto k = finding.first;
    while (k > sentence_.first && tokens_[k - 1].word_class != WordClass::verb &&
           k + 3 > finding.first) {
      --k;
      if (std::find(topics.begin(), topics.end(), std::string_view(tokens_[k].root)) !=
          topics.end()) {
        finding.carried = false;
      }
    }
  }

  const Lexicon& lexicon_;
  const Sentence& sentence_;
  std::uint32_t index_;
  const std::vector<Token>& tokens_;
  std::vector<bool>& used_;
  std::vector<Finding>& out_;
  std::size_t limit_ = sentence_.last;  ///< English entries end before this token
  std::size_t key_bytes_max_ = 0;       ///< no key at the present word is longer
  std::vector<Match> pending_;
  std::string key_;
};

}  // namespace

void find_concepts(const Lexicon& lexicon, const Sentence& sentence, std::uint32_t sentence_index,
                   const std::vector<Token>& tokens, std::vector<bool>& used,
                   std::vector<Finding>& out) {
  const auto from = out.size();
  Finder(lexicon, sentence, sentence_index, tokens, used, out).run();
  std::vector<Finding> mine(out.begin() + static_cast<std::ptrdiff_t>(from), out.end());
  for (auto i = from; i < out.size(); ++i) {
    auto& finding = out[i];
    if (!lexicon.is_concept(finding.target)) continue;
    finding.own = !is_other(lexicon, sentence, tokens, mine, finding);
    if (finding.state == State::questioned && lexicon.kind(finding.target) == Kind::emotion &&
        asks_oneself(lexicon, sentence, tokens)) {
      finding.state = State::asserted;
    }
    const auto swap = lexicon.meaning(finding.target).swap;
    if (finding.state == State::negated && swap >= 0) {
      finding.target = static_cast<Target>(swap);
      finding.state = State::asserted;
      finding.carried = true;
      finding.swapped = true;
    }
  }
}

}  // namespace mbe::analyse
