#include "engine/plain_copies.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "creation/creation_files.h"
#include "transcript/part_text.h"
#include "transcript/raw_originals.h"

namespace mbe {

namespace {

constexpr TimeMs day_ms = 86'400'000;
constexpr std::string_view own_channel = "echo";

/// The lines these blocks stand in, and for each whether Echo wrote it.
std::vector<LineId> lines_of(const std::vector<BlockView>& blocks) {
  std::vector<LineId> out;
  for (const BlockView& block : blocks) {
    if (auto line = parse_line_source(block.source)) out.push_back(*std::move(line));
  }
  return out;
}

std::vector<std::string> texts_of(const std::vector<BlockView>& blocks) {
  std::vector<std::string> out;
  for (const BlockView& block : blocks) out.push_back(block.context);
  return out;
}

/// Where the blocks say that what was made lies; find_creations composes no path of it.
std::vector<std::string> creations_of(const std::vector<BlockView>& blocks) {
  std::vector<std::string> out;
  for (const BlockView& block : blocks) {
    if (block.kind != "creation") continue;
    const auto data = nlohmann::json::parse(block.data, nullptr, false);
    if (!data.is_object()) continue;
    const auto name = data.find("creation");
    if (name != data.end() && name->is_string()) out.push_back(name->get<std::string>());
  }
  return out;
}

std::vector<std::uint64_t> sequences_in(const std::vector<BlockView>& blocks) {
  std::vector<std::uint64_t> out;
  for (const BlockView& block : blocks) out.push_back(block.block_index);
  return out;
}

std::int64_t day_number(TimeMs time) {
  return time / day_ms - (time % day_ms < 0 ? 1 : 0);
}

Result<void> remove_if_there(FileSystem& files, const std::string& path) {
  const auto removed = files.remove(path);
  if (!removed.ok() && removed.error().code() == ErrorCode::not_found) return {};
  if (!removed.ok()) return removed.error();
  return files.sync_directory(parent_directory(path));
}

}  // namespace

PlainCopies::PlainCopies(FileSystem& files, std::string home, std::string chain)
    : files_(files), home_(std::move(home)), chain_(std::move(chain)) {}

Result<std::vector<std::string>> PlainCopies::folders(const std::string& root,
                                                      bool unmarked) const {
  std::vector<std::string> out;
  MBE_ASSIGN(const auto users, user_folders(files_, root));
  for (const std::string& user : users) {
    const std::string folder = user_path(root, user);
    MBE_ASSIGN(const std::string chain, chain_of_folder(files_, folder));
    if (chain == chain_ || (unmarked && chain.empty())) out.push_back(folder);
  }
  return out;
}

Result<std::vector<Message>> PlainCopies::notes(const std::vector<BlockView>& blocks) const {
  std::vector<Message> out;
  const std::vector<LineId> lines = lines_of(blocks);
  MBE_ASSIGN(const std::vector<bool> found, find_lines(files_, transcripts(), lines));
  const auto in_home = static_cast<std::size_t>(std::ranges::count(found, true));
  if (in_home > 0) {
    out.push_back(note("{} lines of the transcripts in this home are replaced by {}", in_home,
                       forgotten_line));
  }
  // What Echo wrote itself lies nowhere else; all other sources are somebody's files.
  std::set<std::string> reached;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (found[i]) reached.insert(to_source(lines[i]));
  }
  const bool beyond = std::ranges::any_of(blocks, [&](const BlockView& block) {
    return !block.source.empty() && block.channel != own_channel && !reached.contains(block.source);
  });
  if (beyond) {
    out.push_back(
        note("what was imported is not taken in again from the same place; the place itself - a "
             "transcript, an export - still holds it: take it out there too"));
  }
  std::size_t holding = 0;
  MBE_ASSIGN(const auto raw, folders(home_ + "/memory_backup", false));
  for (const std::string& folder : raw) {
    MBE_ASSIGN(const RawSearch searched, find_raw(files_, folder, texts_of(blocks)));
    holding += searched.holding.size();
    for (const std::string& path : searched.unreadable) {
      out.push_back(
          note("{} is no UTF-8 text: whether it holds this is not known; delete it if it "
               "does",
               path));
    }
  }
  if (holding > 0) out.push_back(note("it is taken out of {} raw originals too", holding));
  MBE_ASSIGN(const auto made,
             find_creations(files_, home_, chain_, sequences_in(blocks), creations_of(blocks)));
  for (const std::string& name : made) {
    out.push_back(note("{} was made from it and is deleted too", home_ + "/" + name));
  }
  return out;
}

Result<std::vector<std::string>> PlainCopies::forget_raw(
    const std::vector<BlockView>& blocks) const {
  std::vector<std::string> unreached;
  MBE_ASSIGN(const auto raw, folders(home_ + "/memory_backup", false));
  for (const std::string& folder : raw) {
    MBE_ASSIGN(const RawSearch done, mbe::forget_raw(files_, folder, texts_of(blocks)));
    for (const std::string& path : done.unreadable) {
      unreached.push_back(path + " is no UTF-8 text and was not searched");
    }
  }
  return unreached;
}

Result<void> PlainCopies::forget_creations(const std::vector<std::uint64_t>& sequences,
                                           const std::vector<BlockView>& blocks) const {
  return remove_creations(files_, home_, chain_, sequences, creations_of(blocks));
}

Result<void> PlainCopies::forget(const std::vector<BlockView>& blocks) const {
  MBE_TRY(forget_lines(files_, transcripts(), lines_of(blocks)));
  std::set<std::int64_t> days;  // the zone is not known here: the days beside go too
  for (const BlockView& block : blocks) {
    for (const int beside : {-1, 0, 1}) days.insert(day_number(block.timestamp_ms) + beside);
  }
  return drop_insight([&](const CivilDate& day) { return days.contains(days_from_civil(day)); });
}

Result<void> PlainCopies::forget_refused(
    const std::function<bool(const std::string& source)>& refused) const {
  MBE_TRY(forget_lines_if(files_, transcripts(), refused));
  return drop_insight([](const CivilDate&) { return true; });
}

Result<void> PlainCopies::drop_insight(
    const std::function<bool(const CivilDate& day)>& concerns) const {
  MBE_ASSIGN(const auto all, folders(transcripts(), true));
  for (const std::string& folder : all) {
    MBE_ASSIGN(const bool is_there, files_.exists(folder));
    if (!is_there) continue;
    MBE_ASSIGN(const FolderLock lock, FolderLock::take(files_, folder));
    MBE_TRY(remove_if_there(files_, folder + "/insight.json"));
    MBE_ASSIGN(const auto days, day_folders(files_, folder));
    for (const auto& [name, day] : days) {
      if (day && !concerns(*day)) continue;
      MBE_TRY(remove_if_there(files_, folder + "/" + name + "/insight.json"));
    }
  }
  return {};
}

}  // namespace mbe
