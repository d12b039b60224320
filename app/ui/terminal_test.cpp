#include "ui/terminal.h"

#include <gtest/gtest.h>

namespace mbe::app {
namespace {

TEST(TextWidth, CountsHangulTwiceAndMarksNot) {
  EXPECT_EQ(text_width("abc"), 3U);
  EXPECT_EQ(text_width("한글"), 4U);
  EXPECT_EQ(text_width("e\xcc\x81"), 1U);  // e with a combining accent
  EXPECT_EQ(text_width("😀"), 2U);
  EXPECT_EQ(text_width("ㅋㅋ"), 4U);
}

TEST(Wrap, BreaksAtBlanksAndInsideLongWords) {
  EXPECT_EQ(wrap("나는 바다를 좋아해", 8), (std::vector<std::string>{"나는", "바다를", "좋아해"}));
  EXPECT_EQ(wrap("abcdef", 4), (std::vector<std::string>{"abcd", "ef"}));
  EXPECT_EQ(wrap("a\n\nb", 10), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(wrap("", 10), (std::vector<std::string>{""}));
}

TEST(Wrap, KeepsEveryLineInsideItsWidth) {
  for (std::size_t width = 2; width < 30; ++width) {
    for (const std::string& line : wrap("오늘은 a long line 과 긴줄이섞여있는글자들", width)) {
      EXPECT_LE(text_width(line), width);
    }
  }
}

TEST(Plain, MakesControlCharactersHarmless) {
  EXPECT_EQ(plain("a\x1b[31mb"), "a␛[31mb");
  EXPECT_EQ(plain("a\nb\tc"), "a b c");
  EXPECT_EQ(plain("a\xe2\x80\xae"
                  "b")
                .find("\xe2\x80\xae"),
            std::string::npos);  // direction override
  EXPECT_EQ(plain("\xff"), "�");
}

TEST(Clip, CutsBetweenWholeCharacters) {
  EXPECT_EQ(clip("한글입니다", 5), "한글…");
  EXPECT_EQ(clip("한글", 4), "한글");
  EXPECT_EQ(pad("한글", 6), "한글  ");
  EXPECT_EQ(pad("한글", 2), "한글");
}

TEST(Bar, IsAsWideAsAsked) {
  EXPECT_EQ(bar(0.5, 4), "██░░");
  EXPECT_EQ(bar(-1, 2), "░░");
  EXPECT_EQ(bar(7, 2), "██");
}

TEST(Terminal, PaintsOnlyWhereColoursAreWanted) {
  EXPECT_EQ(Terminal(stdout, "never").paint(Colour::red, "x"), "x");
  setenv("TERM", "xterm-256color", 1);
  EXPECT_EQ(Terminal(stdout, "always").paint(Colour::red, "x"), "\x1b[38;5;167mx\x1b[0m");
  setenv("TERM", "linux", 1);
  EXPECT_EQ(Terminal(stdout, "always").paint(Colour::red, "x"), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(Terminal(stdout, "always").paint(Colour::none, "x"), "x");
}

}  // namespace
}  // namespace mbe::app
