#include "creation/creation_english_object.h"

#include <array>
#include <utility>

#include "analyse/normal_text.h"

namespace mbe::creation::english {
namespace {

constexpr std::size_t object_words_max = 12;  ///< how far a noun phrase is read

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return analyse::is_ascii_letter(byte) || analyse::is_digit(byte) || c == '\'' || c == '-' ||
         c == '+' || c == '#' || byte >= 0x80;
}

using Pair = std::pair<std::string_view, std::string_view>;
constexpr std::array<Pair, 6> contractions{{
    {"n't", "not"},
    {"'m", "am"},
    {"'re", "are"},
    {"'ve", "have"},
    {"'ll", "will"},
    {"'d", "would"},
}};

void put(const Words& words, std::string_view word, std::vector<Token>& out) {
  if (word.empty()) return;
  if (const auto* spelt = words.english().find(Section::spell, word)) {
    const std::string_view form = spelt->form;
    for (std::size_t at = 0; at <= form.size();) {
      const auto end = std::min(form.find(' ', at), form.size());
      out.push_back({std::string(form.substr(at, end - at)), false});
      at = end + 1;
    }
    return;
  }
  out.push_back({std::string(words.mended(word)), false});
}

void put_contracted(const Words& words, std::string_view word, std::vector<Token>& out) {
  while (!word.empty() && (word.front() == '\'' || word.front() == '-')) word.remove_prefix(1);
  while (!word.empty() && (word.back() == '\'' || word.back() == '-')) word.remove_suffix(1);
  if (word == "let's") word = "lets";
  if (word == "can't") word = "cant";
  if (word == "won't") word = "wont";
  for (const auto& [suffix, opened] : contractions) {
    if (word.size() <= suffix.size() || !word.ends_with(suffix)) continue;
    put(words, word.substr(0, word.size() - suffix.size()), out);
    out.push_back({std::string(opened), false});
    return;
  }
  if (word.ends_with("'s") && word.size() > 2) {
    out.push_back({std::string(word), false});
    return;
  }
  put(words, word, out);
}

bool is_number(std::string_view word) {
  return !word.empty() && analyse::is_digit(static_cast<unsigned char>(word.front()));
}

}  // namespace

std::vector<Token> cut_words(const Words& words, std::string_view text) {
  std::vector<Token> out;
  const auto mark = [&] {
    if (!out.empty() && !out.back().mark) out.push_back({",", true});
  };
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word_byte(text[at])) {
      const char c = text[at];
      if (c != ' ' && c != '\t' && c != '*' && c != '_' && c != '/' && c != '&') mark();
      ++at;
      continue;
    }
    const auto begin = at;
    while (at < text.size() && is_word_byte(text[at])) ++at;
    const auto word = text.substr(begin, at - begin);
    if (word.find_first_not_of('-') == std::string_view::npos) {
      mark();
    } else {
      put_contracted(words, word, out);
    }
  }
  mark();
  if (out.empty()) out.push_back({",", true});
  return out;
}

const Word* artefact_of(const Words& words, std::string_view word) {
  const auto& side = words.english();
  const auto known = [&](std::string_view form) {
    return side.find(Section::artefact, words.mended(form));
  };
  if (const auto* found = known(word)) return found;
  if (word.ends_with("ies")) {
    return known(std::string(word.substr(0, word.size() - 3)) + "y");
  }
  if (word.ends_with('s') && !word.ends_with("'s")) {
    if (const auto* found = known(word.substr(0, word.size() - 1))) return found;
    if (word.ends_with("es")) return known(word.substr(0, word.size() - 2));
  }
  if (const auto dash = word.rfind('-'); dash != std::string_view::npos) {
    return known(word.substr(dash + 1));
  }
  return nullptr;
}

Object read_object(const Words& words, const std::vector<Token>& tokens, std::size_t at) {
  const auto& side = words.english();
  Object out;
  const auto word = [&](std::size_t i) { return std::string_view(tokens[i].word); };
  const auto last = std::min(tokens.size() - 1, at + object_words_max);
  while (at < last && (side.has(Section::benefactor, word(at)) || word(at) == "up" ||
                       word(at) == "out" || word(at) == "together" || word(at) == "just" ||
                       word(at) == "please" || word(at) == "maybe")) {
    out.benefits = out.benefits || side.has(Section::benefactor, word(at));
    ++at;
  }
  if (phrase_at(tokens, at, "for me") != 0 || phrase_at(tokens, at, "for us") != 0) {
    out.benefits = true;
    at += 2;
  }
  const bool alone =
      at < last && (tokens[at + 1].mark || side.has(Section::boundary, word(at + 1)));
  out.pronoun = at < last && side.has(Section::pronoun, word(at)) && alone;
  if (out.pronoun) {
    out.head = word(at);
    out.end = at + 1;
    return out;
  }
  for (; at < last && !tokens[at].mark; ++at) {
    const auto here = word(at);
    const bool quantity = side.has(Section::quantity, here);
    if (here == "of" && out.end == at && !out.head.empty() &&
        (side.has(Section::quantity, out.head) || out.head.ends_with('s'))) {
      if (!side.has(Section::quantity, out.head)) break;
      continue;
    }
    if (here == "and" && out.artefact == nullptr && !out.head.empty()) continue;
    if (out.artefact != nullptr && side.has(Section::filler, here)) break;  // a letter quick
    if (side.has(Section::boundary, here) || side.has(Section::negation, here)) break;
    if (is_number(here) || side.has(Section::indefinite, here)) out.indefinite = true;
    if (side.has(Section::definite, here) && !out.indefinite) out.definite = true;
    out.head = here;
    out.end = at + 1;
    if (const auto* found = artefact_of(words, here); found != nullptr && !quantity) {
      out.artefact = found;
    }
  }
  if (out.end == 0) out.end = at;
  if (side.has(Section::indefinite, out.head) || side.has(Section::definite, out.head)) {
    out.head.clear();
  }
  for (auto i = out.end; i < tokens.size() && !tokens[i].mark; ++i) {
    out.described = out.described || side.has(Section::complement, word(i));
  }
  return out;
}

std::size_t phrase_at(const std::vector<Token>& tokens, std::size_t at, std::string_view phrase) {
  std::size_t count = 0;
  for (std::size_t from = 0; from <= phrase.size(); ++count) {
    const auto end = std::min(phrase.find(' ', from), phrase.size());
    if (at + count >= tokens.size() || tokens[at + count].mark) return 0;
    if (tokens[at + count].word != phrase.substr(from, end - from)) return 0;
    from = end + 1;
  }
  return count;
}

}  // namespace mbe::creation::english
