// memory_core: repair, raw originals, insight and reflection; saving is in saving.cpp.
#include "echo/memory_core.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/digest.h"
#include "echo/insight.h"
#include "echo/talk.h"
#include "echo/users.h"
#include "transcript/part_text.h"

namespace mbe {

namespace {

constexpr std::uint64_t written_bytes_max = 64 << 20;
constexpr std::size_t name_bytes = 10;

/// A part of a day of a user.
struct PartName {
  std::string user;
  CivilDate day{};
  unsigned part = 0;
  auto operator<=>(const PartName&) const = default;
};

/// HOME/memory/.written/<digest of the chain's name>.json: up to where the log was compared with
/// the transcripts, and which parts there are. May be deleted at any time.
struct Written {
  std::uint64_t next = 0;                   ///< sequence
  std::map<PartName, std::uint64_t> parts;  ///< with the bytes they had
};

std::string written_path(const std::string& folder, const std::string& chain) {
  return folder + "/" + to_base32(view(sha256({chain})).substr(0, name_bytes)) + ".json";
}

Written parse_written(const std::string& text) {
  Written out;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("version", 0) != 1) return out;
  for (const Json& part : json.value("parts", Json::array())) {
    const auto day = parse_day(part.value("day", ""));
    if (day) {
      out.parts[{part.value("user", ""), *day, part.value("part", 0U)}] =
          part.value("bytes", std::uint64_t{0});
    }
  }
  out.next = json.value("next", std::uint64_t{0});
  return out;
}

std::string serialise(const Written& written) {
  Json parts = Json::array();
  for (const auto& [part, bytes] : written.parts) {
    parts.push_back(
        {{"user", part.user}, {"day", day_name(part.day)}, {"part", part.part}, {"bytes", bytes}});
  }
  return Json{{"version", 1}, {"next", written.next}, {"parts", std::move(parts)}}.dump(1) + "\n";
}

Result<Written> load_written(FileSystem& files, const std::string& path) {
  auto text = read_file(files, path, written_bytes_max);
  if (!text.ok() && text.error().code() == ErrorCode::not_found) return Written{};
  if (!text.ok()) return text.error();
  try {
    return parse_written(*text);
  } catch (const Json::exception&) {
    return Written{};  // damaged: everything is looked at
  }
}

}  // namespace

MemoryCore::MemoryCore(Engine& engine, People& people, MemoryCoreOptions options)
    : engine_(engine),
      people_(people),
      options_(std::move(options)),
      files_(options_.files == nullptr ? posix_file_system() : *options_.files),
      clock_(options_.clock == nullptr ? system_clock() : *options_.clock) {}

MemoryCore::~MemoryCore() = default;

MemoryCore::Talk& MemoryCore::talk_of(const std::string& chain) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Talk>& talk = talks_[chain];
  if (talk == nullptr) talk = std::make_unique<Talk>();
  return *talk;
}

Result<std::optional<std::string>> MemoryCore::folder_of(const std::string& chain) {
  MBE_ASSIGN(const std::string origin, origin_folder(people_));
  return user_of_chain(chain, origin);
}

Result<void> MemoryCore::repair(const std::string& chain) {
  Talk& talk = talk_of(chain);
  const std::lock_guard lock(talk.mutex);
  MBE_ASSIGN(Memory * memory, engine_.chain(chain));
  return repair_talk(talk, *memory, chain);
}

Result<void> MemoryCore::repair_all() {
  MBE_ASSIGN(const std::string origin, origin_folder(people_));
  MBE_ASSIGN(const std::vector<std::string> chains, engine_.chains());
  MBE_ASSIGN(const std::vector<std::string> users, user_folders(files_, transcripts()));
  for (const std::string& user : users) {
    const std::string chain = chain_of_user(user, origin);
    if (user == origin && !user.empty()) continue;  // `main`, as the folder without a name
    if (std::ranges::find(chains, chain) != chains.end()) MBE_TRY(repair(chain));
  }
  return {};
}

Result<void> MemoryCore::repair_talk(Talk& talk, Memory& memory, const std::string& chain) {
  if (!engine_.transcripts().write) return {};
  const std::string folder = transcripts() + "/.written";
  const std::string path = written_path(folder, chain);
  MBE_ASSIGN(const FolderLock lock, FolderLock::take(files_, folder));
  MBE_ASSIGN(Written written, load_written(files_, path));
  MBE_ASSIGN(const Stats stats, memory.stats());
  if (written.next > stats.blocks) written = {};  // an older log was put back
  const std::uint64_t from = written.next;
  std::set<std::pair<std::string, CivilDate>> days;
  RecallFilter own;
  own.channels = {echo_channel};
  MBE_TRY(each_block(memory, own, from, [&](const BlockView& block) -> Result<void> {
    written.next = block.block_index + 1;
    const auto line = parse_line_source(block.source);
    if (!line) return {};
    written.parts.try_emplace({line->user, line->day, line->part}, 0);
    days.insert({line->user, line->day});
    return {};
  }));
  for (const auto& [part, bytes] : written.parts) {
    const TranscriptWriter writer(files_, transcripts(), part.user);
    MBE_ASSIGN(const std::uint64_t now, writer.bytes(part.day, part.part));
    if (now != bytes || now == 0) days.insert({part.user, part.day});
  }
  for (const auto& [user, day] : days) {
    const std::string own_folder = user_path(transcripts(), user);
    MBE_ASSIGN(const FolderLock own_lock, FolderLock::take(files_, own_folder));
    MBE_TRY(mark_folder(files_, own_folder, chain));
    MBE_ASSIGN(const auto parts, logged_day(memory, user, day, options_.utc_offset_minutes));
    TranscriptWriter writer(files_, transcripts(), user);
    for (const auto& [number, part] : parts) {
      if (!part.is_own) continue;
      MBE_TRY(writer.restore(day, number, part.lines));
      MBE_ASSIGN((written.parts[{user, day, number}]), writer.bytes(day, number));
    }
  }
  talk.is_repaired = true;
  return days.empty() && from == written.next ? Result<void>()
                                              : replace_file(files_, path, serialise(written));
}

Result<KeptRaw> MemoryCore::backup_raw(const std::string& chain, std::string_view bytes) {
  MBE_ASSIGN(const auto user, folder_of(chain));
  if (!user) {
    return fail(ErrorCode::invalid_argument,
                "`{}` is nobody's own memory: raw originals are kept for people", chain);
  }
  const std::string folder = user_path(engine_.home().string() + "/memory_backup", *user);
  MBE_TRY(mark_folder(files_, folder, chain));
  const TimeMs now = clock_.now_ms();
  return keep_raw(files_, folder, local_time(now, options_.utc_offset_minutes(now)).day, bytes);
}

Result<Json> MemoryCore::generate_insight(const std::string& chain, const std::string& day) {
  const auto date = parse_day(day);
  if (!date && !day.empty()) {
    return fail(ErrorCode::invalid_argument, "`{}` is no day; write it as 2024-03-09", day);
  }
  MBE_ASSIGN(Memory * memory, engine_.chain(chain, false));
  const auto make = [&] {
    return date ? insight_of_day(*memory, *date, options_.utc_offset_minutes)
                : insight_of_all(*memory, options_.utc_offset_minutes(clock_.now_ms()));
  };
  MBE_ASSIGN(const auto user, folder_of(chain));
  if (!user || !engine_.transcripts().write) return make();
  // Under the lock: a forgetting that removes insight comes before this or after it.
  std::string folder = user_path(transcripts(), *user);
  MBE_ASSIGN(const FolderLock lock, FolderLock::take(files_, folder));
  MBE_ASSIGN(const Json insight, make());
  MBE_TRY(mark_folder(files_, folder, chain));
  if (date)
    folder = parent_directory(TranscriptWriter(files_, transcripts(), *user).path(*date, 1));
  MBE_TRY(files_.make_directories(folder));
  MBE_TRY(replace_file(files_, folder + "/insight.json", insight.dump(1) + "\n"));
  return insight;
}

Result<Reflection> MemoryCore::reflect_from_memory(const std::string& chain,
                                                   const std::string& text) {
  MBE_ASSIGN(Memory * memory, engine_.chain(chain, false));
  return reflect(engine_, *memory, text, options_.utc_offset_minutes);
}

}  // namespace mbe
