// Confidence: by the trust of a block, and by others who say the same.
#include "engine/corroboration.h"

#include <fstream>

#include "base/resources.h"
#include "engine/engine_fixture.h"

namespace mbe {
namespace {

const std::string fact = "Mina keeps the spare key under the blue flower pot";
const std::string denial = "Mina does not keep the spare key under the blue flower pot";

class CorroborationTest : public EngineTest {
 protected:
  std::uint64_t says(const std::string& writer, const std::string& text,
                     const std::string& trust = "agent", std::vector<std::uint64_t> refs = {}) {
    clock_.advance_ms(1'000);
    const auto out = memory_->remember(
        {.text = text, .writer = writer, .trust = trust, .refs = std::move(refs)});
    EXPECT_TRUE(out.ok()) << out.error().message();
    return out.ok() ? out->block_index : 0;
  }
  RecallHit hit(std::uint64_t index, const RecallFilter& filter = {}, std::size_t top_k = 10) {
    const auto found = memory_->recall({.cue = "where is the spare key of Mina?",
                                        .top_k = top_k,
                                        .filter = filter,
                                        .threshold = false});
    EXPECT_TRUE(found.ok()) << found.error().message();
    for (const RecallHit& one : found->hits) {
      if (one.block.block_index == index) return one;
    }
    ADD_FAILURE() << "block " << index << " was not found";
    return {};
  }
  static std::vector<std::string> writers(const RecallHit& hit) {
    std::vector<std::string> out;
    for (const Corroboration& one : hit.corroborated_by) out.push_back(one.writer);
    return out;
  }
};

using Names = std::vector<std::string>;

TEST_F(CorroborationTest, IsTheTrustOfOneWhoSaysItAlone) {
  const std::uint64_t owner = says("mina", fact, "owner");
  const std::uint64_t agent = says("scout", "The spare key of Mina opens the garden door");
  EXPECT_FLOAT_EQ(hit(owner).confidence, 0.9F);
  EXPECT_FLOAT_EQ(hit(agent).confidence, 0.6F);
  EXPECT_TRUE(hit(agent).corroborated_by.empty());
}

TEST_F(CorroborationTest, RisesWhereAnotherSaysTheSame) {
  const std::uint64_t first = says("scout", fact);
  const std::uint64_t second = says("cook", fact, "tool");
  const RecallHit of_first = hit(first);
  ASSERT_EQ(writers(of_first), Names{"cook"});
  EXPECT_EQ(of_first.corroborated_by[0].block_index, second);
  EXPECT_EQ(of_first.corroborated_by[0].trust, "tool");
  EXPECT_FLOAT_EQ(of_first.corroborated_by[0].share, 1.0F);
  EXPECT_FLOAT_EQ(of_first.confidence, 1 - 0.4F * 0.5F);
  EXPECT_FLOAT_EQ(hit(second).confidence, of_first.confidence);
}

TEST_F(CorroborationTest, CountsEachWriterOnce) {
  const std::uint64_t first = says("scout", fact);
  says("cook", fact);
  says("cook", fact);
  says("scout", fact);
  EXPECT_EQ(writers(hit(first)), Names{"cook"});
  EXPECT_FLOAT_EQ(hit(first).confidence, 1 - 0.4F * 0.4F);
}

TEST_F(CorroborationTest, ComesFromNobodyWhoRestsOnTheFirst) {
  const std::uint64_t first = says("scout", fact);
  const std::uint64_t repeat = says("cook", fact, "agent", {first});
  EXPECT_TRUE(hit(first).corroborated_by.empty());
  EXPECT_TRUE(hit(repeat).corroborated_by.empty());
  const std::uint64_t other = says("smith", fact, "agent", {first});
  EXPECT_TRUE(hit(other).corroborated_by.empty());  // both rest on the first
}

TEST_F(CorroborationTest, ComesFromNoOtherStatement) {
  const std::uint64_t first = says("scout", fact);
  says("cook", denial);
  says("smith", "Mina keeps 3 spare keys under the blue flower pot");
  EXPECT_TRUE(hit(first).corroborated_by.empty());
}

TEST_F(CorroborationTest, TakesNoAccountForNone) {
  const std::uint64_t first = says("scout", fact);
  says("cook", "The cook bakes bread");
  const std::uint64_t nobody = says("", fact, "owner");
  EXPECT_TRUE(hit(first).corroborated_by.empty());
  EXPECT_TRUE(hit(nobody).corroborated_by.empty());
}

TEST_F(CorroborationTest, FollowsForgettingHidingAndTheFilter) {
  const std::uint64_t first = says("scout", fact);
  const std::uint64_t second = says("cook", fact);
  says("smith", fact);
  EXPECT_EQ(writers(hit(first)), (Names{"cook", "smith"}));
  EXPECT_EQ(writers(hit(first, {.writers = {"scout", "smith"}})), Names{"smith"});
  ASSERT_TRUE(memory_->mark(second, "hide").ok());
  EXPECT_EQ(writers(hit(first)), Names{"smith"});
  ASSERT_TRUE(memory_->mark(second, "restore").ok());
  const ForgetTarget target{.blocks = {second}};
  ASSERT_TRUE(memory_->forget(target, memory_->forget_preview(target)->count()).ok());
  EXPECT_EQ(writers(hit(first)), Names{"smith"});
}

TEST_F(CorroborationTest, DoesNotDependOnHowManyAreAskedFor) {
  const std::uint64_t first = says("scout", fact);
  const std::uint64_t second = says("cook", fact);
  const auto one = memory_->recall({.cue = fact, .top_k = 1, .threshold = false});
  ASSERT_EQ(one->hits.size(), 1U);
  EXPECT_EQ(one->hits[0].corroborated_by.size(), 1U);
  EXPECT_FALSE(memory_->recall({.cue = fact, .top_k = 0}).ok());
  const auto explained = memory_->explain({.cue = fact}, first);
  ASSERT_TRUE(explained.ok());
  EXPECT_EQ(explained->corroborated_by[0].block_index, second);
}

TEST_F(CorroborationTest, IsNotMergedAway) {
  says("scout", fact);
  const std::uint64_t second = says("cook", fact);
  EXPECT_TRUE(memory_->merge_similar({})->empty());
  says("cook", fact);
  const auto merged = memory_->merge_similar({});
  ASSERT_EQ(merged->size(), 1U);
  EXPECT_EQ(merged->front().sources.back(), second);
}

TEST_F(CorroborationTest, FiltersByWriter) {
  says("scout", fact);
  const std::uint64_t second = says("cook", fact);
  const auto listed = memory_->list({.filter = {.writers = {"cook"}}});
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->front().block_index, second);
  EXPECT_TRUE(memory_->list({.filter = {.writers = {"nobody"}}})->empty());
  ASSERT_TRUE(memory_->rebuild().ok());
  EXPECT_EQ(memory_->list({.filter = {.writers = {"cook"}}})->size(), 1U);
}

TEST_F(CorroborationTest, CountsNoDenialAsARepeat) {
  says("cook", fact);
  says("cook", denial);
  EXPECT_TRUE(memory_->merge_similar({})->empty());
}

class TrustTablesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("mbe-trust-" + std::to_string(getpid()));
    fs::copy(*find_resource("recall"), folder_, fs::copy_options::recursive);
  }
  void TearDown() override { fs::remove_all(folder_); }
  ErrorCode with(const std::string& file, const std::string& text) {
    std::ofstream(folder_ / file) << text;
    const auto read = TrustTables::open(folder_);
    EXPECT_FALSE(read.ok()) << text;
    return read.ok() ? ErrorCode::busy : read.error().code();
  }
  fs::path folder_;
};

TEST_F(TrustTablesTest, TellsTrustAndNegations) {
  const auto shipped = TrustTables::open(folder_);
  ASSERT_TRUE(shipped.ok()) << shipped.error().message();
  EXPECT_GT(shipped->of("owner"), shipped->of("web"));
  EXPECT_EQ(shipped->of("nobody"), 0);
  EXPECT_EQ(shipped->negations("I did NOT say no, I didn't and can’t"), 4U);
  EXPECT_EQ(shipped->negations("a note about the nose"), 0U);
  EXPECT_EQ(shipped->negations("나는 가지 않는다"), 1U);
  EXPECT_EQ(shipped->negations("나는 간다"), 0U);
}

TEST_F(TrustTablesTest, AreReadFromSoundTablesAlone) {
  const std::string sound = "owner\t1\nmember\t1\nagent\t1\ntool\t1\nimported\t1\nweb\t1\n";
  for (const char* wrong : {"owner\t1.5\n", "owner\n", "friend\t0.5\n", "owner\tx\n", ""}) {
    EXPECT_EQ(with("trust.tsv", wrong), ErrorCode::corrupt) << wrong;
  }
  std::ofstream(folder_ / "trust.tsv") << sound;
  EXPECT_TRUE(TrustTables::open(folder_).ok());
  EXPECT_EQ(with("negations.tsv", "fr\tpas\n"), ErrorCode::corrupt);
  fs::remove(folder_ / "negations.tsv");
  EXPECT_EQ(TrustTables::open(folder_).error().code(), ErrorCode::io);
}

}  // namespace
}  // namespace mbe
