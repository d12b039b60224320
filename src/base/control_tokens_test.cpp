#include "base/control_tokens.h"

#include <gtest/gtest.h>

namespace mbe {
namespace {

TEST(ControlTokens, EveryMarkIsBroken) {
  for (const std::string text :
       {"<|im_start|>", "<|IM_START|>", "<|eot_id|>", "<｜User｜>", "<start_of_turn>", "</s>",
        "[INST]", "[/inst]", "<<SYS>>", "<unused42>", "[|system|]"}) {
    const auto out = escape_control_tokens("a " + text + " b");
    ASSERT_TRUE(out.ok()) << out.error().message();
    EXPECT_EQ(*out, "a " + text.substr(0, 1) + "\\" + text.substr(1) + " b");
  }
}

TEST(ControlTokens, NoneIsPutTogetherByTheEscaping) {
  EXPECT_EQ(*escape_control_tokens("<<|im_start|>"), "<<\\|im_start|>");
  EXPECT_EQ(*escape_control_tokens("<\\|im_start|>"), "<\\|im_start|>");
}

TEST(ControlTokens, LeavesOtherTextAlone) {
  for (const std::string text :
       {"", "a < b | c", "[1]", "<b>굵게</b>", "[[노트]] <3", "x<y", "["}) {
    EXPECT_EQ(*escape_control_tokens(text), text);
  }
}

}  // namespace
}  // namespace mbe
