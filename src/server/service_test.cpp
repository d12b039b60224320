// A served home: the door is open while Echo wakes, and one service a home.
#include "server/service.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <latch>
#include <thread>

#include "echo/identity.h"
#include "server/waking.h"

namespace mbe {
namespace {

namespace fs = std::filesystem;

class ServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(home_);
    write("memory/day20240309/part1.txt", "[09:00:00] 오리진: 오늘은 강가를 달렸다.\n");
  }
  void TearDown() override { fs::remove_all(home_); }
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((home_ / path).parent_path());
    std::ofstream(home_ / path, std::ios::binary) << text;
  }
  [[nodiscard]] ServiceOptions options() const { return {.home = home_.string()}; }

  const fs::path home_ = fs::temp_directory_path() / ("mbe-service-" + std::to_string(getpid()));
};

TEST_F(ServiceTest, TwoDoNotServeOneHome) {
  const auto first = Service::start(options());
  ASSERT_TRUE(first.ok()) << first.error().message();
  EXPECT_EQ(Service::start(options()).error().code(), ErrorCode::busy);
  (*first)->stop();
  EXPECT_TRUE(Service::start(options()).ok());
}

TEST_F(ServiceTest, EchoWakesBesideIt) {
  write("manifest/echo_identity.txt", "선언: 나는 에코다.\n");
  write("manifest/origin_id.txt", "mina\n");
  write("manifest/fillin_manifest.txt", "글\n");
  auto engine = Engine::open({.home = home_});
  ASSERT_TRUE(engine.ok());
  auto people = People::open(home_.string());
  WakeOptions how;
  how.boot.folder = home_ / "memory";
  how.only_if_new = true;
  const Catalog english;
  for (const std::string memory : {"done", "skipped"}) {
    std::optional<Identity> told;
    const Waking waking(**engine, **people, how,
                        [&told](const std::optional<Identity>& identity) { told = identity; });
    Json status = waking.status(english);
    while (status["state"] == "running") {
      std::this_thread::yield();
      status = waking.status(english);
    }
    EXPECT_EQ(status["state"], "ready") << status.dump();
    ASSERT_EQ(status["stages"].size(), 3U);
    EXPECT_EQ(status["stages"][0]["state"], memory);
    EXPECT_EQ(status["stages"][2]["name"], "identity");
    EXPECT_EQ(status["identity"]["sentence"], "나는 에코다.");
    EXPECT_EQ(status["identity"]["version"], 1);
    ASSERT_TRUE(told.has_value());
    EXPECT_EQ(told->origin, "mina");
  }
  EXPECT_EQ((*(*engine)->chain("main"))->stats()->memories, 1U);
}

TEST_F(ServiceTest, EvolvingAddsAVersionWhenTheWakingIsOver) {
  write("manifest/echo_identity.txt", "선언: 나는 에코다.\n");
  write("manifest/origin_id.txt", "mina\n");
  write("manifest/fillin_manifest.txt", "글\n");
  auto engine = Engine::open({.home = home_});
  ASSERT_TRUE(engine.ok());
  auto people = People::open(home_.string());
  WakeOptions how;
  how.boot.folder = home_ / "memory";
  how.only_if_new = true;
  std::latch go(1);
  how.prepare = [&go] {
    go.wait();
    return Result<void>();
  };
  Waking waking(**engine, **people, how, [](const std::optional<Identity>&) {});
  EXPECT_EQ(waking.evolve().error().code(), ErrorCode::busy);
  go.count_down();
  const auto over = [&waking] {
    Json status = waking.status({});
    while (status["state"] == "running") {
      std::this_thread::yield();
      status = waking.status({});
    }
    return status;
  };
  EXPECT_EQ(over()["identity"]["version"], 1);
  ASSERT_TRUE(waking.evolve().ok());
  EXPECT_EQ(over()["identity"]["version"], 2);
}

TEST_F(ServiceTest, AWakingThatFailsSaysWhy) {
  write("manifest/echo_identity.txt", "\xff\xff");
  auto engine = Engine::open({.home = home_});
  ASSERT_TRUE(engine.ok());
  auto people = People::open(home_.string());
  WakeOptions how;
  how.boot.folder = home_ / "memory";
  const Waking waking(**engine, **people, how,
                      [](const std::optional<Identity>&) { ADD_FAILURE() << "it failed"; });
  Json status;
  do {
    status = waking.status({});
  } while (status["state"] == "running");
  EXPECT_EQ(status["state"], "failed");
  EXPECT_EQ(status["stages"][0]["state"], "done");
  EXPECT_EQ(status["stages"][1]["state"], "failed");
  EXPECT_NE(status["note"].get<std::string>().find("UTF-8"), std::string::npos);
}

}  // namespace
}  // namespace mbe
