// What readers of a chain go by, besides the bytes: the keys that are alive and what is erased. An
// immutable snapshot, replaced as a whole. Internal to src/store.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "block/key_state.h"
#include "block/key_tree.h"
#include "store/chain.h"

namespace mbe {

struct Chain::View {
  std::shared_ptr<const KeyState> keys;
  std::vector<Erasure> erasures;      ///< those whose seal opens, in order
  std::size_t erase_blocks_seen = 0;  ///< of the store, forged ones included
  std::vector<SequenceRange> erased;  ///< all of them together: ascending, apart

  /// O(log ranges).
  [[nodiscard]] bool is_erased(std::uint64_t sequence) const;
};

/// Sorted, with what overlaps or touches joined.
[[nodiscard]] std::vector<SequenceRange> join_ranges(std::vector<SequenceRange> ranges);

/// Opens lines of one chain; remembers the path to the last key. For one thread; `keys` must
/// outlive it or the next call bring others.
class LineOpener {
 public:
  explicit LineOpener(std::string_view chain) : chain_(chain) {}
  /// The block in a line that should hold `sequence`.
  [[nodiscard]] Block open(std::string_view line, std::uint64_t sequence,
                           const std::shared_ptr<const KeyState>& keys, bool erased);
  /// The block in a line of this chain that was checked already.
  [[nodiscard]] Block open(const CheckedLine& line, const std::shared_ptr<const KeyState>& keys,
                           bool erased);

 private:
  std::string_view chain_;
  std::shared_ptr<const KeyState> keys_;
  KeyPath path_;
};

}  // namespace mbe
