#include "embed/model_manifest.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "base/json.h"

namespace mbe {
namespace {

using Json = nlohmann::json;

/// The smallest file that read_gguf accepts: no values, no tensors.
const std::string empty_gguf("GGUF\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32);

/// A folder with a manifest and weights, removed at the end.
class ModelFolder : public ::testing::Test {
 protected:
  ModelFolder()
      : folder_(std::filesystem::path(::testing::TempDir()) /
                (::testing::UnitTest::GetInstance()->current_test_info()->name() +
                 std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
    manifest_ = {{"format", 1},
                 {"name", "tiny"},
                 {"file", "model.gguf"},
                 {"bytes", empty_gguf.size()},
                 {"sha256", to_hex(view(sha256(empty_gguf)))},
                 {"kind", "embedding"},
                 {"dim", 384},
                 {"tokens_max", 512},
                 {"pooling", "cls"},
                 {"normalise", "nmt_nfkc"},
                 {"query_prefix", "query: "},
                 {"passage_prefix", "passage: "},
                 {"source", "this test"},
                 {"licence", "MIT"}};
    write("model.gguf", empty_gguf);
  }
  ~ModelFolder() override { std::filesystem::remove_all(folder_); }

  void write(const char* name, std::string_view bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }

  Result<ModelManifest> read() {
    write("manifest.json", manifest_.dump());
    return read_model_manifest(folder_);
  }

  ModelManifest read_well() {
    auto manifest = read();
    EXPECT_TRUE(manifest.ok());
    return manifest.ok() ? *manifest : ModelManifest{};
  }

  std::filesystem::path folder_;
  Json manifest_;
};

using ReadModelManifest = ModelFolder;
using CheckModelWeights = ModelFolder;
using ModelId = ModelFolder;

TEST_F(ReadModelManifest, TakesEveryField) {
  const auto manifest = read_well();
  EXPECT_EQ(manifest.name, "tiny");
  EXPECT_EQ(manifest.weights, folder_ / "model.gguf");
  EXPECT_EQ(manifest.dim, 384U);
  EXPECT_EQ(manifest.tokens_max, 512U);
  EXPECT_EQ(manifest.pooling, Pooling::cls);
  EXPECT_EQ(manifest.normal, TextNormal::nmt_nfkc);
  EXPECT_EQ(manifest.query_prefix, "query: ");
  EXPECT_EQ(manifest.licence, "MIT");
}

TEST_F(ReadModelManifest, IsUnavailableWhereNoneIs) {
  const auto manifest = read_model_manifest(folder_ / "nowhere");
  ASSERT_FALSE(manifest.ok());
  EXPECT_EQ(manifest.error().code(), ErrorCode::unavailable);
}

TEST_F(ReadModelManifest, IsCorruptWhereAFieldIsWrong) {
  const std::vector<std::pair<std::string, Json>> wrong = {{"format", 2},
                                                           {"name", 7},
                                                           {"file", "../model.gguf"},
                                                           {"file", ""},
                                                           {"file", ".."},
                                                           {"bytes", -1},
                                                           {"sha256", "ABC"},
                                                           {"kind", "chat"},
                                                           {"dim", 0},
                                                           {"dim", 100000},
                                                           {"tokens_max", 1},
                                                           {"pooling", "max"},
                                                           {"normalise", "nfc"},
                                                           {"query_prefix", {}},
                                                           {"passage_prefix", 1},
                                                           {"source", 1},
                                                           {"licence", Json::array()}};
  for (const auto& [key, value] : wrong) {
    const auto right = manifest_[key];
    manifest_[key] = value;
    const auto manifest = read();
    ASSERT_FALSE(manifest.ok()) << key;
    EXPECT_EQ(manifest.error().code(), ErrorCode::corrupt);
    EXPECT_NE(manifest.error().message().find(key), std::string::npos);
    manifest_[key] = right;
  }
  EXPECT_TRUE(read().ok());
}

TEST_F(ReadModelManifest, IsCorruptWhereItIsNoJson) {
  write("manifest.json", "{\"format\": 1");
  const auto manifest = read_model_manifest(folder_);
  ASSERT_FALSE(manifest.ok());
  EXPECT_EQ(manifest.error().code(), ErrorCode::corrupt);
}

TEST_F(CheckModelWeights, PassesTheFileThatTheManifestNames) {
  EXPECT_TRUE(check_model_weights(read_well()).ok());
}

TEST_F(CheckModelWeights, IsUnavailableWithoutTheFile) {
  const auto manifest = read_well();
  std::filesystem::remove(manifest.weights);
  const auto checked = check_model_weights(manifest);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), ErrorCode::unavailable);
}

TEST_F(CheckModelWeights, IsCorruptWithAnotherSizeOrDigest) {
  const auto manifest = read_well();
  write("model.gguf", empty_gguf + " ");
  EXPECT_EQ(check_model_weights(manifest).error().code(), ErrorCode::corrupt);
  auto flipped = empty_gguf;
  flipped.back() = 1;
  write("model.gguf", flipped);
  EXPECT_EQ(check_model_weights(manifest).error().code(), ErrorCode::corrupt);
}

TEST_F(CheckModelWeights, IsCorruptWhereTheRightBytesAreNoModel) {
  const std::string_view text = "not a model, but the digest is right";
  write("model.gguf", text);
  manifest_["bytes"] = text.size();
  manifest_["sha256"] = to_hex(view(sha256(text)));
  const auto checked = check_model_weights(read_well());
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), ErrorCode::corrupt);
}

TEST_F(ModelId, ChangesWithAllThatChangesVectorsAndNothingElse) {
  const auto id = read_well().model_id();
  EXPECT_TRUE(id.starts_with("tiny@"));
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, Json>>{{"sha256", std::string(64, 'a')},
                                                 {"pooling", "mean"},
                                                 {"normalise", "none"},
                                                 {"query_prefix", "q: "},
                                                 {"passage_prefix", ""}}) {
    const auto right = manifest_[key];
    manifest_[key] = value;
    EXPECT_NE(read_well().model_id(), id) << key;
    manifest_[key] = right;
  }
  manifest_["source"] = "elsewhere";
  EXPECT_EQ(read_well().model_id(), id);
}

}  // namespace
}  // namespace mbe
