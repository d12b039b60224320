// One suite for every FileSystem, then what only the faulty one promises.
#include "fs/file_system.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "fs/faulty.h"

namespace mbe {
namespace {

class FileSystems : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!GetParam()) return;
    std::string name = testing::TempDir() + "mbe_fs_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override {
    if (GetParam()) std::filesystem::remove_all(root_);
  }
  FileSystem& files() { return GetParam() ? posix_file_system() : memory_; }
  [[nodiscard]] std::string at(const std::string& name) const { return root_ + "/" + name; }

  FaultyFileSystem memory_{1};
  std::string root_ = ".";
};

TEST_P(FileSystems, ReadsWhatWasWritten) {
  auto file = files().open(at("a"), OpenMode::create_new);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->write(0, "hello").ok());
  ASSERT_TRUE((*file)->write(5, " world").ok());
  ASSERT_TRUE((*file)->write(0, "J").ok());
  ASSERT_TRUE((*file)->sync_data().ok());
  EXPECT_EQ(*(*file)->size(), 11U);
  EXPECT_EQ(*(*file)->read(0, 100), "Jello world");
  EXPECT_EQ(*(*file)->read(6, 3), "wor");
  EXPECT_EQ(*(*file)->read(50, 3), "");
  ASSERT_TRUE((*file)->truncate(5).ok());
  EXPECT_EQ(*read_file(files(), at("a"), 5), "Jello");
  EXPECT_EQ(read_file(files(), at("a"), 4).error().code(), ErrorCode::limit);
}

TEST_P(FileSystems, RefusesByOpenMode) {
  EXPECT_EQ(files().open(at("a"), OpenMode::read).error().code(), ErrorCode::not_found);
  EXPECT_EQ(files().open(at("a"), OpenMode::write).error().code(), ErrorCode::not_found);
  ASSERT_TRUE(files().open(at("a"), OpenMode::create).ok());
  ASSERT_TRUE(files().open(at("a"), OpenMode::create).ok());
  EXPECT_EQ(files().open(at("a"), OpenMode::create_new).error().code(), ErrorCode::denied);
  EXPECT_FALSE((*files().open(at("a"), OpenMode::read))->write(0, "x").ok());
  EXPECT_FALSE((*files().open(at("a"), OpenMode::read))->truncate(0).ok());
}

TEST_P(FileSystems, MapsAFileThatGrows) {
  auto file = files().open(at("a"), OpenMode::create);
  ASSERT_TRUE((*file)->write(0, "one").ok());
  const auto map = (*file)->map(1 << 20);
  ASSERT_TRUE(map.ok());
  const std::string_view first = (*map)->view(0, 3);
  ASSERT_TRUE((*file)->write(3, std::string(5'000, 'x')).ok());
  EXPECT_EQ(first, "one");
  EXPECT_EQ((*map)->view(5'000, 3), "xxx");
}

TEST_P(FileSystems, LocksOneOpenFileAtATime) {
  auto first = files().open(at("a"), OpenMode::create);
  auto second = files().open(at("a"), OpenMode::create);
  EXPECT_TRUE(*(*first)->try_lock(0));
  EXPECT_TRUE(*(*first)->try_lock(0));
  EXPECT_FALSE(*(*second)->try_lock(0));
  EXPECT_TRUE(*(*second)->try_lock(1));
  (*first)->unlock(0);
  EXPECT_TRUE(*(*second)->try_lock(0));
  second->reset();
  EXPECT_TRUE(*(*first)->try_lock(0));
}

TEST_P(FileSystems, ListsSorted) {
  ASSERT_TRUE(files().make_directories(at("d/e")).ok());
  ASSERT_TRUE(files().make_directories(at("d/e")).ok());
  for (const char* name : {"d/b", "d/a"})
    ASSERT_TRUE(files().open(at(name), OpenMode::create).ok());
  EXPECT_EQ(*files().list(at("d")), (std::vector<std::string>{"a", "b", "e"}));
  EXPECT_EQ(files().list(at("x")).error().code(), ErrorCode::not_found);
  EXPECT_FALSE(files().open(at("x/y"), OpenMode::create).ok());
}

TEST_P(FileSystems, RenamesAndRemoves) {
  ASSERT_TRUE(replace_file(files(), at("a"), "old").ok());
  ASSERT_TRUE(replace_file(files(), at("a"), "new").ok());
  EXPECT_EQ(*read_file(files(), at("a"), 10), "new");
  EXPECT_FALSE(*files().exists(at("a.tmp")));
  ASSERT_TRUE(files().rename(at("a"), at("b")).ok());
  EXPECT_TRUE(*files().exists(at("b")));
  ASSERT_TRUE(files().remove(at("b")).ok());
  EXPECT_EQ(files().remove(at("b")).error().code(), ErrorCode::not_found);
  EXPECT_EQ(files().rename(at("b"), at("c")).error().code(), ErrorCode::not_found);
}

TEST_P(FileSystems, TellsAFileFromItsReplacement) {
  ASSERT_TRUE(replace_file(files(), at("a"), "old").ok());
  const auto old = files().open(at("a"), OpenMode::read);
  const auto same = files().open(at("a"), OpenMode::read);
  EXPECT_EQ(*(*old)->identity(), *(*same)->identity());
  ASSERT_TRUE(replace_file(files(), at("a"), "new").ok());
  const auto replacement = files().open(at("a"), OpenMode::read);
  EXPECT_NE(*(*old)->identity(), *(*replacement)->identity());
  EXPECT_EQ(*(*old)->read(0, 3), "old");
}

INSTANTIATE_TEST_SUITE_P(Memory, FileSystems, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Posix, FileSystems, testing::Values(true));

TEST(PosixFileSystem, KeepsOthersOut) {
  const std::string root = testing::TempDir() + "mbe_modes_" + std::to_string(getpid());
  std::filesystem::remove_all(root);
  ASSERT_TRUE(posix_file_system().make_directories(root + "/d").ok());
  ASSERT_TRUE(posix_file_system().open(root + "/d/f", OpenMode::create).ok());
  struct stat status;
  ASSERT_EQ(::stat((root + "/d").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  ASSERT_EQ(::stat((root + "/d/f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  std::filesystem::create_symlink(root + "/d/f", root + "/link");
  EXPECT_FALSE(posix_file_system().open(root + "/link", OpenMode::read).ok());
  std::filesystem::remove_all(root);
}

TEST(PosixFileSystem, SaysWhichCallFailed) {
  FileSystem& files = posix_file_system();
  EXPECT_EQ(files.sync_directory("/no/such").error().code(), ErrorCode::not_found);
  EXPECT_EQ(files.make_directories("/proc/no/such").ok(), false);
  EXPECT_EQ(files.exists(std::string(5'000, 'x')).error().code(), ErrorCode::io);
  EXPECT_EQ(parent_directory("/a"), "/");
  EXPECT_EQ(parent_directory("a"), ".");
}

TEST(FaultyFileSystem, LosesANameThatWasNotSynced) {
  int lost = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    FaultyFileSystem files(seed);
    auto file = files.open("a", OpenMode::create);
    ASSERT_TRUE((*file)->write(0, "x").ok());
    ASSERT_TRUE((*file)->sync_data().ok());
    files.crash();
    lost += files.paths().empty() ? 1 : 0;
  }
  EXPECT_GT(lost, 0);
  EXPECT_LT(lost, 20);
}

TEST(FaultyFileSystem, KeepsWhatWasSynced) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    FaultyFileSystem files(seed);
    ASSERT_TRUE(replace_file(files, "a", "safe").ok());
    auto file = files.open("a", OpenMode::write);
    ASSERT_TRUE((*file)->write(4, std::string(2'000, 'x')).ok());
    files.crash();
    EXPECT_EQ(files.contents("a").substr(0, 4), "safe");
    EXPECT_FALSE((*file)->read(0, 1).ok());
  }
}

TEST(FaultyFileSystem, TearsWhatWasNotSynced) {
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    FaultyFileSystem files(seed);
    ASSERT_TRUE(replace_file(files, "a", "").ok());
    auto file = files.open("a", OpenMode::write);
    ASSERT_TRUE((*file)->write(0, std::string(3'000, 'x')).ok());
    files.crash();
    sizes.insert(files.contents("a").size());
  }
  EXPECT_TRUE(sizes.contains(0));
  EXPECT_TRUE(sizes.contains(3'000));
  EXPECT_GT(sizes.size(), 3U);
}

TEST(FaultyFileSystem, ShowsWhatAFailedSyncLost) {
  bool lost = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    FaultyFileSystem files(seed);
    ASSERT_TRUE(replace_file(files, "a", "").ok());
    auto file = files.open("a", OpenMode::write);
    ASSERT_TRUE((*file)->write(0, "gone").ok());
    files.fail_call(1, Fault::io_error, false);
    EXPECT_FALSE((*file)->sync_data().ok());
    EXPECT_TRUE((*file)->sync_data().ok());
    EXPECT_EQ(files.contents("a"), "gone");
    files.crash();
    lost = lost || files.contents("a") != "gone";
  }
  EXPECT_TRUE(lost);
}

TEST(FaultyFileSystem, FailsTheCallItWasToldTo) {
  FaultyFileSystem files(3);
  auto file = files.open("a", OpenMode::create);
  files.fail_call(2, Fault::no_space, false);
  EXPECT_TRUE((*file)->write(0, "12345678").ok());
  EXPECT_FALSE((*file)->write(8, "12345678").ok());
  EXPECT_TRUE((*file)->write(8, "12345678").ok());
  files.fail_call(1, Fault::io_error, true);
  EXPECT_FALSE((*file)->size().ok());
  EXPECT_FALSE(files.exists("a").ok());
  files.fail_nothing();
  EXPECT_TRUE(files.exists("a").ok());
}

TEST(FaultyFileSystem, KillKeepsTheBytesAndFreesTheLocks) {
  FaultyFileSystem files(3);
  auto file = files.open("a", OpenMode::create);
  ASSERT_TRUE((*file)->write(0, "x").ok());
  ASSERT_TRUE(*(*file)->try_lock(0));
  files.power_off_at(1);
  EXPECT_FALSE((*file)->write(1, "y").ok());
  files.kill();
  EXPECT_EQ(files.contents("a"), "x");
  auto again = files.open("a", OpenMode::write);
  EXPECT_TRUE(*(*again)->try_lock(0));
}

}  // namespace
}  // namespace mbe
