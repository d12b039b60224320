#include "analyse/products.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace mbe::analyse {

namespace {

/// Orders like (kind, text) as far as the first seven bytes.
std::uint64_t sort_key(TermKind kind, std::string_view text) {
  std::uint64_t key = static_cast<std::uint64_t>(kind);
  for (std::size_t i = 0; i < 7; ++i) {
    key = key << 8U | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
  }
  return key;
}

}  // namespace

std::vector<Term> TermBag::take() {
  std::vector<std::pair<std::uint64_t, std::string_view>> order;
  order.reserve(found_.size());
  for (const Found& one : found_) order.emplace_back(sort_key(one.kind, one.text), one.text);
  std::sort(order.begin(), order.end());
  std::vector<Term> out;
  out.reserve(order.size());
  for (const auto& [key, text] : order) {
    const auto kind = static_cast<TermKind>(key >> 56U);
    if (!out.empty() && out.back().kind == kind && out.back().text == text) {
      ++out.back().count;
    } else {
      out.push_back({kind, std::string(text), 1});
    }
  }
  found_.clear();
  kept_.clear();
  return out;
}

namespace {

bool is_content(WordClass word_class) {
  return word_class == WordClass::noun || word_class == WordClass::name ||
         word_class == WordClass::verb || word_class == WordClass::adjective;
}

}  // namespace

void word_terms(const Lexicon& lexicon, const Reading& reading,
                const std::function<std::string(std::string_view)>& stem, TermBag& bag) {
  for (const auto& token : reading.tokens) {
    if (token.lemma.empty()) continue;
    if (token.foreign) {
      const auto stop = lexicon.stop_english(token.root.empty() ? token.lemma : token.root);
      if (stop == Stop::function || stop == Stop::pronoun) continue;
      if (token.word_class == WordClass::number) continue;
      bag.keep(TermKind::stem, stem(token.lemma));
      continue;
    }
    if (!is_content(token.word_class) || lexicon.stop_korean(token.lemma) == Stop::light) continue;
    bag.add(TermKind::lemma, token.lemma);
    if (!token.root.empty() && token.root.size() > 3) bag.add(TermKind::lemma, token.root);
    if (!token.second.empty()) bag.add(TermKind::lemma, token.second);
  }
}

void bigram_terms(std::string_view text, TermBag& bag) {
  std::size_t previous = std::string_view::npos;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = at;
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      previous = std::string_view::npos;
      ++at;
      continue;
    }
    const auto c = next_code_point(text, at);
    if (!is_hangul(c) && !is_cjk(c)) {
      previous = std::string_view::npos;
      continue;
    }
    if (previous != std::string_view::npos) {
      bag.add(TermKind::bigram, text.substr(previous, at - previous));
    }
    previous = begin;
  }
}

bool is_chatter(const Lexicon& lexicon, const Reading& reading,
                const std::vector<Keyword>& keywords) {
  if (!keywords.empty()) return false;
  for (const auto& sentence : reading.sentences) {
    for (auto i = sentence.first; i < sentence.last; ++i) {
      const auto& token = reading.tokens[i];
      if (token.lemma.empty() || token.word_class == WordClass::interjection) continue;
      const auto stop = token.foreign
                            ? lexicon.stop_english(token.root.empty() ? token.lemma : token.root)
                            : lexicon.stop_korean(token.lemma);
      if (stop == Stop::chatter || stop == Stop::degree) continue;
      if (!token.foreign && lexicon.stop_korean(token.root) == Stop::chatter) continue;
      return false;
    }
  }
  return true;
}

namespace {

struct TagWeight {
  std::string_view tag;
  float weight;
};
constexpr std::array<TagWeight, 16> tag_weights{{
    {"promise", .35F},
    {"decision", .35F},
    {"loss", .35F},
    {"achievement", .30F},
    {"ending", .25F},
    {"beginning", .25F},
    {"plan", .25F},
    {"preference", .25F},
    {"info", .20F},
    {"habit", .20F},
    {"conflict", .20F},
    {"change", .15F},
    {"pause", .15F},
    {"wish", .15F},
    {"attempt", .15F},
    {"event", .10F},
}};

}  // namespace

float importance_of(const Lexicon& lexicon, const Reading& reading, const Analysis& analysis,
                    std::size_t numbers) {
  constexpr float chatter_importance = 0.02F;
  if (analysis.is_chatter) return chatter_importance;
  float rest = 1.0F;
  const auto present = [&](float weight) { rest *= 1.0F - weight; };
  bool remembers = false;
  for (const auto& tag : analysis.tags) {
    for (const auto& [name, weight] : tag_weights) {
      if (tag == name) present(weight);
    }
    if (tag == "negative" || tag == "positive") present(.10F);
  }
  for (const auto& finding : reading.findings) {
    const bool request = finding.target == lexicon.cue(Cue::memory);
    if (request && reading.sentences[finding.sentence].requests) remembers = true;
  }
  if (remembers) present(.60F);
  std::size_t names = 0;
  std::size_t feelings = 0;
  for (const auto& keyword : analysis.keywords) {
    if (!keyword.is_concept) {
      ++names;
      continue;
    }
    const auto index = lexicon.find_concept(keyword.id);
    if (index >= 0 && keyword.asserted &&
        lexicon.kind(static_cast<Target>(index)) == Kind::emotion) {
      ++feelings;
    }
  }
  constexpr std::size_t counted_max = 3;
  for (std::size_t i = 0; i < std::min(names, counted_max); ++i) present(.06F);
  for (std::size_t i = 0; i < std::min(feelings, counted_max); ++i) present(.12F);
  for (std::size_t i = 0; i < std::min(numbers, counted_max); ++i) present(.06F);
  if (!analysis.dates.empty()) present(.08F);
  for (std::size_t i = 0; i < std::min(analysis.keywords.size(), counted_max); ++i) present(.04F);
  constexpr float question_factor = 0.5F;
  const float value = 1.0F - rest;
  return analysis.is_question && !remembers ? value * question_factor : value;
}

namespace {

/// Concepts that say what became of a thing, not which thing it is.
constexpr std::array<std::string_view, 16> nameless{
    "beginning",  "ending",       "plan",       "decision",       "promise", "goal",
    "completion", "success",      "failure",    "attempt",        "effort",  "wish",
    "pause",      "cancellation", "motivation", "motivation_loss"};

class IntentionFinder {
 public:
  IntentionFinder(const Lexicon& lexicon, const Reading& reading)
      : lexicon_(lexicon), reading_(reading) {}

  std::vector<Intention> run(const std::vector<Keyword>& keywords) {
    for (std::uint32_t s = 0; s < reading_.sentences.size(); ++s) {
      const auto& sentence = reading_.sentences[s];
      if (sentence.asks || sentence.requests) continue;
      if (const auto state = state_of(sentence, s)) {
        put(sentence, s, {*state, true, {}, {}}, keywords);
      } else if (acted(sentence)) {
        put(sentence, s, {IntentionState::done, false, {}, {}}, keywords);
      }
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::optional<IntentionState> state_of(const Sentence& sentence,
                                                       std::uint32_t s) const {
    std::optional<IntentionState> state = formed(sentence);
    for (const auto& finding : reading_.found_in(s)) {
      if (!finding.carried || finding.absent) continue;
      const bool asserted = finding.state == State::asserted;
      const auto is = [&](Cue cue) { return finding.target == lexicon_.cue(cue); };
      if (asserted && (is(Cue::plan) || is(Cue::promise)) && !state) {
        state = IntentionState::intended;
      }
      if (is(Cue::drop) && (asserted || finding.state == State::future))
        return IntentionState::dropped;
      if (!asserted) continue;
      if (is(Cue::achieve)) state = IntentionState::done;
      if (!lexicon_.is_concept(finding.target)) continue;
      const auto& id = lexicon_.concepts()[finding.target].id;
      if (id == "failure" || id == "cancellation") return IntentionState::dropped;
      const bool intends = id == "goal" || id == "plan" || id == "decision";
      if (intends && !state) state = IntentionState::intended;
      const auto& situations = lexicon_.meaning(finding.target).situations;
      if (std::find(situations.begin(), situations.end(), "achievement") != situations.end()) {
        state = IntentionState::done;
      }
    }
    return state;
  }

  /// What the verb forms say: plan, decision, promise. A plan before a past main verb is that
  /// verb's purpose (일출을 보려고 일어났다); a quoted one is somebody's forecast.
  [[nodiscard]] std::optional<IntentionState> formed(const Sentence& sentence) const {
    std::optional<IntentionState> state;
    bool only_planned = false;
    for (auto i = sentence.first; i < sentence.last; ++i) {
      const auto& token = reading_.tokens[i];
      if (!token.predicate || token.has(Form::relative)) continue;
      const bool binds = token.has(Form::decision) || token.has(Form::promise);
      const bool plans =
          token.has(Form::plan) && token.word_class == WordClass::verb && !token.has(Form::quote);
      if (binds || plans) {
        state = token.has(Form::negated) ? IntentionState::dropped : IntentionState::intended;
        only_planned = !binds;
      } else if (only_planned && token.has(Form::past)) {
        state.reset();
        only_planned = false;
      }
    }
    return state;
  }

  /// A past action of the main line: it may carry out an earlier plan.
  [[nodiscard]] bool acted(const Sentence& sentence) const {
    for (auto i = sentence.first; i < sentence.last; ++i) {
      const auto& token = reading_.tokens[i];
      const bool action = token.predicate && token.word_class == WordClass::verb &&
                          token.has(Form::past) && !token.has(Form::relative);
      if (action && token.state == State::asserted) return true;
    }
    return false;
  }

  void put(const Sentence& sentence, std::uint32_t s, Intention intention,
           const std::vector<Keyword>& keywords) {
    const auto add = [&](const std::string& id) {
      auto& list = intention.concepts;
      const bool known = std::find(list.begin(), list.end(), id) != list.end();
      if (!known && std::find(nameless.begin(), nameless.end(), id) == nameless.end())
        list.push_back(id);
    };
    for (const auto& finding : reading_.found_in(s)) {
      if (!lexicon_.is_concept(finding.target)) continue;
      if (lexicon_.kind(finding.target) == Kind::emotion) continue;
      add(lexicon_.concepts()[finding.target].id);
    }
    for (const auto& keyword : keywords) {
      if (keyword.is_concept) continue;
      for (auto i = sentence.first; i < sentence.last; ++i) {
        if (keyword.id.starts_with(reading_.tokens[i].lemma) && !reading_.tokens[i].lemma.empty()) {
          add(keyword.id);
          break;
        }
      }
    }
    if (intention.concepts.empty()) return;
    intention.text = reading_.text.verbatim(reading_.original, sentence.begin, sentence.end);
    out_.push_back(std::move(intention));
  }

  const Lexicon& lexicon_;
  const Reading& reading_;
  std::vector<Intention> out_;
};

}  // namespace

std::vector<std::string> find_possible_concepts(const Lexicon& lexicon, const Reading& reading) {
  std::vector<std::string> out;
  for (const Token& token : reading.tokens) {
    if (token.state == State::negated) continue;
    std::span<const Entry> entries;
    if (reading.sentences[token.sentence].korean) {
      entries = lexicon.korean(token.lemma);
    } else if (const auto node = lexicon.step(0, lexicon.word_id(token.lemma)); node >= 0) {
      entries = lexicon.english(static_cast<std::uint32_t>(node));
    }
    for (const Entry& entry : entries) {
      if (entry.near.empty()) continue;
      for (const Target target : entry.targets) {
        if (!lexicon.is_concept(target)) continue;
        const std::string& id = lexicon.concepts()[target].id;
        if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(id);
      }
    }
  }
  return out;
}

std::vector<Intention> find_intentions(const Lexicon& lexicon, const Reading& reading,
                                       const std::vector<Keyword>& keywords) {
  return IntentionFinder(lexicon, reading).run(keywords);
}

}  // namespace mbe::analyse
