#include "analyse/amounts.h"

#include <gtest/gtest.h>

namespace mbe::analyse {
namespace {

std::vector<std::string> found(std::string_view text) {
  static const auto amounts =
      Amounts::open(std::string(MBE_SOURCE_DIR) + "/data/lexicon/units.tsv");
  if (!amounts.ok()) throw std::runtime_error(amounts.error().message());
  return amounts->find(text);
}

bool has(std::string_view text, std::string_view term) {
  const auto terms = found(text);
  return std::find(terms.begin(), terms.end(), term) != terms.end();
}

TEST(Amounts, FoldMultipliersAndUnits) {
  EXPECT_TRUE(has("월급은 650만원이야", "6500000won"));
  EXPECT_TRUE(has("3만5천원", "35000won"));
  EXPECT_TRUE(has("1,200 dollars", "1200usd"));
  EXPECT_TRUE(has("2.5 kg", "2.5kg"));
}

TEST(Amounts, AddPartsOfADuration) {
  EXPECT_TRUE(has("1시간 20분 걸려", "4800s"));
}

TEST(Amounts, SayTheSameInBothLanguages) {
  EXPECT_TRUE(has("14년", "14y"));
  EXPECT_TRUE(has("14 years", "14y"));
}

TEST(Amounts, AreAbsentFromPlainText) {
  EXPECT_TRUE(found("숫자가 없다").empty());
  EXPECT_TRUE(found("").empty());
}

TEST(NumberText, HasNoExponentAndNoTrailingZeros) {
  EXPECT_EQ(number_text(6'500'000), "6500000");
  EXPECT_EQ(number_text(2.5), "2.5");
  EXPECT_EQ(number_text(0), "0");
}

}  // namespace
}  // namespace mbe::analyse
