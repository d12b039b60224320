#include "binding/door.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "server/service.h"

namespace mbe {
namespace {

/// A home of its own.
class DoorTest : public testing::Test {
 protected:
  void SetUp() override {
    static int counter = 0;
    home_ = std::filesystem::temp_directory_path() /
            ("mbe-door-test-" + std::to_string(getpid()) + "-" + std::to_string(counter++));
  }
  void TearDown() override { std::filesystem::remove_all(home_); }
  [[nodiscard]] DoorOptions options() const { return {.home = home_.string(), .language = "en"}; }
  [[nodiscard]] std::shared_ptr<Door> open() const {
    auto door = Door::open(options());
    EXPECT_TRUE(door.ok()) << door.error().message();
    return *door;
  }

  std::filesystem::path home_;
};

Json keep(const std::string& text) {
  return {{"text", text}};
}

TEST_F(DoorTest, CallsOperationsByName) {
  const auto door = open();
  const auto block = door->call("remember", keep("The heron eats frogs"));
  ASSERT_TRUE(block.ok()) << block.error().message();
  EXPECT_EQ((*block)["channel"], "c");
  EXPECT_EQ((*door->call("show", {{"block_index", (*block)["block_index"]}}))["context"],
            "The heron eats frogs");
  EXPECT_EQ(door->call("fly", Json::object()).error().code(), ErrorCode::not_found);
  EXPECT_EQ(door->call("show", {{"block_index", 99}}).error().code(), ErrorCode::not_found);
}

TEST_F(DoorTest, ActsOnTheChainThatIsNamed) {
  const auto door = open();
  ASSERT_TRUE(door->call("remember", keep("said elsewhere"), "other").ok());
  EXPECT_EQ((*door->call("stats", Json::object(), "other"))["memories"], 1);
  EXPECT_EQ((*door->call("stats", Json::object()))["memories"], 0);
  EXPECT_EQ(*door->chains(), (std::vector<std::string>{"main", "other"}));
  EXPECT_EQ(door->call("stats", Json::object(), "absent").error().code(), ErrorCode::not_found);
}

TEST_F(DoorTest, RefusesEverythingOnceClosed) {
  const auto door = open();
  door->close();
  door->close();
  EXPECT_EQ(door->call("stats", Json::object()).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(door->chains().error().code(), ErrorCode::invalid_argument);
  EXPECT_TRUE(open()->call("stats", Json::object()).ok());
}

TEST_F(DoorTest, ReadOnlyRefusesToWrite) {
  ASSERT_TRUE(open()->call("remember", keep("The heron eats frogs")).ok());
  DoorOptions reading = options();
  reading.read_only = true;
  const auto door = Door::open(reading);
  ASSERT_TRUE(door.ok()) << door.error().message();
  EXPECT_EQ((*(*door)->call("stats", Json::object()))["memories"], 1);
  EXPECT_EQ((*door)->call("remember", keep("no")).error().code(), ErrorCode::denied);
}

TEST_F(DoorTest, IsUsableByManyThreadsAndWhileItCloses) {
  const auto door = open();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&door, i] {
      for (int n = 0; n < 20; ++n) {
        const auto kept = door->call("remember", keep(fmt::format("thread {} says {}", i, n)));
        EXPECT_TRUE(kept.ok() || kept.error().code() == ErrorCode::invalid_argument);
      }
    });
  }
  door->close();
  threads.clear();
  EXPECT_TRUE((*open()->call("verify", Json::object()))["ok"].get<bool>());
}

TEST_F(DoorTest, AChildOfForkMustOpenItsOwn) {
  const auto door = open();
  const pid_t child = fork();
  if (child == 0) {
    const auto refused = door->call("stats", Json::object());
    const bool right = !refused.ok() && refused.error().code() == ErrorCode::invalid_argument &&
                       refused.error().message().find("fork") != std::string::npos;
    _exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(door->call("stats", Json::object()).ok());
}

TEST_F(DoorTest, AsksTheServerThatHasTheHomeOpenAndGoesOnWithoutIt) {
  auto service = Service::start({.home = home_.string()});
  ASSERT_TRUE(service.ok()) << service.error().message();
  const auto door = open();
  EXPECT_TRUE(door->served());
  const auto block = door->call("remember", keep("told to the server"), "a b&c");
  ASSERT_TRUE(block.ok()) << block.error().message();
  EXPECT_EQ((*block)["channel"], "cli");  // the server says by which way it came
  const std::vector<std::string> chains = *door->chains();  // Echo, waking, may have made its own
  EXPECT_EQ(std::ranges::count(chains, "a b&c"), 1);
  EXPECT_EQ(door->call("show", {{"block_index", 99}}, "a b&c").error().code(),
            ErrorCode::not_found);
  service->reset();
  EXPECT_FALSE(door->served());
  EXPECT_EQ((*door->call("stats", Json::object(), "a b&c"))["memories"], 1);
}

TEST_F(DoorTest, SpeaksTheCallersLanguage) {
  DoorOptions korean = options();
  korean.language = "ko";
  const auto door = Door::open(korean);
  ASSERT_TRUE(door.ok()) << door.error().message();
  EXPECT_EQ((*door)->text(next_step(ErrorCode::limit)), "더 적게 요청하세요");
  korean.language = "xx";
  EXPECT_EQ(Door::open(korean).error().code(), ErrorCode::invalid_argument);
}

TEST(DoorTable, NamesEveryOperationWithItsErrors) {
  const Json table = operations_json();
  ASSERT_EQ(table.size(), operations().size());
  for (const Json& one : table) {
    EXPECT_EQ(one["arguments"]["type"], "object") << one["name"];
    EXPECT_EQ(one["errors"].size(), find_operation(one["name"].get<std::string>())->errors.size());
  }
}

TEST(DoorFields, ReadWhatOpenTakes) {
  EXPECT_EQ(door_fields().read({{"chain", "a"}})->chain, "a");
  EXPECT_FALSE(door_fields().read({{"chain", ""}}).ok());
  EXPECT_FALSE(door_fields().read({{"channel", "cli"}}).ok());
}

}  // namespace
}  // namespace mbe
