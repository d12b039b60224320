#include "embed/emotion_head.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/resources.h"
#include "embed/llama_embedder.h"

namespace mbe {
namespace {

using Json = nlohmann::json;

/// A head of two labels over vectors of two floats.
class EmotionHeadFiles : public ::testing::Test {
 protected:
  EmotionHeadFiles()
      : folder_(std::filesystem::path(::testing::TempDir()) /
                (::testing::UnitTest::GetInstance()->current_test_info()->name() +
                 std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
    const std::vector<float> weights = {4, 0, -1, 0, 8, 0.5F};
    bytes_.resize(weights.size() * sizeof(float));
    std::memcpy(bytes_.data(), weights.data(), bytes_.size());
    head_ = {{"format", 1},
             {"model", "tiny@1"},
             {"dim", 2},
             {"weights", "head.bin"},
             {"sha256", to_hex(view(sha256(bytes_)))},
             {"labels",
              {{{"ko", "기쁨"}, {"en", "joy"}, {"tag", "joy"}, {"threshold", 0.5}},
               {{"ko", "비장함"}, {"en", "solemnity"}, {"tag", "-"}, {"threshold", 0.9}}}}};
  }
  ~EmotionHeadFiles() override { std::filesystem::remove_all(folder_); }

  Result<EmotionHead> open() {
    std::ofstream(folder_ / "head.json") << head_.dump();
    std::ofstream(folder_ / "head.bin", std::ios::binary) << bytes_;
    return EmotionHead::open(folder_);
  }

  void expect_corrupt(std::string_view what) {
    const auto head = open();
    ASSERT_FALSE(head.ok()) << what;
    EXPECT_EQ(head.error().code(), ErrorCode::corrupt) << what;
  }

  std::filesystem::path folder_;
  Json head_;
  std::string bytes_;
};

TEST_F(EmotionHeadFiles, GiveLabelsAndProbabilities) {
  const auto head = open();
  ASSERT_TRUE(head.ok()) << head.error().message();
  EXPECT_EQ(head->model_id(), "tiny@1");
  EXPECT_EQ(head->dim(), 2U);
  EXPECT_EQ(head->labels()[0].tag, "joy");
  EXPECT_EQ(head->labels()[1].tag, "");
  const auto probability = head->probabilities(std::vector<float>{1, 0});
  EXPECT_NEAR(probability[0], 1 / (1 + std::exp(-3.0)), 1e-6);
  EXPECT_NEAR(probability[1], 1 / (1 + std::exp(-0.5)), 1e-6);
}

TEST_F(EmotionHeadFiles, GiveTheLabelsOverTheirThresholdBestFirst) {
  const auto head = open();
  ASSERT_TRUE(head.ok());
  EXPECT_TRUE(head->emotions(std::vector<float>{0, 0}).empty());
  const auto one = head->emotions(std::vector<float>{1, 0});
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].label, 0U);
  const auto both = head->emotions(std::vector<float>{0.6F, 0.8F});
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].label, 1U);
}

TEST_F(EmotionHeadFiles, AreUnavailableWhereTheyAreNot) {
  const auto head = EmotionHead::open(folder_ / "nowhere");
  ASSERT_FALSE(head.ok());
  EXPECT_EQ(head.error().code(), ErrorCode::unavailable);
  ASSERT_TRUE(open().ok());
  std::filesystem::remove(folder_ / "head.bin");
  EXPECT_EQ(EmotionHead::open(folder_).error().code(), ErrorCode::unavailable);
}

TEST_F(EmotionHeadFiles, AreCorruptWithOtherWeights) {
  bytes_[0] = static_cast<char>(bytes_[0] ^ 1);
  expect_corrupt("another digest");
  bytes_.pop_back();
  head_["sha256"] = to_hex(view(sha256(bytes_)));
  expect_corrupt("another size");
}

TEST_F(EmotionHeadFiles, AreCorruptWhereAFieldIsWrong) {
  const auto label = head_["labels"][0];
  auto high = label;
  high["threshold"] = 1.5;
  auto nameless = label;
  nameless.erase("ko");
  const std::vector<std::pair<std::string, Json>> wrong = {
      {"format", 2},
      {"model", 1},
      {"dim", 0},
      {"weights", "../head.bin"},
      {"sha256", "0"},
      {"labels", Json::array()},
      {"labels", {1, 2}},
      {"labels", {high, label}},
      {"labels", {nameless, label}},
      {"labels", std::vector<Json>(EmotionHead::labels_max + 1, label)}};
  for (const auto& [key, value] : wrong) {
    const auto right = head_[key];
    head_[key] = value;
    expect_corrupt(key);
    head_[key] = right;
  }
  EXPECT_TRUE(open().ok());
}

TEST(EmotionHead, OfTheProgramReadsTheDefaultModelsVectors) {
  const auto head_folder = find_resource(emotion_head_resource);
  const auto model_folder = find_resource(default_model_resource);
  ASSERT_TRUE(head_folder.ok() && model_folder.ok());
  const auto head = EmotionHead::open(*head_folder);
  const auto embedder = LlamaEmbedder::open(*model_folder);
  ASSERT_TRUE(head.ok()) << head.error().message();
  ASSERT_TRUE(embedder.ok());
  EXPECT_EQ(head->model_id(), (*embedder)->model_id());
  EXPECT_EQ(head->labels().size(), 44U);
  const std::string_view text = "도와주셔서 정말 감사합니다. 덕분에 살았어요!";
  const auto rows = (*embedder)->embed(std::span(&text, 1), TextRole::passage);
  ASSERT_TRUE(rows.ok());
  const auto emotions = head->emotions(rows->row(0));
  ASSERT_FALSE(emotions.empty());
  EXPECT_EQ(head->labels()[emotions[0].label].tag, "gratitude");
}

}  // namespace
}  // namespace mbe
