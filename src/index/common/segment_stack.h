// Segments of one index: files on disk, oldest first, then an in-memory tail. Both grow by merging
// neighbours of like size, so there are O(log n) small ones and any one is bounded (a purge
// rewrites only those that hold what is removed). Invariant: on disk a segment is listed by the
// manifest or is nothing; the list in a State never changes. One writer; state() from any thread.
// Rules: docs/format/keyword.md, "Segments".
//
// `Segment` has: static form(), static parse(shared_ptr<const SegmentFile>),
// static merge(span<const shared_ptr<const Segment>>, const SequenceSet& without) -> bytes,
// file(), holds(const SequenceSet&).
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "index/common/manifest.h"
#include "index/common/sequence_set.h"

namespace mbe {

struct SegmentLimits {
  std::uint64_t items_max = 32768;  ///< of one segment
  std::uint64_t tail_max = 16384;   ///< in memory; then the tail is flushed by itself
};

template <class Segment>
class SegmentStack {
 public:
  using Pointer = std::shared_ptr<const Segment>;
  struct State {
    std::vector<Pointer> segments;  ///< disk, then tail
    SequenceSet removed;            ///< not to be shown; still in `segments`
    std::string extra;              ///< of the manifest, or newer
  };

  /// Maps the segments of a directory; an empty stack if it has no manifest. Errors: io, corrupt.
  [[nodiscard]] static Result<SegmentStack> open(FileSystem& fs, std::string directory,
                                                 SegmentLimits limits) {
    SegmentStack out(fs, std::move(directory), limits);
    MBE_TRY(out.load());
    return out;
  }

  /// Adds a segment of new items to the tail. Not part of any state() before finish().
  Result<void> push(std::string bytes) {
    MBE_ASSIGN(Pointer added, parse_bytes(std::move(bytes)));
    tail_.push_back(std::move(added));
    while (tail_.size() >= 2 && merges(tail_[tail_.size() - 2], tail_.back())) {
      MBE_ASSIGN(Pointer merged, merged_tail(2));
      tail_.resize(tail_.size() - 2);
      tail_.push_back(std::move(merged));
    }
    return {};
  }
  /// Ends a group of push(): it covers the log up to there. Flushes when the tail is full; after an
  /// error of that the items are in the tail, and a later flush may succeed.
  Result<void> finish(const Watermark& covered) {
    covered_ = covered;
    publish();
    return writes_ && tail_items() >= limits_.tail_max ? flush() : Result<void>{};
  }
  /// No file is written from now on: another process owns the directory.
  void keep_private() { writes_ = false; }
  /// Replaces what the manifest keeps beside the segments; on disk with the next flush.
  void set_extra(std::string extra) {
    extra_ = std::move(extra);
    publish();
  }

  /// Hides items from every later state(); on disk they stay until purge().
  void remove(std::span<const std::uint64_t> sequences) {
    for (const std::uint64_t sequence : sequences) {
      if (sequence < sequence_limit) removed_.add(sequence);
    }
    publish();
  }

  /// Rewrites what holds removed items; the watermark on disk stays. Also ends any left-over file.
  Result<void> purge() { return writes_ ? commit(false) : Result<void>{}; }
  /// purge(), and the tail goes to disk.
  Result<void> flush() { return writes_ ? commit(true) : Result<void>{}; }

  /// Reads every byte on disk. Errors: corrupt.
  [[nodiscard]] Result<void> verify() const {
    for (const Pointer& segment : disk_) MBE_TRY(segment->file().verify());
    return {};
  }

  /// The newest state; what is handed out never changes. Any thread.
  [[nodiscard]] std::shared_ptr<const State> state() const {
    const std::scoped_lock lock(*mutex_);
    return state_;
  }
  [[nodiscard]] const std::optional<Watermark>& covered() const { return covered_; }
  [[nodiscard]] const std::optional<Watermark>& persisted() const { return manifest_.covered; }
  [[nodiscard]] const std::string& extra() const { return extra_; }
  /// Items that are only in memory.
  [[nodiscard]] std::uint64_t tail_items() const {
    std::uint64_t sum = 0;
    for (const Pointer& segment : tail_) sum += items(segment);
    return sum;
  }
  /// Bytes of the segments' files and of the manifest.
  [[nodiscard]] std::uint64_t bytes_on_disk() const {
    std::uint64_t sum = 0;
    for (const SegmentEntry& segment : manifest_.segments) sum += segment.bytes;
    return sum + (manifest_.covered ? serialise(Segment::form(), manifest_).size() : 0);
  }

 private:
  SegmentStack(FileSystem& fs, std::string directory, SegmentLimits limits)
      : fs_(&fs), directory_(std::move(directory)), limits_(limits) {}

  static std::uint64_t items(const Pointer& segment) { return segment->file().info().items; }
  [[nodiscard]] bool merges(const Pointer& older, const Pointer& newer) const {
    return items(older) <= items(newer) && items(older) + items(newer) <= limits_.items_max;
  }

  static Result<Pointer> parse_bytes(std::string bytes) {
    MBE_ASSIGN(auto file, SegmentFile::from_memory(Segment::form(), std::move(bytes)));
    return Segment::parse(std::move(file));
  }
  Result<Pointer> merged_tail(std::size_t count) const {
    MBE_ASSIGN(std::string bytes, Segment::merge(std::span(tail_).last(count), SequenceSet{}));
    return parse_bytes(std::move(bytes));
  }
  Result<Pointer> map(std::uint64_t id) const {
    MBE_ASSIGN(auto file, SegmentFile::map(*fs_, segment_path(directory_, id), Segment::form()));
    return Segment::parse(std::move(file));
  }

  Result<void> load() {
    constexpr int attempts_max = 5;
    for (int attempt = 1;; ++attempt) {
      MBE_ASSIGN(manifest_, read_manifest(*fs_, directory_, Segment::form()));
      const Result<void> mapped = map_all();
      // Another process may have replaced the manifest and removed its segments meanwhile.
      if (mapped.ok()) break;
      if (mapped.error().code() != ErrorCode::not_found) return mapped;
      if (attempt == attempts_max) {
        return fail(ErrorCode::corrupt,
                    "index {} names a file that is missing; delete the index and rebuild it",
                    directory_);
      }
    }
    next_id_ = manifest_.next_id;
    covered_ = manifest_.covered;
    extra_ = manifest_.extra;
    publish();
    return {};
  }
  Result<void> map_all() {
    disk_.clear();
    for (const SegmentEntry& entry : manifest_.segments) {
      MBE_ASSIGN(Pointer segment, map(entry.id));
      if (segment->file().bytes().size() != entry.bytes) return segment->file().corrupt("size");
      disk_.push_back(std::move(segment));
    }
    return {};
  }

  /// Writes the merge of `from` as a new file, unless nothing is left of it.
  Result<void> write_merged(std::span<const Pointer> from, Manifest& manifest,
                            std::vector<Pointer>& disk) {
    MBE_ASSIGN(const std::string bytes, Segment::merge(from, removed_));
    if (bytes.empty()) return {};
    const std::uint64_t id = next_id_++;  // never twice, even if this commit fails
    MBE_TRY(write_segment(*fs_, directory_, id, bytes));
    MBE_ASSIGN(Pointer segment, map(id));
    manifest.segments.push_back({.id = id, .bytes = bytes.size()});
    disk.push_back(std::move(segment));
    return {};
  }

  /// Merges neighbours as long as they fit into one segment.
  Result<void> write_runs(std::span<const Pointer> from, Manifest& manifest,
                          std::vector<Pointer>& disk) {
    while (!from.empty()) {
      std::size_t count = 1;
      std::uint64_t sum = items(from[0]);
      while (count < from.size() && sum + items(from[count]) <= limits_.items_max) {
        sum += items(from[count++]);
      }
      MBE_TRY(write_merged(from.first(count), manifest, disk));
      from = from.subspan(count);
    }
    return {};
  }

  /// How many trailing disk segments join the tail in its new file.
  std::size_t joining(bool with_tail) const {
    std::uint64_t sum = with_tail ? tail_items() : 0;
    std::size_t count = 0;
    if (sum == 0) return 0;
    for (; count < disk_.size(); ++count) {
      const std::uint64_t next = items(disk_[disk_.size() - 1 - count]);
      if (next > sum || next + sum > limits_.items_max) break;
      sum += next;
    }
    return count;
  }

  Result<void> commit(bool with_tail) {
    const bool nothing_new =
        !with_tail || (tail_.empty() && manifest_.covered == covered_ && manifest_.extra == extra_);
    if (nothing_new && removed_.empty() && !left_overs_) return {};
    left_overs_ = true;
    Manifest next{.covered = with_tail ? covered_ : manifest_.covered,
                  .next_id = 0,
                  .segments = {},
                  .extra = extra_};
    std::vector<Pointer> disk;
    const std::size_t kept = disk_.size() - joining(with_tail);
    for (std::size_t i = 0; i < kept; ++i) {
      if (!removed_.empty() && disk_[i]->holds(removed_)) {
        MBE_TRY(write_merged(std::span(disk_).subspan(i, 1), next, disk));
        continue;
      }
      next.segments.push_back(manifest_.segments[i]);
      disk.push_back(disk_[i]);
    }
    std::vector<Pointer> tail;
    if (with_tail && !tail_.empty()) {
      std::vector<Pointer> from(disk_.begin() + static_cast<std::ptrdiff_t>(kept), disk_.end());
      from.insert(from.end(), tail_.begin(), tail_.end());
      MBE_TRY(write_runs(from, next, disk));
    } else {
      MBE_TRY(purge_tail(tail));
    }
    next.next_id = next_id_;
    MBE_TRY(write_manifest(*fs_, directory_, Segment::form(), next));
    manifest_ = std::move(next);
    disk_ = std::move(disk);
    tail_ = std::move(tail);
    removed_ = SequenceSet{};
    publish();
    MBE_TRY(remove_left_overs(*fs_, directory_, manifest_));
    left_overs_ = false;
    return {};
  }
  Result<void> purge_tail(std::vector<Pointer>& tail) const {
    for (const Pointer& segment : tail_) {
      if (removed_.empty() || !segment->holds(removed_)) {
        tail.push_back(segment);
        continue;
      }
      MBE_ASSIGN(std::string bytes, Segment::merge(std::span(&segment, 1), removed_));
      if (bytes.empty()) continue;
      MBE_ASSIGN(Pointer rewritten, parse_bytes(std::move(bytes)));
      tail.push_back(std::move(rewritten));
    }
    return {};
  }

  void publish() {
    auto next = std::make_shared<State>();
    next->segments = disk_;
    next->segments.insert(next->segments.end(), tail_.begin(), tail_.end());
    next->removed = removed_;
    next->extra = extra_;
    const std::scoped_lock lock(*mutex_);
    state_ = std::move(next);
  }

  FileSystem* fs_;
  std::string directory_;
  SegmentLimits limits_;
  bool writes_ = true;
  Manifest manifest_;  ///< as on disk
  std::uint64_t next_id_ = 1;
  bool left_overs_ = false;  ///< a commit began and did not end
  std::vector<Pointer> disk_;
  std::vector<Pointer> tail_;
  SequenceSet removed_;
  std::string extra_;
  std::optional<Watermark> covered_;
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
  std::shared_ptr<const State> state_ = std::make_shared<State>();
};

}  // namespace mbe
