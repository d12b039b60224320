#include "store/line_sealer.h"

#include <algorithm>

#include "base/random.h"
#include "block/seal.h"

namespace mbe {

namespace {

/// How far back a block that was recorded in order is looked for; further back the clock had stood
/// wrong for long, and the highest time seen will do.
constexpr std::uint64_t look_back_max = 256;

}  // namespace

Result<void> Chain::LineSealer::begin_group(const Position& first, std::size_t) {
  MBE_TRY(chain_.update_view());
  view_ = chain_.view();
  if (first.sequence != next_) recorded_max_ = recorded_before(first.sequence);
  next_ = first.sequence;
  return {};
}

TimeMs Chain::LineSealer::recorded_before(std::uint64_t sequence) const {
  TimeMs highest = INT64_MIN;
  LineOpener opener(chain_.id_);
  for (std::uint64_t back = 1; back <= std::min(sequence, look_back_max); ++back) {
    const Result<std::string_view> line = chain_.blocks_->read(sequence - back);
    if (!line.ok()) continue;
    const bool erased = view_->is_erased(sequence - back);
    const Block block = opener.open(*line, sequence - back, view_->keys, erased);
    if (block.state != BlockState::ok) continue;
    highest = std::max(highest, block.payload.recorded_ms);
    if (!block.payload.clock_stepped_back) break;
  }
  return highest;
}

Result<void> Chain::LineSealer::check_references(const Position& at, const Payload& payload) const {
  for (const Reference& reference : payload.refs) {
    if (!reference.chain.empty() && reference.chain != chain_.id_) continue;
    if (reference.sequence >= at.sequence) {
      return fail(ErrorCode::invalid_argument, "a reference names block {}, which is not there yet",
                  reference.sequence);
    }
    if (view_->is_erased(reference.sequence)) {
      return fail(ErrorCode::denied, "a reference names block {}, which is erased; leave it out",
                  reference.sequence);
    }
  }
  return {};
}

Result<BlockKeys> Chain::LineSealer::keys_for(const Position& at, std::uint32_t& epoch) {
  const std::uint32_t leaf = leaf_of(at.sequence);
  const auto find = [&]() -> std::optional<BlockKeys> {
    const std::shared_ptr<const KeyState> newest = chain_.keys_->state();
    if (newest != keys_) {
      path_.forget();
      keys_ = newest;
    }
    const auto tree = keys_->epochs.find(epoch);
    if (tree == keys_->epochs.end()) return std::nullopt;
    return path_.block_keys(tree->second, leaf);
  };
  epoch = at.epoch + (at.sequence > 0 && leaf == 0 ? 1 : 0);
  if (const std::optional<BlockKeys> keys = find()) return *keys;
  MBE_TRY(chain_.keys_->update([&](KeyState& state) {
    if (state.epochs.empty()) state.refuse_key = random_bytes32();
    if (!state.epochs.empty()) epoch = std::max(epoch, state.epochs.rbegin()->first);
    const auto last = state.epochs.find(epoch);
    if (last != state.epochs.end()) {
      if (last->second.node_above(leaf) != nullptr) return false;
      ++epoch;
    }
    state.epochs.emplace(epoch, KeyTree(random_bytes32()));
    return true;
  }));
  const std::optional<BlockKeys> keys = find();
  MBE_ASSERT(keys.has_value());
  return *keys;
}

Result<SealedBlock> Chain::LineSealer::seal(const Position& at, const Draft& draft,
                                            std::string& out) {
  if ((at.sequence == 0) != (draft.block_class == BlockClass::genesis)) {
    return fail(ErrorCode::denied, "a genesis block comes first, and only once");
  }
  MBE_TRY(check_references(at, *draft.payload));
  Header header;
  MBE_ASSIGN(const BlockKeys keys, keys_for(at, header.epoch));
  header.chain = chain_.id_;
  header.sequence = at.sequence;
  header.prev = at.sequence == 0 ? genesis_prev(chain_.id_) : at.prev;
  header.synced = at.synced;
  header.block_class = draft.block_class;
  header.erases = draft.erases;
  const TimeMs now = chain_.clock_.now_ms();
  const bool stepped_back = now < recorded_max_;
  const std::string json = serialise(*draft.payload, now, stepped_back);
  MBE_ASSIGN(const Digest hash, seal_block(header, keys, json, out));
  recorded_max_ = std::max(recorded_max_, now);
  next_ = at.sequence + 1;
  return SealedBlock{hash, header.epoch, now, stepped_back};
}

}  // namespace mbe
