// The machine or the process stops at a call while exchanges are saved, kept raw and forgotten. The
// next start finds each acknowledged exchange once in the log and once in the transcript, and of
// what is forgotten nothing. MBE_CRASH_STRIDE: calls between two that are tried.
#include <gtest/gtest.h>

#include <cstdlib>

#include "creation/creation_files.h"
#include "echo/memory_core_fixture.h"
#include "fs/faulty.h"
#include "transcript/transcript.h"

namespace mbe {
namespace {

constexpr const char* secret = "zanzibarcanary";
constexpr const char* part = "h/memory/day20231114/part1.txt";

class MemoryCoreCrash : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    static int counter = 0;
    folder_ = fs::temp_directory_path() / fmt::format("mbe-core-crash-{}-{}", getpid(), counter++);
    fs::create_directories(folder_);
    auto people = People::open(folder_.string());  // not on the disk that fails
    ASSERT_TRUE(people.ok());
    people_ = std::move(*people);
  }
  void TearDown() override {
    close();
    people_.reset();
    fs::remove_all(folder_);
  }
  void close() {
    core_.reset();
    engine_.reset();
  }
  Result<Memory*> open(FaultyFileSystem& files) {
    close();
    MBE_ASSIGN(engine_, Engine::open({.home = "h",
                                      .clock = &clock_,
                                      .files = &files,
                                      .embedder = std::make_shared<TestEmbedder>()}));
    MemoryCoreOptions options;
    options.clock = &clock_;
    options.files = &files;
    core_ = std::make_unique<MemoryCore>(*engine_, *people_, options);
    return engine_->chain("main");
  }
  Result<std::uint64_t> save(const std::string& text) {
    MBE_ASSIGN(const Saved saved,
               core_->save_memory({.speaker = "mina", .text = text, .answer = "about " + text}));
    if (saved.transcript_error) return *saved.transcript_error;
    if (text != secret) kept_.push_back(text);
    return saved.utterance.block_index;
  }
  Result<void> session(FaultyFileSystem& files) {
    MBE_ASSIGN(Memory * memory, open(files));
    MBE_TRY(save("a heron\nin the pond"));
    MBE_ASSIGN(const std::uint64_t block, save(secret));
    MBE_TRY(core_->backup_raw("main", "raw " + std::string(secret)));
    const Creation made{.kind = "text",
                        .asked = "about " + std::string(secret),
                        .text = "a poem of " + std::string(secret),
                        .blocks = {block},
                        .time_ms = clock_.now_ms()};
    MBE_TRY(save_creation(files, "h", made));
    MBE_TRY(save("a fox on the road"));
    MBE_TRY(core_->generate_insight("main", "2023-11-14"));
    forgetting_ = true;
    MBE_TRY(memory->forget({.blocks = {block}}, 2));
    forgotten_ = true;
    MBE_TRY(save("snow on the harbour"));
    return {};
  }
  void check(FaultyFileSystem& files) {
    const Result<Memory*> memory = open(files);
    ASSERT_TRUE(memory.ok()) << memory.error().message();
    const Result<void> repaired = core_->repair("main");
    ASSERT_TRUE(repaired.ok()) << repaired.error().message();
    const auto erasures = (*memory)->erasures();
    const bool erased = *erasures > 0;
    EXPECT_TRUE(erased || !forgotten_);
    EXPECT_TRUE(!erased || forgetting_);
    const auto blocks = (*memory)->list({.limit = 100, .oldest_first = true});
    ASSERT_TRUE(blocks.ok());
    const std::string transcript = there(files, part);
    for (const std::string& text : kept_) {
      EXPECT_EQ(std::ranges::count(*blocks, text, &BlockView::context), 1) << text;
    }
    std::string wanted;
    for (const BlockView& block : *blocks) {
      const TranscriptLine line{0, block.speaker, block.context, 80'000, false};
      const std::string formatted = format_transcript_line(line);
      EXPECT_NE(transcript.find(formatted), std::string::npos) << formatted << "in\n" << transcript;
      wanted += formatted;
    }
    // Beside them nothing but the places of what is forgotten.
    std::string bare = transcript;
    for (std::size_t at = 0; (at = bare.find("[--:--:--]\n")) != std::string::npos;) {
      bare.erase(at, 11);
    }
    EXPECT_EQ(bare, wanted);
    close();
    for (const std::string& path : files.paths()) {
      const bool holds = files.contents(path).find(secret) != std::string::npos;
      EXPECT_FALSE(erased && holds) << path;
    }
  }
  static std::string there(FaultyFileSystem& files, const std::string& path) {
    const auto paths = files.paths();
    return std::ranges::find(paths, path) == paths.end() ? "" : files.contents(path);
  }

  FakeClock clock_{start};
  fs::path folder_;
  std::unique_ptr<People> people_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<MemoryCore> core_;
  std::vector<std::string> kept_;
  bool forgetting_ = false, forgotten_ = false;
};

TEST_P(MemoryCoreCrash, KeepsLogAndTranscriptTogether) {
  const char* const asked = std::getenv("MBE_CRASH_STRIDE");
  const std::uint64_t stride = asked == nullptr ? 37 : std::strtoull(asked, nullptr, 10);
  bool finished = false;
  for (std::uint64_t call = stride; !finished; call += stride) {
    SCOPED_TRACE(testing::Message() << "stopped at call " << call);
    FaultyFileSystem files(call);
    kept_.clear();
    forgetting_ = forgotten_ = false;
    files.power_off_at(call);
    finished = session(files).ok();
    close();
    GetParam() ? files.crash() : files.kill();
    check(files);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, MemoryCoreCrash, testing::Values(true, false),
                         [](const auto& machine) {
                           return machine.param ? "TheMachine" : "TheProcess";
                         });

}  // namespace
}  // namespace mbe
