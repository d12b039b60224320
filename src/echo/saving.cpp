// One exchange on its way into log and transcript. The log is written first, under the lock of the
// transcript's folder, with the source that the line will have; then the lines, at once.
#include <algorithm>

#include "analyse/normal_text.h"
#include "base/datetime.h"
#include "block/payload.h"
#include "echo/talk.h"

namespace mbe {

namespace {

/// Parts that an exchange which was cut off may have begun: one for each line, and one more.
constexpr unsigned parts_left_open = 3;

/// What is derived is trusted as little as the least trusted of its sources.
std::string lower_trust(const std::string& one, const std::string& other) {
  const auto first = trust_from_name(one);
  const auto second = trust_from_name(other);
  return first && second && *second > *first ? other : one;
}

/// Stands in the folder while an exchange is saved. Who finds one knows that another process died
/// in the middle: what that wrote into the log may become visible only with the next append.
class SavingMark {
 public:
  static Result<std::unique_ptr<SavingMark>> set(FileSystem& files, const std::string& folder) {
    std::unique_ptr<SavingMark> out(new SavingMark(files, folder + "/.saving"));
    MBE_ASSIGN(out->was_there_, files.exists(out->path_));
    if (!out->was_there_) MBE_TRY(files.open(out->path_, OpenMode::create));
    return out;
  }
  ~SavingMark() { static_cast<void>(files_.remove(path_)); }  // if it stays, a part is left early
  SavingMark(const SavingMark&) = delete;
  SavingMark& operator=(const SavingMark&) = delete;
  [[nodiscard]] bool was_there() const { return was_there_; }

 private:
  SavingMark(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  FileSystem& files_;
  std::string path_;
  bool was_there_ = false;
};

}  // namespace

/// The work of one save_memory(). The talk's mutex is held.
class MemoryCore::Saving {
 public:
  Saving(MemoryCore& core, Talk& talk, Memory& memory, const Exchange& exchange)
      : core_(core), talk_(talk), memory_(memory), exchange_(exchange) {}

  /// user: whose folder; nothing: the log alone.
  Result<Saved> run(const std::optional<std::string>& user) {
    std::optional<FolderLock> lock;
    std::unique_ptr<SavingMark> mark;
    if (user) {
      const std::string root = core_.transcripts();
      const std::string folder = user_path(root, *user);
      MBE_ASSIGN(lock, FolderLock::take(core_.files_, folder));
      MBE_TRY(mark_folder(core_.files_, folder, exchange_.chain));
      if (!talk_.writer || talk_.user != *user) {
        talk_.writer.emplace(core_.files_, root, *user);
        talk_.user = *user;
        talk_.day = {};
      }
      writes_ = true;
      MBE_ASSIGN(mark, SavingMark::set(core_.files_, folder));
      leaves_part_ = mark->was_there();
    }
    Result<Saved> saved = say_both();
    const Result<void> written = write();
    if (!saved.ok() || !written.ok()) {  // the next save begins from what the log says
      talk_.is_repaired = false;
      talk_.day = {};
    }
    if (saved.ok() && !written.ok()) saved->transcript_error = written.error();
    return saved;
  }

 private:
  /// Lines of one part that wait to be written.
  struct Pending {
    CivilDate day{};
    unsigned part = 0;
    std::string text;
    std::uint64_t count = 0;
  };
  struct Line {
    std::string speaker, text;
    bool is_answer = false;
    TimeMs time = 0;
    std::vector<std::uint64_t> refs;
    std::string trust;
  };

  Result<Saved> say_both() {
    Saved out;
    const TimeMs now = core_.clock_.now_ms();
    Line line{exchange_.speaker, exchange_.text, false, exchange_.said_ms.value_or(now), {},
              exchange_.trust};
    if (!exchange_.text.empty()) {
      MBE_ASSIGN(out.utterance, say(line));
    }
    if (exchange_.answer.empty()) return out;
    line = {exchange_.echo, exchange_.answer, true, exchange_.answered_ms.value_or(now), {},
            exchange_.trust};
    if (!exchange_.text.empty()) line.refs.push_back(out.utterance.block_index);
    for (const std::uint64_t block : exchange_.used) {
      // What was forgotten since it was recalled cannot be referred to.
      const auto used = memory_.show(block);
      if (!used.ok() || used->state != "ok") continue;
      line.refs.push_back(block);
      line.trust = lower_trust(line.trust, used->trust);
    }
    MBE_ASSIGN(out.answer, say(line));
    return out;
  }

  Result<SavedLine> say(const Line& line) {
    const LocalTime local = local_time(line.time, core_.options_.utc_offset_minutes(line.time));
    MBE_TRY(follow(local.day));
    const auto there = talk_.said.find(key_of(line.speaker, line.text));
    if (there != talk_.said.end()) {
      MBE_ASSIGN(const BlockView block, memory_.show(there->second));
      if (block.state == "ok" && !block.hidden && !block.superseded_by) {
        return repeat(line, there->second);
      }
    }
    RememberRequest request;
    request.text = line.text;
    request.speaker = line.speaker;
    request.session = exchange_.conversation;
    request.channel = echo_channel;
    request.writer = exchange_.writer;
    request.kind = line.is_answer ? exchange_.answer_kind : "utterance";
    if (line.is_answer) request.data = exchange_.data;
    request.retold = line.is_answer && exchange_.retold;
    request.trust = line.trust;
    request.event_ms = line.time;
    request.utc_offset_minutes = core_.options_.utc_offset_minutes(line.time);
    request.refs = line.refs;
    if (writes_) {
      TranscriptLine written{0, line.speaker, line.text, local.second_of_day, false};
      MBE_ASSIGN(const TranscriptLine read, read_back(written));
      MBE_ASSIGN(LineId place, place_of(local.day));
      place.digest = line_digest(read.speaker, read.text);
      request.source = to_source(place);
      MBE_ASSIGN(const std::uint64_t block, remember(line, std::move(request), std::nullopt));
      add_pending(place, format_transcript_line(written));
      return SavedLine{block, block, false, 0};
    }
    MBE_ASSIGN(const std::uint64_t block, remember(line, std::move(request), std::nullopt));
    return SavedLine{block, block, false, 0};
  }

  Result<SavedLine> repeat(const Line& line, std::uint64_t block) {
    const MarkRequest where{exchange_.conversation, echo_channel, exchange_.writer};
    MBE_ASSIGN(const RememberReceipt mark, memory_.mark(block, "repeat", where));
    if (!exchange_.conversation.empty()) MBE_TRY(remember(line, {}, block));
    MBE_ASSIGN(const std::vector<HistoryEntry> history, memory_.history(block));
    SavedLine out{block, mark.block_index, true, 0};
    for (const HistoryEntry& entry : history) {
      const bool is_this = std::ranges::count(entry.block.refs, block) > 0;  // not of its answer
      out.repeats += entry.event == "repeated" && is_this ? 1U : 0U;
    }
    return out;
  }

  /// Into short-term memory, if there is a conversation, and into the log unless `known` holds it.
  Result<std::uint64_t> remember(const Line& line, RememberRequest request,
                                 std::optional<std::uint64_t> known) {
    if (exchange_.conversation.empty()) {
      MBE_ASSIGN(const RememberReceipt receipt, memory_.remember(request));
      return receipt.block_index;
    }
    ObserveRequest said;
    said.text = line.text;
    said.speaker = line.speaker;
    said.conversation = exchange_.conversation;
    said.from_assistant = line.is_answer;
    said.remember = "always";
    said.as = std::move(request);
    said.block_index = known;
    MBE_ASSIGN(const ObserveResult observed, memory_.observe(said));
    return observed.block_index.value_or(0);
  }

  /// Takes in what the log says of a day's talk.
  Result<void> follow(const CivilDate& day) {
    if (talk_.day != day) {
      talk_.said.clear();
      talk_.parts.clear();
      talk_.next = 0;
    }
    RecallFilter filter = around_day(day);
    filter.channels = {echo_channel};
    MBE_TRY(each_block(memory_, filter, talk_.next, [&](const BlockView& block) -> Result<void> {
      talk_.next = block.block_index + 1;
      const TimeMs time = block.timestamp_ms;
      const auto line = parse_line_source(block.source);
      if (line && line->day == day && line->user == talk_.user) {
        std::uint64_t& greatest = talk_.parts[line->part];
        greatest = std::max(greatest, line->ordinal);
      }
      const bool of_day = local_time(time, core_.options_.utc_offset_minutes(time)).day == day;
      if (of_day) talk_.said[key_of(block.speaker, block.context)] = block.block_index;
      return {};
    }));
    talk_.day = day;
    return {};
  }

  static std::string key_of(const std::string& speaker, const std::string& text) {
    return speaker + "\n" + folded(text);
  }

  /// Where the next line of a day goes: all but its digest.
  Result<LineId> place_of(const CivilDate& day) {
    TranscriptWriter& writer = *talk_.writer;
    unsigned part = talk_.parts.empty() ? 0 : talk_.parts.rbegin()->first;
    std::uint64_t before = 0;
    if (leaves_part_) {
      // The numbers that follow here may be taken, by lines nobody can see yet.
      leaves_part_ = false;
      MBE_ASSIGN(const unsigned last, writer.last_part(day));
      return LineId{talk_.user, day, std::max(part, last) + parts_left_open, 1, ""};
    }
    if (part > 0) {
      MBE_ASSIGN(before, lines_of(day, part));
    }
    if (part == 0 || before >= core_.engine_.transcripts().lines_a_part) {
      // A part that somebody else put there is not gone on with.
      MBE_ASSIGN(const unsigned last, writer.last_part(day));
      part = std::max(part, last) + 1;
      before = pending_of(day, part);
    }
    return LineId{talk_.user, day, part, before + 1, ""};
  }

  /// Lines of a part of ours, waiting ones too, after making sure that it says what the log says.
  Result<std::uint64_t> lines_of(const CivilDate& day, unsigned part) {
    TranscriptWriter& writer = *talk_.writer;
    const std::uint64_t waiting = pending_of(day, part);
    MBE_ASSIGN(const bool changed, writer.changed(day, part));
    MBE_ASSIGN(std::uint64_t lines, writer.lines(day, part));
    if (waiting == 0 && (changed || lines < talk_.parts[part])) {
      MBE_ASSIGN(const auto logged,
                 logged_day(memory_, talk_.user, day, core_.options_.utc_offset_minutes));
      const auto own = logged.find(part);
      if (own != logged.end()) MBE_TRY(writer.restore(day, part, own->second.lines));
      MBE_ASSIGN(lines, writer.lines(day, part));
    }
    return lines + waiting;
  }

  [[nodiscard]] std::uint64_t pending_of(const CivilDate& day, unsigned part) const {
    std::uint64_t out = 0;
    for (const Pending& one : pending_) {
      if (one.day == day && one.part == part) out += one.count;
    }
    return out;
  }

  void add_pending(const LineId& place, const std::string& text) {
    const bool goes_on =
        !pending_.empty() && pending_.back().day == place.day && pending_.back().part == place.part;
    if (!goes_on) pending_.push_back({place.day, place.part, "", 0});
    pending_.back().text += text;
    ++pending_.back().count;
  }

  Result<void> write() {
    for (const Pending& one : pending_) {
      MBE_TRY(talk_.writer->append(one.day, one.part, one.text, one.count));
    }
    return {};
  }

  MemoryCore& core_;
  Talk& talk_;
  Memory& memory_;
  const Exchange& exchange_;
  bool writes_ = false, leaves_part_ = false;
  std::vector<Pending> pending_;
};

/// Whether both can stand in a transcript; before anything is written.
static Result<void> check(const Exchange& exchange) {
  if (!exchange.text.empty() || exchange.answer.empty()) {
    MBE_TRY(read_back({0, exchange.speaker, exchange.text, 0, false}));
  }
  if (!exchange.answer.empty()) {
    MBE_TRY(read_back({0, exchange.echo, exchange.answer, 0, false}));
  }
  return {};
}

Result<Saved> MemoryCore::save_memory(const Exchange& exchange) {
  MBE_TRY(check(exchange));
  Talk& talk = talk_of(exchange.chain);
  const std::lock_guard lock(talk.mutex);
  MBE_ASSIGN(Memory * memory, engine_.chain(exchange.chain));
  if (!exchange.raw.empty()) MBE_TRY(backup_raw(exchange.chain, exchange.raw));
  std::optional<std::string> user;
  if (engine_.transcripts().write) {
    MBE_ASSIGN(user, folder_of(exchange.chain));
  }
  if (user && !talk.is_repaired) MBE_TRY(repair_talk(talk, *memory, exchange.chain));
  Result<Saved> saved = Saving(*this, talk, *memory, exchange).run(user);
  if (!saved.ok() || !user || !engine_.transcripts().raw) return saved;
  const Result<void> kept = keep_as_it_came(exchange, *saved, *user);
  if (!kept.ok() && !saved->transcript_error) saved->transcript_error = kept.error();
  return saved;
}

Result<void> MemoryCore::keep_as_it_came(const Exchange& exchange, const Saved& saved,
                                         const std::string& user) {
  const TimeMs now = clock_.now_ms();
  std::string lines;
  const auto add = [&](const std::string& speaker, const std::string& text, TimeMs time,
                       const SavedLine& line) {
    const Json json = {{"time", format_time(time)},
                       {"conversation", exchange.conversation},
                       {"speaker", speaker},
                       {"text", text},
                       {"block_index", line.block_index},
                       {"repeat", line.is_repeat}};
    lines += json.dump() + "\n";
  };
  if (!exchange.text.empty()) {
    add(exchange.speaker, exchange.text, exchange.said_ms.value_or(now), saved.utterance);
  }
  if (saved.answer) {
    add(exchange.echo, exchange.answer, exchange.answered_ms.value_or(now), *saved.answer);
  }
  const std::string folder = user_path(engine_.home().string() + "/memory_backup", user);
  MBE_TRY(mark_folder(files_, folder, exchange.chain));
  const CivilDate day = local_time(now, options_.utc_offset_minutes(now)).day;
  return keep_exchange(files_, folder, day, lines);
}

static Json line_json(const SavedLine& line) {
  return {{"block_index", line.block_index}, {"repeat", line.is_repeat}, {"repeats", line.repeats}};
}

Json saved_json(const Saved& saved) {
  return {
      {"utterance", line_json(saved.utterance)},
      {"answer", saved.answer ? line_json(*saved.answer) : Json()},
      {"transcript", saved.transcript_error ? Json(saved.transcript_error->message()) : Json()}};
}

}  // namespace mbe
