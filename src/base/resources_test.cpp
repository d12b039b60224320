#include "base/resources.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>

namespace mbe {
namespace {

/// Sets an environment variable and puts the old value back.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

TEST(ResourcePlaces, StartWithMbeDataAndEndWithTheCache) {
  const Environment data("MBE_DATA", "/data");
  const Environment cache("MBE_CACHE", "/cache");
  const auto places = resource_places();
  EXPECT_EQ(places.front(), "/data");
  EXPECT_EQ(places.back(), "/cache");
}

TEST(ResourcePlaces, FallBackToXdgAndThenHome) {
  const Environment data("MBE_DATA", nullptr);
  const Environment cache("MBE_CACHE", "");
  const Environment home("HOME", "/home/somebody");
  {
    const Environment xdg("XDG_CACHE_HOME", "/xdg");
    EXPECT_EQ(resource_places().back(), "/xdg/mbe");
  }
  const Environment xdg("XDG_CACHE_HOME", nullptr);
  EXPECT_EQ(resource_places().back(), "/home/somebody/.cache/mbe");
}

TEST(ResourcePlaces, HoldTheBuildsOwnFoldersForDataAndPrograms) {
  const auto places = resource_places();
  for (const char* folder : {"share", "lib"}) {
    const std::filesystem::path own = std::filesystem::path(MBE_BUILD_DIR) / folder / "mbe";
    EXPECT_NE(std::ranges::find(places, own), places.end()) << own;
  }
}

TEST(FindResource, TakesTheFirstPlaceThatHasIt) {
  const auto root =
      std::filesystem::path(::testing::TempDir()) / ("find_resource_" + std::to_string(getpid()));
  for (const auto* place : {"second", "third"}) {
    std::filesystem::create_directories(root / place / "lexicon");
    std::ofstream(root / place / "lexicon" / "words.tsv") << place;
  }
  const std::vector<std::filesystem::path> places = {root / "first", root / "second",
                                                     root / "third"};
  const auto found = find_resource_in(places, "lexicon/words.tsv");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, root / "second" / "lexicon" / "words.tsv");
  std::filesystem::remove_all(root);
}

TEST(FindResource, IsUnavailableWhereNoPlaceHasItAndNamesThem) {
  const auto found = find_resource_in({"/nowhere", "/neither"}, "words.tsv");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code(), ErrorCode::unavailable);
  EXPECT_NE(found.error().message().find("/nowhere, /neither"), std::string::npos);
  EXPECT_FALSE(find_resource("no/such/file").ok());
}

}  // namespace
}  // namespace mbe
