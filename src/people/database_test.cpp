#include "people/database.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace mbe {
namespace {

namespace fs = std::filesystem;

class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  const fs::path folder_ = fs::temp_directory_path() / ("mbe-database-" + std::to_string(getpid()));
};

// Each makes the file and turns it into a WAL; SQLite itself refuses one that comes between.
TEST_F(DatabaseTest, ManyProcessesMakeOneFileAtOnce) {
  constexpr int files = 100;
  constexpr int openers = 4;
  for (int i = 0; i < files; ++i) {
    const std::string path = folder_ / std::to_string(i);
    const auto begin = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
    std::vector<pid_t> children;
    for (int k = 0; k < openers; ++k) {
      children.push_back(::fork());
      ASSERT_GE(children.back(), 0);
      if (children.back() != 0) continue;
      while (std::chrono::steady_clock::now() < begin) continue;
      ::_exit(Database::open(path).ok() ? 0 : 1);
    }
    for (const pid_t child : children) {
      int status = -1;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0) << path;
    }
  }
}

}  // namespace
}  // namespace mbe
