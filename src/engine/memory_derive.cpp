// Memory: summaries, and what is made by itself.
#include <algorithm>
#include <map>

#include "base/datetime.h"
#include "base/json.h"
#include "derive/sentences.h"
#include "derive/summary.h"
#include "engine/deriving.h"
#include "engine/records.h"

namespace mbe {

namespace {

constexpr std::size_t sentences_most = 50;
constexpr std::size_t groups_most = 1'000;
constexpr TimeMs day_ms = 86'400'000;

using Groups = std::map<std::string, std::vector<std::uint64_t>>;

Result<void> check(const SummaryRequest& request) {
  if (request.by != "day" && request.by != "session" && request.by != "topic") {
    return fail(ErrorCode::invalid_argument, "`{}` is not one of day, session, topic", request.by);
  }
  if (request.sentences < 1 || request.sentences > sentences_most) {
    return fail(ErrorCode::invalid_argument, "a summary has 1 to {} sentences, not {}",
                sentences_most, request.sentences);
  }
  if (request.at_least < 2) {
    return fail(ErrorCode::invalid_argument, "a summary is of at least 2 blocks, not {}",
                request.at_least);
  }
  if (request.groups_max < 1 || request.groups_max > groups_most) {
    return fail(ErrorCode::invalid_argument, "one call makes 1 to {} summaries, not {}",
                groups_most, request.groups_max);
  }
  return {};
}

/// Names of the groups that a block belongs to.
std::vector<std::string> groups_of(const AttributeRecord& record, const SummaryRequest& request) {
  if (request.by == "day") return {format_date(record.time_ms(), request.utc_offset_minutes)};
  if (request.by == "session") {
    return record.session.empty() ? std::vector<std::string>{} : std::vector{record.session};
  }
  std::vector<std::string> out;
  for (const std::string& keyword : record.keywords) {
    if (!keyword.starts_with('#')) out.push_back(keyword);
  }
  return out;
}

/// Groups that are large and old enough.
Result<Groups> summary_groups(const Memory::Parts& parts, const DerivedSnapshot& indexes,
                              const SummaryRequest& request) {
  MBE_ASSIGN(const SequenceSet found, select_said(parts, indexes, request.filter));
  const TimeMs until = parts.clock.now_ms() - static_cast<TimeMs>(request.older_days) * day_ms;
  Groups out;
  std::map<std::string, TimeMs> last;
  MBE_TRY(indexes.attributes->each_record(found.to_vector(), [&](const AttributeRecord& record) {
    for (const std::string& name : groups_of(record, request)) {
      out[name].push_back(record.sequence);
      TimeMs& latest = last.try_emplace(name, record.time_ms()).first->second;
      latest = std::max(latest, record.time_ms());
    }
  }));
  std::erase_if(out, [&](const auto& group) {
    return group.second.size() < request.at_least || last[group.first] > until;
  });
  // A block names so many others at most: of a larger group the latest count.
  for (auto& [name, blocks] : out) {
    if (blocks.size() > references_max) {
      blocks.erase(blocks.begin(), blocks.end() - static_cast<std::ptrdiff_t>(references_max));
    }
  }
  return out;
}

/// Whether the last summary under that source id is of just these blocks.
Result<bool> is_summarised(const Memory::Parts& parts, const DerivedSnapshot& indexes,
                           const std::string& source, const std::vector<std::uint64_t>& blocks) {
  MBE_ASSIGN(SequenceSet known, indexes.attributes->with_value(Field::source, source));
  MBE_ASSIGN(const SequenceSet summaries, indexes.attributes->select({.kinds = {Kind::summary}}));
  known &= summaries;
  const auto last = known.last();
  if (!last) return false;
  MBE_ASSIGN(const Block block, parts.chain->read(*last));
  if (block.state != BlockState::ok) return false;
  std::vector<std::uint64_t> sources;
  for (const Reference& reference : block.payload.refs) sources.push_back(reference.sequence);
  std::ranges::sort(sources);
  return sources == blocks;
}

/// Sentences of the blocks in the order of their times, and what each is weighed by.
struct Said {
  struct Line {
    std::uint64_t sequence;
    std::string speaker, text;
  };
  std::vector<Line> lines;
  std::vector<Telling> tellings;
  TimeMs last_ms = 0;
  Trust trust = Trust::owner;  ///< the lowest of all
  std::string session;         ///< of the last block
};

Result<Said> read_said(const Memory::Parts& parts, const std::vector<std::uint64_t>& blocks) {
  std::vector<Block> read;
  for (const std::uint64_t sequence : blocks) {
    MBE_ASSIGN(Block block, parts.chain->read(sequence));
    if (block.state == BlockState::ok) read.push_back(std::move(block));
  }
  std::ranges::stable_sort(read, {}, [](const Block& block) { return time_of(block.payload); });
  Said out;
  for (const Block& block : read) {
    const Payload& payload = block.payload;
    out.last_ms = std::max(out.last_ms, time_of(payload));
    out.trust = std::max(out.trust, payload.trust);
    out.session = payload.session;
    for (std::string& sentence : sentences_of(payload.text)) {
      const Analysis analysis = parts.analyser.analyse(sentence, time_of(payload), 0);
      if (analysis.is_question || analysis.is_chatter) continue;
      Telling& telling = out.tellings.emplace_back();
      telling.importance = payload.importance;
      for (const Term& term : analysis.terms) {
        if (term.kind != TermKind::bigram) telling.words.push_back(term.text);
      }
      out.lines.push_back({block.sequence, payload.speaker, std::move(sentence)});
    }
  }
  return out;
}

/// Text and data of a summary: one sentence a line, with who said it where several spoke.
DerivedBlock worded(const Said& all, std::size_t sentences, nlohmann::json& lines) {
  DerivedBlock out;
  const bool several = std::ranges::any_of(
      all.lines, [&](const Said::Line& line) { return line.speaker != all.lines.front().speaker; });
  for (const std::size_t i : most_telling(all.tellings, sentences)) {
    const Said::Line& line = all.lines[i];
    if (!out.text.empty()) out.text += '\n';
    if (several && !line.speaker.empty()) out.text += line.speaker + ": ";
    out.text += line.text;
    lines.push_back(line.sequence);
  }
  return out;
}

}  // namespace

Result<std::vector<DerivedBlock>> Memory::summarise(const SummaryRequest& request) {
  MBE_TRY(check(request));
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  MBE_ASSIGN(const Groups groups, summary_groups(*parts_, indexes, request));
  std::vector<DerivedBlock> out;
  for (const auto& [name, blocks] : groups) {
    if (out.size() == request.groups_max) break;
    const std::string source = "summary:" + request.by + ":" + name;
    MBE_ASSIGN(const bool known, is_summarised(*parts_, indexes, source, blocks));
    if (known) continue;
    MBE_ASSIGN(const Said all, read_said(*parts_, blocks));
    nlohmann::json lines = nlohmann::json::array();
    DerivedBlock made = worded(all, request.sentences, lines);
    if (made.text.empty()) continue;  // questions and greetings alone
    made.name = name;
    made.sources = blocks;
    made.rule = request.by;
    if (!request.dry_run) {
      const nlohmann::json data = {{"by", request.by}, {"name", name}, {"lines", lines}};
      MBE_TRY(write_made(
          *parts_,
          {made, Kind::summary, all.trust, all.last_ms, request.by == "session" ? all.session : "",
           source, data.dump(), request.channel, request.writer},
          made));
    }
    out.push_back(std::move(made));
  }
  return out;
}

Result<void> Memory::derive_by_itself(const DerivedSettings& settings) {
  if (settings.summarise_after_days > 0) {
    MBE_TRY(summarise({.older_days = settings.summarise_after_days, .channel = "upkeep"}));
  }
  if (settings.merge) MBE_TRY(merge_similar({.channel = "upkeep"}));
  return {};
}

}  // namespace mbe
