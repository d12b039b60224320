// The machine or the process stops at a call of a home's first session: while the home, its key and
// its first chain are made, while something is remembered, observed and forgotten, while indexes
// are written. The next start finds what was acknowledged and nothing that was forgotten.
// MBE_CRASH_STRIDE: how many calls lie between two that are tried; 1 tries every one.
#include <cstdlib>
#include <map>

#include "engine/engine_fixture.h"
#include "engine/home.h"
#include "engine/memory_parts.h"
#include "fs/faulty.h"

namespace mbe {
namespace {

/// What a session was promised.
struct Kept {
  std::map<std::uint64_t, std::string> texts;
  bool forgetting = false, forgotten = false;  ///< of the block that says `secret`
};

constexpr const char* secret = "zanzibarcanary";

class EngineCrash : public testing::TestWithParam<bool> {
 protected:
  Result<Memory*> open(FaultyFileSystem& files) {
    engine_.reset();
    MBE_ASSIGN(engine_, Engine::open({.home = "h",
                                      .clock = &clock_,
                                      .files = &files,
                                      .embedder = std::make_shared<TestEmbedder>()}));
    return engine_->chain("main");
  }
  Result<void> remember(Memory& memory, const std::string& text, Kept& kept) {
    MBE_ASSIGN(const RememberReceipt receipt, memory.remember({.text = text}));
    kept.texts[receipt.block_index] = text;
    return {};
  }
  /// The whole session, as far as it gets.
  Result<void> session(FaultyFileSystem& files, Kept& kept) {
    MBE_ASSIGN(Memory * memory, open(files));
    MBE_TRY(remember(*memory, "the heron stands in the pond", kept));
    MBE_ASSIGN(const ObserveResult said,
               memory->observe({.text = std::string(secret) + " lives in the attic"}));
    MBE_TRY(remember(*memory, "a fox crossed the road", kept));
    MBE_TRY(memory->reembed(false));
    MBE_TRY(memory->rebuild());
    kept.forgetting = true;
    MBE_TRY(memory->forget({.blocks = {said.block_index.value_or(0)}}, 1));
    kept.forgotten = true;
    MBE_TRY(remember(*memory, "snow fell on the harbour", kept));
    return memory->checkpoint();
  }
  void check(FaultyFileSystem& files, const Kept& kept) {
    const Result<Memory*> memory = open(files);
    ASSERT_TRUE(memory.ok()) << memory.error().message();
    for (const auto& [index, text] : kept.texts) {
      const auto block = (*memory)->show(index);
      ASSERT_TRUE(block.ok()) << block.error().message();
      EXPECT_EQ(block->context, text);
      const auto found = (*memory)->recall({.cue = text, .arms = {"keyword"}, .threshold = false});
      ASSERT_TRUE(found.ok()) << found.error().message();
      ASSERT_FALSE(found->hits.empty()) << text;
      EXPECT_EQ(found->hits.front().block.block_index, index);
    }
    const bool erased = !(*memory)->parts().chain->erasures().empty();
    EXPECT_TRUE(erased || !kept.forgotten);
    EXPECT_TRUE(!erased || kept.forgetting);
    const VerifyResult result = (*memory)->verify();
    EXPECT_TRUE(result.ok) << result.problems.front().message();
    engine_.reset();
    for (const std::string& path : files.paths()) {
      const bool there = files.contents(path).find(secret) != std::string::npos;
      EXPECT_FALSE(erased && there) << path;
    }
  }

  FakeClock clock_{start};
  std::unique_ptr<Engine> engine_;
};

TEST_P(EngineCrash, KeepsWhatWasPromised) {
  const char* const asked = std::getenv("MBE_CRASH_STRIDE");
  const std::uint64_t stride = asked == nullptr ? 41 : std::strtoull(asked, nullptr, 10);
  bool finished = false;
  for (std::uint64_t call = stride; !finished; call += stride) {
    SCOPED_TRACE(testing::Message() << "stopped at call " << call);
    FaultyFileSystem files(call);
    Kept kept;
    files.power_off_at(call);
    finished = session(files, kept).ok();
    engine_.reset();
    GetParam() ? files.crash() : files.kill();
    check(files, kept);
    if (HasFailure()) return;
  }
}

/// The first start alone, at every call: quick without an engine around it.
TEST_P(EngineCrash, AHomeThatWasCutOffCanBeMade) {
  bool finished = false;
  for (std::uint64_t call = 1; !finished; ++call) {
    SCOPED_TRACE(testing::Message() << "stopped at call " << call);
    FaultyFileSystem files(call);
    files.power_off_at(call);
    const auto make = [&]() -> Result<void> {
      MBE_ASSIGN(const Home home, Home::open(files, "h", false));
      MBE_ASSIGN(const auto chain, home.open_chain("main", true, clock_));
      return chain->append(Payload{.text = "first"}).ok() ? Result<void>()
                                                          : fail(ErrorCode::io, "stopped");
    };
    finished = make().ok();
    GetParam() ? files.crash() : files.kill();
    const Result<void> again = make();
    ASSERT_TRUE(again.ok()) << again.error().message();
    const auto home = Home::open(files, "h", true);
    ASSERT_TRUE(home.ok());
    EXPECT_EQ(home->chain_ids(clock_)->size(), 1U);
  }
}

INSTANTIATE_TEST_SUITE_P(Of, EngineCrash, testing::Values(true, false), [](const auto& machine) {
  return machine.param ? "TheMachine" : "TheProcess";
});

}  // namespace
}  // namespace mbe
