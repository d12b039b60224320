#include "analyse/sentence.h"

#include <algorithm>
#include <initializer_list>

#include "analyse/normal_text.h"
#include "base/utf8.h"

namespace mbe::analyse {
namespace {

bool is_stop(char c) {
  return c == '.' || c == '?' || c == '!';
}
bool is_utf8_tail(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}
bool is_blank(char c) {
  return c == ' ' || c == '\n';
}

/// Korean if at least half as many Hangul syllables as Latin letters, English if any Latin letter.
void find_script(std::string_view text, Sentence& sentence) {
  std::size_t hangul = 0;
  std::size_t latin = 0;
  for (std::size_t at = sentence.begin; at < sentence.end;) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      latin += is_ascii_letter(static_cast<unsigned char>(text[at])) ? 1 : 0;
      ++at;
      continue;
    }
    hangul += is_hangul(next_code_point(text, at)) ? 1 : 0;
  }
  sentence.korean = hangul > 0 && hangul * 2 >= latin;
  sentence.english = !sentence.korean && latin > 0;
}

State state_of(const Token& token) {
  if (token.has(Form::hypothetical) || token.has(Form::wish)) return State::hypothetical;
  if (token.has(Form::question)) return State::questioned;
  if (token.has(Form::request) || token.has(Form::imperative)) return State::requested;
  if (token.has(Form::future) && !token.has(Form::past)) return State::future;
  if (token.has(Form::future) && token.has(Form::plan)) return State::future;
  if (token.has(Form::negated)) return State::negated;
  return State::asserted;
}

/// 안 and 못 belong to the predicate after them.
void absorb_negators(Sentence& sentence, std::vector<Token>& tokens) {
  for (auto i = sentence.first; i + 1 < sentence.last; ++i) {
    auto& token = tokens[i];
    if (token.word_class != WordClass::adverb || (token.lemma != "안" && token.lemma != "못"))
      continue;
    auto next = i + 1;
    while (next < sentence.last && tokens[next].word_class == WordClass::adverb) ++next;
    if (next == sentence.last) continue;
    if (!tokens[next].predicate && next + 1 < sentence.last && tokens[next + 1].predicate) ++next;
    if (!tokens[next].predicate) continue;
    tokens[next].set(Form::negated);
    if (token.lemma == "못") tokens[next].set(Form::could_not);
    token.word_class = WordClass::other;
    token.lemma.clear();
  }
}

/// A relative or nominal predicate stays inside its clause; any other one ends it.
bool ends_clause(const Token& token) {
  return token.predicate && !token.has(Form::relative) && !token.has(Form::nominal);
}

void number_clauses(const Sentence& sentence, std::vector<Token>& tokens) {
  std::uint32_t clause = 0;
  for (auto i = sentence.first; i < sentence.last; ++i) {
    tokens[i].clause = clause;
    if (ends_clause(tokens[i])) ++clause;
  }
}

std::size_t last_predicate(const Sentence& sentence, const std::vector<Token>& tokens) {
  for (auto i = sentence.last; i > sentence.first; --i) {
    if (tokens[i - 1].predicate) return i - 1;
  }
  return sentence.last;
}

void settle_question(const Lexicon& lexicon, Sentence& sentence, std::vector<Token>& tokens) {
  const auto last = last_predicate(sentence, tokens);
  bool asking_word = false;
  for (auto i = sentence.first; i < sentence.last; ++i) {
    if (lexicon.stop_korean(tokens[i].lemma) == Stop::asking) asking_word = true;
  }
  if (last == sentence.last) {
    sentence.asks = sentence.mark || (asking_word && sentence.last - sentence.first < 4);
    return;
  }
  auto& final = tokens[last];
  final.set(Form::final);
  const bool final_question = final.has(Form::question) && !final.has(Form::hypothetical);
  if (final.has(Form::negated) && !final.has(Form::request)) final.forms &= ~bit(Form::imperative);
  if (final.has(Form::nominal) && final.has(Form::past)) final.forms &= ~bit(Form::nominal);
  const bool polite_request = final.has(Form::request);
  bool asked_before = false;  // 알려 줘, 고마워
  for (auto i = sentence.first; i < last; ++i) {
    constexpr Forms open = bit(Form::relative) | bit(Form::linked) | bit(Form::hypothetical) |
                           bit(Form::contrast) | bit(Form::cause) | bit(Form::past);
    if (tokens[i].has(Form::request) && (tokens[i].forms & open) == 0) asked_before = true;
  }
  sentence.requests = polite_request || asked_before ||
                      (final.has(Form::imperative) && !sentence.mark && !asking_word);
  sentence.asks = !polite_request && (sentence.mark || final_question);
  if (!sentence.requests) final.forms &= ~bit(Form::imperative);
  if (sentence.asks) {
    for (auto i = last; i < sentence.last; ++i) tokens[i].set(Form::question);
    final.set(Form::question);
  } else {
    final.forms &= ~bit(Form::question);
  }
}

/// -고, -아서, -기 …: what has no tense of its own is said the way the next full predicate is.
void hand_down(const Sentence& sentence, std::vector<Token>& tokens) {
  constexpr Forms inherited = bit(Form::hypothetical) | bit(Form::question) | bit(Form::request) |
                              bit(Form::imperative) | bit(Form::future) | bit(Form::wish) |
                              bit(Form::plan) | bit(Form::decision);
  Forms later = 0;
  bool later_verb = false;
  for (auto i = sentence.last; i > sentence.first; --i) {
    auto& token = tokens[i - 1];
    if (!token.predicate) continue;
    if (token.has(Form::nominal)) {
      token.forms |= later & inherited;
      if (!later_verb) token.set(Form::hypothetical);
      continue;
    }
    if (token.has(Form::relative)) {
      token.forms |= later & bit(Form::question);
      continue;
    }
    const bool open =
        token.has(Form::linked) && !token.has(Form::past) && !token.has(Form::contrast);
    if (open && token.word_class == WordClass::verb) {
      token.forms |= later & (inherited | bit(Form::past));
    }
    later = token.forms;
    later_verb = token.word_class == WordClass::verb || token.has(Form::copula);
  }
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// would you, can you … at the end: a request; remember …? at the start: a question.
void settle_english(const Lexicon& lexicon, Sentence& sentence, std::vector<Token>& tokens,
                    bool wondering) {
  const auto count = sentence.last - sentence.first;
  if (count == 0) {
    sentence.asks = sentence.mark;
    return;
  }
  const auto& first = tokens[sentence.first].root;
  if (sentence.mark && first == "remember") sentence.requests = false;
  if (count > 3 && tokens[sentence.last - 1].root == "you" &&
      is_one_of(tokens[sentence.last - 2].root, {"would", "will", "could", "can"})) {
    sentence.requests = true;
  }
  sentence.asks = !sentence.requests && (sentence.mark || wondering);
  const auto last_clause = tokens[sentence.last - 1].clause;
  const bool opens =
      lexicon.stop_english(first) == Stop::asking ||
      is_one_of(first, {"do", "does", "did", "is", "are", "am", "was", "were", "have", "has", "can",
                        "could", "should", "shall", "will", "would", "may", "must"});
  bool conditional = false;
  for (auto i = sentence.first; i < sentence.last; ++i) {
    auto& token = tokens[i];
    if (first == "remember" && sentence.mark) token.forms &= ~bit(Form::request);
    conditional = conditional || is_one_of(token.root, {"if", "unless"});
    if (sentence.asks && sentence.mark && (opens || token.clause == last_clause)) {
      token.set(Form::question);
    }
  }
  if (!conditional) return;
  for (auto i = sentence.first; i < sentence.last; ++i) {
    if (tokens[i].has(Form::plan)) tokens[i].forms &= ~bit(Form::plan);
  }
}

}  // namespace

std::vector<Sentence> cut_sentences(std::string_view text) {
  std::vector<Sentence> out;
  std::size_t begin = 0;
  const auto close = [&](std::size_t end) {
    while (begin < end && is_blank(text[begin])) ++begin;
    if (begin < end) {
      Sentence sentence;
      sentence.begin = static_cast<std::uint32_t>(begin);
      sentence.end = static_cast<std::uint32_t>(end);
      for (auto i = end; i > begin && (is_stop(text[i - 1]) || is_blank(text[i - 1])); --i) {
        if (text[i - 1] == '?') sentence.mark = true;
      }
      find_script(text, sentence);
      out.push_back(sentence);
    }
    begin = end;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') {
      close(at);
    } else if (is_stop(text[at]) && (at + 1 == text.size() || is_blank(text[at + 1]))) {
      close(at + 1);
    } else if (at - begin >= sentence_bytes_max && is_blank(text[at])) {
      close(at);
    } else if (at - begin >= 2 * sentence_bytes_max && !is_utf8_tail(text[at])) {
      close(at);
    }
  }
  close(text.size());
  return out;
}

void settle(const Lexicon& lexicon, Sentence& sentence, std::vector<Token>& tokens) {
  if (sentence.korean) {
    absorb_negators(sentence, tokens);
    number_clauses(sentence, tokens);
    settle_question(lexicon, sentence, tokens);
    hand_down(sentence, tokens);
  } else {
    bool wondering = false;
    for (auto i = sentence.first; i < sentence.last; ++i) {
      const auto& token = tokens[i];
      if (token.has(Form::request)) sentence.requests = true;
      if (token.has(Form::question)) wondering = true;
    }
    settle_english(lexicon, sentence, tokens, wondering);
  }
  for (auto i = sentence.first; i < sentence.last; ++i) tokens[i].state = state_of(tokens[i]);
}

}  // namespace mbe::analyse
