#include "planner/memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace mbe::planner {
namespace {

namespace fs = std::filesystem;

class AvailableMemory : public testing::Test {
 protected:
  void SetUp() override {
    write("proc/meminfo", "MemTotal:       9000 kB\nMemAvailable:       1000 kB\n");
  }
  void TearDown() override { fs::remove_all(root_); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }

  const fs::path root_ = fs::temp_directory_path() / ("mbe-memory-" + std::to_string(getpid()));
};

TEST_F(AvailableMemory, IsTheKernelsEstimateWhereNothingLimitsIt) {
  EXPECT_EQ(available_memory(root_), 1'024'000U);
  write("proc/self/cgroup", "0::/a\n");
  write("sys/fs/cgroup/a/memory.max", "max\n");
  EXPECT_EQ(available_memory(root_), 1'024'000U);
}

TEST_F(AvailableMemory, IsWhatTheGroupsLeave) {
  write("proc/self/cgroup", "0::/a/b\n");
  write("sys/fs/cgroup/a/b/memory.max", "800000\n");
  EXPECT_EQ(available_memory(root_), 800'000U);
  write("sys/fs/cgroup/a/b/memory.current", "300000\n");
  write("sys/fs/cgroup/a/b/memory.stat", "anon 5\ninactive_file 100000\nactive_file 7\n");
  EXPECT_EQ(available_memory(root_), 600'000U);
  write("sys/fs/cgroup/a/memory.max", "400000\n");
  EXPECT_EQ(available_memory(root_), 400'000U);
  write("sys/fs/cgroup/a/memory.current", "500000\n");  // over it already
  EXPECT_EQ(available_memory(root_), 0U);
}

TEST_F(AvailableMemory, IsLimitedByTheFirstVersionToo) {
  write("proc/self/cgroup", "5:cpu:/x\n4:memory:/c\n0::/\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  write("sys/fs/cgroup/memory/c/memory.limit_in_bytes", "700000\n");
  write("sys/fs/cgroup/memory/c/memory.usage_in_bytes", "200000\n");
  write("sys/fs/cgroup/memory/c/memory.stat", "inactive_file 1\ntotal_inactive_file 50000\n");
  EXPECT_EQ(available_memory(root_), 550'000U);
}

TEST_F(AvailableMemory, IsNothingWhereNothingIsKnown) {
  EXPECT_FALSE(available_memory(root_ / "nowhere").has_value());
  EXPECT_TRUE(available_memory().has_value());  // here something is
}

}  // namespace
}  // namespace mbe::planner
