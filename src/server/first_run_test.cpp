#include "server/first_run.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace mbe {
namespace {

namespace fs = std::filesystem;

const std::string password = "twelve characters";

class FirstRunTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(home_);
    fs::create_directories(home_);
    auto people = People::open(home_.string(), clock_);
    ASSERT_TRUE(people.ok()) << people.error().message();
    people_ = std::move(*people);
  }
  void TearDown() override { fs::remove_all(home_); }

  const fs::path home_ = fs::temp_directory_path() / ("mbe-first-run-" + std::to_string(getpid()));
  FakeClock clock_{1'700'000'000'000};
  std::unique_ptr<People> people_;
};

TEST_F(FirstRunTest, TheCodeMakesTheOriginOnce) {
  FirstRun first(*people_, home_, clock_);
  EXPECT_EQ(first.code().size(), 14U);
  EXPECT_NE(first.code(), FirstRun(*people_, home_, clock_).code());
  EXPECT_EQ(first.create(first.code(), "mina", "short").error().code(),
            ErrorCode::invalid_argument);
  const auto made = first.create(first.code(), "mina", password);
  ASSERT_TRUE(made.ok()) << made.error().message();
  EXPECT_EQ(made->role, Role::origin);
  EXPECT_EQ(first.create(first.code(), "jun", password).error().code(), ErrorCode::denied);
  EXPECT_EQ(people_->accounts()->size(), 1U);
}

TEST_F(FirstRunTest, WhoGuessesWaits) {
  FirstRun first(*people_, home_, clock_);
  for (int wait = 1; wait <= 1'024; wait *= 2) {
    EXPECT_EQ(first.create("aaaa-bbbb-cccc", "mina", password).error().code(), ErrorCode::denied);
    // Even the right one waits now: a second, then two, … at most 15 minutes.
    EXPECT_EQ(first.create(first.code(), "mina", password).error().code(), ErrorCode::busy);
    clock_.advance_ms(std::min(wait, 900) * 1'000 - 1);
    EXPECT_EQ(first.create(first.code(), "mina", password).error().code(), ErrorCode::busy);
    clock_.advance_ms(1);
  }
  EXPECT_TRUE(first.create(first.code(), "mina", password).ok());
}

TEST_F(FirstRunTest, TheManifestSaysTheName) {
  std::ofstream(home_ / "origin_id.txt") << "origin: mina\n";
  FirstRun first(*people_, home_, clock_);
  EXPECT_EQ(*first.wanted_name(), "mina");
  EXPECT_EQ(first.create(first.code(), "jun", password).error().code(), ErrorCode::denied);
  EXPECT_TRUE(people_->accounts()->empty());
  EXPECT_TRUE(first.create(first.code(), "mina", password).ok());
}

TEST_F(FirstRunTest, AnyNameWillDoWithoutAManifest) {
  const FirstRun first(*people_, home_, clock_);
  EXPECT_EQ(*first.wanted_name(), "");
}

TEST_F(FirstRunTest, AManifestThatNamesNobodyIsSaid) {
  std::ofstream(home_ / "origin_id.txt") << "# nobody\n";
  FirstRun first(*people_, home_, clock_);
  EXPECT_EQ(first.create(first.code(), "mina", password).error().code(),
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace mbe
