// LocalStore: the BlockStore in a directory of segment files. Whoever appends while nobody else
// does becomes the leader and commits what waits, group by group: one lock, one write, one sync,
// one head record. What arrives during a sync is the next group. Readers follow the published count
// and take no lock. Invariant: nothing beyond log/head is ever shown to a reader, so it may be cut.
// Rules: docs/format/segment.md, docs/format/head.md.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "fs/file_system.h"
#include "store/block_store.h"
#include "store/local/growing_table.h"
#include "store/local/log_files.h"
#include "store/local/log_follow.h"
#include "store/local/segments.h"

namespace mbe {

inline constexpr std::size_t group_blocks_max = 256;
inline constexpr std::size_t group_bytes_max = 4U << 20;

class LocalStore final : public BlockStore {
 public:
  struct Options {
    FileSystem& files;
    std::string directory;  ///< of the chain: holds log/, derived/, quarantine/
    std::string chain;
    bool read_only = false;
    std::uint64_t known_count = 0;
    std::uint32_t lock_wait_ms = 5'000;
    std::uint64_t segment_bytes_max = 64ULL << 20;
  };
  /// Recovers a torn tail unless read-only. Errors: not_found (read-only and no log), io, busy.
  [[nodiscard]] static Result<std::unique_ptr<LocalStore>> open(Options options);
  ~LocalStore() override;

  [[nodiscard]] Result<std::vector<Result<Receipt>>> append(std::span<const Draft> drafts,
                                                            Sealer& sealer,
                                                            Durability durability) override;
  [[nodiscard]] std::optional<Head> head() const override;
  [[nodiscard]] Result<void> refresh() override;
  [[nodiscard]] Result<std::string_view> read(std::uint64_t sequence) const override;
  [[nodiscard]] std::vector<std::uint64_t> erase_blocks(std::size_t skip) const override;
  [[nodiscard]] Result<void> scrub(std::span<const SequenceRange> ranges) override;
  [[nodiscard]] Result<void> verify(const VisitLine& visit) const override;
  [[nodiscard]] Result<void> checkpoint() override;
  [[nodiscard]] std::optional<Damage> damage() const override;

 private:
  struct Request;
  struct Group;
  class Leadership;
  class LogLock;
  using Requests = std::vector<Request*>;

  explicit LocalStore(Options options);

  // Opening and following (local_recover.cpp). The caller leads or is alone.
  [[nodiscard]] Result<void> load();
  [[nodiscard]] std::optional<SavedOffsets> load_offsets() const;
  [[nodiscard]] bool leave_out_segments_from(SavedOffsets& saved, std::uint32_t number) const;
  [[nodiscard]] Result<void> save_offsets();
  [[nodiscard]] Result<std::optional<Tail>> read_head() const;
  [[nodiscard]] Result<Followed> follow_from(Tail& start, std::uint32_t segment_max,
                                             std::uint64_t count_max) const;
  [[nodiscard]] Result<void> recover();
  [[nodiscard]] Result<bool> head_fits(const Tail& head, const Tail& start,
                                       const Followed& found) const;
  [[nodiscard]] Result<void> clean(const Tail& start, Followed& found, std::uint64_t acknowledged,
                                   const std::optional<Tail>& head);
  [[nodiscard]] Result<std::vector<Leftover>> rescue(const Tail& start, Followed& found,
                                                     std::uint64_t acknowledged);
  [[nodiscard]] Result<void> settle_segments(std::uint32_t first) const;
  [[nodiscard]] Result<void> quarantine(const Leftover& leftover) const;
  [[nodiscard]] Result<void> cut(const Leftover& leftover, bool by_copy);
  [[nodiscard]] Result<Tail> synced_tail() const;
  [[nodiscard]] std::uint64_t unsynced_bytes(const Tail& now) const;
  [[nodiscard]] Result<void> catch_up();
  void publish(const Tail& start, const Followed& found);
  void take_damaged(const Tail& start, Followed found, std::uint64_t sequence);

  // Committing (local_commit.cpp). The caller leads.
  void lead(std::unique_lock<std::mutex>& queue_lock);
  void commit(const Requests& requests);
  [[nodiscard]] Result<void> commit_locked(const Requests& requests);
  [[nodiscard]] Result<void> place_lines(const std::string& lines, bool sync, Tail& next);
  [[nodiscard]] Result<void> start_segment(std::uint32_t number);
  [[nodiscard]] Result<void> write_afresh(const std::string& lines, Tail& next);
  [[nodiscard]] Result<void> write_head(const Tail& next);
  void leave_abandoned(const Tail& before, std::uint32_t segment);
  [[nodiscard]] Result<void> rotate();
  [[nodiscard]] Result<void> sync_published();
  [[nodiscard]] Result<void> undo(Error cause);
  [[nodiscard]] Result<File*> active_file();
  [[nodiscard]] Result<std::uint32_t> fresh_number() const;
  [[nodiscard]] Result<void> scrub_segment(std::uint32_t number,
                                           const std::vector<std::uint64_t>& sequences);
  [[nodiscard]] Result<void> check_behind_head(std::uint32_t number, std::uint64_t offset,
                                               const Tail& head) const;
  [[nodiscard]] Result<void> check_head(const std::optional<Tail>& head,
                                        std::uint64_t visited) const;
  [[nodiscard]] Tail tail() const;
  [[nodiscard]] std::string current_head_bytes() const;

  [[nodiscard]] std::string log_path(std::string_view name) const {
    return options_.directory + "/log/" + std::string(name);
  }

  Options options_;
  Segments segments_;
  GrowingTable<std::uint64_t, 1U << 14, 1U << 14> places_;  ///< words of Place, by sequence
  std::atomic<std::uint64_t> published_{0};

  mutable std::mutex state_mutex_;  ///< of the members down to damage_
  Tail tail_;
  std::string head_bytes_;  ///< of log/head when last read or written
  std::vector<std::uint64_t> erase_blocks_;
  std::optional<Damage> damage_;

  std::mutex follow_mutex_;  ///< one follow at a time: refresh or the leader

  std::mutex queue_mutex_;
  std::condition_variable queue_changed_;
  std::deque<Request*> queue_;
  bool led_ = false;

  // Owned by the leader.
  std::unique_ptr<File> lock_file_;
  std::unique_ptr<File> head_file_;
  std::unique_ptr<File> active_;  ///< the segment of tail_, or null
  std::uint32_t active_number_ = 0;
  std::string unsynced_;                    ///< lines behind tail_.synced, in case their sync fails
  std::optional<Leftover> abandoned_;       ///< a segment whose sync failed, while its lines move
  bool stopped_ = false;                    ///< undoing a failed write failed
  std::uint64_t saved_count_ = 0;           ///< blocks in derived/offsets as last read or written
  std::vector<SegmentStamp> saved_stamps_;  ///< and segments
};

/// Leads: no append is going on while it lives.
class LocalStore::Leadership {
 public:
  explicit Leadership(LocalStore& store);
  ~Leadership();
  Leadership(const Leadership&) = delete;
  Leadership& operator=(const Leadership&) = delete;

 private:
  LocalStore& store_;
};

/// Holds the log against other processes. Two locks: a writer that waits holds the turn, so that
/// one who has just finished cannot overtake it.
class LocalStore::LogLock {
 public:
  /// Errors: busy, io.
  [[nodiscard]] static Result<LogLock> acquire(LocalStore& store);
  ~LogLock();
  LogLock(LogLock&& other) noexcept : file_(std::exchange(other.file_, nullptr)) {}
  LogLock(const LogLock&) = delete;
  LogLock& operator=(const LogLock&) = delete;
  LogLock& operator=(LogLock&&) = delete;

 private:
  explicit LogLock(File* file) : file_(file) {}
  File* file_;
};

}  // namespace mbe
