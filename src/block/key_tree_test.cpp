#include "block/key_tree.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace mbe {
namespace {

Bytes32 leaf_by_definition(Bytes32 seed, std::uint32_t leaf) {
  for (unsigned depth = 0; depth < tree_depth; ++depth) {
    seed = tree_child(seed, leaf >> (tree_depth - 1 - depth) & 1);
  }
  return seed;
}

TEST(KeyTree, DerivesByItsDefinition) {
  const Bytes32 seed{1, 2, 3};
  const KeyTree tree(seed);
  KeyPath path;
  for (const std::uint32_t leaf : {0U, 1U, 2U, 40'000U, 40'001U, 65'535U, 0U, 32'768U, 5U}) {
    const std::optional<BlockKeys> keys = path.block_keys(tree, leaf);
    ASSERT_TRUE(keys.has_value());
    const Bytes32 expected = leaf_by_definition(seed, leaf);
    EXPECT_EQ(keys->seal, blake2b_256(expected, "seal"));
    EXPECT_EQ(keys->commit, blake2b_256(expected, "commit"));
  }
}

TEST(KeyTree, ForgetsExactlyWhatIsPunctured) {
  constexpr std::uint64_t seed = 7;
  SCOPED_TRACE(seed);
  SeededRandom random(seed);
  const KeyTree whole(Bytes32{9});
  KeyTree tree = whole;
  std::set<std::uint32_t> gone;
  for (int i = 0; i < 60; ++i) {
    const auto first = static_cast<std::uint32_t>(random.below(epoch_leaves));
    const auto last = std::min<std::uint32_t>(epoch_leaves - 1,
                                              first + static_cast<std::uint32_t>(random.below(40)));
    tree.puncture(first, last);
    for (std::uint32_t leaf = first; leaf <= last; ++leaf) gone.insert(leaf);
  }
  KeyPath left;
  KeyPath all;
  for (std::uint32_t leaf = 0; leaf < epoch_leaves; ++leaf) {
    const std::optional<BlockKeys> keys = left.block_keys(tree, leaf);
    ASSERT_EQ(keys.has_value(), !gone.contains(leaf)) << leaf;
    if (!keys) continue;
    ASSERT_EQ(keys->seal, all.block_keys(whole, leaf)->seal);
  }
}

TEST(KeyTree, SaysWhetherAnythingWasForgotten) {
  KeyTree tree(Bytes32{1});
  EXPECT_TRUE(tree.puncture(5, 5));
  EXPECT_FALSE(tree.puncture(5, 5));
  EXPECT_EQ(tree.nodes().size(), tree_depth);
  EXPECT_TRUE(tree.puncture(0, epoch_leaves - 1));
  EXPECT_TRUE(tree.nodes().empty());
}

TEST(KeyTree, TakesOnlyNodesThatAreApart) {
  KeyTree tree;
  EXPECT_TRUE(tree.assign({{0, 1, {}}, {32'768, 16, {}}}));
  EXPECT_FALSE(tree.assign({{0, 1, {}}, {32'767, 16, {}}}));
  EXPECT_FALSE(tree.assign({{1, 1, {}}}));
  EXPECT_FALSE(tree.assign({{0, 17, {}}}));
  EXPECT_FALSE(tree.assign({{65'536, 16, {}}}));
  EXPECT_FALSE(tree.assign({{4, 16, {}}, {4, 16, {}}}));
}

}  // namespace
}  // namespace mbe
