#include "ui/progress_bar.h"

#include <gtest/gtest.h>

namespace mbe::app {
namespace {

TEST(Numbers, AreReadable) {
  EXPECT_EQ(group_digits(0), "0");
  EXPECT_EQ(group_digits(999), "999");
  EXPECT_EQ(group_digits(1'234'567), "1,234,567");
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(1'500), "1.5 kB");
  EXPECT_EQ(format_bytes(999'999), "1.0 MB");
  EXPECT_EQ(format_duration(65), "1:05");
  EXPECT_EQ(format_duration(7'380), "2:03:00");
  EXPECT_EQ(format_duration(-1), "0:00");
}

TEST(ExitCode, IsItsOwnForEachKindOfError) {
  EXPECT_EQ(exit_code(ErrorCode::not_found), 1);
  EXPECT_EQ(exit_code(ErrorCode::invalid_argument), 2);
  EXPECT_EQ(exit_code(ErrorCode::limit), 2);
  EXPECT_EQ(exit_code(ErrorCode::busy), 3);
  EXPECT_EQ(exit_code(ErrorCode::corrupt), 4);
  EXPECT_EQ(exit_code(ErrorCode::denied), 5);
  EXPECT_EQ(exit_code(ErrorCode::unavailable), 6);
  EXPECT_EQ(exit_code(ErrorCode::io), 7);
}

TEST(Language, FollowsTheWishThenTheLocale) {
  EXPECT_EQ(choose_language("ko"), "ko");
  setenv("LC_ALL", "ko_KR.UTF-8", 1);
  EXPECT_EQ(choose_language(""), "ko");
  EXPECT_EQ(choose_language("en"), "en");
  setenv("LC_ALL", "fr_FR.UTF-8", 1);
  EXPECT_EQ(choose_language(""), "en");
}

}  // namespace
}  // namespace mbe::app
