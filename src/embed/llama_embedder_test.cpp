// These tests run the default model, which tools/setup brings.
#include "embed/llama_embedder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <numeric>
#include <thread>

#include "base/base64.h"
#include "base/resources.h"

namespace mbe {
namespace {

double dot(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

std::filesystem::path default_folder() {
  const auto folder = find_resource(default_model_resource);
  EXPECT_TRUE(folder.ok());
  return folder.ok() ? *folder : std::filesystem::path();
}

/// One loaded embedder for all tests: loading takes most of a second.
LlamaEmbedder& default_embedder() {
  static const auto embedder = LlamaEmbedder::open(default_folder());
  MBE_ASSERT(embedder.ok());
  return **embedder;
}

std::vector<float> vector_of(std::string_view text, TextRole role = TextRole::passage) {
  auto rows = default_embedder().embed(std::span(&text, 1), role);
  EXPECT_TRUE(rows.ok());
  return rows.ok() ? rows->values : std::vector<float>(384);
}

/// Lines of tests/golden/embed/e5.tsv: role, text, base64 of the vector as float32.
struct Golden {
  TextRole role;
  std::string text;
  std::vector<float> vector;
};

std::vector<Golden> read_golden() {
  std::ifstream file(MBE_SOURCE_DIR "/tests/golden/embed/e5.tsv");
  std::vector<Golden> out;
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find('\t');
    const auto second = line.find('\t', first + 1);
    const auto bytes = from_base64(std::string_view(line).substr(second + 1));
    MBE_ASSERT(bytes.has_value());
    Golden golden{line.substr(0, first) == "query" ? TextRole::query : TextRole::passage,
                  line.substr(first + 1, second - first - 1),
                  std::vector<float>(bytes->size() / sizeof(float))};
    std::memcpy(golden.vector.data(), bytes->data(), bytes->size());
    out.push_back(std::move(golden));
  }
  return out;
}

TEST(LlamaEmbedder, GivesTheVectorsOfTheModelsOwnEngine) {
  const auto golden = read_golden();
  ASSERT_GE(golden.size(), 10U);
  for (const auto& [role, text, vector] : golden) {
    EXPECT_GE(dot(vector_of(text, role), vector), 0.9999) << text;
  }
}

TEST(LlamaEmbedder, OpensWithoutLoading) {
  const auto embedder = LlamaEmbedder::open(default_folder());
  ASSERT_TRUE(embedder.ok());
  EXPECT_EQ((*embedder)->dim(), 384U);
  EXPECT_EQ((*embedder)->tokens_max(), 512U);
  EXPECT_TRUE((*embedder)->model_id().starts_with("multilingual-e5-small-q4_0@"));
}

TEST(LlamaEmbedder, GivesTheSameVectorAloneAndInABatch) {
  std::vector<std::string> owned;
  for (int i = 0; i < 40; ++i) {
    owned.push_back("문장 " + std::to_string(i) +
                    std::string(static_cast<std::size_t>(i) * 9, 'x'));
  }
  const std::vector<std::string_view> texts(owned.begin(), owned.end());
  const auto rows = default_embedder().embed(texts, TextRole::passage);
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); i += 13) {
    EXPECT_GE(dot(rows->row(i), vector_of(texts[i])), 0.9995);
    EXPECT_NEAR(dot(rows->row(i), rows->row(i)), 1, 1e-5);
  }
}

TEST(LlamaEmbedder, BringsMeaningsTogetherAcrossLanguages) {
  const auto failed = vector_of("프로젝트가 망했다");
  EXPECT_GT(dot(failed, vector_of("The project was a failure.")),
            dot(failed, vector_of("I had noodles for lunch.")));
}

TEST(LlamaEmbedder, EmbedsEmptyLongAndStrangeTexts) {
  const std::string endless(2 * 1024 * 1024, 'a');
  for (const std::string_view text :
       {std::string_view(""), std::string_view(" \n\t "), std::string_view("\0\1", 2),
        std::string_view("🙂🙂"), std::string_view(endless)}) {
    const auto vector = vector_of(text);
    EXPECT_NEAR(dot(vector, vector), 1, 1e-5);
  }
  const auto none = default_embedder().embed({}, TextRole::query);
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->size(), 0U);
}

TEST(LlamaEmbedder, CountsTokensWithoutMarksAndPrefix) {
  const auto none = default_embedder().count_tokens("");
  const auto some = default_embedder().count_tokens("hello world");
  ASSERT_TRUE(none.ok() && some.ok());
  EXPECT_EQ(*none, 0U);
  EXPECT_GE(*some, 2U);
  EXPECT_LE(*some, 4U);
}

TEST(LlamaEmbedder, MayBeCalledFromManyThreads) {
  const auto expected = vector_of("shared text");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const auto role = i % 2 == 0 ? TextRole::passage : TextRole::query;
      for (int round = 0; round < 5; ++round) {
        const auto vector = vector_of("shared text", role);
        if (role == TextRole::passage) {
          EXPECT_GE(dot(vector, expected), 0.9999);
        }
      }
    });
  }
}

TEST(LlamaEmbedder, SaysWhatIsMissing) {
  const auto embedder = LlamaEmbedder::open("/nonexistent/model");
  ASSERT_FALSE(embedder.ok());
  EXPECT_EQ(embedder.error().code(), ErrorCode::unavailable);
  EXPECT_NE(embedder.error().message().find("launch.sh"), std::string::npos);
}

/// A folder with the default manifest, changed, and other weights.
class DamagedModel : public ::testing::Test {
 protected:
  DamagedModel()
      : folder_(std::filesystem::path(::testing::TempDir()) /
                ("damaged_model_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~DamagedModel() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<LlamaEmbedder> open(std::string_view weights) {
    std::ofstream(folder_ / "model.gguf", std::ios::binary) << weights;
    std::ofstream(folder_ / "manifest.json")
        << R"({"format": 1, "name": "damaged", "file": "model.gguf", "kind": "embedding",)"
        << R"("dim": 384, "tokens_max": 512, "pooling": "mean", "normalise": "none",)"
        << R"("query_prefix": "", "passage_prefix": "", "source": "a test", "licence": "none",)"
        << R"("bytes": )" << weights.size() << R"(, "sha256": ")" << to_hex(view(sha256(weights)))
        << "\"}";
    auto embedder = LlamaEmbedder::open(folder_);
    MBE_ASSERT(embedder.ok());
    return std::move(*embedder);
  }

  std::filesystem::path folder_;
};

TEST_F(DamagedModel, IsCorruptWhereLibllamaRefusesTheFile) {
  const std::string empty("GGUF\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32);
  const auto embedder = open(empty);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto tokens = embedder->count_tokens("text");
    ASSERT_FALSE(tokens.ok());
    EXPECT_EQ(tokens.error().code(), ErrorCode::corrupt);
  }
}

TEST_F(DamagedModel, IsCorruptWhereTheFileIsCut) {
  const auto embedder = open("GGUF\3");
  const std::string_view text = "text";
  const auto rows = embedder->embed(std::span(&text, 1), TextRole::query);
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().code(), ErrorCode::corrupt);
}

TEST_F(DamagedModel, MayComeBackWhileTheProgramRuns) {
  const auto embedder = open("GGUF\3");
  std::filesystem::remove(folder_ / "model.gguf");
  EXPECT_EQ(embedder->load().error().code(), ErrorCode::unavailable);
  std::ofstream(folder_ / "model.gguf") << "other";
  EXPECT_EQ(embedder->load().error().code(), ErrorCode::corrupt);
}

}  // namespace
}  // namespace mbe
