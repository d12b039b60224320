// Checking a whole chain: every byte of the log belongs to one block, every block follows the one
// before, erasures and keys fit. Repairs nothing.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "store/chain.h"
#include "store/chain_view.h"
#include "store/key_store.h"
#include "store/line_sealer.h"

namespace mbe {

namespace {

constexpr std::uint64_t progress_every = 4'096;
constexpr std::size_t seals_together = 512;
constexpr std::size_t parts_a_helper = 2;
constexpr std::size_t threads_max = 8;

Error bad_block(std::uint64_t sequence, std::string_view why) {
  return fail(ErrorCode::corrupt, "block {} is bad: {}", sequence, why);
}

/// Opens seals a part at a time: in threads beside the one that follows the chain, and in that one
/// where they have enough to do.
class Seals {
 public:
  Seals(std::string_view chain, const std::shared_ptr<const KeyState>& keys)
      : chain_(chain), keys_(keys), own_(chain) {
    const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
    try {
      while (helpers_.size() + 1 < std::min(processors, threads_max)) {
        helpers_.emplace_back([this] { help(); });
      }
    } catch (const std::system_error&) {  // the system is out of threads: fewer will do
    }
  }
  Seals(const Seals&) = delete;
  Seals& operator=(const Seals&) = delete;
  ~Seals() { finish(); }

  /// Takes a line whose bytes stay where they are.
  void add(CheckedLine line) {
    waiting_.push_back(std::move(line));
    if (waiting_.size() < seals_together) return;
    Part part = std::exchange(waiting_, {});
    waiting_.reserve(seals_together);
    {
      const std::lock_guard lock(mutex_);
      if (parts_.size() < parts_a_helper * helpers_.size()) {
        parts_.push_back(std::move(part));
        changed_.notify_one();
        return;
      }
    }
    open_all(own_, part);
  }
  /// Opens all that waits. What follows is to be asked afterwards.
  void finish() {
    {
      const std::lock_guard lock(mutex_);
      no_more_ = true;
    }
    changed_.notify_all();
    open_all(own_, std::exchange(waiting_, {}));
    helpers_.clear();  // joins them
    for (const Part& part : std::exchange(parts_, {})) open_all(own_, part);
  }
  [[nodiscard]] std::optional<std::uint64_t> first_bad() const { return first_bad_; }
  [[nodiscard]] std::uint64_t key_missing() const { return key_missing_; }

 private:
  using Part = std::vector<CheckedLine>;

  void help() {
    LineOpener opener(chain_);
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return no_more_ || !parts_.empty(); });
      if (parts_.empty()) return;
      const Part part = std::move(parts_.front());
      parts_.pop_front();
      lock.unlock();
      open_all(opener, part);
      lock.lock();
    }
  }

  void open_all(LineOpener& opener, const Part& part) {
    std::uint64_t missing = 0;
    std::optional<std::uint64_t> bad;
    for (auto line = part.begin(); line != part.end() && !bad; ++line) {
      const BlockState state = opener.open(*line, keys_, false).state;
      if (state == BlockState::key_missing) ++missing;
      if (state == BlockState::corrupt) bad = line->header.sequence;
    }
    const std::lock_guard lock(mutex_);
    key_missing_ += missing;
    if (bad) first_bad_ = std::min(*bad, first_bad_.value_or(*bad));
  }

  std::string_view chain_;
  std::shared_ptr<const KeyState> keys_;
  LineOpener own_;
  Part waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Part> parts_;  ///< this and what follows: guarded by mutex_
  bool no_more_ = false;
  std::optional<std::uint64_t> first_bad_;
  std::uint64_t key_missing_ = 0;
  std::vector<std::jthread> helpers_;  ///< last: they use all of the above
};

/// Follows the chain line by line.
class Follower {
 public:
  Follower(std::string_view chain, const VerifyOptions& options, VerifyReport& report, Seals& seals)
      : chain_(chain), options_(options), report_(report), seals_(seals) {}

  /// Why the line cannot be block `sequence`, or nothing.
  template <class View>
  [[nodiscard]] std::optional<Error> check(std::uint64_t sequence, std::string_view line,
                                           const View& view) {
    Result<CheckedLine> checked = check_line(line);
    if (!checked.ok()) return bad_block(sequence, checked.error().message());
    const Header& header = checked->header;
    if (header.sequence != sequence)
      return bad_block(sequence, "another sequence stands in its place");
    if (header.chain != chain_) return bad_block(sequence, "it belongs to another chain");
    const Digest prev = sequence == 0 ? genesis_prev(chain_) : prev_;
    if (header.prev != prev) return bad_block(sequence, "it does not follow the block before");
    if (header.synced < synced_) return bad_block(sequence, "its synced mark steps back");
    const bool begins = sequence > 0 && leaf_of(sequence) == 0;
    if (header.epoch < epoch_ + (begins ? 1 : 0)) return bad_block(sequence, "its epoch");
    const bool erased = view.is_erased(sequence);
    if (checked->is_scrubbed && !erased && !orphan_) orphan_ = sequence;
    if (header.block_class == BlockClass::erase && !check_ranges(header)) {
      return bad_block(sequence, "it erases what cannot be erased");
    }
    report_.erased += erased ? 1 : 0;
    prev_ = checked->hash;
    epoch_ = header.epoch;
    synced_ = header.synced;
    const bool open = !checked->is_scrubbed &&
                      (options_.open_payloads || header.block_class == BlockClass::erase);
    if (open && !erased) seals_.add(*std::move(checked));
    return std::nullopt;
  }
  /// The first block that was scrubbed though no erasure names it. Told only if all else is sound:
  /// where the erase block itself is damaged, that one is the bad block.
  [[nodiscard]] std::optional<std::uint64_t> orphan() const { return orphan_; }

 private:
  static bool check_ranges(const Header& header) {
    return header.erases.front().first > 0 && header.erases.back().last < header.sequence;
  }
  std::string_view chain_;
  const VerifyOptions& options_;
  VerifyReport& report_;
  Seals& seals_;
  Digest prev_{};
  std::uint32_t epoch_ = 0;
  std::uint64_t synced_ = 0;
  std::optional<std::uint64_t> orphan_;
};

}  // namespace

VerifyReport Chain::verify(const VerifyOptions& options) const {
  VerifyReport report;
  const std::shared_ptr<const View> now = view();
  Seals seals(id_, now->keys);
  Follower follower(id_, options, report, seals);
  const Result<void> stored = blocks_->verify([&](std::uint64_t sequence, std::string_view line) {
    if (const std::optional<Error> problem = follower.check(sequence, line, *now)) {
      report.problems.push_back(*problem);
      report.first_bad = sequence;
      return false;
    }
    ++report.blocks;
    report.bytes += line.size();
    if (sequence % progress_every == 0) {
      if (options.progress) options.progress(sequence);
      report.cancelled = options.cancel.stop_requested();
    }
    return !report.cancelled;
  });
  if (!stored.ok()) {
    report.problems.push_back(stored.error());
    if (!report.first_bad) report.first_bad = report.blocks;
  }
  seals.finish();
  report.key_missing = seals.key_missing();
  if (const auto sealed = seals.first_bad();
      sealed && *sealed < report.first_bad.value_or(UINT64_MAX)) {
    report.problems = {bad_block(*sealed, "its seal does not open")};
    report.first_bad = *sealed;
    report.blocks = *sealed;
  }
  if (report.cancelled) return report;
  if (const auto orphan = follower.orphan(); orphan && report.problems.empty()) {
    report.problems.push_back(bad_block(*orphan, "it was scrubbed but never erased"));
    report.first_bad = *orphan;
  }
  const Result<void> keys = keys_->verify();
  if (!keys.ok()) report.problems.push_back(keys.error());
  return report;
}

}  // namespace mbe
