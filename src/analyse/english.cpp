#include "analyse/english.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analyse/forms.h"
#include "analyse/normal_text.h"

namespace mbe::analyse {
namespace {

constexpr std::size_t next_scope_words = 6;  ///< how far a negator looks for its predicate

bool is_word_byte(char c) {
  return is_ascii_letter(static_cast<unsigned char>(c)) ||
         is_digit(static_cast<unsigned char>(c)) || c == '\'' || c == '+' || c == '#' || c == '@' ||
         c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

using Pair = std::pair<std::string_view, std::string_view>;
constexpr std::array<Pair, 8> contractions{{
    {"n't", "not"},
    {"'m", "am"},
    {"'re", "are"},
    {"'ve", "have"},
    {"'ll", "will"},
    {"'d", "would"},
    {"'s", "'s"},
    {"'", ""},
}};
constexpr std::array<Pair, 12> irregular_contractions{{
    {"ca", "can"},
    {"wo", "will"},
    {"sha", "shall"},
    {"dont", "do not"},
    {"didnt", "did not"},
    {"cant", "can not"},
    {"wont", "will not"},
    {"isnt", "is not"},
    {"doesnt", "does not"},
    {"gonna", "going to"},
    {"wanna", "want to"},
    {"cannot", "can not"},
}};

bool is_vowel(char c) {
  return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

constexpr std::array<std::string_view, 34> determiners{
    "a",    "an",      "the",  "my",    "your",  "his",    "her",  "our", "their",
    "its",  "this",    "that", "these", "those", "some",   "any",  "no",  "every",
    "each", "another", "new",  "old",   "first", "last",   "'s",   "big", "own",
    "of",   "for",     "with", "good",  "bad",   "little", "other"};
constexpr std::array<std::string_view, 28> verb_signs{
    "i",     "you",    "we",   "they",   "he",      "she",  "to",      "will",   "would",  "can",
    "could", "should", "must", "might",  "may",     "not",  "never",   "let's",  "please", "who",
    "do",    "does",   "did",  "always", "usually", "just", "finally", "already"};
constexpr std::array<std::string_view, 6> be_forms{"am", "is", "are", "was", "were", "been"};
constexpr std::array<std::string_view, 12> clause_openers{"but",      "because", "so",  "while",
                                                          "although", "though",  "yet", "however",
                                                          "when",     "if",      "and", "then"};
constexpr std::array<std::string_view, 14> subjects{"i",    "you",  "we",    "they", "he",
                                                    "she",  "it",   "there", "my",   "the",
                                                    "this", "that", "i'm",   "not"};

template <std::size_t n>
bool contains(const std::array<std::string_view, n>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

Result<EnglishReader> EnglishReader::open(const std::filesystem::path& directory,
                                          const Lexicon& lexicon) {
  EnglishReader reader(lexicon);
  const auto path = directory / "forms_en.tsv";
  MBE_ASSIGN(const auto rows, read_table(path, 3, 3));
  for (const auto& row : rows) {
    const auto where = path.string() + " line " + std::to_string(row.line);
    Rule rule;
    MBE_ASSIGN(rule.forms, parse_forms(row.columns[1], where));
    const auto& scope = row.columns[2];
    if (scope == "self") {
      rule.scope = Scope::self;
    } else if (scope == "next") {
      rule.scope = Scope::next;
    } else if (scope == "rest") {
      rule.scope = Scope::rest;
    } else if (scope == "sentence") {
      rule.scope = Scope::sentence;
    } else {
      return fail(ErrorCode::corrupt, "{}: scope {} is not self, next, rest or sentence", where,
                  scope);
    }
    reader.rule_words_max_ = std::max(reader.rule_words_max_, split(row.columns[0], ' ').size());
    reader.rules_.emplace(row.columns[0], rule);
  }
  return reader;
}

bool EnglishReader::known(std::string_view word) const {
  return lexicon_->word_id(word) != 0 || lexicon_->stop_english(word) != Stop::none;
}

std::string EnglishReader::lemma(std::string_view word) const {
  if (const auto* irregular = lexicon_->irregular(word)) return irregular->lemma;
  if (word.size() < 4 || !is_ascii_letter(static_cast<unsigned char>(word.back())))
    return std::string(word);
  std::vector<std::string> candidates;
  const auto without = [&](std::size_t n) { return std::string(word.substr(0, word.size() - n)); };
  const auto verb_bases = [&](std::size_t n) {
    const auto base = without(n);
    if (base.size() > 3 && base.back() == base[base.size() - 2] && !is_vowel(base.back()) &&
        !known(base)) {
      candidates.push_back(base.substr(0, base.size() - 1));
    }
    candidates.push_back(base);
    candidates.push_back(base + "e");
  };
  if (word.ends_with("ies") || word.ends_with("ied")) {
    candidates.push_back(without(3) + "y");
    candidates.push_back(without(1));
  } else if (word.ends_with("ing") && word.size() > 5) {
    verb_bases(3);
  } else if (word.ends_with("ed")) {
    verb_bases(2);
  } else if (word.ends_with("es")) {
    candidates.push_back(without(1));
    candidates.push_back(without(2));
  } else if (word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") &&
             !word.ends_with("is")) {
    candidates.push_back(without(1));
  }
  for (const auto& candidate : candidates) {
    if (known(candidate)) return candidate;
  }
  if (known(word) || candidates.empty()) return std::string(word);
  const bool plural = word.ends_with('s');
  if (!plural) return std::string(word);
  const bool sibilant = word.ends_with("ses") || word.ends_with("xes") || word.ends_with("ches") ||
                        word.ends_with("shes") || word.ends_with("zzes");
  return sibilant ? without(2) : candidates.front();
}

void EnglishReader::read(std::string_view text, std::size_t begin, std::size_t end,
                         const std::vector<bool>& upper, std::vector<Token>& out) const {
  const auto first = out.size();
  std::uint32_t word_index = 0;
  std::uint32_t clause = 0;
  const auto put = [&](std::string_view word, std::size_t from, std::size_t to) {
    if (word.empty()) return;
    if (word.find(' ') != std::string_view::npos) {
      const auto at = word.find(' ');
      for (const auto part : {word.substr(0, at), word.substr(at + 1)}) {
        Token token;
        token.root = part;
        token.lemma = lemma(part);
        token.begin = static_cast<std::uint32_t>(from);
        token.end = token.tail_end = static_cast<std::uint32_t>(to);
        token.word = word_index;
        token.clause = clause;
        token.foreign = true;
        out.push_back(std::move(token));
      }
      return;
    }
    Token token;
    token.root = word;  // the form as written, for phrases
    token.lemma = lemma(word);
    token.begin = static_cast<std::uint32_t>(from);
    token.end = token.tail_end = static_cast<std::uint32_t>(to);
    token.word = word_index;
    token.clause = clause;
    token.foreign = true;
    token.capital = from < upper.size() && upper[from];
    out.push_back(std::move(token));
  };
  for (auto at = begin; at < end;) {
    if (!is_word_byte(text[at])) {
      if (text[at] == ',' || text[at] == ';' || text[at] == ':' || text[at] == '(') ++clause;
      ++at;
      continue;
    }
    const auto from = at;
    while (at < end && is_word_byte(text[at])) ++at;
    auto word = text.substr(from, at - from);
    while (!word.empty() && word.front() == '\'') word.remove_prefix(1);
    ++word_index;
    std::string_view tail;
    for (const auto& [suffix, opened] : contractions) {
      if (word.size() <= suffix.size() || !word.ends_with(suffix)) continue;
      word.remove_suffix(suffix.size());
      tail = opened;
      break;
    }
    for (const auto& [form, opened] : irregular_contractions) {
      if (word == form && (form.size() > 3 || tail == "not")) word = opened;
    }
    put(word, from, at);
    put(tail, from, at);
  }
  classify(out, first);
  apply_forms(text, out, first);
}

void EnglishReader::classify(std::vector<Token>& out, std::size_t from) const {
  std::string_view before;
  std::uint32_t extra_clause = 0;
  for (auto i = from; i < out.size(); ++i) {
    auto& token = out[i];
    const std::string_view form = token.root;
    const auto stop = lexicon_->stop_english(form);
    const auto lemma_stop = lexicon_->stop_english(token.lemma);
    const auto* irregular = lexicon_->irregular(form);
    const bool inflected = form != token.lemma && (form.ends_with("ed") || form.ends_with("ing"));
    if (is_digit(static_cast<unsigned char>(form.front()))) {
      token.word_class = WordClass::number;
    } else if (stop == Stop::pronoun) {
      token.word_class = WordClass::pronoun;
    } else if (stop == Stop::function || stop == Stop::degree) {
      token.word_class = WordClass::other;
    } else if (token.capital && i > from && stop == Stop::none) {
      token.word_class = WordClass::name;
      token.lemma = token.root;
    } else if (form.size() > 5 && form.ends_with("ing") && stop == Stop::none &&
               contains(be_forms, before)) {
      token.word_class = WordClass::verb;
      const auto base = form.substr(0, form.size() - 3);
      if (known(base)) token.lemma = base;
    } else if (contains(determiners, before) && stop != Stop::adjective &&
               !(irregular && irregular->past)) {
      token.word_class = WordClass::noun;
    } else if ((irregular && irregular->past) || lemma_stop == Stop::light ||
               contains(verb_signs, before) || (inflected && lemma_stop != Stop::adjective)) {
      token.word_class = stop == Stop::adjective ? WordClass::adjective : WordClass::verb;
    } else if (form.ends_with("ly") && form.size() > 4 && stop != Stop::adjective) {
      token.word_class = WordClass::adverb;
    } else if (stop == Stop::adjective || lemma_stop == Stop::adjective) {
      token.word_class = WordClass::adjective;
    } else if (stop == Stop::verb || lemma_stop == Stop::verb) {
      token.word_class = WordClass::verb;
    } else {
      token.word_class = WordClass::noun;
    }
    token.predicate =
        token.word_class == WordClass::verb || token.word_class == WordClass::adjective;
    if (token.word_class == WordClass::verb &&
        ((irregular && irregular->past) || form.ends_with("ed"))) {
      token.set(Form::past);
    }
    if (form.ends_with("ing") &&
        (before == "am" || before == "is" || before == "are" || before == "was" ||
         before == "were" || before == "been" || before == "'s")) {
      token.set(Form::progressive);
    }
    const bool opens = contains(clause_openers, form) && i > from;
    const bool joins = form == "and" && i + 1 < out.size() && !contains(subjects, out[i + 1].root);
    if (opens && !joins && form != "if" && form != "when") ++extra_clause;
    if ((form == "if" || form == "when") && i > from) ++extra_clause;
    token.clause += extra_clause;
    before = form;
  }
}

void EnglishReader::apply_forms(std::string_view, std::vector<Token>& out, std::size_t from) const {
  std::string key;
  for (auto i = from; i < out.size();) {
    std::size_t used = 1;
    const Rule* rule = nullptr;
    for (auto length = std::min(rule_words_max_, out.size() - i); length > 0; --length) {
      key.clear();
      for (std::size_t k = 0; k < length; ++k) {
        if (k > 0) key += ' ';
        key += out[i + k].root;
      }
      if (i == from) {
        key += '^';
        if (const auto found = rules_.find(key); found != rules_.end()) rule = &found->second;
        key.pop_back();
      }
      if (rule == nullptr) {
        if (const auto found = rules_.find(key); found != rules_.end()) rule = &found->second;
      }
      if (rule != nullptr) {
        used = length;
        break;
      }
    }
    if (rule == nullptr) {
      ++i;
      continue;
    }
    const auto clause = out[i].clause;
    auto reach = i + used;
    switch (rule->scope) {
      case Scope::self:
        for (auto k = i; k < i + used; ++k) out[k].forms |= rule->forms;
        break;
      case Scope::next:
        for (std::size_t seen = 0; reach < out.size() && seen < next_scope_words; ++reach, ++seen) {
          auto& token = out[reach];
          if (token.clause != clause) break;
          token.forms |= rule->forms;
          const bool passes = token.word_class == WordClass::other ||
                              token.word_class == WordClass::pronoun ||
                              token.word_class == WordClass::adverb ||
                              lexicon_->stop_english(token.lemma) == Stop::light;
          if (!passes) break;
        }
        break;
      case Scope::rest:
        for (auto k = i; k < out.size() && out[k].clause == clause; ++k) {
          constexpr Forms own =
              bit(Form::wish) | bit(Form::request) | bit(Form::future) | bit(Form::plan);
          if (k >= i + used || (rule->forms & own) != 0) out[k].forms |= rule->forms;
        }
        break;
      case Scope::sentence:
        for (auto k = from; k < out.size(); ++k) out[k].forms |= rule->forms;
        break;
    }
    i += used;
  }
}

}  // namespace mbe::analyse
