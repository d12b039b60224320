// Forgetting: the steps of docs/format/erasure.md that belong to the log and the keys.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "store/chain.h"
#include "store/chain_view.h"
#include "store/key_store.h"
#include "store/line_sealer.h"

namespace mbe {

namespace {

/// A piece of a range within one window of 65,536 sequences, and the epochs its blocks stand in. An
/// epoch never reaches over two windows; a window holds several after a restore.
struct Target {
  SequenceRange piece;
  std::uint32_t epoch_first = UINT32_MAX;
  std::uint32_t epoch_last = 0;
};

std::vector<Target> targets_of(const std::vector<SequenceRange>& ranges) {
  std::vector<Target> out;
  for (const SequenceRange& range : ranges) {
    for (std::uint64_t first = range.first; first <= range.last;) {
      const std::uint64_t end = (first / epoch_leaves + 1) * epoch_leaves - 1;
      out.push_back({{first, std::min(end, range.last)}, UINT32_MAX, 0});
      first = end + 1;
    }
  }
  return out;
}

/// Takes the epochs from the outermost blocks whose headers can be read.
void find_epochs(const BlockStore& blocks, Target& target) {
  const auto take = [&](std::uint64_t sequence) {
    const Result<std::string_view> line = blocks.read(sequence);
    const Result<CheckedLine> checked = line.ok() ? check_header(*line) : line.error();
    if (!checked.ok()) return false;
    target.epoch_first = std::min(target.epoch_first, checked->header.epoch);
    target.epoch_last = std::max(target.epoch_last, checked->header.epoch);
    return true;
  };
  for (std::uint64_t at = target.piece.first; at <= target.piece.last && !take(at);) ++at;
  for (std::uint64_t at = target.piece.last; at > target.piece.first && !take(at);) --at;
}

void puncture(KeyState& state, const Target& target) {
  for (auto& [epoch, tree] : state.epochs) {
    if (epoch < target.epoch_first || epoch > target.epoch_last) continue;
    tree.puncture(leaf_of(target.piece.first), leaf_of(target.piece.last));
  }
}

}  // namespace

bool Chain::is_erased(std::uint64_t sequence) const {
  return view()->is_erased(sequence);
}

std::vector<Erasure> Chain::erasures() const {
  return view()->erasures;
}

// Runs in the middle of an append too, so it must not append or wait for a writer.
Result<void> Chain::update_view() const {
  const std::lock_guard one(view_update_mutex_);
  const std::shared_ptr<const View> before = view();
  const std::vector<std::uint64_t> fresh = blocks_->erase_blocks(before->erase_blocks_seen);
  if (!fresh.empty()) MBE_TRY(keys_->reload());
  const std::shared_ptr<const KeyState> keys = keys_->state();
  if (fresh.empty() && keys == before->keys) return {};
  auto next = std::make_shared<View>(*before);
  next->keys = keys;
  LineOpener opener(id_);
  for (const std::uint64_t sequence : fresh) {
    ++next->erase_blocks_seen;
    const Result<std::string_view> line = blocks_->read(sequence);
    if (!line.ok() && line.error().code() != ErrorCode::corrupt) return line.error();
    if (!line.ok()) continue;
    Block block = opener.open(*line, sequence, keys, false);
    // Without the key anyone could have written it: such a block erases nothing.
    if (block.state != BlockState::ok) continue;
    const bool waiting = !keys->applied || sequence > *keys->applied ||
                         std::ranges::count(keys->unpurged, sequence) > 0;
    next->erasures.push_back({sequence, block.header.erases, !waiting});
    next->erased.insert(next->erased.end(), block.header.erases.begin(), block.header.erases.end());
  }
  next->erased = join_ranges(std::move(next->erased));
  const std::lock_guard lock(view_mutex_);
  view_ = std::move(next);
  return {};
}

Result<void> Chain::apply_erasures() {
  const std::shared_ptr<const View> seen = view();
  if (seen->erasures.empty()) return {};
  const std::uint64_t newest = seen->erasures.back().sequence;
  const std::shared_ptr<const KeyState> keys = keys_->state();
  if (keys->applied && *keys->applied >= newest) return {};
  std::vector<Target> targets;
  for (const Erasure& erasure : seen->erasures) {
    if (keys->applied && erasure.sequence <= *keys->applied) continue;
    for (Target& target : targets_of(erasure.ranges)) {
      find_epochs(*blocks_, target);
      targets.push_back(target);
    }
  }
  MBE_TRY(keys_->update([&](KeyState& state) {
    if (state.applied && *state.applied >= newest) return false;
    for (const Target& target : targets) puncture(state, target);
    std::erase_if(state.unpurged, [&](std::uint64_t erased) { return has_done_block(erased); });
    for (const Erasure& erasure : seen->erasures) {
      const bool fresh = !state.applied || erasure.sequence > *state.applied;
      if (fresh) state.unpurged.push_back(erasure.sequence);
    }
    state.applied = newest;
    return true;
  }));
  return update_view();
}

bool Chain::has_done_block(std::uint64_t erase_sequence) const {
  bool found = false;
  const Result<void> scanned = scan(erase_sequence + 1, UINT64_MAX, [&](const Block& block) {
    const Payload& payload = block.payload;
    found = block.state == BlockState::ok && payload.kind == Kind::audit &&
            payload.action == "erased" && !payload.refs.empty() &&
            payload.refs.front().sequence == erase_sequence;
    return !found;
  });
  return scanned.ok() && found;
}

void Chain::mark_done(std::uint64_t erase_sequence) {
  const std::lock_guard one(view_update_mutex_);
  auto next = std::make_shared<View>(*view());
  for (Erasure& erasure : next->erasures) {
    erasure.done = erasure.done || erasure.sequence == erase_sequence;
  }
  const std::lock_guard lock(view_mutex_);
  view_ = std::move(next);
}

Result<std::vector<SequenceRange>> Chain::erasable(const std::vector<SequenceRange>& ranges) const {
  if (ranges.empty()) return fail(ErrorCode::invalid_argument, "nothing to erase was named");
  const std::uint64_t last = head().sequence;
  for (const SequenceRange& range : ranges) {
    if (range.first == 0 || range.first > range.last || range.last > last) {
      return fail(ErrorCode::invalid_argument,
                  "blocks {} to {} cannot be erased; choose from 1 to {}", range.first, range.last,
                  last);
    }
  }
  std::vector<SequenceRange> joined = join_ranges(ranges);
  if (joined.size() > erased_ranges_max) {
    return fail(ErrorCode::limit, "an erasure names {} ranges, at most {} fit; do it in parts",
                joined.size(), erased_ranges_max);
  }
  for (const std::uint64_t sequence : blocks_->erase_blocks(0)) {
    for (const SequenceRange& range : joined) {
      if (sequence >= range.first && sequence <= range.last) {
        return fail(ErrorCode::invalid_argument, "block {} records an erasure and stays", sequence);
      }
    }
  }
  return joined;
}

Result<void> Chain::with_reserve(const std::function<Result<void>()>& step) {
  const Result<void> result = step();
  const bool disk = !result.ok() && result.error().code() == ErrorCode::io;
  return disk && free_space_() ? step() : result;
}

Result<std::uint64_t> Chain::append_with_reserve(const Draft& draft) {
  std::uint64_t sequence = 0;
  const Result<void> appended = with_reserve([&]() -> Result<void> {
    MBE_ASSIGN(const Receipt receipt, append_draft(draft, Durability::synced));
    sequence = receipt.sequence;
    return {};
  });
  if (!appended.ok()) return appended.error();
  return sequence;
}

Result<void> Chain::refuse(const std::vector<std::string>& folded_texts) {
  return keys_->update([&](KeyState& state) {
    for (const std::string& folded : folded_texts) {
      state.refused.push_back(refusal_of(state, folded));
    }
    std::ranges::sort(state.refused);
    const auto repeated = std::ranges::unique(state.refused);
    state.refused.erase(repeated.begin(), repeated.end());
    return true;
  });
}

Result<Erasure> Chain::erase(const EraseRequest& request, const Purge& purge) {
  const std::lock_guard one(erase_mutex_);
  Erasure erasure;
  MBE_ASSIGN(erasure.ranges, erasable(request.ranges));
  if (!request.refuse.empty()) {
    MBE_TRY(with_reserve([&] { return refuse(request.refuse); }));
  }
  Payload reason;
  reason.kind = Kind::audit;
  reason.action = "erase";
  reason.text = request.reason;
  reason.writer = request.writer;
  MBE_TRY(check_payload(reason));
  const Draft draft{BlockClass::erase, erasure.ranges, &reason};
  MBE_ASSIGN(erasure.sequence, append_with_reserve(draft));
  MBE_TRY(update_view());
  MBE_TRY(with_reserve([&] { return apply_erasures(); }));
  MBE_TRY(finish_erasure(erasure, purge));
  erasure.done = true;
  return erasure;
}

Result<void> Chain::finish_erasure(const Erasure& erasure, const Purge& purge) {
  MBE_ASSIGN(const std::vector<std::string> unreached, purge(erasure));
  Payload done;
  done.kind = Kind::audit;
  done.action = "erased";
  done.refs = {{erasure.sequence, "", ""}};
  done.text = fmt::format("{}", fmt::join(unreached, "\n"));
  MBE_TRY(check_payload(done));
  const Draft draft{BlockClass::data, {}, &done};
  const Result<std::uint64_t> appended = append_with_reserve(draft);
  if (!appended.ok()) return appended.error();
  mark_done(erasure.sequence);
  return {};
}

Result<std::vector<Erasure>> Chain::resume_erasures(const Purge& purge) {
  const std::lock_guard one(erase_mutex_);
  MBE_TRY(refresh());
  MBE_TRY(with_reserve([&] { return apply_erasures(); }));
  std::vector<Erasure> finished;
  const std::shared_ptr<const View> now = view();
  for (Erasure erasure : now->erasures) {
    if (erasure.done) continue;
    if (has_done_block(erasure.sequence)) {
      mark_done(erasure.sequence);
      continue;
    }
    MBE_TRY(finish_erasure(erasure, purge));
    erasure.done = true;
    finished.push_back(std::move(erasure));
  }
  return finished;
}

Result<void> Chain::scrub() {
  const std::lock_guard one(erase_mutex_);
  const std::shared_ptr<const View> now = view();
  if (now->erasures.size() == scrubbed_erasures_) return {};
  MBE_TRY(blocks_->scrub(now->erased));
  scrubbed_erasures_ = now->erasures.size();
  return {};
}

}  // namespace mbe
