#include "proxy/own_words.h"

#include <gtest/gtest.h>

namespace mbe {
namespace {

const std::string block =
    "[[memories k3j9x7q2w5]] Recalled … [[memory k3j9x7q2w5 …]] and [[/memory k3j9x7q2w5]] …\n"
    "Memories that came up:\n[[memory k3j9x7q2w5 #7 | 2024-01-02 | mina | owner]]\nI like the "
    "sea\n[[/memory k3j9x7q2w5]]\n[[/memories k3j9x7q2w5]]\n";

TEST(OwnWords, AreWhatWasSaidWithoutMemory) {
  EXPECT_EQ(own_words(block + "\nWhere do I go?"), "Where do I go?");
  EXPECT_EQ(own_words("Before " + block + "behind"), "Before behind");
  EXPECT_EQ(own_words(block), "");
}

TEST(OwnWords, LoseAMemoryThatStandsAlone) {
  EXPECT_EQ(own_words("It says:\n[[memory k3j9x7q2w5 #7 | mina]]\nthe sea\n[[/memory k3j9x7q2w5]]\n"
                      "and so on"),
            "It says:\nand so on");
}

TEST(OwnWords, EndWhereABlockIsNotClosed) {
  EXPECT_EQ(own_words("Mine. " + block.substr(0, block.size() / 2)), "Mine.");
  EXPECT_EQ(own_words("Mine. [[memories k3j9x7q2w5]] x [[/memories aaaaaaaaaa]] y"), "Mine.");
}

TEST(OwnWords, KeepWhatOnlyLooksLikeIt) {
  for (const std::string text :
       {"a [[memory]] of mine", "[[memories of youth]]", "[[memory ABCDEFGH #1]] x", "[[memor",
        "[[memory k3j9x7q2w5 …]]", "[[memories short]] x"}) {
    EXPECT_EQ(own_words(text), text);
  }
}

TEST(OwnWords, AreTrimmed) {
  EXPECT_EQ(own_words(" \n바다 \t"), "바다");
  EXPECT_EQ(own_words(" \n"), "");
}

}  // namespace
}  // namespace mbe
