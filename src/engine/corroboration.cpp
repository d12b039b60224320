#include "engine/corroboration.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <string_view>

#include "derive/statements.h"
#include "engine/recaller.h"
#include "engine/records.h"

namespace mbe {

namespace {

constexpr float confidence_max = 0.99F;  // nothing that was said is beyond doubt

/// A statement, and whose it is.
struct Voice {
  std::uint64_t sequence;
  std::string writer, trust;
  std::vector<std::uint64_t> refs;
  std::size_t negations = 0;
  Statement statement;
};

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

/// How often the word stands in the text; `whole`: not as the beginning of a longer one, nor as its
/// end unless it begins with the end of a word itself (n't).
std::size_t count_of(std::string_view text, std::string_view word, bool whole) {
  std::size_t out = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + word.size())) {
    const std::size_t end = at + word.size();
    const bool goes_on = end < text.size() && is_letter(text[end]);
    const bool has_begun = at > 0 && is_letter(text[at - 1]) && !word.starts_with("n'") &&
                           !word.starts_with("n\u2019");
    if (!whole || (!goes_on && !has_begun)) ++out;
  }
  return out;
}

/// Lines of two columns; `take` says whether a pair is one. Errors: io, corrupt.
Result<void> read_pairs(const std::filesystem::path& file,
                        const std::function<bool(const std::string&, const std::string&)>& take) {
  std::ifstream in(file);
  if (!in) return fail(ErrorCode::io, "cannot read {}; reinstall", file.string());
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t tab = std::min(line.find('\t'), line.size());
    if (tab < line.size() && take(line.substr(0, tab), line.substr(tab + 1))) continue;
    return fail(ErrorCode::corrupt, "{} line {}: {} is unknown: correct it", file.string(), number,
                line);
  }
  return {};
}

/// One rests on the other, or both on a third: then it is one voice.
bool is_independent(const Voice& a, const Voice& b) {
  if (a.writer == b.writer) return false;
  const auto names = [](const Voice& one, std::uint64_t sequence) {
    return std::ranges::find(one.refs, sequence) != one.refs.end();
  };
  if (names(a, b.sequence) || names(b, a.sequence)) return false;
  return std::ranges::none_of(a.refs, [&](std::uint64_t ref) { return names(b, ref); });
}

/// What accounts wrote among the best candidates. What was written at the terminal has no account:
/// it may be the same person's.
Result<std::vector<Voice>> voices_in(const Memory::Parts& parts, const RankedCue& from) {
  std::vector<Voice> out;
  for (std::size_t i = 0; i < std::min(from.ranked.size(), corroboration_reach); ++i) {
    MBE_ASSIGN(const Block block, parts.chain->read(from.ranked[i].sequence));
    const Payload& payload = block.payload;
    if (block.state != BlockState::ok || payload.writer.empty()) continue;
    Voice& voice = out.emplace_back();
    voice.sequence = block.sequence;
    voice.writer = payload.writer;
    voice.trust = trust_name(payload.trust);
    for (const Reference& ref : payload.refs) voice.refs.push_back(ref.sequence);
    voice.negations = parts.trust.negations(payload.text);
    voice.statement = statement_of(analyse_payload(parts.analyser, payload), time_of(payload));
  }
  return out;
}

/// The nearest of each other writer, by name.
std::vector<Corroboration> found_for(const Voice& voice, const std::vector<Voice>& all) {
  std::map<std::string, Corroboration> best;
  for (const Voice& other : all) {
    if (!is_independent(voice, other) || voice.negations != other.negations) continue;
    const auto share = restates(voice.statement, other.statement);
    if (!share) continue;
    Corroboration& kept = best[other.writer];
    const auto found = static_cast<float>(*share);
    if (found > kept.share) kept = {other.sequence, other.writer, other.trust, found};
  }
  std::vector<Corroboration> out;
  for (const auto& [writer, one] : best) out.push_back(one);
  return out;
}

}  // namespace

Result<TrustTables> TrustTables::open(const std::filesystem::path& directory) {
  TrustTables out;
  MBE_TRY(out.read_weights(directory / "trust.tsv"));
  MBE_TRY(out.read_negations(directory / "negations.tsv"));
  return out;
}

Result<void> TrustTables::read_weights(const std::filesystem::path& file) {
  MBE_TRY(read_pairs(file, [&](const std::string& name, const std::string& value) {
    float weight = -1;
    std::from_chars(value.data(), value.data() + value.size(), weight);
    if (!trust_from_name(name) || weight < 0 || weight > 1) return false;
    weights_[name] = weight;
    return true;
  }));
  for (const Trust trust :
       {Trust::owner, Trust::member, Trust::agent, Trust::tool, Trust::imported, Trust::web}) {
    if (weights_.contains(std::string(trust_name(trust)))) continue;
    return fail(ErrorCode::corrupt, "{} says nothing of {}: reinstall", file.string(),
                trust_name(trust));
  }
  return {};
}

Result<void> TrustTables::read_negations(const std::filesystem::path& file) {
  return read_pairs(file, [&](const std::string& language, const std::string& word) {
    if (word.empty() || (language != "en" && language != "ko")) return false;
    (language == "ko" ? anywhere_ : whole_).push_back(word);
    return true;
  });
}

float TrustTables::of(const std::string& trust) const {
  const auto found = weights_.find(trust);
  return found == weights_.end() ? 0 : found->second;
}

std::size_t TrustTables::negations(const std::string& text) const {
  std::string folded = text;
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  std::size_t out = 0;
  for (const std::string& word : whole_) out += count_of(folded, word, true);
  for (const std::string& word : anywhere_) out += count_of(folded, word, false);
  return out;
}

Result<bool> has_several_writers(const AttributeSnapshot& attributes) {
  MBE_ASSIGN(const std::vector<ValueCount> writers, attributes.values(Field::writer));
  return writers.size() > 1;
}

Result<void> Recaller::weigh(std::vector<RecallHit>& hits, const RankedCue& from) const {
  std::vector<Voice> voices;
  MBE_ASSIGN(const bool several, has_several_writers(*from.indexes.attributes));
  if (several) {
    MBE_ASSIGN(voices, voices_in(parts_, from));
  }
  for (RecallHit& hit : hits) {
    const auto own = std::ranges::find(voices, hit.block.block_index, &Voice::sequence);
    if (own != voices.end()) hit.corroborated_by = found_for(*own, voices);
    float doubt = 1 - parts_.trust.of(hit.block.trust);
    for (const Corroboration& one : hit.corroborated_by) {
      doubt *= 1 - parts_.trust.of(one.trust) * one.share;
    }
    hit.confidence = std::min(confidence_max, 1 - doubt);
  }
  return {};
}

}  // namespace mbe
