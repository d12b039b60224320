// Appending: groups, the lock between processes, what to do when the disk fails.
#include <algorithm>
#include <utility>

#include "fs/lock_wait.h"
#include "store/local/local_store.h"

namespace mbe {

namespace {

constexpr unsigned hold_lock = 0;
constexpr unsigned turn_lock = 1;
/// An open after a crash reads at most so many lines again.
constexpr std::uint64_t offsets_every = 1U << 18;

}  // namespace

/// One call of append while it waits. Guarded by the queue's mutex until the leader takes it.
struct LocalStore::Request {
  std::span<const Draft> drafts;
  Sealer& sealer;
  Durability durability;
  std::vector<Result<Receipt>> results;
  std::optional<Error> failed;  ///< of the whole: nothing was acknowledged
  bool done = false;

  [[nodiscard]] std::size_t left() const { return drafts.size() - results.size(); }
  void refuse_rest(const Error& error) {
    if (results.empty()) failed = error;
    while (left() > 0) results.emplace_back(error);
  }
};

/// What a group has become so far.
struct LocalStore::Group {
  struct Answer {
    Request* request;
    Result<Receipt> result;
  };
  std::vector<Answer> answers;
  std::string lines;
  Followed added;  ///< places count from the group's first byte until it is known where that goes
  bool sync = false;

  [[nodiscard]] bool full() const {
    return answers.size() == group_blocks_max || lines.size() >= group_bytes_max;
  }
  [[nodiscard]] Position position(std::uint64_t synced) const {
    return {added.tail.count, added.tail.hash, added.tail.epoch, synced == 0 ? 0 : synced - 1};
  }
  void seal(Request& request, std::uint64_t synced) {
    for (std::size_t i = request.results.size(); i < request.drafts.size() && !full(); ++i) {
      const Draft& draft = request.drafts[i];
      const std::size_t before = lines.size();
      const Result<SealedBlock> sealed = request.sealer.seal(position(synced), draft, lines);
      if (!sealed.ok()) {
        answers.push_back({&request, sealed.error()});
        continue;
      }
      answers.push_back({&request, Receipt{added.tail.count, sealed->hash, sealed->recorded_ms,
                                           sealed->clock_stepped_back}});
      added.places.emplace_back(0U, before, lines.size() - before);
      if (draft.block_class == BlockClass::erase) added.erase_blocks.push_back(added.tail.count);
      added.tail.count += 1;
      added.tail.hash = sealed->hash;
      added.tail.epoch = sealed->epoch;
      sync = sync || request.durability == Durability::synced;
    }
  }
  /// Places the lines where the tail now ends.
  void settle() {
    const std::uint64_t from = added.tail.offset - lines.size();
    for (Place& place : added.places) {
      place = Place(added.tail.segment, from + place.offset(), place.length());
    }
  }
};

Result<LocalStore::LogLock> LocalStore::LogLock::acquire(LocalStore& store) {
  LockWait wait(store.options_.lock_wait_ms);
  if (!store.lock_file_) {
    MBE_ASSIGN(store.lock_file_,
               store.options_.files.open(store.log_path("lock"), OpenMode::create));
  }
  File& file = *store.lock_file_;
  MBE_ASSIGN(const bool turn, wait.lock(file, turn_lock));
  if (turn) {
    const Result<bool> held = wait.lock(file, hold_lock);
    file.unlock(turn_lock);
    if (!held.ok()) return held.error();
    if (*held) return LogLock(&file);
  }
  return fail(ErrorCode::busy, "another process has held the log in {} for {} ms; try again",
              store.options_.directory, store.options_.lock_wait_ms);
}

LocalStore::LogLock::~LogLock() {
  if (file_ != nullptr) file_->unlock(hold_lock);
}

Result<std::vector<Result<Receipt>>> LocalStore::append(std::span<const Draft> drafts,
                                                        Sealer& sealer, Durability durability) {
  if (options_.read_only) {
    return fail(ErrorCode::denied, "the log in {} was opened for reading", options_.directory);
  }
  if (damage()) {
    return fail(ErrorCode::corrupt, "the log in {} is damaged at block {}; run mbe verify",
                options_.directory, damage()->sequence);
  }
  Request request{drafts, sealer, durability, {}, {}, drafts.empty()};
  request.results.reserve(drafts.size());
  std::unique_lock lock(queue_mutex_);
  if (!request.done) queue_.push_back(&request);
  queue_changed_.wait(lock, [&] { return request.done || !led_; });
  if (!request.done) {
    led_ = true;
    while (!request.done) lead(lock);
    led_ = false;
    lock.unlock();
    queue_changed_.notify_all();
  }
  if (request.failed) return *request.failed;
  return std::move(request.results);
}

void LocalStore::lead(std::unique_lock<std::mutex>& queue_lock) {
  Requests group;
  std::size_t blocks = 0;
  for (Request* const request : queue_) {
    if (blocks >= group_blocks_max) break;
    group.push_back(request);
    blocks += request->left();
  }
  queue_lock.unlock();
  commit(group);
  queue_lock.lock();
  for (Request* const request : group) request->done = request->left() == 0;
  std::erase_if(queue_, [](const Request* request) { return request->done; });
  queue_changed_.notify_all();
}

void LocalStore::commit(const Requests& group) {
  const Result<void> committed = commit_locked(group);
  if (committed.ok()) return;
  for (Request* const request : group) request->refuse_rest(committed.error());
}

Result<void> LocalStore::commit_locked(const Requests& requests) {
  if (stopped_) {
    return fail(ErrorCode::io, "the log in {} has stopped after a failed write; open it again",
                options_.directory);
  }
  MBE_ASSIGN(const LogLock lock, LogLock::acquire(*this));
  MBE_TRY(catch_up());
  const Tail start = tail();
  Group group;
  group.added.tail = start;
  std::size_t waiting = 0;
  for (const Request* const request : requests) waiting += request->left();
  MBE_TRY(requests.front()->sealer.begin_group(group.position(start.synced),
                                               std::min(waiting, group_blocks_max)));
  for (Request* const request : requests) group.seal(*request, start.synced);
  if (!group.lines.empty()) {
    MBE_TRY(place_lines(group.lines, group.sync, group.added.tail));
    group.settle();
    publish(start, group.added);
  }
  for (Group::Answer& answer : group.answers) {
    answer.request->results.push_back(std::move(answer.result));
  }
  if (tail().count >= saved_count_ + offsets_every && unsynced_.empty()) return save_offsets();
  return {};
}

Result<File*> LocalStore::active_file() {
  const std::uint32_t number = tail().segment;
  if (!active_ || active_number_ != number) {
    MBE_ASSIGN(active_, options_.files.open(segments_.path(number), OpenMode::create));
    active_number_ = number;
  }
  return active_.get();
}

Result<std::uint32_t> LocalStore::fresh_number() const {
  MBE_ASSIGN(const std::vector<std::uint32_t> numbers,
             list_segments(options_.files, options_.directory + "/log"));
  const std::uint32_t number = numbers.empty() ? 0 : numbers.back() + 1;
  if (number < segments_max) return number;
  return fail(ErrorCode::limit, "the log in {} has {} segments, no more fit", options_.directory,
              segments_max);
}

Result<void> LocalStore::start_segment(std::uint32_t number) {
  MBE_ASSIGN(auto file, options_.files.open(segments_.path(number), OpenMode::create_new));
  MBE_TRY(options_.files.sync_directory(options_.directory + "/log"));
  active_ = std::move(file);
  active_number_ = number;
  return {};
}

// Writes the lines behind the tail, or at the start of a new segment, and then the head record:
// from then on they are published. On an error nothing is, and the log is as before.
Result<void> LocalStore::place_lines(const std::string& lines, bool sync, Tail& next) {
  if (next.count > decltype(places_)::entries_max) {
    return fail(ErrorCode::limit, "the log in {} has {} blocks, no more fit", options_.directory,
                next.count);
  }
  const Tail now = tail();
  const bool full = now.offset > 0 && now.offset + lines.size() > options_.segment_bytes_max;
  if (full || now.count == 0) {
    MBE_TRY(rotate());
    next.segment = active_number_;
    next.offset = 0;
  } else {
    MBE_TRY(active_file());
  }
  if (const Result<void> written = active_->write(next.offset, lines); !written.ok()) {
    return undo(written.error());
  }
  next.offset += lines.size();
  sync = sync || unsynced_.size() + lines.size() >= group_bytes_max;
  if (sync && !active_->sync_data().ok()) {
    abandoned_ = Leftover{active_number_, next.offset - lines.size()};
    MBE_TRY(write_afresh(unsynced_ + lines, next));
  }
  if (sync) next.synced = next.count;
  MBE_TRY(write_head(next));
  if (abandoned_) leave_abandoned(now, next.segment);
  if (sync) {
    unsynced_.clear();
  } else {
    unsynced_ += lines;
  }
  return {};
}

// Lines that were published before they were synced. If their sync fails, a copy of the segment
// from what is still readable takes its place.
Result<void> LocalStore::sync_published() {
  if (unsynced_.empty()) return {};
  MBE_ASSIGN(File* const file, active_file());
  if (!file->sync_data().ok()) {
    const Tail now = tail();
    active_.reset();
    const Result<void> replaced = cut({now.segment, now.offset}, true);
    stopped_ = !replaced.ok();
    MBE_TRY(replaced);
  }
  unsynced_.clear();
  const std::lock_guard lock(state_mutex_);
  tail_.synced = tail_.count;
  return {};
}

// The old segment is on disk, and its directory, before the new one's first line.
Result<void> LocalStore::rotate() {
  MBE_TRY(sync_published());
  MBE_ASSIGN(const std::uint32_t number, fresh_number());
  return start_segment(number);
}

// After a failed sync the segment's pages prove nothing: its unsynced lines go to a new one.
Result<void> LocalStore::write_afresh(const std::string& lines, Tail& next) {
  const Result<std::uint32_t> number = fresh_number();
  if (!number.ok()) return undo(number.error());
  if (const Result<void> made = start_segment(*number); !made.ok()) return undo(made.error());
  next.segment = *number;
  next.offset = lines.size();
  if (const Result<void> written = active_->write(0, lines); !written.ok()) {
    return undo(written.error());
  }
  const Result<void> synced = active_->sync_data();
  return synced.ok() ? synced : undo(synced.error());
}

// Published lines that were written anew get their new places; then the old segment loses them.
// What a failure leaves of them there is void: a segment holds only sequences below the next one's
// first.
void LocalStore::leave_abandoned(const Tail& before, std::uint32_t segment) {
  Leftover old = *std::exchange(abandoned_, std::nullopt);
  std::uint64_t offset = 0;
  for (std::uint64_t sequence = before.synced; sequence < before.count; ++sequence) {
    const Place place(places_.load(sequence));
    old.offset = std::min(old.offset, place.offset());
    places_.store(sequence, Place(segment, offset, place.length()).word());
    offset += place.length();
  }
  // The next open cleans up what this leaves.
  if (!cut(old, true).ok()) stopped_ = true;
}

Result<void> LocalStore::write_head(const Tail& next) {
  const std::string bytes = format_head(next);
  if (!head_file_) {
    Result<std::unique_ptr<File>> opened = options_.files.open(log_path("head"), OpenMode::create);
    if (!opened.ok()) return undo(opened.error());
    head_file_ = std::move(opened).value();
    const Result<void> named = options_.files.sync_directory(options_.directory + "/log");
    if (!named.ok()) return undo(named.error());
  }
  const Result<void> written = head_file_->write(0, bytes);
  if (!written.ok()) {
    // The new record may be there all the same: it must be gone, on disk too, before what it names.
    const std::string before = current_head_bytes();
    Result<void> restored = head_file_->write(0, before);
    if (restored.ok()) restored = head_file_->truncate(before.size());
    if (restored.ok()) restored = head_file_->sync_data();
    if (restored.ok()) return undo(written.error());
    stopped_ = true;
    return written;
  }
  const std::lock_guard lock(state_mutex_);
  head_bytes_ = bytes;
  return {};
}

std::string LocalStore::current_head_bytes() const {
  const std::lock_guard lock(state_mutex_);
  return tail_.count == 0 ? "" : format_head(tail_);
}

// Takes back what was written behind the tail. A segment whose sync failed is replaced by a copy of
// what was published of it.
Result<void> LocalStore::undo(Error cause) {
  const Tail now = tail();
  const bool in_new_segment = active_number_ != now.segment || now.count == 0;
  const bool is_abandoned = abandoned_ && abandoned_->segment == active_number_;
  if (!is_abandoned) {
    // On disk too: the bytes must not come back once later blocks stand elsewhere.
    Result<void> undone = active_->truncate(in_new_segment ? 0 : now.offset);
    if (undone.ok()) undone = active_->sync_data();
    stopped_ = stopped_ || !undone.ok();
  }
  if (abandoned_) {
    const Leftover old = *std::exchange(abandoned_, std::nullopt);
    const Result<void> replaced = cut(old, true);
    stopped_ = stopped_ || !replaced.ok();
    // Published but unsynced lines are on disk now, in the copy.
    if (replaced.ok() && old.segment == now.segment) unsynced_.clear();
  }
  active_.reset();
  return cause;
}

}  // namespace mbe
