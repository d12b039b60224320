#include "analyse/lexicon.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

#include "base/digest.h"

namespace mbe::analyse {
namespace {

using Path = std::filesystem::path;

constexpr std::array<std::string_view, 9> kind_names{
    "emotion", "event", "activity", "thing", "person", "place", "time", "topic", "quality"};
constexpr std::array<std::string_view, 26> cue_names{
    "good",    "bad",  "approve", "opinion",  "begin",   "attempt",  "work", "pause",    "end",
    "achieve", "loss", "change",  "conflict", "promise", "plan",     "wish", "decision", "prefer",
    "habit",   "ask",  "request", "memory",   "future",  "contrast", "keep", "drop"};
static_assert(cue_names.size() == static_cast<std::size_t>(Cue::count_));
constexpr std::array<std::string_view, 13> stop_names{
    "none",    "light",    "carrier", "asking", "generic",   "time",  "degree",
    "pronoun", "function", "chatter", "verb",   "adjective", "person"};

template <std::size_t n>
std::int32_t position(const std::array<std::string_view, n>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<std::int32_t>(found - names.begin());
}

Error bad_row(const Path& path, const Row& row, std::string_view what) {
  return fail(ErrorCode::corrupt, "{} line {}: {} is unknown: correct it", path.string(), row.line,
              what);
}

/// The first bytes of a text of at least so many, as a number.
std::uint64_t beginning(std::string_view text, std::size_t size) {
  std::uint64_t value = size;
  for (const char c : text.substr(0, size)) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

/// Of one and two Korean characters, and of less in other scripts.
constexpr std::array<std::size_t, 4> beginnings = {6, 3, 2, 1};

}  // namespace

Result<Lexicon> Lexicon::open(const Path& directory) {
  Lexicon lexicon;
  MBE_TRY(lexicon.read_concepts(directory));
  MBE_TRY(lexicon.read_meanings(directory));
  MBE_TRY(lexicon.read_relations(directory));
  MBE_TRY(lexicon.read_entries(directory));
  MBE_TRY(lexicon.read_stops(directory));
  std::vector<Path> files;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(directory, error)) {
    if (file.path().extension() == ".tsv") files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  std::string all;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  const auto digest = sha256(all);
  for (std::size_t i = 0; i < 4; ++i) {
    lexicon.digest_ = lexicon.digest_ << 8U | static_cast<std::uint32_t>(digest[i]);
  }
  return lexicon;
}

Result<void> Lexicon::read_concepts(const Path& directory) {
  const auto path = directory / "concepts.tsv";
  MBE_ASSIGN(const auto rows, read_table(path, 5, 5));
  for (const auto& row : rows) {
    const auto& c = row.columns;
    if (c[0] == "id") continue;
    const auto kind = position(kind_names, c[3]);
    if (kind < 0) return bad_row(path, row, c[3]);
    concept_index_.emplace(c[0], static_cast<std::int32_t>(concepts_.size()));
    concepts_.push_back({c[0], c[1], c[2]});
    kinds_.push_back(static_cast<Kind>(kind));
  }
  meanings_.resize(concepts_.size());
  MBE_ASSIGN(const auto tags, read_table(directory / "tags.tsv", 5, 5));
  for (const auto& row : tags) {
    const auto& c = row.columns;
    tags_.emplace(c[0], TagLabel{c[1], c[2], c[3] == "emotion"});
  }
  return {};
}

Result<void> Lexicon::read_meanings(const Path& directory) {
  const auto path = directory / "concept_tags.tsv";
  MBE_ASSIGN(const auto rows, read_table(path, 2, 6));
  for (const auto& row : rows) {
    const auto& c = row.columns;
    const auto index = find_concept(c[0]);
    if (index < 0) return bad_row(path, row, c[0]);
    auto& meaning = meanings_[static_cast<std::size_t>(index)];
    meaning.polarity = c[1] == "bad" || c[1] == "complaint" ? -1 : c[1] == "good" ? 1 : 0;
    meaning.complaint = c[1] == "complaint";
    meaning.emotion = c[2];
    meaning.situations = split(c[3], ',');
    for (const auto& tag : meaning.situations) {
      if (!tags_.contains(tag)) return bad_row(path, row, tag);
    }
    for (const auto& role : split(c[4], ',')) {
      if (role == "enterprise") meaning.enterprise = true;
      if (role == "undertaking" || role == "enterprise") meaning.undertaking = true;
    }
    if (!c[5].empty()) {
      meaning.swap = find_concept(c[5]);
      if (meaning.swap < 0) return bad_row(path, row, c[5]);
    }
  }
  return {};
}

Result<void> Lexicon::read_relations(const Path& directory) {
  const auto path = directory / "relations.tsv";
  MBE_ASSIGN(const auto rows, read_table(path, 3, 3));
  for (const auto& row : rows) {
    const auto a = find_concept(row.columns[0]);
    const auto b = find_concept(row.columns[1]);
    if (a < 0) return bad_row(path, row, row.columns[0]);
    if (b < 0) return bad_row(path, row, row.columns[1]);
    const auto& number = row.columns[2];
    float weight = 0;
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), weight);
    if (parsed.ec != std::errc() || weight <= 0 || weight > 1) return bad_row(path, row, number);
    const auto& first = concepts_[static_cast<std::size_t>(a)].id;
    const auto& second = concepts_[static_cast<std::size_t>(b)].id;
    related_[first].push_back({second, weight});
    related_[second].push_back({first, weight});
  }
  for (auto& [id, list] : related_) {
    std::sort(list.begin(), list.end(), [](const RelatedConcept& a, const RelatedConcept& b) {
      return a.weight != b.weight ? a.weight > b.weight : a.id < b.id;
    });
  }
  return {};
}

Result<Entry> Lexicon::parse_entry(const Path& path, const Row& row) const {
  Entry entry;
  for (const auto& name : split(row.columns[1], ',')) {
    if (name == "-") continue;  // means nothing, but keeps shorter entries away
    if (name.starts_with('@')) {
      const auto cue_index = position(cue_names, std::string_view(name).substr(1));
      if (cue_index < 0) return bad_row(path, row, name);
      entry.targets.push_back(cue(static_cast<Cue>(cue_index)));
      continue;
    }
    const auto index = find_concept(name);
    if (index < 0) return bad_row(path, row, name);
    entry.targets.push_back(static_cast<Target>(index));
  }
  for (const auto& condition : split(row.columns[2], ' ')) {
    if (condition == "v" || condition == "n" || condition == "a") {
      entry.word_class = condition.front();
    } else if (condition.starts_with("near=")) {
      for (const auto& name : split(std::string_view(condition).substr(5), '|')) {
        if (name == "enterprise" || name == "undertaking") {
          for (std::size_t i = 0; i < meanings_.size(); ++i) {
            const bool fits =
                name == "enterprise" ? meanings_[i].enterprise : meanings_[i].undertaking;
            if (fits) entry.near.push_back(static_cast<Target>(i));
          }
          continue;
        }
        if (name.starts_with("kind:")) {
          const auto kind = position(kind_names, std::string_view(name).substr(5));
          if (kind < 0) return bad_row(path, row, name);
          for (std::size_t i = 0; i < kinds_.size(); ++i) {
            if (kinds_[i] == static_cast<Kind>(kind)) entry.near.push_back(static_cast<Target>(i));
          }
          continue;
        }
        const auto index = find_concept(name);
        if (index < 0) return bad_row(path, row, name);
        entry.near.push_back(static_cast<Target>(index));
      }
    } else {
      return bad_row(path, row, condition);
    }
  }
  return entry;
}

void Lexicon::add_english(std::string_view phrase, Entry entry) {
  std::uint32_t node = 0;
  for (const auto& word : split(phrase, ' ')) {
    std::uint32_t id = gap_word;
    if (word != "_") {
      id = words_.try_emplace(word, static_cast<std::uint32_t>(words_.size() + 1)).first->second;
    }
    const auto key = std::uint64_t{node} << 32U | id;
    const auto [edge, fresh] = edges_.try_emplace(key, static_cast<std::uint32_t>(nodes_.size()));
    if (fresh) nodes_.emplace_back();
    node = edge->second;
  }
  nodes_[node].push_back(std::move(entry));
}

Result<void> Lexicon::read_entries(const Path& directory) {
  nodes_.emplace_back();
  const auto korean_path = directory / "ko.tsv";
  MBE_ASSIGN(const auto korean_rows, read_table(korean_path, 2, 3));
  for (const auto& row : korean_rows) {
    MBE_ASSIGN(auto entry, parse_entry(korean_path, row));
    std::string key;
    for (const auto& word : split(row.columns[0], ' ')) key += word;
    for (const std::size_t size : beginnings) {
      if (size > key.size()) continue;
      auto& longest = korean_bytes_max_[beginning(key, size)];
      longest = std::max(longest, key.size());
    }
    korean_[key].push_back(std::move(entry));
  }
  const auto english_path = directory / "en.tsv";
  MBE_ASSIGN(const auto english_rows, read_table(english_path, 2, 3));
  for (const auto& row : english_rows) {
    MBE_ASSIGN(auto entry, parse_entry(english_path, row));
    add_english(row.columns[0], std::move(entry));
  }
  // An entry with a condition is asked before the one without.
  const auto stricter = [](const Entry& a, const Entry& b) {
    const auto rank = [](const Entry& e) {
      return (e.near.empty() ? 0 : 2) + (e.word_class ? 1 : 0);
    };
    return rank(a) > rank(b);
  };
  for (auto& [key, list] : korean_) std::stable_sort(list.begin(), list.end(), stricter);
  for (auto& list : nodes_) std::stable_sort(list.begin(), list.end(), stricter);
  MBE_ASSIGN(const auto irregular, read_table(directory / "en_irregular.tsv", 2, 3));
  for (const auto& row : irregular) {
    irregular_.emplace(row.columns[0], Irregular{row.columns[1], row.columns[2] == "past"});
  }
  return {};
}

Result<void> Lexicon::read_stops(const Path& directory) {
  for (const bool korean : {true, false}) {
    const auto path = directory / (korean ? "ko_stop.tsv" : "en_stop.tsv");
    MBE_ASSIGN(const auto rows, read_table(path, 2, 2));
    for (const auto& row : rows) {
      const auto stop = position(stop_names, row.columns[1]);
      if (stop < 0) return bad_row(path, row, row.columns[1]);
      (korean ? stop_korean_ : stop_english_).emplace(row.columns[0], static_cast<Stop>(stop));
    }
  }
  return {};
}

std::span<const Entry> Lexicon::korean(std::string_view key) const {
  const auto found = korean_.find(key);
  return found == korean_.end() ? std::span<const Entry>() : std::span<const Entry>(found->second);
}

std::size_t Lexicon::korean_bytes_max(std::string_view text) const {
  const auto size =
      std::ranges::find_if(beginnings, [text](std::size_t bytes) { return bytes <= text.size(); });
  if (size == beginnings.end()) return 0;
  const auto found = korean_bytes_max_.find(beginning(text, *size));
  return found == korean_bytes_max_.end() ? 0 : found->second;
}

std::uint32_t Lexicon::word_id(std::string_view word) const {
  const auto found = words_.find(word);
  return found == words_.end() ? 0 : found->second;
}

std::int64_t Lexicon::step(std::uint32_t node, std::uint32_t word) const {
  const auto found = edges_.find(std::uint64_t{node} << 32U | word);
  return found == edges_.end() ? -1 : std::int64_t{found->second};
}

std::span<const Entry> Lexicon::english(std::uint32_t node) const {
  return nodes_[node];
}

const Lexicon::Irregular* Lexicon::irregular(std::string_view form) const {
  const auto found = irregular_.find(form);
  return found == irregular_.end() ? nullptr : &found->second;
}

Stop Lexicon::stop_korean(std::string_view word) const {
  const auto found = stop_korean_.find(word);
  return found == stop_korean_.end() ? Stop::none : found->second;
}

Stop Lexicon::stop_english(std::string_view word) const {
  const auto found = stop_english_.find(word);
  return found == stop_english_.end() ? Stop::none : found->second;
}

std::int32_t Lexicon::find_concept(std::string_view id) const {
  const auto found = concept_index_.find(id);
  return found == concept_index_.end() ? -1 : found->second;
}

std::span<const RelatedConcept> Lexicon::related(std::string_view concept_id) const {
  const auto found = related_.find(concept_id);
  return found == related_.end() ? std::span<const RelatedConcept>()
                                 : std::span<const RelatedConcept>(found->second);
}

std::string_view Lexicon::tag_label(std::string_view tag, bool korean) const {
  const auto found = tags_.find(tag);
  if (found == tags_.end()) return tag;
  return korean ? found->second.ko : found->second.en;
}

bool Lexicon::is_emotion(std::string_view tag) const {
  const auto found = tags_.find(tag);
  return found != tags_.end() && found->second.emotion;
}

}  // namespace mbe::analyse
