#include "creation/creation_english.h"

#include <algorithm>
#include <array>

#include "creation/creation_english_object.h"

namespace mbe::creation {
namespace {

using english::Object;
using english::Token;

constexpr std::size_t separated_words_max = 8;  ///< between put and together
constexpr std::size_t asking_words_min = 6;     ///< what's up, … asks nothing

/// What stands before a verb or a thing and makes it asked for.
struct Opening {
  std::string_view form;  ///< as Word::form; "order" for a bare imperative
  std::size_t at = 0;     ///< the token behind it
  bool modal = false;     ///< can you, could you …: may ask about the ability in general
};

/// One English sentence under the rules; a value of one call.
class Sentence {
 public:
  Sentence(const Words& words, std::string_view text, const std::optional<Thing>& earlier)
      : words_(words),
        side_(words.english()),
        earlier_(earlier),
        tokens_(english::cut_words(words, text)),
        asks_(text.find('?') != std::string_view::npos) {}

  [[nodiscard]] std::optional<Thing> find() const;
  [[nodiscard]] const std::vector<Token>& tokens() const { return tokens_; }

 private:
  struct Verb {
    const Word* word = nullptr;
    std::size_t end = 0;
  };
  [[nodiscard]] bool is(Section section, std::size_t i) const {
    return side_.has(section, tokens_[i].word);
  }
  [[nodiscard]] std::size_t clause_of(std::size_t i) const;
  [[nodiscard]] bool only(std::size_t from, std::size_t to, bool leads) const;
  [[nodiscard]] bool opens(std::size_t i, bool leads) const;
  [[nodiscard]] bool tells(std::size_t i, bool asked) const;
  [[nodiscard]] bool joins_order(std::size_t i) const;
  [[nodiscard]] std::size_t skip_fillers(std::size_t i) const;
  [[nodiscard]] Verb verb_from(std::size_t i, std::string_view base) const;
  [[nodiscard]] Verb verb_at(std::size_t i, bool ing) const;
  [[nodiscard]] std::optional<Thing> ordered(std::size_t i) const;
  [[nodiscard]] std::optional<Thing> asked(std::size_t i) const;
  [[nodiscard]] std::optional<Thing> made(const Verb& verb, const Opening& opening) const;
  [[nodiscard]] std::optional<Thing> turned(const Verb& verb) const;
  [[nodiscard]] std::optional<Thing> wanted(std::size_t i) const;
  [[nodiscard]] std::optional<Thing> named() const;
  [[nodiscard]] bool only_able(const Object& object, const Opening& opening) const;
  [[nodiscard]] bool thanks_for() const;
  [[nodiscard]] std::optional<Thing> named_before(std::size_t i) const;

  const Words& words_;
  const Words::Side& side_;
  const std::optional<Thing>& earlier_;
  std::vector<Token> tokens_;
  bool asks_;
};

/// The first token of the clause that token i is in: behind a mark, or behind so, but, or, then.
std::size_t Sentence::clause_of(std::size_t i) const {
  constexpr std::array<std::string_view, 6> joints{"so", "but", "or", "then", "now", "because"};
  while (i > 0 && !tokens_[i - 1].mark) {
    const auto& joint = tokens_[i - 1].word;
    const bool degree = joint == "so" && is(Section::thanks, i);  // so grateful if you …
    if (!degree && std::ranges::find(joints, joint) != joints.end()) break;
    --i;
  }
  return i;
}

/// Whether tokens [from, to) only lead up to a request.
bool Sentence::only(std::size_t from, std::size_t to, bool leads) const {
  for (auto i = from; i < to; ++i) {
    if (is(Section::filler, i)) continue;
    if (!leads || !is(Section::lead, i)) return false;
  }
  return true;
}

/// Whether what comes before the clause that begins at `i` tells something, so that what follows a
/// comma goes on telling: I wake up, make a list; she said, write me a poem.
bool Sentence::tells(std::size_t i, bool asked) const {
  if (i == 0) return false;
  auto first = i - 1;
  while (first > 0 && !tokens_[first - 1].mark) --first;
  const bool near_me = i < tokens_.size() && [&] {
    for (auto k = i; k < tokens_.size() && !tokens_[k].mark; ++k) {
      if (tokens_[k].word == "me" || tokens_[k].word == "please") return true;
    }
    return false;
  }();
  bool self = false;
  for (auto k = first; k + 1 < i; ++k) {
    if (is(Section::saying, k) && k > first) return true;
    if (asked) continue;
    self = self || is(Section::self, k);
    if (is(Section::habit, k) && self) return true;
    if (!near_me && self && is(Section::intent, k)) return true;
  }
  if (near_me || asked || i - first < asking_words_min) return false;
  const auto& start = tokens_[first].word;
  const bool asks = is(Section::asking, first) && start != "when" && start != "where";
  return asks || start == "they" || start == "people";
}

/// Whether a request may begin at token i.
bool Sentence::opens(std::size_t i, bool leads) const {
  const auto clause = clause_of(i);
  if (i > 0 && tokens_[i - 1].word == "please" && only(clause, i, leads)) return true;
  if (!only(clause, i, leads)) return false;
  return clause == 0 || !tells(clause, leads);
}

/// Whether token i follows "and" and goes on with an order: take my notes and make a table.
bool Sentence::joins_order(std::size_t i) const {
  if (i < 2) return false;
  auto joint = i - 1;
  while (joint > 0 && is(Section::filler, joint) && tokens_[joint].word != "and") --joint;
  if (tokens_[joint].word != "and" && tokens_[joint].word != "please") return false;
  const auto clause = clause_of(joint);
  auto first = skip_fillers(clause);
  if (tokens_[joint].word == "please") return !is(Section::negation, joint > 0 ? joint - 1 : 0);
  if (first >= joint) return false;
  for (const auto row : side_.beginning(Section::ask, tokens_[first].word)) {
    const auto& ask = side_.all(Section::ask)[row];
    if (ask.form != "base" && ask.form != "help") continue;
    if (english::phrase_at(tokens_, first, ask.word) != 0) return true;
  }
  const bool order = is(Section::opener, first) || verb_at(first, false).word != nullptr;
  return order && (clause == 0 || !tells(clause, false));
}

std::size_t Sentence::skip_fillers(std::size_t i) const {
  while (i + 1 < tokens_.size() && !tokens_[i].mark && is(Section::filler, i)) ++i;
  return i;
}

/// The longest verb of making at token i whose first word is `base`.
Sentence::Verb Sentence::verb_from(std::size_t i, std::string_view base) const {
  for (const auto row : side_.beginning(Section::verb, base)) {
    const auto& verb = side_.all(Section::verb)[row];
    if (verb.word.size() == base.size()) return {&verb, i + 1};
    const auto rest = std::string_view(verb.word).substr(base.size() + 1);
    for (std::size_t gap = 0; gap <= 1; ++gap) {  // whip me up, put me together
      if (gap == 1 && (tokens_[i + 1].mark || !is(Section::benefactor, i + 1))) break;
      const auto count = english::phrase_at(tokens_, i + 1 + gap, rest);
      if (count != 0) return {&verb, i + 1 + gap + count};
    }
    if (rest != "together") continue;
    for (auto k = i + 1; k < i + separated_words_max && !tokens_[k].mark; ++k) {
      if (tokens_[k].word == rest) return {&verb, i + 1};  // put a budget together
    }
  }
  return {};
}

/// The verb of making at token i, in the base form or as said (ing: writing).
Sentence::Verb Sentence::verb_at(std::size_t i, bool ing) const {
  const auto& said = tokens_[i].word;
  constexpr std::string_view suffix = "ing";
  if (tokens_[i].mark) return {};
  if (!ing) return verb_from(i, said);
  if (said.size() < suffix.size() + 2 || !said.ends_with(suffix)) return {};
  const auto stem = said.substr(0, said.size() - suffix.size());
  const bool doubled = stem.back() == stem[stem.size() - 2];
  for (const auto& base : {stem, stem + "e", doubled ? stem.substr(0, stem.size() - 1) : stem}) {
    if (const auto verb = verb_from(i, base); verb.word != nullptr) return verb;
  }
  return {};
}

bool Sentence::thanks_for() const {
  return std::ranges::any_of(
      tokens_, [&](const Token& token) { return side_.has(Section::thanks, token.word); });
}

std::optional<Thing> Sentence::named_before(std::size_t i) const {
  while (i-- > 0) {
    if (const auto* found = english::artefact_of(words_, tokens_[i].word)) {
      return Thing{found->word, found->kind};
    }
  }
  return earlier_;
}

/// "Can you write poems?" asks what the listener is able to do; "can you write a poem for Ann?"
/// asks for one.
bool Sentence::only_able(const Object& object, const Opening& opening) const {
  const auto holds = [&](std::string_view word) {
    return std::ranges::any_of(tokens_, [&](const Token& token) { return token.word == word; });
  };
  if (holds("ever") || holds("even") || (holds("at") && holds("all"))) return true;
  if (opening.form == "able" && !object.benefits && !object.described) return true;
  if (object.benefits || object.indefinite || object.definite || object.pronoun) return false;
  return !object.described && !holds("please");
}

/// What something is to be turned into: put my notes into a table.
std::optional<Thing> Sentence::turned(const Verb& verb) const {
  for (auto i = verb.end; i + 1 < tokens_.size() && !tokens_[i].mark; ++i) {
    if (tokens_[i].word != "into" && tokens_[i].word != "as") continue;
    const auto object = english::read_object(words_, tokens_, i + 1);
    if (object.artefact == nullptr || !object.indefinite) return std::nullopt;
    return Thing{object.artefact->word, object.artefact->kind};
  }
  return std::nullopt;
}

std::optional<Thing> Sentence::made(const Verb& verb, const Opening& opening) const {
  if (verb.word->object == creation::Object::into) return turned(verb);
  const auto object = english::read_object(words_, tokens_, verb.end);
  const auto& name = verb.word->word;
  if ((opening.modal || opening.form == "able") && only_able(object, opening)) return std::nullopt;
  if (opening.form == "me" && !object.benefits) return std::nullopt;
  for (auto i = object.end; opening.modal && i + 2 < tokens_.size(); ++i) {
    if (tokens_[i].word == "if" && (tokens_[i + 2].word == "were" || tokens_[i + 2].word == "had" ||
                                    tokens_[i + 2].word == "asked")) {
      return std::nullopt;  // would you write a poem if you were human
    }
  }
  if (object.pronoun) {
    if (verb.word->object != creation::Object::any) return std::nullopt;
    if (name == "make" && object.head != "one") return std::nullopt;
    auto before = named_before(verb.end - 1);
    if (!before && object.head == "something") before = Thing{{}, verb.word->kind};
    return before;
  }
  if (object.head.empty()) {
    const bool portrait = object.benefits && verb.word->kind == CreationKind::drawing;
    if (portrait) return Thing{{}, CreationKind::drawing};
    return std::nullopt;
  }
  const bool sure = side_.takes_no_artefact(name, tokens_[verb.end].word) &&
                    (is(Section::definite, verb.end + 1) || is(Section::boundary, verb.end + 1));
  if (sure) return std::nullopt;  // make sure the report …
  auto singular = object.head;
  if (singular.ends_with('s')) singular.pop_back();
  if (side_.takes_no_artefact(name, object.head) || side_.takes_no_artefact(name, singular)) {
    return std::nullopt;
  }
  if (object.artefact != nullptr) {
    if (verb.word->object == creation::Object::fresh && object.definite) return std::nullopt;
    if (verb.word->object == creation::Object::fresh && !object.indefinite && !object.benefits) {
      return std::nullopt;
    }
    auto kind = object.artefact->kind;
    const bool plain = kind == CreationKind::text || kind == CreationKind::other;
    if (plain && verb.word->kind == CreationKind::drawing) kind = verb.word->kind;
    return Thing{object.artefact->word, kind};
  }
  if (verb.word->object != creation::Object::any) return std::nullopt;
  const bool draws = verb.word->kind != CreationKind::other;
  const bool particular = object.definite || object.described;
  if (!object.indefinite && !(draws && particular)) return std::nullopt;
  const bool meant = object.benefits || object.described || opening.form != "order";
  if (!meant && name == "make") return std::nullopt;  // make a left, make a stand
  return Thing{object.head, verb.word->kind};
}

/// An order: the verb stands where a clause begins.
std::optional<Thing> Sentence::ordered(std::size_t i) const {
  const auto verb = verb_at(i, false);
  if (verb.word == nullptr) return std::nullopt;
  if (!opens(i, false) && !joins_order(i)) return std::nullopt;
  return made(verb, {"order", i, false});
}

/// A request: could you …, I would like you to …, help me write …
std::optional<Thing> Sentence::asked(std::size_t i) const {
  constexpr std::array<std::string_view, 8> modals{"can ",   "could ", "would ", "will ",
                                                   "do you", "is it",  "are ",   "possible"};
  for (const auto row : side_.beginning(Section::ask, tokens_[i].word)) {
    const auto& ask = side_.all(Section::ask)[row];
    if (ask.form == "thing") continue;
    const auto count = english::phrase_at(tokens_, i, ask.word);
    if (count == 0 || !opens(i, true)) continue;
    if (ask.form == "if" && (!thanks_for() || tokens_[0].word == "what")) continue;
    Opening opening{ask.form, skip_fillers(i + count), false};
    opening.modal = std::ranges::any_of(
        modals, [&](std::string_view modal) { return ask.word.starts_with(modal); });
    bool ing = ask.form == "ing" || ask.form == "helping";
    // could you + help me, would you + try to
    for (const auto next : side_.beginning(Section::ask, tokens_[opening.at].word)) {
      const auto& more = side_.all(Section::ask)[next];
      if (more.form != "help" && more.form != "ing" && more.form != "base") continue;
      const auto further = english::phrase_at(tokens_, opening.at, more.word);
      if (further == 0) continue;
      ing = more.form == "ing";
      opening.at = skip_fillers(opening.at + further);
      break;
    }
    auto verb = verb_at(opening.at, ing);
    if (verb.word == nullptr && ask.form.starts_with("help")) verb = verb_at(opening.at, !ing);
    if (verb.word == nullptr) continue;
    if (auto thing = made(verb, opening)) return thing;
  }
  return std::nullopt;
}

/// A thing that is asked for without a verb of making: I need a cover letter.
std::optional<Thing> Sentence::wanted(std::size_t i) const {
  for (const auto row : side_.beginning(Section::ask, tokens_[i].word)) {
    const auto& ask = side_.all(Section::ask)[row];
    if (ask.form != "thing") continue;
    const auto count = english::phrase_at(tokens_, i, ask.word);
    if (count == 0 || !opens(i, false)) continue;
    constexpr std::array<std::string_view, 5> statements{"need", "want", "like", "love", "use"};
    const bool states = std::ranges::any_of(
        statements, [&](std::string_view verb) { return ask.word.ends_with(verb); });
    if (states && asks_) continue;
    const auto object = english::read_object(words_, tokens_, skip_fillers(i + count));
    const bool open = object.indefinite || (!object.definite && object.described);
    if (object.artefact == nullptr || !open || object.definite) continue;
    if (english::artefact_of(words_, object.head) == nullptr) continue;
    if (states && side_.takes_no_artefact("need", object.head)) continue;
    const auto& next = tokens_[object.end].word;
    if (next == "from" || next == "i" || next == "you" || next == "we" || next == "to") continue;
    return Thing{object.artefact->word, object.artefact->kind};
  }
  return std::nullopt;
}

/// A noun phrase alone: a haiku about Mondays, please.
std::optional<Thing> Sentence::named() const {
  auto first = skip_fillers(0);
  if (first > 0 && tokens_[first].mark && first + 1 < tokens_.size()) {
    first = skip_fillers(first + 1);
  }
  const auto object = english::read_object(words_, tokens_, first);
  if (object.artefact == nullptr || !object.indefinite || object.benefits) return std::nullopt;
  if (english::artefact_of(words_, object.head) == nullptr) return std::nullopt;
  bool pleads = false;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    pleads = pleads || tokens_[i].word == "please";
    if (is(Section::past, i) || is(Section::negation, i)) return std::nullopt;
  }
  const auto& next = tokens_[object.end].word;
  if (!pleads && next != "about" && next != "for") return std::nullopt;
  if (!pleads && asks_) return std::nullopt;
  return Thing{object.artefact->word, object.artefact->kind};
}

std::optional<Thing> Sentence::find() const {
  for (std::size_t i = 0; i + 1 < tokens_.size(); ++i) {
    if (tokens_[i].mark) continue;
    if (auto thing = ordered(i)) return thing;
    if (auto thing = asked(i)) return thing;
    if (auto thing = wanted(i)) return thing;
  }
  return named();
}

}  // namespace

std::optional<Thing> find_english(const Words& words, std::string_view text,
                                  std::optional<Thing>& earlier) {
  const Sentence sentence(words, text, earlier);
  auto thing = sentence.find();
  for (const auto& token : sentence.tokens()) {
    if (const auto* found = english::artefact_of(words, token.word)) {
      earlier = Thing{found->word, found->kind};
    }
  }
  return thing;
}

}  // namespace mbe::creation
