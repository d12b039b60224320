// Chains of one home, made and found by several at once and after losses.
#include "engine/home.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <latch>
#include <thread>

namespace mbe {
namespace {

namespace fs = std::filesystem;

class HomeTest : public testing::Test {
 protected:
  void SetUp() override { fs::remove_all(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] static Home open(const std::string& directory) {
    auto home = Home::open(posix_file_system(), directory, false);
    EXPECT_TRUE(home.ok()) << home.error().message();
    return std::move(*home);
  }
  [[nodiscard]] std::string at(const std::string& name) const { return (folder_ / name).string(); }
  /// The id of the chain of that name, opened or made.
  static std::string chain(const Home& home, const std::string& name) {
    const auto made = home.open_chain(name, true, system_clock());
    EXPECT_TRUE(made.ok()) << made.error().message();
    return made.ok() ? (*made)->id() : "";
  }

  const fs::path folder_ = fs::temp_directory_path() / ("mbe-homes-" + std::to_string(getpid()));
};

TEST_F(HomeTest, ManyMakeChainsAtOnceAndAllAreNamed) {
  constexpr int rounds = 12;
  constexpr int makers = 6;
  for (int round = 0; round < rounds; ++round) {
    const std::string directory = at(std::to_string(round));
    std::vector<std::string> ids(makers);
    {
      std::latch together(makers);
      std::vector<std::jthread> threads;
      for (int i = 0; i < makers; ++i) {
        threads.emplace_back([&, i] {
          together.arrive_and_wait();
          // One after another, so that some look while others write; two want the same chain.
          std::this_thread::sleep_for(std::chrono::milliseconds(i));
          ids[i] = chain(open(directory), "chain " + std::to_string(i / 2));
        });
      }
    }
    const auto names = open(directory).chain_ids(system_clock());
    ASSERT_TRUE(names.ok()) << names.error().message();
    EXPECT_EQ(names->size(), makers / 2U);
    for (int i = 0; i < makers; ++i) EXPECT_EQ(names->at("chain " + std::to_string(i / 2)), ids[i]);
  }
}

TEST_F(HomeTest, FindsAChainWhoseMakerWasCutOffBeforeItNamedIt) {
  const Home home = open(at("home"));
  const std::string first = chain(home, "first");
  const fs::path names = folder_ / "home" / "chains" / "names.json";
  fs::copy_file(names, at("before"));
  const std::string second = chain(home, "second");
  fs::copy_file(at("before"), names, fs::copy_options::overwrite_existing);
  EXPECT_TRUE(home.open_chain("second", false, system_clock()).ok());
  EXPECT_EQ(chain(home, "second"), second);
  EXPECT_EQ(*home.chain_ids(system_clock()),
            (Home::ChainNames{{"first", first}, {"second", second}}));
}

TEST_F(HomeTest, WritesALostNamesFileAnew) {
  const Home home = open(at("home"));
  const std::string id = chain(home, "only");
  const fs::path names = folder_ / "home" / "chains" / "names.json";
  fs::remove(names);
  // Who only looks has no lock, so writes nothing: it could replace names that it did not see.
  EXPECT_EQ(home.chain_ids(system_clock())->size(), 1U);
  EXPECT_FALSE(fs::exists(names));
  EXPECT_EQ(chain(home, "only"), id);
  EXPECT_TRUE(fs::exists(names));
}

}  // namespace
}  // namespace mbe
