#include "llm/weights_check.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "fs/file_system.h"

namespace mbe {
namespace {

class CheckWeights : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("mbe-weights-check-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    write("a.gguf", "weights");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(replace_file(posix_file_system(), (folder_ / name).string(), text).ok());
  }
  static std::string entry(const std::string& name, const std::string& text) {
    return R"({"file": ")" + name + R"(", "bytes": )" + std::to_string(text.size()) +
           R"(, "sha256": ")" + to_hex(view(sha256(text))) + "\"}";
  }
  Result<bool> check() { return check_weights(folder_ / "a.gguf"); }

  std::filesystem::path folder_;
};

TEST_F(CheckWeights, KnowsTheFileOfAManifestOfOne) {
  write("manifest.json", entry("a.gguf", "weights"));
  ASSERT_TRUE(check().ok()) << check().error().message();
  EXPECT_TRUE(*check());
}

TEST_F(CheckWeights, KnowsTheFileAmongSeveral) {
  write("manifest.json",
        R"({"files": [)" + entry("b.gguf", "other") + ", " + entry("a.gguf", "weights") + "]}");
  EXPECT_TRUE(*check());
}

TEST_F(CheckWeights, HasNothingToSayWithoutAnEntry) {
  EXPECT_FALSE(*check());
  write("manifest.json", entry("b.gguf", "other"));
  EXPECT_FALSE(*check());
}

TEST_F(CheckWeights, RefusesWeightsThatWereAltered) {
  write("manifest.json", entry("a.gguf", "weights"));
  write("a.gguf", "wEights");
  EXPECT_EQ(check().error().code(), ErrorCode::corrupt);
  write("a.gguf", "weights and more");
  EXPECT_EQ(check().error().code(), ErrorCode::corrupt);
}

TEST_F(CheckWeights, RefusesAManifestThatIsNone) {
  for (const std::string text : {"", "[]", "{", R"({"file": "a.gguf"})",
                                 R"({"file": "a.gguf", "bytes": "7", "sha256": 1})"}) {
    write("manifest.json", text);
    ASSERT_FALSE(check().ok()) << text;
    EXPECT_EQ(check().error().code(), ErrorCode::corrupt) << text;
  }
}

TEST_F(CheckWeights, DoesNotFindWhatIsNotThere) {
  EXPECT_EQ(check_weights(folder_ / "b.gguf").error().code(), ErrorCode::not_found);
  std::filesystem::create_directory(folder_ / "manifest.json");
  EXPECT_EQ(check().error().code(), ErrorCode::io);
}

}  // namespace
}  // namespace mbe
