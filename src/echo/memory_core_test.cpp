// Exchanges on their way into log and transcript, and what becomes of them.
#include "echo/memory_core.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "echo/memory_core_fixture.h"
#include "transcript/line_id.h"

namespace mbe {
namespace {

TEST_F(MemoryCoreTest, WritesLogAndTranscript) {
  const Saved saved = save("오늘은 맑다\n산책했다", "좋았겠네요.");
  EXPECT_FALSE(saved.transcript_error);
  ASSERT_TRUE(saved.answer);
  EXPECT_EQ(text("memory/day20231115/part1.txt"),
            "[07:13:21] 오리진: 오늘은 맑다\n  산책했다\n[07:13:21] 에코: 좋았겠네요.\n");
  const auto said = memory_->show(saved.utterance.block_index);
  EXPECT_EQ(said->context, "오늘은 맑다\n산책했다");
  EXPECT_EQ(said->channel, "echo");
  EXPECT_EQ(said->kind, "utterance");
  EXPECT_EQ(said->source,
            "memory/day2023-11-15/part1:1:" + line_digest("오리진", "오늘은 맑다\n산책했다"));
  const auto answer = memory_->show(saved.answer->block_index);
  EXPECT_EQ(answer->kind, "answer");
  EXPECT_EQ(answer->refs, std::vector<std::uint64_t>{saved.utterance.block_index});
}

TEST_F(MemoryCoreTest, KeepsEachExchangeAsItCameIn) {
  for (int i = 0; i < 2; ++i) {
    clock_.advance_ms(1'000);
    ASSERT_TRUE(core_
                    ->save_memory({.speaker = "오리진",
                                   .text = "오늘은 맑다\r\n아주",
                                   .answer = "좋네요.",
                                   .conversation = "talk"})
                    .ok());
  }
  std::istringstream in(text("memory_backup/20231115.jsonl"));
  std::vector<Json> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  ASSERT_EQ(lines.size(), 4U);  // repeats too
  EXPECT_EQ(lines[0]["text"], "오늘은 맑다\r\n아주");
  EXPECT_EQ(lines[0]["conversation"], "talk");
  EXPECT_EQ(lines[1]["speaker"], "에코");
  EXPECT_EQ(lines[0]["repeat"], false);
  EXPECT_EQ(lines[2]["repeat"], true);
  EXPECT_EQ(lines[2]["block_index"], lines[0]["block_index"]);
}

TEST_F(MemoryCoreTest, CountsRepeatsOfTheLineNotOfItsAnswer) {
  save("오늘은 맑다", "네.");
  save("오늘은 맑다", "네.");
  const Saved third = save("오늘은 맑다", "네.");
  EXPECT_EQ(third.utterance.repeats, 2U);
  EXPECT_EQ(third.answer->repeats, 2U);
}

TEST_F(MemoryCoreTest, KeepsNoExchangeWhereThatIsTurnedOff) {
  configure("[transcripts]\nraw = false\n");
  save("오늘은 맑다");
  EXPECT_FALSE(fs::exists(home_ / "memory_backup"));
  EXPECT_EQ(lines_in("memory/day20231115/part1.txt"), 1);
}

TEST_F(MemoryCoreTest, ALaterBootAddsNothing) {
  save("before the boot", "네.");
  EXPECT_EQ(boot_all().imported, 0U);
  for (int i = 0; i < 20; ++i) {
    clock_.advance_ms(3'600'000);
    save("exchange " + std::to_string(i) + "\r\nsecond line: x\n\n  indented",
         "answer " + std::to_string(i));
  }
  const std::uint64_t memories = memory_->stats()->memories;
  EXPECT_EQ(memories, 42U);
  for (int round = 0; round < 2; ++round) {
    const BootReport report = boot_all();
    EXPECT_EQ(report.lines, 42U);
    EXPECT_EQ(report.imported, 0U);
    EXPECT_EQ(report.skipped, 42U);
    reopen_core();
  }
  EXPECT_EQ(memory_->stats()->memories, memories);
}

TEST_F(MemoryCoreTest, RefusesWhatATranscriptCannotHold) {
  const auto error = [&](Exchange exchange) {
    const auto saved = core_->save_memory(exchange);
    return saved.ok() ? ErrorCode::io : saved.error().code();
  };
  EXPECT_EQ(error({.speaker = "a: b", .text = "x"}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({.speaker = "", .text = "x"}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({.speaker = "a\nb", .text = "x"}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({.speaker = "a", .text = "  "}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({.speaker = "a", .text = "\xff"}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({.speaker = "a", .text = std::string(950'000, 'x')}), ErrorCode::limit);
  EXPECT_EQ(memory_->stats()->memories, 0U);
  EXPECT_EQ(text("memory/day20231115/part1.txt"), "");
}

TEST_F(MemoryCoreTest, RollsOverAtTheLimitOfLines) {
  configure("[transcripts]\nlines_a_part = 3\n");
  for (int i = 0; i < 4; ++i) save("line " + std::to_string(i), "answer " + std::to_string(i));
  EXPECT_EQ(lines_in("memory/day20231115/part1.txt"), 3);
  EXPECT_EQ(lines_in("memory/day20231115/part2.txt"), 3);
  EXPECT_EQ(lines_in("memory/day20231115/part3.txt"), 2);
  EXPECT_EQ(boot_all().imported, 0U);
}

TEST_F(MemoryCoreTest, GoesOnBesideAPartOfSomebodyElse) {
  write("memory/day20231115/part1.txt", "[01:00:00] a: mine\n");
  save("ours");
  EXPECT_EQ(lines_in("memory/day20231115/part1.txt"), 1);
  EXPECT_EQ(lines_in("memory/day20231115/part2.txt"), 1);
  EXPECT_EQ(boot_all().imported, 1U);
}

TEST_F(MemoryCoreTest, WritesNoTranscriptWhereTheyAreOff) {
  configure("[transcripts]\nwrite = false\n");
  const Saved saved = save("in the log alone", "yes");
  EXPECT_EQ(memory_->show(saved.utterance.block_index)->source, "");
  EXPECT_FALSE(fs::exists(home_ / "memory"));
  EXPECT_TRUE(save("in the log alone").utterance.is_repeat);
}

TEST_F(MemoryCoreTest, CountsARepeatOfTheSameDay) {
  const Saved first = save("Good  Morning");
  const Saved again = save("good morning");
  EXPECT_TRUE(again.utterance.is_repeat);
  EXPECT_EQ(again.utterance.block_index, first.utterance.block_index);
  EXPECT_EQ(again.utterance.repeats, 1U);
  reopen_core();
  EXPECT_EQ(save("GOOD MORNING").utterance.repeats, 2U);
  EXPECT_EQ(lines_in("memory/day20231115/part1.txt"), 1);
  EXPECT_EQ(memory_->stats()->memories, 1U);
  EXPECT_EQ(boot_all().imported, 0U);
}

TEST_F(MemoryCoreTest, WritesTheSameWordsOfAnotherDayOrSpeaker) {
  save("good morning");
  EXPECT_FALSE(save("good morning", "", "mina").utterance.is_repeat);
  EXPECT_FALSE(save("good morning!").utterance.is_repeat);
  clock_.advance_ms(86'400'000);
  EXPECT_FALSE(save("good morning").utterance.is_repeat);
  EXPECT_EQ(memory_->stats()->memories, 4U);
}

TEST_F(MemoryCoreTest, WritesAgainWhatWasForgottenOrCorrected) {
  const Saved first = save("the pond is deep");
  forget(first.utterance.block_index);
  const Saved second = save("the pond is deep");
  EXPECT_FALSE(second.utterance.is_repeat);
  ASSERT_TRUE(memory_->update(second.utterance.block_index, {.text = "the pond is shallow"}).ok());
  EXPECT_FALSE(save("the pond is deep").utterance.is_repeat);
}

TEST_F(MemoryCoreTest, ALostTranscriptIsMadeAgain) {
  for (int i = 0; i < 3; ++i) {
    save("said " + std::to_string(i), "answered " + std::to_string(i));
    clock_.advance_ms(86'400'000);
  }
  const std::string day = text("memory/day20231116/part1.txt");
  fs::remove(home_ / "memory/day20231116/part1.txt");
  reopen_core();
  ASSERT_TRUE(core_->repair("main").ok());
  EXPECT_EQ(text("memory/day20231116/part1.txt"), day);
  fs::remove_all(home_ / "memory");
  reopen_core();
  save("one more");
  EXPECT_EQ(text("memory/day20231116/part1.txt"), day);
  EXPECT_EQ(boot_all().imported, 0U);
}

TEST_F(MemoryCoreTest, MendsATornEndBeforeTheNextLine) {
  save("a heron\nin the pond", "a fox");
  const std::string path = "memory/day20231115/part1.txt";
  const std::string whole = text(path);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write(path, whole.substr(0, size));
    reopen_core();
    ASSERT_TRUE(core_->repair("main").ok());
    save("a heron\nin the pond");  // a repeat: it only looks
    EXPECT_EQ(text(path), whole) << size;
  }
  write(path, whole.substr(0, 12) + std::string(9, '\0'));
  reopen_core();
  save("and snow");
  EXPECT_EQ(text(path).substr(0, whole.size()), whole);
  EXPECT_EQ(boot_all().imported, 0U);
}

TEST_F(MemoryCoreTest, LeavesWhatAPersonWroteIntoItsTranscript) {
  save("a heron", "a fox");
  const std::string path = "memory/day20231115/part1.txt";
  write(path, text(path) + "[08:00:00] 오리진: by hand");
  save("and snow");
  EXPECT_NE(text(path).find("by hand\n[07:13:22] 오리진: and snow\n"), std::string::npos)
      << text(path);
  EXPECT_EQ(boot_all().imported, 1U);
  EXPECT_EQ(boot_all().imported, 0U);
}

TEST_F(MemoryCoreTest, LeavesAPartInWhichAnotherDied) {
  save("a heron");
  write("memory/.saving", "");
  save("a fox", "a crow");
  EXPECT_FALSE(fs::exists(home_ / "memory/.saving"));
  EXPECT_EQ(lines_in("memory/day20231115/part1.txt"), 1);
  EXPECT_EQ(lines_in("memory/day20231115/part4.txt"), 2);
  save("snow");
  EXPECT_EQ(lines_in("memory/day20231115/part4.txt"), 3);
  EXPECT_EQ(boot_all().imported, 0U);
}

TEST_F(MemoryCoreTest, EveryPersonHasAFolder) {
  ASSERT_TRUE(people_->add("mina", Role::origin, "a long password").ok());
  save("of the origin");
  EXPECT_EQ(lines_in("memory/mina/day20231115/part1.txt"), 1);
  ASSERT_TRUE(core_->save_memory({.chain = "person:jun", .speaker = "jun", .text = "of jun"}).ok());
  EXPECT_EQ(lines_in("memory/jun/day20231115/part1.txt"), 1);
  ASSERT_TRUE(core_->save_memory({.chain = "team", .speaker = "jun", .text = "shared"}).ok());
  ASSERT_TRUE(core_->save_memory({.chain = "person:a.b", .speaker = "a", .text = "dotted"}).ok());
  EXPECT_EQ(boot_all().lines, 2U);
  EXPECT_EQ(boot_all().imported, 0U);
}

TEST_F(MemoryCoreTest, ThreadsAndOtherEnginesDoNotInterleave) {
  auto other = Engine::open({.home = home_, .clock = &clock_, .embedder = embedder_});
  ASSERT_TRUE(other.ok());
  MemoryCore second(**other, *people_, options());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      MemoryCore& core = i % 2 == 0 ? *core_ : second;
      for (int j = 0; j < 6; ++j) {
        const std::string words = std::to_string(i) + " says\n" + std::to_string(j);
        const auto saved =
            core.save_memory({.speaker = "mina", .text = words, .answer = "answer to " + words});
        EXPECT_TRUE(saved.ok() && !saved->transcript_error);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const BootReport report = boot_all();
  EXPECT_EQ(report.lines, 48U);
  EXPECT_EQ(report.imported, 0U);
  EXPECT_EQ(memory_->stats()->memories, 48U);
}

TEST_F(MemoryCoreTest, GoesIntoTheConversationToo) {
  const auto saved = core_->save_memory(
      {.speaker = "mina", .text = "hello there", .answer = "hi", .conversation = "chat"});
  ASSERT_TRUE(saved.ok());
  const auto turns = memory_->short_term("chat");
  ASSERT_EQ(turns->size(), 2U);
  EXPECT_EQ((*turns)[0].block_index, saved->utterance.block_index);
  EXPECT_TRUE((*turns)[1].from_assistant);
  ASSERT_TRUE(
      core_->save_memory({.speaker = "mina", .text = "hello there", .conversation = "chat"}).ok());
  EXPECT_EQ(memory_->short_term("chat")->size(), 3U);
  EXPECT_EQ(memory_->stats()->memories, 2U);
}

TEST_F(MemoryCoreTest, AnAnswerIsForgottenWithWhatItRestsOn) {
  const auto secret = remember("the key lies under the stone");
  const auto saved = core_->save_memory({.speaker = "mina",
                                         .text = "where was it?",
                                         .answer = "under the stone",
                                         .used = {secret, 9'999}});
  ASSERT_TRUE(saved.ok()) << saved.error().message();
  const auto preview = memory_->forget_preview({.blocks = {secret}});
  ASSERT_EQ(preview->derived.size(), 1U);
  EXPECT_EQ(preview->derived[0].block_index, saved->answer->block_index);
}

TEST_F(MemoryCoreTest, KeepsARawOriginalOnce) {
  const auto first = core_->backup_raw("main", std::string("raw \0 bytes", 11));
  ASSERT_TRUE(first.ok()) << first.error().message();
  EXPECT_TRUE(first->is_new);
  EXPECT_EQ(fs::path(first->path).filename().string().substr(0, 9), "20231115-");
  clock_.advance_ms(86'400'000);
  const auto again = core_->backup_raw("main", std::string("raw \0 bytes", 11));
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->path, first->path);
  EXPECT_EQ(fs::status(first->path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(home_ / "memory_backup").permissions(), fs::perms::owner_all);
  EXPECT_EQ(core_->backup_raw("main", "").error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(core_->backup_raw("team", "x").error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(core_->backup_raw("main", std::string(raw_bytes_max + 1, 'x')).error().code(),
            ErrorCode::limit);
}

TEST_F(MemoryCoreTest, MakesADaysInsightFromTheLogAlone) {
  save("정말 행복하고 기쁘다. 달리기를 했다", "그랬군요.");
  clock_.advance_ms(86'400'000);
  save("너무 슬프고 우울하다");
  const auto day = core_->generate_insight("main", "2023-11-15");
  ASSERT_TRUE(day.ok()) << day.error().message();
  EXPECT_EQ((*day)["lines"], 2);
  EXPECT_GT((*day)["mood"], 0);
  EXPECT_EQ(Json::parse(text("memory/day20231115/insight.json")), *day);
  const auto whole = core_->generate_insight("main", "");
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ((*whole)["days"], 2);
  EXPECT_EQ((*whole)["speakers"][0]["speaker"], "오리진");
  EXPECT_TRUE(fs::exists(home_ / "memory/insight.json"));
  EXPECT_EQ(core_->generate_insight("main", "2023-11-14").error().code(), ErrorCode::not_found);
  EXPECT_EQ(core_->generate_insight("main", "15.11.").error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(core_->generate_insight("nobody", "").error().code(), ErrorCode::not_found);
}

TEST_F(MemoryCoreTest, ReflectsByDayWithASentence) {
  save("날씨가 맑았다. 새 프로젝트가 망할까봐 두렵다. 저녁을 먹었다");
  clock_.advance_ms(86'400'000);
  save("프로젝트가 끝났다");
  save("고양이가 잔다");
  const auto found = core_->reflect_from_memory("main", "프로젝트 걱정");
  ASSERT_TRUE(found.ok()) << found.error().message();
  ASSERT_EQ(found->days.size(), 2U);
  const auto first = std::ranges::find(found->days, "2023-11-15", &ReflectionDay::day);
  ASSERT_NE(first, found->days.end());
  EXPECT_EQ(first->sentence, "새 프로젝트가 망할까봐 두렵다.");
  EXPECT_EQ(reflection_json(*found)["days"].size(), 2U);
  EXPECT_EQ(core_->reflect_from_memory("main", "").error().code(), ErrorCode::invalid_argument);
  ASSERT_TRUE(engine_->chain("person:jun").ok());
  EXPECT_TRUE(core_->reflect_from_memory("person:jun", "프로젝트 걱정")->days.empty());
}

}  // namespace
}  // namespace mbe
