// Opening a log, following other processes, and recovery by the rules of docs/format/segment.md.
#include <fmt/format.h>

#include <algorithm>

#include "store/local/local_store.h"

namespace mbe {

namespace {

constexpr std::uint64_t offsets_bytes_max = 4ULL << 30;
constexpr unsigned derived_lock = 2;
constexpr int attempts_max = 3;
constexpr std::string_view unfinished_suffix = ".tmp";

}  // namespace

Result<void> LocalStore::load() {
  const std::string directory = options_.directory + "/log";
  if (options_.read_only) {
    MBE_ASSIGN(const bool there, options_.files.exists(directory));
    if (!there) {
      return fail(ErrorCode::not_found, "there is no log in {}", options_.directory);
    }
  } else {
    MBE_TRY(options_.files.make_directories(directory));
  }
  if (std::optional<SavedOffsets> saved = load_offsets()) {
    for (std::uint64_t i = 0; i < saved->tail.count; ++i) places_.store(i, saved->places[i]);
    tail_ = saved->tail;
    erase_blocks_ = std::move(saved->erase_blocks);
    saved_count_ = tail_.count;
    saved_stamps_ = std::move(saved->stamps);
  }
  if (options_.read_only) return recover();
  MBE_ASSIGN(const LogLock lock, LogLock::acquire(*this));
  MBE_ASSIGN(const std::vector<std::string> names, options_.files.list(directory));
  for (const std::string& name : names) {
    if (name.ends_with(unfinished_suffix)) MBE_TRY(options_.files.remove(log_path(name)));
  }
  return recover();
}

// Trusted only as far as the segments are the files they were: of one whose bytes may be others
// every line is read again.
std::optional<SavedOffsets> LocalStore::load_offsets() const {
  const auto bytes =
      read_file(options_.files, options_.directory + "/derived/offsets", offsets_bytes_max);
  if (!bytes.ok()) return std::nullopt;
  std::optional<SavedOffsets> saved = parse_offsets(*bytes, options_.chain);
  if (!saved || saved->places.empty() || saved->stamps.empty()) return std::nullopt;
  if (saved->tail.synced != saved->tail.count) return std::nullopt;
  const auto changed = std::ranges::find_if(saved->stamps, [&](const SegmentStamp& stamp) {
    const auto number = static_cast<std::uint32_t>(stamp.number);
    const auto now = stamp_of(options_.files, segments_.path(number), number);
    return !now.ok() || *now != stamp;
  });
  if (changed != saved->stamps.end()) {
    const auto number = static_cast<std::uint32_t>(changed->number);
    if (!leave_out_segments_from(*saved, number)) return std::nullopt;
  }
  const Result<std::string_view> line = segments_.view(Place(saved->places.back()));
  if (!line.ok()) return std::nullopt;
  const Result<CheckedLine> checked = check_header(*line);
  if (!checked.ok() || checked->hash != saved->tail.hash) return std::nullopt;
  return saved;
}

// The offsets up to the last block before a segment; false if there is none.
bool LocalStore::leave_out_segments_from(SavedOffsets& saved, std::uint32_t number) const {
  while (!saved.places.empty() && Place(saved.places.back()).segment() >= number) {
    saved.places.pop_back();
  }
  if (saved.places.empty()) return false;
  const Place last(saved.places.back());
  const Result<std::string_view> line = segments_.view(last);
  if (!line.ok()) return false;
  const Result<CheckedLine> checked = check_header(*line);
  if (!checked.ok()) return false;
  const std::uint64_t count = saved.places.size();
  saved.tail = {
      count, checked->hash, checked->header.epoch, last.segment(), last.offset() + last.length(),
      count};
  std::erase_if(saved.erase_blocks, [&](std::uint64_t sequence) { return sequence >= count; });
  return true;
}

Result<void> LocalStore::save_offsets() {
  SavedOffsets saved;
  {
    const std::lock_guard lock(state_mutex_);
    saved.tail = tail_;
    saved.erase_blocks = erase_blocks_;
  }
  if (saved.tail.count == 0 || saved.tail.synced != saved.tail.count) return {};
  MBE_ASSIGN(const auto numbers, list_segments(options_.files, options_.directory + "/log"));
  for (const std::uint32_t number : numbers) {
    if (number > saved.tail.segment) break;
    MBE_ASSIGN(const SegmentStamp stamp, stamp_of(options_.files, segments_.path(number), number));
    saved.stamps.push_back(stamp);
  }
  if (saved.stamps == saved_stamps_) return {};
  if (!lock_file_) {
    MBE_ASSIGN(lock_file_, options_.files.open(log_path("lock"), OpenMode::create));
  }
  MBE_ASSIGN(const bool mine, lock_file_->try_lock(derived_lock));
  if (!mine) return {};  // another process keeps them
  saved.places.reserve(saved.tail.count);
  for (std::uint64_t i = 0; i < saved.tail.count; ++i) saved.places.push_back(places_.load(i));
  const std::string directory = options_.directory + "/derived";
  Result<void> done = options_.files.make_directories(directory);
  if (done.ok()) {
    done =
        replace_file(options_.files, directory + "/offsets", format_offsets(saved, options_.chain));
  }
  lock_file_->unlock(derived_lock);
  if (done.ok()) {
    saved_count_ = saved.tail.count;
    saved_stamps_ = std::move(saved.stamps);
  }
  return done;
}

Result<std::optional<Tail>> LocalStore::read_head() const {
  const Result<std::string> bytes = read_file(options_.files, log_path("head"), head_record_bytes);
  if (bytes.ok()) return parse_head(*bytes);
  const ErrorCode code = bytes.error().code();
  if (code == ErrorCode::not_found || code == ErrorCode::limit) return std::optional<Tail>();
  return bytes.error();
}

Result<Followed> LocalStore::follow_from(Tail& start, std::uint32_t segment_max,
                                         std::uint64_t count_max) const {
  FollowOptions how;
  how.chain = options_.chain;
  how.count_max = count_max;
  MBE_ASSIGN(how.segments, list_segments(options_.files, options_.directory + "/log"));
  std::erase_if(how.segments, [&](std::uint32_t number) { return number > segment_max; });
  for (const Tail& from : {start, Tail{}}) {
    MBE_ASSIGN(std::optional<Followed> found, follow(segments_, from, how));
    start = from;
    if (found) return std::move(*found);
  }
  return fail(ErrorCode::corrupt, "the segments in {} contradict each other; run mbe verify",
              options_.directory);
}

// Everything behind the tail is looked at: what continues the chain is taken, the rest is damage if
// it was acknowledged, and otherwise cleaned away (by a writer, who holds the lock).
Result<void> LocalStore::recover() {
  const std::lock_guard one(follow_mutex_);
  MBE_ASSIGN(const std::optional<Tail> head, read_head());
  // Lines that were published before they were synced are looked at again.
  MBE_ASSIGN(Tail start, synced_tail());
  std::uint64_t acknowledged = std::max(options_.known_count, start.count);
  if (head) acknowledged = std::max(acknowledged, head->synced);
  MBE_ASSIGN(Followed found, follow_from(start, segments_max, UINT64_MAX));
  acknowledged = std::max(acknowledged, found.acknowledged);
  if (found.tail.count < acknowledged) {
    return take_damaged(start, found, found.tail.count), Result<void>();
  }
  // A record that was ahead of the disk may outlive its blocks, and others may have come since.
  const bool binding = head && head->synced == head->count;
  if (binding && head->count <= found.tail.count) {
    MBE_ASSIGN(const bool fits, head_fits(*head, start, found));
    if (!fits) return take_damaged(start, found, head->count - 1), Result<void>();
  }
  if (options_.read_only) {
    const std::uint64_t shown = std::max(acknowledged, head ? head->count : 0);
    if (found.tail.count > shown) {
      MBE_ASSIGN(found, follow_from(start, segments_max, shown));
    }
  } else {
    MBE_TRY(clean(start, found, acknowledged, head));
  }
  publish(start, found);
  return {};
}

Result<bool> LocalStore::head_fits(const Tail& head, const Tail& start,
                                   const Followed& found) const {
  const std::uint64_t sequence = head.count - 1;
  const Place place = sequence >= start.count ? found.places[sequence - start.count]
                                              : Place(places_.load(sequence));
  MBE_ASSIGN(const std::string_view line, segments_.view(place));
  const Result<CheckedLine> checked = check_header(line);
  return checked.ok() && checked->hash == head.hash;
}

Result<void> LocalStore::clean(const Tail& start, Followed& found, std::uint64_t acknowledged,
                               const std::optional<Tail>& head) {
  active_.reset();
  MBE_TRY(settle_segments(start.segment));
  for (const Leftover& leftover : found.leftovers) MBE_TRY(quarantine(leftover));
  std::vector<Leftover> cuts = found.leftovers;
  if (found.tail.count > acknowledged) {
    MBE_ASSIGN(const std::vector<Leftover> moved, rescue(start, found, acknowledged));
    cuts.insert(cuts.end(), moved.begin(), moved.end());
  }
  // Another process may be showing its readers what is cut here, unless the head excludes it.
  const bool by_copy = !head || head->count > acknowledged;
  for (const Leftover& leftover : cuts) MBE_TRY(cut(leftover, by_copy));
  found.tail.synced = found.tail.count;
  if (found.tail.count == 0 || (head && *head == found.tail)) return {};
  const std::string bytes = format_head(found.tail);
  if (!head_file_) {
    MBE_ASSIGN(head_file_, options_.files.open(log_path("head"), OpenMode::create));
    MBE_TRY(options_.files.sync_directory(options_.directory + "/log"));
  }
  MBE_TRY(head_file_->truncate(bytes.size()));
  return head_file_->write(0, bytes);
}

// A writer that died may have cut a segment without living to sync it: then its bytes would come
// back with the next crash. The last segment is synced with the next append.
Result<void> LocalStore::settle_segments(std::uint32_t first) const {
  MBE_ASSIGN(const std::vector<std::uint32_t> numbers,
             list_segments(options_.files, options_.directory + "/log"));
  for (const std::uint32_t number : numbers) {
    if (number < first || number == numbers.back()) continue;
    MBE_ASSIGN(const auto file, options_.files.open(segments_.path(number), OpenMode::write));
    MBE_TRY(file->sync_data());
  }
  return {};
}

// Intact blocks that nothing proves acknowledged go, byte for byte, to a fresh segment before
// anyone sees them: what is in the page cache of the old one proves nothing. The segment appears as
// a whole, for it makes void what the old one holds of these blocks. Returns what to cut off.
Result<std::vector<Leftover>> LocalStore::rescue(const Tail& start, Followed& found,
                                                 std::uint64_t acknowledged) {
  std::string lines;
  std::vector<Leftover> old;
  MBE_ASSIGN(const std::uint32_t number, fresh_number());
  for (std::uint64_t at = acknowledged - start.count; at < found.places.size(); ++at) {
    Place& place = found.places[at];
    MBE_ASSIGN(const std::string_view line, segments_.view(place));
    const bool same_segment = !old.empty() && old.back().segment == place.segment();
    if (!same_segment) old.push_back({place.segment(), place.offset()});
    place = Place(number, lines.size(), line.size());
    lines += line;
  }
  MBE_TRY(replace_file(options_.files, segments_.path(number), lines));
  MBE_ASSIGN(active_, options_.files.open(segments_.path(number), OpenMode::write));
  active_number_ = number;
  found.tail.segment = number;
  found.tail.offset = lines.size();
  return old;
}

Result<void> LocalStore::quarantine(const Leftover& leftover) const {
  MBE_ASSIGN(const std::string_view bytes, segments_.rest(leftover.segment, leftover.offset));
  if (bytes.empty()) return {};
  const std::string directory = options_.directory + "/quarantine";
  MBE_TRY(options_.files.make_directories(directory));
  const std::string name = to_hex(view(sha256(bytes))).substr(0, 16);
  return replace_file(
      options_.files,
      fmt::format("{}/{:06}-{}-{}.torn", directory, leftover.segment, leftover.offset, name),
      bytes);
}

Result<void> LocalStore::cut(const Leftover& leftover, bool by_copy) {
  const std::string path = segments_.path(leftover.segment);
  if (!by_copy) {
    MBE_ASSIGN(const std::unique_ptr<File> file, options_.files.open(path, OpenMode::write));
    MBE_TRY(file->truncate(leftover.offset));
    return file->sync_data();
  }
  MBE_ASSIGN(const std::string_view kept, segments_.view(leftover.segment, 0, leftover.offset));
  MBE_TRY(replace_file(options_.files, path, kept));
  segments_.replaced(leftover.segment);
  return {};
}

Result<Tail> LocalStore::synced_tail() const {
  const Tail now = tail();
  if (now.synced == now.count) return now;
  if (now.synced == 0) return Tail{};
  const Place place(places_.load(now.synced - 1));
  MBE_ASSIGN(const std::string_view line, segments_.view(place));
  MBE_ASSIGN(const CheckedLine checked, check_header(line));
  return Tail{now.synced,
              checked.hash,
              checked.header.epoch,
              place.segment(),
              place.offset() + place.length(),
              now.synced};
}

std::uint64_t LocalStore::unsynced_bytes(const Tail& now) const {
  std::uint64_t bytes = 0;
  for (std::uint64_t at = now.synced; at < now.count; ++at) {
    bytes += Place(places_.load(at)).length();
  }
  return bytes;
}

Result<void> LocalStore::catch_up() {
  const Result<std::string> bytes = read_file(options_.files, log_path("head"), head_record_bytes);
  const Tail now = tail();
  bool same = false;
  {
    const std::lock_guard lock(state_mutex_);
    same = now.count > 0 && bytes.ok() && *bytes == head_bytes_;
  }
  same = same && unsynced_.size() == unsynced_bytes(now);
  if (same) {
    MBE_ASSIGN(const File* const file, active_file());
    MBE_ASSIGN(const std::uint64_t size, file->size());
    MBE_ASSIGN(const bool next, options_.files.exists(segments_.path(now.segment + 1)));
    same = size == now.offset && !next;
  }
  if (same) return {};
  MBE_TRY(recover());
  unsynced_.clear();
  if (!damage()) return {};
  return fail(ErrorCode::corrupt, "the log in {} is damaged at block {}; run mbe verify",
              options_.directory, damage()->sequence);
}

Result<void> LocalStore::refresh() {
  if (damage()) return {};
  const std::lock_guard one(follow_mutex_);
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    const Result<std::string> bytes =
        read_file(options_.files, log_path("head"), head_record_bytes);
    if (!bytes.ok()) {
      return bytes.error().code() == ErrorCode::not_found ? Result<void>() : bytes.error();
    }
    Tail start = tail();
    {
      const std::lock_guard lock(state_mutex_);
      if (*bytes == head_bytes_) return {};
    }
    const std::optional<Tail> head = parse_head(*bytes);
    if (!head) continue;  // caught while it is being written
    if (head->count < start.count) return {};
    MBE_ASSIGN(Followed found, follow_from(start, head->segment, head->count));
    if (found.tail.count != head->count || found.tail.hash != head->hash) continue;
    found.tail = *head;
    publish(start, found);
    const std::lock_guard lock(state_mutex_);
    if (tail_ == *head) head_bytes_ = *bytes;
    return {};
  }
  return {};
}

void LocalStore::publish(const Tail& start, const Followed& found) {
  const std::lock_guard lock(state_mutex_);
  if (found.tail.count < tail_.count) return;
  for (std::size_t i = 0; i < found.places.size(); ++i) {
    places_.store(start.count + i, found.places[i].word());
  }
  std::erase_if(erase_blocks_, [&](std::uint64_t sequence) { return sequence >= start.count; });
  erase_blocks_.insert(erase_blocks_.end(), found.erase_blocks.begin(), found.erase_blocks.end());
  tail_ = found.tail;
  if (tail_.count > 0) head_bytes_ = format_head(tail_);
  published_.store(tail_.count, std::memory_order_release);
}

// Everything that can still be read is shown; what is missing reads as damaged.
void LocalStore::take_damaged(const Tail& start, Followed found, std::uint64_t sequence) {
  Damage damage;
  damage.sequence = sequence;
  damage.where = fmt::format("{} at byte {}", segment_name(found.tail.segment), found.tail.offset);
  publish(start, found);
  const std::lock_guard lock(state_mutex_);
  for (const Stray& stray : found.strays) {
    const bool fits =
        stray.sequence >= found.tail.count && stray.sequence < decltype(places_)::entries_max;
    const Result<std::string_view> line = segments_.view(stray.place);
    const Result<CheckedLine> checked = line.ok() ? check_header(*line) : line.error();
    if (!fits || !checked.ok()) continue;
    places_.store(stray.sequence, stray.place.word());
    if (checked->header.block_class == BlockClass::erase) erase_blocks_.push_back(stray.sequence);
    if (stray.sequence < tail_.count) continue;
    tail_.count = stray.sequence + 1;
    tail_.hash = checked->hash;
  }
  std::ranges::sort(erase_blocks_);
  published_.store(tail_.count, std::memory_order_release);
  damage_ = damage;
}

}  // namespace mbe
