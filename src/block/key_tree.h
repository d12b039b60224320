// The keys of one epoch: a puncturable tree (Goldreich, Goldwasser, Micali, JACM 1986). A node's
// children are keyed digests of it; the 65,536 leaves are the blocks' keys. Erasing a leaf drops
// its ancestors and keeps the siblings along its path, so nothing left can compute it again.
// Invariant: nodes are apart and ascending. A value; readers share it only while nobody changes it.
// Format: docs/format/keys.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "block/seal.h"

namespace mbe {

inline constexpr unsigned tree_depth = 16;
inline constexpr std::uint32_t epoch_leaves = 1U << tree_depth;

/// A live node: the root of a subtree of 2^(16 - depth) leaves that begins at `first`.
struct TreeNode {
  std::uint32_t first = 0;
  unsigned depth = 0;
  Bytes32 seed{};
  [[nodiscard]] std::uint32_t leaves() const { return epoch_leaves >> depth; }
  [[nodiscard]] std::uint32_t last() const { return first + leaves() - 1; }
  auto operator<=>(const TreeNode&) const = default;
};

class KeyTree {
 public:
  KeyTree() = default;
  /// The whole epoch from one seed.
  explicit KeyTree(const Bytes32& seed) : nodes_{TreeNode{0, 0, seed}} {}
  KeyTree(const KeyTree&) = default;
  KeyTree& operator=(const KeyTree&) = default;
  KeyTree(KeyTree&&) = default;
  KeyTree& operator=(KeyTree&&) = default;
  ~KeyTree();

  /// The live node above a leaf, or null if the leaf was erased. O(log nodes).
  [[nodiscard]] const TreeNode* node_above(std::uint32_t leaf) const;
  /// Forgets the leaves first … last. False if none of them was alive. At most 16 new nodes for
  /// each end of the range.
  bool puncture(std::uint32_t first, std::uint32_t last);

  [[nodiscard]] const std::vector<TreeNode>& nodes() const { return nodes_; }
  /// Takes nodes as read. False if they break the invariant.
  [[nodiscard]] bool assign(std::vector<TreeNode> nodes);
  auto operator<=>(const KeyTree&) const = default;

 private:
  std::vector<TreeNode> nodes_;
};

/// The left (bit 0) or right (bit 1) child of a node's seed: BLAKE2b-256(key = seed, byte bit).
[[nodiscard]] Bytes32 tree_child(const Bytes32& seed, unsigned bit);

/// Derives block keys, remembering the path of the last one: neighbours cost two digests instead of
/// sixteen. For one thread. The tree must outlive it or be told to forget.
class KeyPath {
 public:
  ~KeyPath();
  /// Nothing if the leaf was erased. `tree` must be the one of the last call, unless forget() was
  /// called between.
  [[nodiscard]] std::optional<BlockKeys> block_keys(const KeyTree& tree, std::uint32_t leaf);
  void forget();

 private:
  std::array<Bytes32, tree_depth + 1> seeds_{};
  const TreeNode* node_ = nullptr;
  std::uint32_t leaf_ = 0;
};

}  // namespace mbe
