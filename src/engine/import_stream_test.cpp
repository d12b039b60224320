// Imports that are made part by part, while others write to the same chain.
#include "engine/import_stream.h"

#include "engine/engine_fixture.h"

namespace mbe {
namespace {

class ImportStreamTest : public EngineTest {
 protected:
  static std::vector<ImportItem> items(std::uint64_t from, std::uint64_t until) {
    std::vector<ImportItem> out;
    for (std::uint64_t i = from; i < until; ++i) {
      out.push_back(
          {.id = "t" + std::to_string(i), .text = "turn number " + std::to_string(i), .line = i});
    }
    return out;
  }
  /// Imports 0 … 20 and 20 … 40; before the second part is made another says number 30.
  ImportReport import_beside_another(std::uint64_t expected) {
    int call = 0;
    const auto next = [&]() -> std::vector<ImportItem> {
      if (++call == 1) return items(0, 20);
      if (call == 3) return {};
      EXPECT_TRUE(memory_->remember({.text = "said by another", .source = "t30"}).ok());
      return items(20, 40);
    };
    auto report = import_stream(*memory_, next, expected);
    EXPECT_TRUE(report.ok()) << report.error().message();
    return report.ok() ? *report : ImportReport{};
  }
};

TEST_F(ImportStreamTest, LeavesOutWhatAnotherAppendedMeanwhile) {
  const ImportReport report = import_beside_another(1'000);
  EXPECT_EQ(report.imported, 39U);
  EXPECT_EQ(report.skipped, 1U);
}

TEST_F(ImportStreamTest, DoesSoInAMemoryTooLargeToReadAllIds) {
  for (int i = 0; i < 40; ++i) remember("note " + std::to_string(i));
  const ImportReport report = import_beside_another(1);
  EXPECT_EQ(report.imported, 39U);
  EXPECT_EQ(report.skipped, 1U);
}

TEST_F(ImportStreamTest, TakesAnIdOnceAcrossParts) {
  int call = 0;
  const auto next = [&] { return ++call == 3 ? std::vector<ImportItem>{} : items(0, 10); };
  const auto report = import_stream(*memory_, next, 20);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->imported, 10U);
  EXPECT_EQ(report->skipped, 10U);
}

TEST_F(ImportStreamTest, TellsWhichItemsOfALaterPartWereRefused) {
  int call = 0;
  const auto next = [&]() -> std::vector<ImportItem> {
    if (++call == 1) return items(0, 10);
    if (call == 3) return {};
    auto part = items(10, 20);
    part[5].text = "";
    return part;
  };
  const auto report = import_stream(*memory_, next, 20);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->imported, 19U);
  ASSERT_EQ(report->refused.size(), 1U);
  EXPECT_EQ(report->refused.front().first, 15U);
}

}  // namespace
}  // namespace mbe
