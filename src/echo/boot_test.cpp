// The boot loop over transcripts on disk.
#include "echo/boot.h"

#include <gtest/gtest.h>

#include <fstream>

#include "echo/insight.h"
#include "engine/engine_fixture.h"

namespace mbe {
namespace {

constexpr int seoul = 9 * 60;

class BootTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    folder_ = home_ / "memory";
  }
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path, std::ios::binary) << text;
  }
  BootReport boot_all(const Progress& progress = {}, const std::string& origin = "") {
    auto report = boot(*engine_, {.folder = folder_,
                                  .origin = origin,
                                  .utc_offset_minutes = [](TimeMs) { return seoul; },
                                  .progress = progress});
    EXPECT_TRUE(report.ok()) << report.error().message();
    return report.ok() ? *report : BootReport{};
  }
  Json insight(const std::string& path) const {
    std::ifstream file(folder_ / path);
    return Json::parse(file, nullptr, false);
  }

  fs::path folder_;
};

TEST_F(BootTest, ReplaysInOrderWithTheirDates) {
  write("day20240309/part2.txt", "[21:00:00] 오리진: 세 번째 말이다\n");
  write("day20240309/part10.txt", "[23:59:59] 에코: 네 번째 말이다\n");
  write("day20240309/part1.txt", "[09:00:00] 오리진: 첫째 말이다\n둘째 말이다\n");
  write("day20240308/part1.txt", "[08:00:00] 오리진: 어제의 말이다\n");
  write("day20240308/notes.md", "not a transcript");
  const BootReport report = boot_all();
  EXPECT_EQ(report.lines, 5U);
  EXPECT_EQ(report.imported, 5U);
  ASSERT_EQ(report.days.size(), 2U);
  EXPECT_EQ(report.days[1].parts, 3U);
  EXPECT_EQ(report.days[1].speakers,
            (std::map<std::string, std::uint64_t>{{"에코", 1}, {"오리진", 2}}));
  const auto blocks = memory_->list({.oldest_first = true});
  ASSERT_TRUE(blocks.ok());
  std::vector<std::string> texts;
  for (const BlockView& block : *blocks) texts.push_back(block.context);
  EXPECT_EQ(texts, (std::vector<std::string>{"어제의 말이다", "첫째 말이다", "둘째 말이다",
                                             "세 번째 말이다", "네 번째 말이다"}));
  EXPECT_EQ(format_time(*(*blocks)[1].event_ms), "2024-03-09T00:00:00Z");
  EXPECT_EQ((*blocks)[2].event_ms, (*blocks)[1].event_ms);  // no time of its own
  EXPECT_EQ((*blocks)[4].kind, "answer");
  EXPECT_EQ((*blocks)[4].session, "day 2024-03-09");
  EXPECT_EQ((*blocks)[4].channel, "transcript");
}

TEST_F(BootTest, AddsNothingTheSecondTimeAndOnlyWhatIsNew) {
  write("day20240309/part1.txt", "[09:00:00] a: one\n[09:01:00] a: two\n");
  EXPECT_EQ(boot_all().imported, 2U);
  const BootReport again = boot_all();
  EXPECT_EQ(again.imported, 0U);
  EXPECT_EQ(again.skipped, 2U);
  write("day20240309/part1.txt", "[09:00:00] a: one\n[09:01:00] a: two\n[09:02:00] a: three\n");
  EXPECT_EQ(boot_all().imported, 1U);
  EXPECT_EQ(memory_->stats()->memories, 3U);
}

TEST_F(BootTest, DoesNotBringBackWhatWasForgotten) {
  write("day20240309/part1.txt", "[09:00:00] a: keep this\n[09:01:00] a: a secret heron\n");
  EXPECT_EQ(boot_all().imported, 2U);
  const auto secret = recall("heron");
  ASSERT_FALSE(secret.empty());
  ASSERT_TRUE(memory_->forget({.blocks = {secret[0]}}, 1).ok());
  const BootReport again = boot_all();
  EXPECT_EQ(again.imported, 0U);
  EXPECT_EQ(again.lines, 1U);
  reopen();
  EXPECT_EQ(boot_all().imported, 0U);
  EXPECT_EQ(memory_->stats()->memories, 1U);
  // The same words said anew are another line: they are taken.
  write("day20240310/part1.txt", "[09:00:00] a: a secret heron\n");
  EXPECT_EQ(boot_all().imported, 1U);
}

TEST_F(BootTest, GoesOnWhereItWasStopped) {
  for (int day = 1; day <= 9; ++day) {
    write("day2024030" + std::to_string(day) + "/part1.txt", "[09:00:00] a: said that day\n");
  }
  int asked = 0;
  const BootReport stopped = boot_all([&](std::uint64_t, std::uint64_t) { return ++asked < 4; });
  EXPECT_TRUE(stopped.stopped);
  EXPECT_FALSE(fs::exists(folder_ / "insight.json"));
  const BootReport rest = boot_all();
  EXPECT_EQ(stopped.imported + rest.imported, 9U);
  EXPECT_EQ(memory_->stats()->memories, 9U);
}

TEST_F(BootTest, EveryPersonHasAMemoryOfTheirOwn) {
  write("mina/day20240309/part1.txt", "[09:00:00] mina: of the origin\n");
  write("jun/day20240309/part1.txt", "[09:00:00] jun: of a member\n");
  write("Not A User/day20240309/part1.txt", "[09:00:00] x: of nobody\n");
  EXPECT_EQ(boot_all({}, "mina").imported, 2U);
  EXPECT_EQ(memory_->list({})->at(0).context, "of the origin");
  EXPECT_EQ((*engine_->chain("person:jun", false))->list({})->at(0).context, "of a member");
  EXPECT_TRUE(fs::exists(folder_ / "jun" / "insight.json"));
}

TEST_F(BootTest, ReportsWhatItCannotReadAndTakesTheRest) {
  write("day20240309/part1.txt",
        "[09:00:00] a: good\n[09:00:01] a: bad \xff\xff byte\n[09:00:02] a: good too\n");
  const BootReport report = boot_all();
  EXPECT_EQ(report.imported, 3U);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_NE(report.problems[0].find("part1.txt:2: "), std::string::npos);
}

TEST_F(BootTest, CountsOnlyInADryRun) {
  write("day20240309/part1.txt", "[09:00:00] a: one\n");
  const auto report = boot(*engine_, {.folder = folder_, .dry_run = true});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->lines, 1U);
  EXPECT_EQ(report->imported, 0U);
  EXPECT_EQ(memory_->stats()->memories, 0U);
  EXPECT_FALSE(fs::exists(folder_ / "insight.json"));
  EXPECT_EQ(boot(*engine_, {.folder = folder_ / "none"}).error().code(), ErrorCode::not_found);
}

TEST_F(BootTest, WritesWhatTheDaysAmountTo) {
  for (int day = 1; day <= 28; ++day) {
    const std::string mood = day < 15 ? "정말 행복하고 기쁘다" : "너무 슬프고 우울하다";
    write(fmt::format("day202403{:02}/part1.txt", day),
          "[09:00:00] 오리진: 오늘은 달리기를 했다. " + mood + "\n[09:01:00] 에코: 그랬군요.\n");
  }
  boot_all();
  const Json whole = insight("insight.json");
  EXPECT_EQ(whole["days"], 28);
  EXPECT_EQ(whole["lines"], 56);
  EXPECT_EQ(whole["first_day"], "2024-03-01");
  EXPECT_EQ(whole["emotion_curve"].size(), 28U);
  EXPECT_GT(whole["emotion_curve"][0]["mood"], whole["emotion_curve"][27]["mood"]);
  ASSERT_EQ(whole["turning_points"].size(), 1U);
  EXPECT_EQ(whole["turning_points"][0]["day"], "2024-03-15");
  EXPECT_LT(whole["turning_points"][0]["change"], 0);
  EXPECT_EQ(whole["speakers"][0]["lines"], 28);
  EXPECT_EQ(whole["concepts"][0]["first"], "2024-03-01");
  EXPECT_EQ(whole["concepts"][0]["last"], "2024-03-28");
  const Json day = insight("day20240303/insight.json");
  EXPECT_EQ(day["day"], "2024-03-03");
  EXPECT_EQ(day["lines"], 2);
}

TEST(TurningPoints, AreWhereTheMeansPart) {
  std::vector<DaySummary> days;
  for (int i = 0; i < 30; ++i) {
    days.push_back({fmt::format("day {:02}", i), 10, {}, {}, i < 10 ? 0.0 : i < 20 ? 0.8 : -0.6});
  }
  const auto points = turning_points(days, 5);
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].day, "day 20");
  EXPECT_NEAR(points[0].change, -1.4, 1e-9);
  EXPECT_EQ(points[1].day, "day 10");
  EXPECT_NEAR(points[1].change, 0.8, 1e-9);
  EXPECT_TRUE(turning_points({}, 5).empty());
  EXPECT_EQ(turning_points(days, 1).size(), 1U);
}

}  // namespace
}  // namespace mbe
