// Files in and out: import with its refusals and its continuation, export and back.
#include <gtest/gtest.h>

#include "process.h"

namespace mbe::flow {
namespace {

const std::string good_line =
    "{\"id\":\"a\",\"namespace\":\"main\",\"text\":\"고양이를 "
    "데려왔다\",\"time\":\"2025-12-13T19:45:00\","
    "\"speaker\":\"서윤\",\"group\":\"cat\"}\n";

TEST(Import, KeepsTimeSpeakerSessionAndSource) {
  const Program program;
  const std::string file = program.folder().file("a.jsonl", good_line);
  EXPECT_EQ(program.json({"import", file, "--tz", "+09:00"})["imported"], 1);
  const auto block = program.json({"show", "1"});
  EXPECT_EQ(block["timestamp"], "2025-12-13T10:45:00Z");
  EXPECT_EQ(block["speaker"], "서윤");
  EXPECT_EQ(block["session"], "cat");
  EXPECT_EQ(block["source"], "a");
  EXPECT_EQ(block["trust"], "imported");
}

TEST(Import, ReportsEveryBadLineByNumberAndTakesTheRest) {
  const Program program;
  std::string deep(70, '[');
  const std::string file = program.folder().file(
      "bad.jsonl",
      good_line +                                                                     // 1
          "{\"id\":\"b\",\"namespace\":\"main\",\n"                                   // 2
          "\n"                                                                        // 3
          "{\"id\":\"c\",\"namespace\":\"main\",\"text\":\"\"}\n"                     // 4
          "{\"id\":\"d\",\"namespace\":\"main\",\"text\":\"half \\ud83d\"}\n"         // 5
          "{\"id\":\"e\",\"namespace\":\"main\",\"text\":\"\xff\xfe\"}\n"             // 6
          "{\"id\":\"f\",\"namespace\":\"main\",\"text\":\"a\\u0000b\"}\n"            // 7
          "{\"id\":\"g\",\"text\":\"no namespace\"}\n"                                // 8
          "{\"id\":\"h\",\"namespace\":\"main\",\"text\":\"x\",\"time\":\"soon\"}\n"  // 9
          "[1,2]\n" +                                                                 // 10
          deep +
          "\n" +                                                            // 11
          "{\"id\":\"z\",\"namespace\":\"main\",\"text\":\"마지막 줄\"}");  // 12
  const Outcome outcome = program.run({"import", "--format", "jsonl", file});
  EXPECT_EQ(outcome.code, 8);
  for (const int line : {2, 4, 5, 6, 7, 8, 9, 10, 11}) {
    EXPECT_NE(outcome.err.find("line " + std::to_string(line) + ": "), std::string::npos)
        << line << "\n"
        << outcome.err;
  }
  for (const int line : {1, 3, 12}) {
    EXPECT_EQ(outcome.err.find("line " + std::to_string(line) + ": "), std::string::npos) << line;
  }
  EXPECT_EQ(program.json({"stats"})["chains"][0]["memories"], 2);
}

TEST(Import, SkipsWhatIsThereAlready) {
  const Program program;
  const std::string file = program.folder().file("a.jsonl", good_line);
  program.run({"import", file});
  const auto again = program.json({"import", file});
  EXPECT_EQ(again["imported"], 0);
  EXPECT_EQ(again["skipped"], 1);
}

TEST(Import, MakesAChainOfEveryNamespace) {
  const Program program;
  const std::string file =
      program.folder().file("a.jsonl",
                            "{\"id\":1,\"namespace\":\"하나\",\"text\":\"a\"}\n{\"id\":1,"
                            "\"namespace\":\"둘\",\"text\":\"b\"}\n");
  EXPECT_EQ(program.json({"import", file})["imported"], 2);
  EXPECT_EQ(program.json({"--chain", "둘", "show", "1"})["context"], "b");
  EXPECT_EQ(program.run({"--chain", "셋", "show", "1"}).code, 1);
}

TEST(Import, ChecksWithoutWritingOnADryRun) {
  const Program program;
  const std::string file = program.folder().file("a.jsonl", good_line);
  EXPECT_EQ(program.json({"import", file, "--dry-run"})["imported"], 1);
  EXPECT_FALSE(std::filesystem::exists(program.home()));
}

TEST(Import, ReadsPlainText) {
  const Program program;
  const std::string file = program.folder().file(
      "talk.txt",
      "\xef\xbb\xbf[2026-01-05 09:30] 서윤: 무릎이 아프다\n  계단에서 특히\n\n그냥 한 줄\r\n");
  EXPECT_EQ(program.json({"import", file})["imported"], 2);
  const auto block = program.json({"show", "1"});
  EXPECT_EQ(block["context"], "무릎이 아프다\n계단에서 특히");
  EXPECT_EQ(block["speaker"], "서윤");
  EXPECT_EQ(block["timestamp"], "2026-01-05T09:30:00Z");
  EXPECT_EQ(program.json({"show", "2"})["context"], "그냥 한 줄");
  EXPECT_EQ(program.json({"import", file})["skipped"], 2);
}

const std::string kakao =
    "달리기 모임 님과 카카오톡 대화\n저장한 날짜 : 2026-10-02 14:23:11\n\n"
    "--------------- 2026년 10월 1일 목요일 ---------------\n"
    "하늘님이 들어왔습니다.\n[미나] [오후 3:15] 오늘 5km 달렸다\n다리가 아프다\n"
    "[하늘] [오후 3:16] 사진\n[하늘] [오후 3:16] 푹 쉬어\n";

TEST(Import, TakesAnExportOfKakaoTalkOnce) {
  const Program program;
  const std::string file = program.folder().file("talk.txt", kakao);
  const std::vector<std::string> command = {"import", file, "--tz", "Asia/Seoul", "--me", "미나"};
  const auto first = program.json(command);
  EXPECT_EQ(first["imported"], 2);
  EXPECT_EQ(first["format"], "kakaotalk");
  EXPECT_EQ(first["left_out"]["placeholder"], 1);
  EXPECT_EQ(first["left_out"]["system"], 1);
  EXPECT_EQ(first["from"], "2026-10-01T06:15:00Z");
  const auto block = program.json({"show", "1"});
  EXPECT_EQ(block["context"], "오늘 5km 달렸다\n다리가 아프다");
  EXPECT_EQ(block["speaker"], "오리진");
  EXPECT_EQ(block["session"], "달리기 모임");
  EXPECT_EQ(block["timestamp"], "2026-10-01T06:15:00Z");
  EXPECT_EQ(block["trust"], "imported");
  EXPECT_EQ(program.json(command)["imported"], 0);
  const std::string longer =
      program.folder().file("longer.txt", kakao + "[미나] [오후 3:17] 고마워\n");
  EXPECT_EQ(program.json({"import", longer, "--tz", "Asia/Seoul"})["imported"], 1);
}

TEST(Import, SaysWhatIsInAFileBeforeItIsTaken) {
  const Program program;
  const std::string file = program.folder().file("talk.txt", kakao +
                                                                 "--------------- 13월 "
                                                                 "---------------\n");
  const Outcome outcome = program.run({"import", file, "--dry-run"});
  EXPECT_EQ(outcome.code, 8);
  EXPECT_NE(outcome.err.find("line 10: "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("하늘 1"), std::string::npos) << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(program.home()));
}

TEST(Import, TakesAFolderOfNotes) {
  const Program program;
  const std::string folder = (program.folder().path() / "notes").string();
  std::filesystem::create_directory(folder);
  const std::string note = program.folder().file("notes/2026-01-04.md", "# 여행\n제주에 간다\n");
  EXPECT_EQ(program.json({"import", folder, "--tz", "UTC"})["imported"], 1);
  const auto block = program.json({"show", "1"});
  EXPECT_EQ(block["context"], "여행\n제주에 간다");
  EXPECT_EQ(block["timestamp"], "2026-01-04T00:00:00Z");
  EXPECT_EQ(program.json({"import", folder, "--tz", "UTC"})["skipped"], 1);
}

TEST(Import, SaysThatAFileIsNotThere) {
  const Outcome outcome = Program().run({"import", "/nowhere/file.jsonl"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("/nowhere/file.jsonl"), std::string::npos);
}

TEST(Import, GoesOnWhereItWasStopped) {
  const Program program;
  std::string many;
  for (int i = 0; i < 60'000; ++i) {
    many += "{\"id\":\"" + std::to_string(i) + "\",\"namespace\":\"main\",\"text\":\"말 " +
            std::to_string(i) + " 번째로 적어 둔 긴 이야기\"}\n";
  }
  const std::string file = program.folder().file("many.jsonl", many);
  const Outcome stopped = program.run({"import", file}, {.interrupt_after_ms = 400});
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_NE(stopped.err.find("continues"), std::string::npos);
  const auto rest = program.json({"import", file});
  EXPECT_EQ(rest["imported"].get<int>() + rest["skipped"].get<int>(), 60'000);
  EXPECT_EQ(program.json({"stats"})["chains"][0]["memories"], 60'000);
  EXPECT_EQ(program.run({"verify"}).code, 0);
}

TEST(Export, WritesBlockMemoryInItsExactForm) {
  const Program program;
  program.remember("보리는 \"닭고기\"를 못 먹는다");
  const std::string file = (program.folder().path() / "block_memory.jsonl").string();
  ASSERT_EQ(program.run({"export", "-o", file}).code, 0);
  const std::string text = read_file(file);
  EXPECT_TRUE(text.starts_with("{\"block_index\":1,\"timestamp\":\"")) << text;
  const auto block = nlohmann::ordered_json::parse(text, nullptr, false);
  EXPECT_EQ(block.size(), 9U);
  EXPECT_EQ(block["context"], "보리는 \"닭고기\"를 못 먹는다");
  EXPECT_FALSE(std::filesystem::exists(file + ".part"));
}

TEST(Export, ComesBackThroughImport) {
  const Program program;
  program.remember("하나", {"--speaker", "서윤", "--time", "2026-01-05T10:00:00Z"});
  program.remember("둘");
  const std::string blocks = (program.folder().path() / "blocks.jsonl").string();
  const std::string lines = (program.folder().path() / "lines.jsonl").string();
  program.run({"export", "-o", blocks});
  program.run({"export", "--format", "jsonl", "-o", lines});
  EXPECT_EQ(program.json({"--chain", "b", "import", blocks})["imported"], 2);
  EXPECT_EQ(program.json({"--chain", "b", "show", "1"})["timestamp"], "2026-01-05T10:00:00Z");
  const Program other;
  EXPECT_EQ(other.json({"import", lines})["imported"], 2);
  EXPECT_EQ(other.json({"show", "1"})["speaker"], "서윤");
}

TEST(Export, WritesMarkdownToStandardOutput) {
  const Program program;
  program.remember("# 제목처럼 보이는 말", {"--time", "2026-01-05T10:00:00Z"});
  const Outcome outcome = program.run({"export", "--format", "markdown"});
  EXPECT_NE(outcome.out.find("## 2026-01-05"), std::string::npos);
  EXPECT_NE(outcome.out.find("> # 제목처럼"), std::string::npos);
}

TEST(Export, SaysThatAPlaceCannotBeWritten) {
  const Program program;
  program.remember("하나");
  EXPECT_EQ(program.run({"export", "-o", "/nowhere/at/all.jsonl"}).code, 7);
  const Program empty;
  EXPECT_EQ(empty.run({"export"}).code, 1);
}

}  // namespace
}  // namespace mbe::flow
