#include "creation/creation_words.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <utility>

namespace mbe {

namespace {
constexpr std::array<std::string_view, 5> kind_names{"text", "code", "document", "drawing",
                                                     "other"};
}  // namespace

std::string_view creation_kind_name(CreationKind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}

namespace creation {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Section::end_)> section_names{
    "artefact",   "not_object", "verb",       "making",   "give",     "give_open", "try",
    "stem",       "helper",     "transfer",   "help",     "quoting",  "beg",       "need",
    "hand",       "count",      "unit",       "listener", "person",   "speaker",   "habit",
    "asking",     "existing",   "general",    "urging",   "particle", "ask",       "filler",
    "lead",       "spell",      "indefinite", "definite", "pronoun",  "quantity",  "boundary",
    "complement", "benefactor", "saying",     "negation", "thanks",   "past",      "opener",
    "self",       "intent"};
constexpr std::array<std::string_view, 5> object_names{"any", "listed", "new", "into", "noun"};
constexpr std::array<std::string_view, 8> ask_forms{"base", "ing", "thing", "me",
                                                    "able", "if",  "help",  "helping"};

constexpr std::size_t mended_bytes_min = 4;     ///< shorter words are too like each other
constexpr std::size_t shortened_bytes_min = 6;  ///< one letter may be missing in words this long

template <std::size_t n>
std::optional<std::size_t> place(const std::array<std::string_view, n>& names,
                                 std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

/// Fills what the columns behind the word say; false if a value is unknown in that section.
bool read_values(Section section, const std::vector<std::string>& columns, Word& word) {
  const auto set_kind = [&](const std::string& name) {
    const auto kind = place(kind_names, name);
    if (kind) word.kind = static_cast<CreationKind>(*kind);
    return kind.has_value();
  };
  switch (section) {
    case Section::artefact:
      return set_kind(columns[3]);
    case Section::verb:
    case Section::making: {
      const auto object = place(object_names, columns[3]);
      if (!object || !set_kind(columns[4])) return false;
      word.object = static_cast<Object>(*object);
      word.stem = columns[5];
      return true;
    }
    case Section::ask:
      word.form = columns[3];
      return place(ask_forms, columns[3]).has_value();
    case Section::spell:
      word.form = columns[3];
      return !word.form.empty();
    case Section::not_object:
      if (!columns[3].empty()) word.word = columns[3] + " " + word.word;
      return true;
    default:
      return columns[3].empty();
  }
}

}  // namespace

const Word* Words::Side::find(Section section, std::string_view word) const {
  const auto at = static_cast<std::size_t>(section);
  const auto found = index_[at].find(word);
  return found == index_[at].end() ? nullptr : &lists_[at][found->second];
}

bool Words::Side::takes_no_artefact(std::string_view verb, std::string_view object) const {
  if (has(Section::not_object, object)) return true;
  return has(Section::not_object, std::string(verb).append(" ").append(object));
}

const std::vector<std::uint32_t>& Words::Side::beginning(Section section,
                                                         std::string_view word) const {
  static const std::vector<std::uint32_t> none;
  const auto& first = first_words_[static_cast<std::size_t>(section)];
  const auto found = first.find(word);
  return found == first.end() ? none : found->second;
}

bool Words::Side::add(Section section, Word word) {
  const auto at = static_cast<std::size_t>(section);
  // A phrase may ask in two ways: how about a poem, how about writing one.
  auto key = section == Section::ask ? word.word + " " + word.form : word.word;
  if (!index_[at].emplace(std::move(key), lists_[at].size()).second) return false;
  lists_[at].push_back(std::move(word));
  return true;
}

void Words::Side::sort() {
  for (std::size_t at = 0; at < lists_.size(); ++at) {
    std::ranges::stable_sort(lists_[at], std::ranges::greater{},
                             [](const Word& word) { return word.word.size(); });
    for (std::uint32_t i = 0; i < lists_[at].size(); ++i) {
      const auto& word = lists_[at][i].word;
      first_words_[at][word.substr(0, word.find(' '))].push_back(i);
    }
    if (at == static_cast<std::size_t>(Section::ask)) continue;
    for (std::size_t i = 0; i < lists_[at].size(); ++i) index_[at][lists_[at][i].word] = i;
  }
}

Result<Words> Words::open(const std::filesystem::path& file) {
  MBE_ASSIGN(const auto rows, analyse::read_table(file, 3, 6));
  Words out;
  for (const auto& row : rows) {
    const auto section = place(section_names, row.columns[0]);
    const bool korean = row.columns[1] == "ko";
    if (!section || (!korean && row.columns[1] != "en")) {
      return fail(ErrorCode::corrupt, "{} line {}: {} {} is no section: correct it", file.string(),
                  row.line, row.columns[0], row.columns[1]);
    }
    Word word;
    word.word = row.columns[2];
    if (korean) std::erase(word.word, ' ');
    if (word.word.empty() || !read_values(static_cast<Section>(*section), row.columns, word)) {
      return fail(ErrorCode::corrupt, "{} line {}: the value of {} is unknown: correct it",
                  file.string(), row.line, row.columns[2]);
    }
    auto& side = korean ? out.korean_ : out.english_;
    if (!side.add(static_cast<Section>(*section), std::move(word))) {
      return fail(ErrorCode::corrupt, "{} line {}: {} stands there twice: leave one out",
                  file.string(), row.line, row.columns[2]);
    }
  }
  out.korean_.sort();
  out.english_.sort();
  out.add_slips();
  return out;
}

bool Words::knows(std::string_view word) const {
  for (std::size_t at = 0; at < static_cast<std::size_t>(Section::end_); ++at) {
    if (english_.has(static_cast<Section>(at), word)) return true;
  }
  return false;
}

void Words::add_slips() {
  for (const auto section : {Section::verb, Section::artefact}) {
    for (const auto& row : english_.all(section)) {
      const auto& word = row.word;
      if (word.size() < mended_bytes_min ||
          !std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; })) {
        continue;
      }
      const auto offer = [&](std::string slip) {
        if (!knows(slip)) slips_.emplace(std::move(slip), word);
      };
      for (std::size_t i = 0; i + 1 < word.size(); ++i) {
        auto exchanged = word;
        std::swap(exchanged[i], exchanged[i + 1]);
        offer(std::move(exchanged));
      }
      for (std::size_t i = 1; i + 1 < word.size(); ++i) {
        offer(std::string(word).insert(i, 1, word[i]));
        if (word.size() >= shortened_bytes_min) offer(std::string(word).erase(i, 1));
      }
    }
  }
}

std::string_view Words::mended(std::string_view word) const {
  const auto found = slips_.find(word);
  return found == slips_.end() ? word : std::string_view(found->second);
}

}  // namespace creation
}  // namespace mbe
