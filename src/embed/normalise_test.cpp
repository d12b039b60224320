#include "embed/normalise.h"

#include <gtest/gtest.h>

namespace mbe {
namespace {

std::string normal(std::string_view text) {
  return normalise_for_model(text, TextNormal::nmt_nfkc);
}

TEST(NormaliseForModel, ComposesAndWidensToNfkc) {
  EXPECT_EQ(normal("ﬁne"), "fine");
  EXPECT_EQ(normal("ＡＢＣ１"), "ABC1");
  EXPECT_EQ(normal("\u1112\u1161\u11AB"), "한");
}

TEST(NormaliseForModel, MakesEveryRunOfSpacesOne) {
  EXPECT_EQ(normal("a \t\r\n b\u3000c\u200Bd\u2581e"), "a b c d e");
}

TEST(NormaliseForModel, DropsControlsAndSpacesAtTheEnds) {
  EXPECT_EQ(normal(std::string_view("\0 a\x01\x7F"
                                    "b \n",
                                    8)),
            "ab");
  EXPECT_EQ(normal(" \n "), "");
  EXPECT_EQ(normal(""), "");
}

TEST(NormaliseForModel, KeepsTheTextOfAModelThatWantsIt) {
  EXPECT_EQ(normalise_for_model(" ＡＢＣ ", TextNormal::none), " ＡＢＣ ");
}

}  // namespace
}  // namespace mbe
