#include "analyse/extra_words.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "analyse/korean_dictionary.h"
#include "analyse/user_dictionary.h"
#include "base/utf8.h"

namespace mbe::analyse {
namespace {

/// A word added by hand is meant: cheaper than its pieces, dearer than a frequent whole word.
constexpr std::int16_t noun_cost = 1200;
constexpr std::size_t syllable_bytes = 3;
constexpr std::string_view verb_ending = "다";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// All entries of the dictionary that begin `text`, in the order in which mecab lists them.
std::vector<DictionaryEntry> entries_at(const KoreanDictionary& dictionary, std::string_view text) {
  const WordList& list = dictionary.lists()[0];
  std::vector<DictionaryEntry> found;
  WordList::State state = list.root();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    static_cast<void>(next_code_point(text, at));
    state = list.step(state.base, text.substr(begin, at - begin));
    if (state.base == 0) break;
    for (const DictionaryToken& token : list.readings(state.value)) {
      found.push_back({std::string(text.substr(0, at)), token.left, token.right, token.posid,
                       token.cost, list.feature(token)});
    }
  }
  std::reverse(found.begin(), found.end());
  return found;
}

/// The syllables that a stem's last syllable may become: same onset, any vowel, a final consonant
/// that endings leave there (none, ㄴ, ㄹ, ㅁ, ㅂ, ㅆ) or its own.
std::vector<std::string> inflected_syllables(std::string_view syllable) {
  std::size_t at = 0;
  const auto index = next_code_point(syllable, at) - 0xAC00;
  const auto onset = index / 588;
  const auto own_final = index % 28;
  std::vector<std::string> out;
  for (char32_t vowel = 0; vowel < 21; ++vowel) {
    for (const char32_t final : {0U, 4U, 8U, 16U, 17U, 20U, static_cast<unsigned>(own_final)}) {
      std::string text;
      append_utf8(text, 0xAC00 + onset * 588 + vowel * 28 + final);
      out.push_back(std::move(text));
      if (final == own_final && final != 0) break;
    }
  }
  return out;
}

std::vector<DictionaryEntry> verb_forms(const KoreanDictionary& dictionary,
                                        const std::string& stem) {
  const auto head = stem.substr(0, stem.size() - syllable_bytes);
  const auto mark = stem + "/V";
  std::map<std::string, DictionaryEntry> unique;
  for (const auto& syllable : inflected_syllables(std::string_view(stem).substr(head.size()))) {
    const auto form = head + syllable;
    for (const auto& entry : entries_at(dictionary, form)) {
      const bool plain = entry.surface == stem && entry.feature.starts_with("V") &&
                         !entry.feature.starts_with("VX") && entry.feature[2] == ',';
      const bool inflected = entry.surface == form && entry.feature.starts_with("V") &&
                             entry.feature.find(mark) != std::string::npos;
      if (plain || inflected) unique.emplace(entry.surface + entry.feature, entry);
    }
  }
  std::vector<DictionaryEntry> forms;
  for (auto& [key, entry] : unique) forms.push_back(std::move(entry));
  return forms;
}

}  // namespace

Result<std::string> extra_words_dictionary(const KoreanDictionary& dictionary,
                                           const std::vector<ExtraWord>& words) {
  std::map<std::string, std::vector<DictionaryEntry>> models;
  std::vector<DictionaryEntry> entries;
  for (const auto& [word, like] : words) {
    const bool verb = like.ends_with(verb_ending);
    const auto cut = verb ? verb_ending.size() : 0;
    const auto stem = word.substr(0, word.size() - cut);
    const auto model_stem = like.substr(0, like.size() - cut);
    if (stem.size() < syllable_bytes || model_stem.size() < syllable_bytes ||
        word.ends_with(verb_ending) != verb) {
      return fail(ErrorCode::invalid_argument, "{} cannot behave like {}: choose another model",
                  word, like);
    }
    auto& forms = models[like];
    if (forms.empty() && verb) forms = verb_forms(dictionary, model_stem);
    if (forms.empty() && !verb) {
      for (auto& entry : entries_at(dictionary, like)) {
        if (entry.surface == like &&
            (entry.feature.starts_with("NNG,") || entry.feature.starts_with("NNP,"))) {
          forms.assign(1, entry);
          break;
        }
      }
    }
    const auto last = [](std::string_view text) { return text.substr(text.size() - 3); };
    if (forms.empty() || (verb && last(stem) != last(model_stem))) {
      return fail(ErrorCode::invalid_argument, "{} cannot behave like {}: choose another model",
                  word, like);
    }
    const auto keep = verb ? model_stem.size() - syllable_bytes : model_stem.size();
    const auto head = verb ? stem.substr(0, stem.size() - syllable_bytes) : stem;
    for (auto entry : forms) {
      entry.surface = head + entry.surface.substr(keep);
      entry.feature = replaced(entry.feature, model_stem, stem);
      if (!verb) entry.cost = noun_cost;
      entries.push_back(std::move(entry));
    }
  }
  const WordList& list = dictionary.lists()[0];
  return build_user_dictionary(std::move(entries), {list.left_size(), list.right_size(), "UTF-8"});
}

}  // namespace mbe::analyse
