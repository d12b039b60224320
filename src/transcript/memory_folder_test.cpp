#include "transcript/memory_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace mbe {
namespace {

namespace fs = std::filesystem;

TEST(MemoryFolder, KnowsWhatADayMeans) {
  const fs::path root = fs::temp_directory_path() / ("mbe-days-" + std::to_string(getpid()));
  fs::remove_all(root);
  for (const char* name :
       {"day20240229", "day20230229", "day0301", "day1231", "day123", "dayabcd"}) {
    fs::create_directories(root / name);
    std::ofstream(root / name / "part1.txt") << "x\n";
    // All files are of 2024-06-01.
    fs::last_write_time(root / name / "part1.txt",
                        std::chrono::file_clock::from_sys(
                            std::chrono::sys_seconds(std::chrono::seconds(1'717'200'000))));
  }
  const auto days = [&](std::optional<int> year) {
    std::vector<std::string> out;
    const auto found = find_parts(posix_file_system(), root.string(), year);
    for (const PartFile& file : *found) {
      out.push_back(std::to_string(file.day.year) + " " + file.day_folder);
    }
    return out;
  };
  EXPECT_EQ(days({}),
            (std::vector<std::string>{"2023 day1231", "2024 day20240229", "2024 day0301"}));
  EXPECT_EQ(days(2020),
            (std::vector<std::string>{"2020 day0301", "2020 day1231", "2024 day20240229"}));
  fs::remove_all(root);
}

TEST(MemoryFolder, KnowsWhoseFolderItIs) {
  for (const char* name : {"mina", "a", "m-1_x", "0"}) EXPECT_TRUE(is_user_folder(name)) << name;
  for (const char* name : {"", "Mina", "mi na", "day20240101", "..", "a.b", "미나"}) {
    EXPECT_FALSE(is_user_folder(name)) << name;
  }
  EXPECT_FALSE(is_user_folder(std::string(33, 'a')));
  EXPECT_EQ(find_parts(posix_file_system(), "/nowhere/at/all").error().code(),
            ErrorCode::not_found);
}

TEST(MemoryFolder, APartsNumberLeavesRoomForTheNext) {
  EXPECT_EQ(part_of("part1.txt"), 1U);
  EXPECT_EQ(part_of("part999999.txt"), 999'999U);
  for (const char* name : {"part1000000.txt", "part4294967295.txt", "part4294967296.txt",
                           "part-1.txt", "part.txt", "part1", "part1x.txt"}) {
    EXPECT_FALSE(part_of(name)) << name;
  }
}

}  // namespace
}  // namespace mbe
