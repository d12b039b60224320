// Checking a whole chain: every byte of the log belongs to one block, every block follows the one
// before, erasures and keys fit. Repairs nothing.
#include "store/chain.h"
#include "store/chain_view.h"
#include "store/key_store.h"
#include "store/line_sealer.h"

namespace mbe {

namespace {

constexpr std::uint64_t progress_every = 4'096;

/// Follows the chain line by line.
class Follower {
 public:
  Follower(std::string_view chain, const VerifyOptions& options, VerifyReport& report)
      : chain_(chain), options_(options), report_(report), opener_(chain) {}

  /// Why the line cannot be block `sequence`, or nothing.
  template <class View>
  [[nodiscard]] std::optional<Error> check(std::uint64_t sequence, std::string_view line,
                                           const View& view) {
    const Result<CheckedLine> checked = check_line(line);
    if (!checked.ok()) return bad(sequence, checked.error().message());
    const Header& header = checked->header;
    if (header.sequence != sequence) return bad(sequence, "another sequence stands in its place");
    if (header.chain != chain_) return bad(sequence, "it belongs to another chain");
    const Digest prev = sequence == 0 ? genesis_prev(chain_) : prev_;
    if (header.prev != prev) return bad(sequence, "it does not follow the block before");
    if (header.synced < synced_) return bad(sequence, "its synced mark steps back");
    const bool begins = sequence > 0 && leaf_of(sequence) == 0;
    if (header.epoch < epoch_ + (begins ? 1 : 0)) return bad(sequence, "its epoch");
    const bool erased = view.is_erased(sequence);
    if (checked->is_scrubbed && !erased && !orphan_) orphan_ = sequence;
    if (header.block_class == BlockClass::erase && !check_ranges(header)) {
      return bad(sequence, "it erases what cannot be erased");
    }
    report_.erased += erased ? 1 : 0;
    prev_ = checked->hash;
    epoch_ = header.epoch;
    synced_ = header.synced;
    const bool open = !checked->is_scrubbed &&
                      (options_.open_payloads || header.block_class == BlockClass::erase);
    return open ? check_seal(*checked, view, erased) : std::nullopt;
  }
  /// The first block that was scrubbed though no erasure names it. Told only if all else is sound:
  /// where the erase block itself is damaged, that one is the bad block.
  [[nodiscard]] std::optional<std::uint64_t> orphan() const { return orphan_; }
  static Error bad(std::uint64_t sequence, std::string_view why) {
    return fail(ErrorCode::corrupt, "block {} is bad: {}", sequence, why);
  }

 private:
  static bool check_ranges(const Header& header) {
    return header.erases.front().first > 0 && header.erases.back().last < header.sequence;
  }
  template <class View>
  [[nodiscard]] std::optional<Error> check_seal(const CheckedLine& line, const View& view,
                                                bool erased) {
    if (erased) return std::nullopt;
    const Block block = opener_.open(line, view.keys, false);
    if (block.state == BlockState::key_missing) ++report_.key_missing;
    if (block.state == BlockState::corrupt) return bad(block.sequence, "its seal does not open");
    return std::nullopt;
  }

  std::string_view chain_;
  const VerifyOptions& options_;
  VerifyReport& report_;
  LineOpener opener_;
  Digest prev_{};
  std::uint32_t epoch_ = 0;
  std::uint64_t synced_ = 0;
  std::optional<std::uint64_t> orphan_;
};

}  // namespace

VerifyReport Chain::verify(const VerifyOptions& options) const {
  VerifyReport report;
  const std::shared_ptr<const View> now = view();
  Follower follower(id_, options, report);
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
  if (report.cancelled) return report;
  if (const auto orphan = follower.orphan(); orphan && report.problems.empty()) {
    report.problems.push_back(Follower::bad(*orphan, "it was scrubbed but never erased"));
    report.first_bad = *orphan;
  }
  const Result<void> keys = keys_->verify();
  if (!keys.ok()) report.problems.push_back(keys.error());
  return report;
}

}  // namespace mbe
