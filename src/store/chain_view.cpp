#include "store/chain_view.h"

#include <algorithm>

namespace mbe {

bool Chain::View::is_erased(std::uint64_t sequence) const {
  const auto behind = std::ranges::upper_bound(erased, sequence, {}, &SequenceRange::first);
  return behind != erased.begin() && sequence <= std::prev(behind)->last;
}

std::vector<SequenceRange> join_ranges(std::vector<SequenceRange> ranges) {
  std::ranges::sort(ranges);
  std::vector<SequenceRange> out;
  for (const SequenceRange& range : ranges) {
    if (!out.empty() && range.first <= out.back().last + 1) {
      out.back().last = std::max(out.back().last, range.last);
    } else {
      out.push_back(range);
    }
  }
  return out;
}

std::string_view block_state_name(BlockState state) {
  switch (state) {
    case BlockState::ok:
      return "ok";
    case BlockState::erased:
      return "erased";
    case BlockState::key_missing:
      return "key-missing";
    case BlockState::corrupt:
      return "corrupt";
  }
  MBE_ASSERT(false && "unknown block state");
  return "";
}

Block LineOpener::open(std::string_view line, std::uint64_t sequence,
                       const std::shared_ptr<const KeyState>& keys, bool erased) {
  const Result<CheckedLine> checked = check_line(line);
  if (checked.ok() && checked->header.sequence == sequence && checked->header.chain == chain_) {
    return open(*checked, keys, erased);
  }
  Block block;
  block.sequence = sequence;
  return block;
}

Block LineOpener::open(const CheckedLine& line, const std::shared_ptr<const KeyState>& keys,
                       bool erased) {
  Block block;
  block.sequence = line.header.sequence;
  block.header = line.header;
  block.hash = line.hash;
  if (erased) {
    block.state = BlockState::erased;
    return block;
  }
  if (line.is_scrubbed) return block;
  if (keys_ != keys) {
    path_.forget();
    keys_ = keys;
  }
  block.state = BlockState::key_missing;
  const auto tree = keys_->epochs.find(block.header.epoch);
  if (tree == keys_->epochs.end()) return block;
  const std::optional<BlockKeys> pair = path_.block_keys(tree->second, leaf_of(block.sequence));
  if (!pair) return block;
  block.state = BlockState::corrupt;
  const Result<std::string> json = open_block(line, *pair);
  if (!json.ok()) return block;
  Result<Payload> payload = parse_payload(*json);
  if (!payload.ok()) return block;
  block.payload = std::move(payload).value();
  block.state = BlockState::ok;
  return block;
}

}  // namespace mbe
