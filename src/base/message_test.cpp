#include "base/message.h"

#include <gtest/gtest.h>

namespace mbe {
namespace {

TEST(Catalog, ShowsEnglishWithoutARow) {
  EXPECT_EQ(Catalog().text("cannot read {}", {"a"}), "cannot read a");
}

TEST(Catalog, TranslatesAnErrorInItsOwnOrder) {
  const auto catalog = Catalog::parse("# head\n{} of {}\t{1} 중 {0}\n");
  ASSERT_TRUE(catalog.ok());
  EXPECT_EQ(catalog->text(fail(ErrorCode::io, "{} of {}", 3, 5)), "5 중 3");
  EXPECT_TRUE(catalog->has("{} of {}"));
  EXPECT_FALSE(catalog->has("other"));
}

TEST(Catalog, KeepsBracesThatAreNoHole) {
  EXPECT_EQ(fill_numbered("{\"a\":{}} {9} {x}", {"1"}), "{\"a\":1} {9} {x}");
}

TEST(Catalog, TellsACommentFromATextThatBeginsWithANumberSign) {
  const auto catalog = Catalog::parse("# note\n#{} is back\t#{} 돌아옴\n");
  ASSERT_TRUE(catalog.ok());
  EXPECT_EQ(catalog->text("#{} is back", {"3"}), "#3 돌아옴");
}

TEST(Catalog, ReadsEscapes) {
  const auto catalog = Catalog::parse("a\\nb\tc\\td\\\\\n");
  ASSERT_TRUE(catalog.ok());
  EXPECT_EQ(catalog->text("a\nb"), "c\td\\");
}

TEST(Catalog, RefusesARowWithoutTab) {
  EXPECT_EQ(Catalog::parse("a\n").error().code(), ErrorCode::corrupt);
  EXPECT_EQ(Catalog::parse("a\t\n").error().code(), ErrorCode::corrupt);
}

TEST(Catalog, RefusesAnUnknownEscape) {
  EXPECT_EQ(Catalog::parse("a\\x\tb\n").error().code(), ErrorCode::corrupt);
  EXPECT_EQ(Catalog::parse("a\tb\\").error().code(), ErrorCode::corrupt);
}

TEST(Catalog, RefusesOtherHoles) {
  EXPECT_EQ(Catalog::parse("{}\tno hole\n").error().code(), ErrorCode::corrupt);
  EXPECT_EQ(Catalog::parse("{}\t{0} {1}\n").error().code(), ErrorCode::corrupt);
}

TEST(Catalog, RefusesATextGivenTwice) {
  EXPECT_EQ(Catalog::parse("a\tb\na\tc\n").error().code(), ErrorCode::corrupt);
}

TEST(Catalog, FailsToLoadWhatIsNotThere) {
  EXPECT_EQ(Catalog::load("/nowhere/at/all.tsv").error().code(), ErrorCode::io);
}

}  // namespace
}  // namespace mbe
