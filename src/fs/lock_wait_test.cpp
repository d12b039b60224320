#include "fs/lock_wait.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace mbe {
namespace {

/// A file of a disk whose syncs take as long as the test wants; somebody else holds its lock until
/// it has been synced `syncs_until_free` times.
class SlowFile final : public File {
 public:
  SlowFile(std::chrono::milliseconds sync, int syncs_until_free)
      : sync_(sync), syncs_until_free_(syncs_until_free) {}

  Result<std::uint64_t> size() const override { return std::uint64_t{0}; }
  Result<std::uint64_t> identity() const override { return std::uint64_t{0}; }
  Result<std::int64_t> modified_ns() const override { return std::int64_t{0}; }
  Result<void> write(std::uint64_t, std::string_view) override { return {}; }
  Result<std::string> read(std::uint64_t, std::uint64_t) const override { return std::string(); }
  Result<void> truncate(std::uint64_t) override { return {}; }
  Result<void> sync_data() override {
    if (fails) return fail(ErrorCode::io, "the disk is gone");
    std::this_thread::sleep_for(sync_);
    ++syncs;
    return {};
  }
  Result<std::unique_ptr<Mapping>> map(std::uint64_t) const override {
    return std::unique_ptr<Mapping>();
  }
  Result<bool> try_lock(unsigned) override { return syncs >= syncs_until_free_; }
  void unlock(unsigned) override {}

  int syncs = 0;
  bool fails = false;

 private:
  std::chrono::milliseconds sync_;
  int syncs_until_free_;
};

TEST(LockWait, TakesAFreeLockAtOnce) {
  SlowFile file(std::chrono::milliseconds(0), 0);
  EXPECT_TRUE(*LockWait(0).lock(file, 0));
  EXPECT_EQ(file.syncs, 0);
}

TEST(LockWait, GivesUpOnAHolderThatDoesNotWork) {
  SlowFile file(std::chrono::milliseconds(0), 1'000);
  EXPECT_FALSE(*LockWait(20).lock(file, 0));
  EXPECT_EQ(file.syncs, 1);
}

TEST(LockWait, WaitsForADiskThatStandsStill) {
  SlowFile file(std::chrono::milliseconds(120), 2);
  EXPECT_TRUE(*LockWait(20).lock(file, 0));
  EXPECT_EQ(file.syncs, 2);
}

TEST(LockWait, TellsThatTheDiskFailed) {
  SlowFile file(std::chrono::milliseconds(0), 1);
  file.fails = true;
  EXPECT_EQ(LockWait(5).lock(file, 0).error().code(), ErrorCode::io);
}

}  // namespace
}  // namespace mbe
