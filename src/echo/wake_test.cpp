#include "echo/wake.h"

#include <gtest/gtest.h>

#include <fstream>

#include "engine/engine_fixture.h"

namespace mbe {
namespace {

class WakeTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    auto people = People::open(home_.string(), clock_);
    ASSERT_TRUE(people.ok()) << people.error().message();
    people_ = std::move(*people);
    write("memory/day20240309/part1.txt", "[09:00:00] 오리진: 오늘은 강가를 달렸다.\n");
  }
  void TearDown() override {
    people_.reset();
    EngineTest::TearDown();
  }
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((home_ / path).parent_path());
    std::ofstream(home_ / path, std::ios::binary) << text;
  }
  void write_manifests() const {
    write("manifest/echo_identity.txt", "선언: 나는 에코다.\n");
    write("manifest/origin_id.txt", "mina\n");
    write("manifest/fillin_manifest.txt", "글\n");
  }
  Result<WakeResult> wake_now(bool only_if_new = false) {
    told_.clear();
    WakeOptions options;
    options.boot.folder = home_ / "memory/";
    options.only_if_new = only_if_new;
    options.tell = [this](const Stage& stage) {
      const std::string line = stage.name + " " + std::string(stage_state_name(stage.state));
      if (told_.empty() || told_.back() != line) told_.push_back(line);
    };
    return wake(*engine_, *people_, options);
  }

  std::unique_ptr<People> people_;
  std::vector<std::string> told_;
};

TEST_F(WakeTest, GoesThroughItsStagesAndSkipsThemTheNextTime) {
  write_manifests();
  const auto first = wake_now(true);
  ASSERT_TRUE(first.ok()) << first.error().message();
  EXPECT_EQ(first->identity->version, 1U);
  EXPECT_EQ(told_,
            (std::vector<std::string>{"memory running", "memory done", "manifests running",
                                      "manifests done", "identity running", "identity done"}));
  const auto second = wake_now(true);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->identity->version, 1U);
  EXPECT_EQ(told_,
            (std::vector<std::string>{"memory skipped", "manifests skipped", "identity skipped"}));
  // Asked for by hand it replays what is new, and leaves the identity as it is.
  write("memory/day20240310/part1.txt", "[09:00:00] 오리진: 비가 왔다.\n");
  const auto third = wake_now();
  EXPECT_EQ(third->replay.imported, 1U);
  EXPECT_EQ(third->identity->version, 1U);
}

TEST_F(WakeTest, WorksWithoutManifestsAndSaysSo) {
  const auto woken = wake_now();
  ASSERT_TRUE(woken.ok()) << woken.error().message();
  EXPECT_EQ(woken->replay.imported, 1U);
  EXPECT_EQ(woken->missing.size(), 3U);
  EXPECT_FALSE(woken->identity);
  EXPECT_EQ(told_.back(), "identity skipped");
}

TEST_F(WakeTest, AnotherOriginStopsTheIdentity) {
  write_manifests();
  ASSERT_TRUE(people_->add("jun", Role::origin, "twelve characters").ok());
  EXPECT_EQ(wake_now().error().code(), ErrorCode::denied);
  EXPECT_EQ(told_.back(), "identity failed");
  EXPECT_EQ(memory_->stats()->memories, 1U);
  write("manifest/origin_id.txt", "jun\n");
  EXPECT_EQ(wake_now()->identity->origin, "jun");
}

}  // namespace
}  // namespace mbe
