// Forgetting reaches what lies of a memory in plain text: transcripts, raw originals, insight.
#include <gtest/gtest.h>

#include "creation/creation_files.h"
#include "echo/memory_core_fixture.h"

namespace mbe {
namespace {

class PlainCopiesTest : public MemoryCoreTest {
 protected:
  [[nodiscard]] std::vector<std::string> notes(std::uint64_t block) const {
    std::vector<std::string> out;
    const auto preview = memory_->forget_preview({.blocks = {block}});
    for (const Message& said : preview->notes) out.push_back(said.message());
    return out;
  }
  static bool any_says(const std::vector<std::string>& notes, const std::string& words) {
    return std::ranges::any_of(
        notes, [&](const std::string& said) { return said.find(words) != std::string::npos; });
  }
  /// Files of the home that hold the words.
  [[nodiscard]] std::vector<std::string> files_with(const std::string& words) const {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(home_)) {
      const std::string path = fs::relative(entry.path(), home_).string();
      if (entry.is_regular_file() && text(path).find(words) != std::string::npos) {
        out.push_back(path);
      }
    }
    return out;
  }
};

constexpr const char* part = "memory/day20231115/part1.txt";

TEST_F(PlainCopiesTest, AForgottenExchangeLeavesItsTranscript) {
  save("a heron", "a fox");
  const Saved secret = save("zanzibar\nlives in the attic", "I keep zanzibar to myself");
  save("snow", "frost");
  const std::string before = text(part);
  EXPECT_TRUE(any_says(notes(secret.utterance.block_index), "2 lines of the transcripts"));
  EXPECT_FALSE(any_says(notes(secret.utterance.block_index), "still holds it"));
  forget(secret.utterance.block_index);
  EXPECT_EQ(text(part),
            "[07:13:21] 오리진: a heron\n[07:13:21] 에코: a fox\n"
            "[--:--:--]\n[--:--:--]\n"
            "[07:13:23] 오리진: snow\n[07:13:23] 에코: frost\n");
  EXPECT_TRUE(files_with("zanzibar").empty());
  EXPECT_EQ(boot_all().imported, 0U);
  save("rain");
  EXPECT_EQ(lines_in(part), 7);
  EXPECT_EQ(boot_all().imported, 0U);
}

TEST_F(PlainCopiesTest, ARebuiltTranscriptKeepsThePlacesOfForgottenLines) {
  save("a heron", "a fox");
  forget(save("zanzibar").utterance.block_index);
  save("snow");
  const std::string before = text(part);
  fs::remove_all(home_ / "memory");
  reopen_core();
  ASSERT_TRUE(core_->repair("main").ok());
  EXPECT_EQ(text(part), before);
  EXPECT_EQ(boot_all().imported, 0U);
}

TEST_F(PlainCopiesTest, ReachesATranscriptOfTheHomeThatABootRead) {
  // In CP949, without a year, with a blank line; "안녕" = be c8 b3 e7.
  write(
      "memory/mina/day1114/part3.txt",
      "\xbe\xc8\xb3\xe7 heron\r\n\r\n[09:00:00] a: zanzibar\r\n  and more\r\n\r\n\xbe\xc8\xb3\xe7");
  ASSERT_EQ(boot_all().imported, 3U);
  auto memory = engine_->chain("person:mina", false);
  ASSERT_TRUE(memory.ok());
  memory_ = *memory;
  const auto found = recall("zanzibar", {"keyword"});
  ASSERT_FALSE(found.empty());
  forget(found[0]);
  EXPECT_EQ(text("memory/mina/day1114/part3.txt"),
            "\xbe\xc8\xb3\xe7 heron\r\n\r\n[--:--:--]\n\xbe\xc8\xb3\xe7");
  EXPECT_EQ(boot_all().imported, 0U);
}

TEST_F(PlainCopiesTest, FindsALineThatWasMovedByHand) {
  const Saved secret = save("zanzibar");
  write(part, "[01:00:00] a: put before it\n" + text(part));
  forget(secret.utterance.block_index);
  EXPECT_EQ(text(part), "[01:00:00] a: put before it\n[--:--:--]\n");
}

TEST_F(PlainCopiesTest, LeavesOthersFilesAndSaysSo) {
  const fs::path elsewhere = home_.string() + "-elsewhere";
  fs::create_directories(elsewhere / "day20231115");
  std::ofstream(elsewhere / "day20231115/part1.txt") << "[09:00:00] a: zanzibar\n";
  ASSERT_EQ(boot(*engine_, {.folder = elsewhere})->imported, 1U);
  const auto found = recall("zanzibar", {"keyword"});
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(any_says(notes(found[0]), "still holds it"));
  forget(found[0]);
  EXPECT_EQ(boot(*engine_, {.folder = elsewhere})->imported, 0U);
  std::ifstream file(elsewhere / "day20231115/part1.txt");
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "[09:00:00] a: zanzibar");
  fs::remove_all(elsewhere);
}

TEST_F(PlainCopiesTest, TakesTheWordsOutOfRawOriginals) {
  const std::string words = "the \"zanzibar\" key\nlies under the stone";
  const Saved secret = save(words);
  ASSERT_TRUE(core_->backup_raw("main", "before\n" + words + "\nafter").ok());
  ASSERT_TRUE(
      core_->backup_raw("main", R"({"said":"the \"zanzibar\" key\nlies under the stone"})").ok());
  ASSERT_TRUE(core_->backup_raw("main", "nothing of it").ok());
  ASSERT_TRUE(core_->backup_raw("person:jun", "jun: " + words).ok());
  ASSERT_TRUE(core_->backup_raw("main", "\xff\xfe\x01").ok());
  EXPECT_TRUE(any_says(notes(secret.utterance.block_index), "3 raw originals"));
  EXPECT_TRUE(any_says(notes(secret.utterance.block_index), "is no UTF-8 text"));
  const auto done = memory_->forget({.blocks = {secret.utterance.block_index}}, 1);
  ASSERT_TRUE(done.ok());
  ASSERT_EQ(done->unreached.size(), 1U);
  EXPECT_NE(done->unreached[0].find("was not searched"), std::string::npos);
  const auto left = files_with("zanzibar");
  ASSERT_EQ(left.size(), 1U);  // what is another person's stays theirs
  EXPECT_EQ(left[0].substr(0, 18), "memory_backup/jun/");
  EXPECT_EQ(files_with("before\n[--:--:--]\nafter").size(), 1U);
  EXPECT_EQ(files_with(R"({"said":"[--:--:--]"})").size(), 1U);
}

TEST_F(PlainCopiesTest, TakesAShortTextOutWhereItIsNoPieceOfAWord) {
  const Saved secret = save("네");
  ASSERT_TRUE(core_->backup_raw("main", "네, 그러네요. 네").ok());
  forget(secret.utterance.block_index);
  EXPECT_EQ(files_with("[--:--:--], 그러네요. [--:--:--]").size(), 1U);
}

TEST_F(PlainCopiesTest, TakesTheWordsOutOfExchangesAsTheyCameIn) {
  const Saved secret = save("the \"zanzibar\" key\nlies\x01 deep", "zanzibar it is");
  save("a heron");
  const std::string kept = "memory_backup/20231115.jsonl";
  EXPECT_EQ(lines_in(kept), 3);
  EXPECT_TRUE(any_says(notes(secret.utterance.block_index), "1 raw originals"));
  forget(secret.utterance.block_index);
  EXPECT_TRUE(files_with("zanzibar").empty());
  EXPECT_EQ(lines_in(kept), 3);
  EXPECT_EQ(files_with("a heron").size(), 2U);  // and in the transcript
}

TEST_F(PlainCopiesTest, CutsOffTheBeginningOfAnExchangeThatWasNeverKept) {
  const Saved secret = save("zanzibar lies deep");
  const std::string kept = "memory_backup/20231115.jsonl";
  write(kept, text(kept) + R"({"text":"zanzibar li)");
  forget(secret.utterance.block_index);
  EXPECT_TRUE(files_with("zanzibar").empty());
  write(kept, text(kept) + "{\"text\":");
  save("a heron");
  EXPECT_EQ(lines_in(kept), 2);
  EXPECT_EQ(text(kept).find("{\"text\":"), std::string::npos);
}

TEST_F(PlainCopiesTest, DeletesWhatWasMadeFromIt) {
  const Saved secret = save("zanzibar is our word");
  const Saved other = save("a heron in the pond");
  const auto make = [&](const std::string& text, std::uint64_t block, const std::string& chain) {
    clock_.advance_ms(1'000);
    const Creation made{.chain = chain,
                        .kind = "text",
                        .text = text,
                        .blocks = {block},
                        .time_ms = clock_.now_ms()};
    return *save_creation(posix_file_system(), home_.string(), made);
  };
  const std::string poem = make("zanzibar poem", secret.utterance.block_index, "main");
  const std::string kept = make("heron poem", other.utterance.block_index, "main");
  const std::string others = make("jun's poem", secret.utterance.block_index, "person:jun");
  EXPECT_TRUE(any_says(notes(secret.utterance.block_index), poem));
  write(poem + ".tmp", "zanzibar, half written");
  forget(secret.utterance.block_index);
  EXPECT_TRUE(files_with("zanzibar").empty());
  EXPECT_FALSE(fs::exists(home_ / (poem + ".json")));
  EXPECT_TRUE(fs::exists(home_ / kept));
  EXPECT_TRUE(fs::exists(home_ / others));
}

TEST_F(PlainCopiesTest, DeletesWhatTheForgottenBlockSaysItIs) {
  const Creation made{.kind = "text", .text = "zanzibar poem", .time_ms = clock_.now_ms()};
  const std::string poem = *save_creation(posix_file_system(), home_.string(), made);
  const std::string elsewhere = "memory/../root.key";
  for (const std::string& name : {poem, elsewhere}) {
    const auto block = memory_->remember(
        {.text = "a poem for you", .kind = "creation", .data = Json{{"creation", name}}.dump()});
    ASSERT_TRUE(block.ok());
    forget(block->block_index);
  }
  EXPECT_FALSE(fs::exists(home_ / poem));
  EXPECT_TRUE(fs::exists(home_ / "root.key"));  // a path that only looks like one is nobody's
}

TEST_F(PlainCopiesTest, RemovesTheInsightThatHoldsIt) {
  const Saved secret = save("달리기를 하다가 넘어졌다");
  clock_.advance_ms(TimeMs{5} * 86'400'000);
  save("고양이가 잔다");
  for (const char* day : {"2023-11-15", "2023-11-20", ""}) {
    ASSERT_TRUE(core_->generate_insight("main", day).ok()) << day;
  }
  ASSERT_TRUE(
      core_->save_memory({.chain = "person:jun", .speaker = "jun", .text = "a heron"}).ok());
  ASSERT_TRUE(core_->generate_insight("person:jun", "").ok());
  forget(secret.utterance.block_index);
  EXPECT_FALSE(fs::exists(home_ / "memory/insight.json"));
  EXPECT_FALSE(fs::exists(home_ / "memory/day20231115/insight.json"));
  EXPECT_TRUE(fs::exists(home_ / "memory/day20231120/insight.json"));
  EXPECT_TRUE(fs::exists(home_ / "memory/jun/insight.json"));
}

}  // namespace
}  // namespace mbe
