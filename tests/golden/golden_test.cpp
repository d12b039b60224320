// Chains written by every published version are opened by today's code, as they are and for
// writing. MBE_GOLDEN_WRITE=<directory> writes the golden chain of this version instead.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>

#include "store/local/open_chain.h"

namespace mbe {
namespace {

const std::string id = "gcldqnfb7rsa2x5w3kzojhyvte";
const std::vector<std::string> texts = {"빚이 650만원 생겼다.", "I will finish the novel by May.",
                                        "gone", "kept"};

ChainOptions options_in(const std::string& directory, const Clock& clock) {
  ChainOptions out{posix_file_system(), clock, id, directory, [] {
                     Bytes32 root{};
                     root.fill(0x67);
                     return Result<Bytes32>(root);
                   }};
  out.genesis.kind = Kind::manifest;
  out.genesis.text = "golden";
  out.segment_bytes_max = 4'000;
  return out;
}

void write_golden(const std::string& directory) {
  FakeClock clock(1'795'000'000'000);
  const auto chain = open_chain(options_in(directory, clock));
  ASSERT_TRUE(chain.ok());
  for (const std::string& text : texts) {
    clock.advance_ms(1'000);
    Payload payload;
    payload.text = text;
    payload.speaker = "오리진";
    payload.keywords = {"금전"};
    payload.tags = {"money"};
    payload.importance = 0.5F;
    payload.event_ms = 1'700'000'000'000;
    payload.refs = {{0, "", ""}};
    ASSERT_TRUE((*chain)->append(payload).ok());
  }
  const auto erased = (*chain)->erase(
      {{{3, 3}}, "", "", {}}, [](const Erasure&) { return Result<std::vector<std::string>>({}); });
  ASSERT_TRUE(erased.ok());
  ASSERT_TRUE((*chain)->scrub().ok());
}

class Golden : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "mbe_golden_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    copy_ = name;
    std::filesystem::copy(std::string(MBE_SOURCE_DIR) + "/tests/golden/" + GetParam(), copy_,
                          std::filesystem::copy_options::recursive);
  }
  void TearDown() override { std::filesystem::remove_all(copy_); }
  std::string copy_;
};

TEST_P(Golden, OpensReadsAndVerifies) {
  for (const bool read_only : {true, false}) {
    FakeClock clock(1'795'000'100'000);
    ChainOptions options = options_in(copy_, clock);
    options.read_only = read_only;
    const auto chain = open_chain(options);
    ASSERT_TRUE(chain.ok()) << chain.error().message();
    EXPECT_EQ((*chain)->head().sequence, 6U);
    EXPECT_EQ((*chain)->read(0)->payload.text, "golden");
    for (std::uint64_t at = 1; at <= texts.size(); ++at) {
      const Result<Block> block = (*chain)->read(at);
      EXPECT_EQ(block->state, at == 3 ? BlockState::erased : BlockState::ok);
      if (at != 3) {
        EXPECT_EQ(block->payload.text, texts[at - 1]);
        EXPECT_EQ(block->payload.keywords, std::vector<std::string>{"금전"});
        EXPECT_EQ(block->payload.event_ms, 1'700'000'000'000);
      }
    }
    EXPECT_TRUE((*chain)->verify({.open_payloads = true}).ok());
    EXPECT_EQ((*chain)->append(Payload()).ok(), !read_only);
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, Golden, testing::Values("v1"));

TEST(GoldenWriter, WritesOnRequest) {
  const char* const directory = std::getenv("MBE_GOLDEN_WRITE");
  if (directory == nullptr) GTEST_SKIP() << "MBE_GOLDEN_WRITE is not set";
  write_golden(directory);
}

}  // namespace
}  // namespace mbe
