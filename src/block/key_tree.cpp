#include "block/key_tree.h"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <string_view>

#include "base/assert.h"
#include "base/digest.h"

namespace mbe {

namespace {

void wipe(std::vector<TreeNode>& nodes) {
  for (TreeNode& node : nodes) sodium_memzero(node.seed.data(), node.seed.size());
}

/// Appends to `out` what is left of `node` without the leaves first … last.
void keep_outside(const TreeNode& node, std::uint32_t first, std::uint32_t last,
                  std::vector<TreeNode>& out) {
  if (node.last() < first || node.first > last) return out.push_back(node);
  if (node.first >= first && node.last() <= last) return;
  for (unsigned bit = 0; bit < 2; ++bit) {
    const TreeNode child{node.first + bit * (node.leaves() / 2), node.depth + 1,
                         tree_child(node.seed, bit)};
    keep_outside(child, first, last, out);
  }
}

}  // namespace

KeyTree::~KeyTree() {
  wipe(nodes_);
}

const TreeNode* KeyTree::node_above(std::uint32_t leaf) const {
  const auto behind = std::ranges::upper_bound(nodes_, leaf, {}, &TreeNode::first);
  if (behind == nodes_.begin()) return nullptr;
  const TreeNode& node = *std::prev(behind);
  return leaf <= node.last() ? &node : nullptr;
}

bool KeyTree::puncture(std::uint32_t first, std::uint32_t last) {
  std::vector<TreeNode> left;
  left.reserve(nodes_.size() + 2 * tree_depth);
  for (const TreeNode& node : nodes_) keep_outside(node, first, last, left);
  if (left == nodes_) return false;
  wipe(nodes_);
  nodes_.swap(left);
  wipe(left);
  return true;
}

bool KeyTree::assign(std::vector<TreeNode> nodes) {
  std::uint64_t next = 0;
  for (const TreeNode& node : nodes) {
    if (node.depth > tree_depth || node.first < next || node.first >= epoch_leaves) return false;
    if (node.first % node.leaves() != 0) return false;
    next = std::uint64_t{node.last()} + 1;
  }
  nodes_ = std::move(nodes);
  return true;
}

Bytes32 tree_child(const Bytes32& seed, unsigned bit) {
  const char message = static_cast<char>(bit);
  return blake2b_256(seed, std::string_view(&message, 1));
}

KeyPath::~KeyPath() {
  forget();
}

void KeyPath::forget() {
  for (Bytes32& seed : seeds_) sodium_memzero(seed.data(), seed.size());
  node_ = nullptr;
}

std::optional<BlockKeys> KeyPath::block_keys(const KeyTree& tree, std::uint32_t leaf) {
  MBE_ASSERT(leaf < epoch_leaves);
  const TreeNode* const node = tree.node_above(leaf);
  if (node == nullptr) return std::nullopt;
  unsigned depth = node->depth;
  if (node == node_) {
    // Down to where the two leaves part, the path is the same.
    const unsigned differing = static_cast<unsigned>(std::bit_width(leaf ^ leaf_));
    depth = std::max(depth, tree_depth - differing);
  } else {
    seeds_[depth] = node->seed;
  }
  for (; depth < tree_depth; ++depth) {
    seeds_[depth + 1] = tree_child(seeds_[depth], leaf >> (tree_depth - 1 - depth) & 1);
  }
  node_ = node;
  leaf_ = leaf;
  BlockKeys keys;
  keys.seal = blake2b_256(seeds_[tree_depth], "seal");
  keys.commit = blake2b_256(seeds_[tree_depth], "commit");
  return keys;
}

}  // namespace mbe
