#include "block/key_state.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace mbe {
namespace {

KeyState sample() {
  KeyState state;
  state.chain = "abcdefghijklmnopqrstuvwxyz";
  state.generation = 4;
  state.applied = 77;
  state.unpurged = {70, 77};
  state.epochs[0] = KeyTree(Bytes32{1});
  state.epochs[3] = KeyTree(Bytes32{2});
  state.epochs[3].puncture(10, 12);
  state.refuse_key = Bytes32{5};
  state.refused = {Digest{1}, Digest{2}};
  return state;
}

TEST(KeyState, ReadsBackWhatItWrote) {
  for (const bool applied : {true, false}) {
    KeyState state = sample();
    if (!applied) state.applied.reset();
    const Result<KeyState> read = parse_key_state(serialise_key_state(state));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, state);
  }
}

TEST(KeyState, RefusesEveryCutAndEverythingAppended) {
  const std::string bytes = serialise_key_state(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_key_state(std::string_view(bytes).substr(0, size)).ok());
  }
  EXPECT_EQ(parse_key_state(bytes + "x").error().code(), ErrorCode::corrupt);
}

TEST(KeyState, RefusesRefusalsOutOfOrder) {
  KeyState state = sample();
  std::swap(state.refused[0], state.refused[1]);
  EXPECT_FALSE(parse_key_state(serialise_key_state(state)).ok());
}

TEST(KeyState, OfAMillionBlocksIsSmall) {
  KeyState state = sample();
  state.refused.clear();
  for (std::uint32_t epoch = 0; epoch < 16; ++epoch) state.epochs[epoch] = KeyTree(Bytes32{3});
  EXPECT_LE(serialise_key_state(state).size(), 800U);
  constexpr std::uint64_t seed = 11;
  SeededRandom random(seed);
  for (int i = 0; i < 1'000; ++i) {
    const auto leaf = static_cast<std::uint32_t>(random.below(epoch_leaves));
    state.epochs[static_cast<std::uint32_t>(random.below(16))].puncture(leaf, leaf);
  }
  EXPECT_LE(serialise_key_state(state).size(), 400'000U);
}

TEST(SealedKeyState, OpensOnlyWithItsKeyChainAndGeneration) {
  const KeyState state = sample();
  const std::string file = seal_key_state(state, Bytes32{8});
  EXPECT_EQ(*open_key_state(file, Bytes32{8}, state.chain, 4), state);
  EXPECT_EQ(open_key_state(file, Bytes32{9}, state.chain, 4).error().code(), ErrorCode::corrupt);
  EXPECT_FALSE(open_key_state(file, Bytes32{8}, "bbcdefghijklmnopqrstuvwxyz", 4).ok());
  EXPECT_FALSE(open_key_state(file, Bytes32{8}, state.chain, 5).ok());
}

TEST(SealedKeyState, FindsEveryFlippedBit) {
  const KeyState state = sample();
  std::string file = seal_key_state(state, Bytes32{8});
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
    ASSERT_FALSE(open_key_state(file, Bytes32{8}, state.chain, 4).ok()) << bit;
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
  }
}

TEST(WrapKey, OpensOnlyWithItsRootChainAndGeneration) {
  const std::string chain = "abcdefghijklmnopqrstuvwxyz";
  const Bytes32 wrap = random_bytes32();
  const std::string file = seal_wrap_key(wrap, Bytes32{1}, chain, 2);
  EXPECT_EQ(*open_wrap_key(file, Bytes32{1}, chain, 2), wrap);
  EXPECT_FALSE(open_wrap_key(file, Bytes32{2}, chain, 2).ok());
  EXPECT_FALSE(open_wrap_key(file, Bytes32{1}, chain, 3).ok());
  EXPECT_FALSE(open_wrap_key(file.substr(1), Bytes32{1}, chain, 2).ok());
}

TEST(Refusal, DependsOnTheKeyAndTheText) {
  KeyState state = sample();
  const Digest first = refusal_of(state, "text");
  EXPECT_NE(first, refusal_of(state, "text "));
  state.refuse_key[0] ^= 1;
  EXPECT_NE(first, refusal_of(state, "text"));
}

}  // namespace
}  // namespace mbe
