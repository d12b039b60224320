// One memory from the first word to forgetting, through the real program.
#include <gtest/gtest.h>

#include <set>

#include "process.h"

namespace mbe::flow {
namespace {

TEST(Remember, PrintsTheBlockWithItsMembersInOrder) {
  const Program program;
  const Outcome outcome = program.run({"remember", "보리는 \"닭고기\" 알레르기가 있다", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.find('\n'), outcome.out.size() - 1);
  EXPECT_EQ(outcome.out.find("\\u"), std::string::npos);
  const auto block = outcome.json();
  std::vector<std::string> keys;
  for (const auto& [key, value] : block.items()) keys.push_back(key);
  keys.resize(9);
  EXPECT_EQ(keys,
            (std::vector<std::string>{"block_index", "timestamp", "context", "keywords", "tags",
                                      "embedding", "importance", "hash", "prev_hash"}));
  EXPECT_EQ(block["block_index"], 1);
  EXPECT_TRUE(block["embedding"].is_null());
  const auto shown = program.json({"show", "1"});
  EXPECT_EQ(shown["context"], "보리는 \"닭고기\" 알레르기가 있다");
  EXPECT_EQ(shown["hash"], block["hash"]);
}

TEST(Remember, TakesTextFromStandardInputAndFiles) {
  const Program program;
  EXPECT_EQ(program.json({"remember", "-"}, {.input = "첫 줄\n둘째 줄\n"})["context"],
            "첫 줄\n둘째 줄");
  const std::string file = program.folder().file("note.txt", "한 줄\n");
  EXPECT_EQ(program.json({"remember", "--file", file})["context"], "한 줄");
  EXPECT_EQ(program.run({"remember", "--file", "/nowhere/note.txt"}).code, 1);
  EXPECT_EQ(program.run({"remember"}).code, 2);
}

TEST(Remember, KeepsTheTimeSomethingHappened) {
  const Program program;
  const auto block =
      program.json({"remember", "이사했다", "--time", "2026-03-17T21:50", "--tz", "Asia/Seoul"});
  EXPECT_EQ(block["timestamp"], "2026-03-17T12:50:00Z");
  EXPECT_EQ(program.run({"remember", "이사했다", "--time", "yesterday"}).code, 2);
  EXPECT_EQ(program.run({"remember", "x", "--time", "2026-03-17", "--tz", "Moon/Sea"}).code, 2);
}

TEST(Remember, StoresRepeatsAsOftenAsTheyAreSaid) {
  const Program program;
  EXPECT_NE(program.remember("비가 온다"), program.remember("비가 온다"));
}

TEST(Recall, FindsByKeywordAndReturnsNothingForNothing) {
  const Program program;
  program.remember("온맵 면접에서 한끼노트 이야기를 했다");
  program.remember("고양이 보리가 소파 밑에서 나왔다");
  const auto result = program.json({"recall", "보리 고양이"});
  ASSERT_FALSE(result["hits"].empty());
  EXPECT_EQ(result["hits"][0]["block_index"], 2);
  EXPECT_TRUE(result.contains("vectors_pending"));
  EXPECT_EQ(program.run({"recall", "양자역학 파동함수"}).code, 1);
}

TEST(Recall, RefusesATopKOutsideItsRange) {
  const Program program;
  EXPECT_EQ(program.run({"recall", "x", "--top-k", "0"}).code, 2);
  EXPECT_EQ(program.run({"recall", "x", "--top-k", "1001"}).code, 2);
  EXPECT_EQ(program.run({"recall", "x", "--arms", "telepathy"}).code, 2);
}

TEST(Recall, ExplainsEachArm) {
  const Program program;
  program.remember("한끼노트 서버를 내렸다");
  const Outcome outcome = program.run({"recall", "한끼노트 서버", "--explain", "--all"});
  EXPECT_NE(outcome.out.find("keyword"), std::string::npos);
  const auto hit = program.json({"explain", "1", "한끼노트 서버"});
  EXPECT_FALSE(hit["arms"].empty());
  EXPECT_EQ(program.run({"explain", "77", "한끼노트"}).code, 1);
}

TEST(Recall, FiltersBySpeakerAndTime) {
  const Program program;
  program.remember("바다에 갔다", {"--speaker", "서윤", "--time", "2026-01-05"});
  program.remember("바다를 그렸다", {"--speaker", "민재", "--time", "2026-02-05"});
  const auto by = program.json({"recall", "바다", "--all", "--speaker", "민재"});
  ASSERT_EQ(by["hits"].size(), 1U);
  EXPECT_EQ(by["hits"][0]["block_index"], 2);
  const auto until = program.json({"recall", "바다", "--all", "--until", "2026-01-05"});
  ASSERT_EQ(until["hits"].size(), 1U);
  EXPECT_EQ(until["hits"][0]["block_index"], 1);
}

TEST(RecallBatch, RanksSourcesWithoutTheExcluded) {
  const Program program;
  const std::string corpus = program.folder().file(
      "corpus.jsonl",
      "{\"id\":\"a\",\"namespace\":\"n1\",\"text\":\"고양이가 물을 마신다\"}\n"
      "{\"id\":\"b\",\"namespace\":\"n1\",\"text\":\"고양이가 잔다\"}\n"
      "{\"id\":\"c\",\"namespace\":\"n2\",\"text\":\"고양이는 여기에도 있다\"}\n");
  EXPECT_EQ(program.run({"import", "--format", "jsonl", corpus}).code, 0);
  const std::string queries = program.folder().file(
      "queries.jsonl",
      "{\"query_id\":\"q1\",\"namespace\":\"n1\",\"text\":\"고양이\",\"exclude\":[\"a\"],"
      "\"relevant\":[\"x\"]}\n"
      "{\"id\":\"q2\",\"namespace\":\"n2\",\"text\":\"고양이\"}\n");
  const Outcome outcome = program.run({"recall", "--batch", queries, "--json", "--top-k", "5"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto lines = outcome.json_lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["query_id"], "q1");
  EXPECT_EQ(lines[0]["ranked"], nlohmann::ordered_json({"b"}));
  EXPECT_EQ(lines[0]["scores"].size(), 1U);
  EXPECT_TRUE(lines[0]["latency_us"].is_number());
  EXPECT_EQ(lines[1]["ranked"], nlohmann::ordered_json({"c"}));
}

TEST(RecallBatch, ReportsWrongLinesAndGoesOn) {
  const Program program;
  program.remember("고양이");
  const Outcome outcome = program.run({"recall", "--batch", "-", "--json"},
                                      {.input = "{broken\n{\"id\":1,\"namespace\":\"main\","
                                                "\"text\":\"고양이\"}\n"});
  EXPECT_EQ(outcome.code, 8);
  EXPECT_NE(outcome.err.find("line 1: "), std::string::npos);
  EXPECT_EQ(outcome.json_lines().size(), 1U);
}

TEST(Update, TakesThePlaceOfAnEarlierStatement) {
  const Program program;
  const auto old = program.remember("병원 전화번호는 02-555-0134야");
  const auto now = program.json({"update", std::to_string(old), "병원 전화번호는 02-555-0178이야"});
  EXPECT_EQ(program.json({"show", std::to_string(old)})["superseded_by"], now["block_index"]);
  const auto hits = program.json({"recall", "병원 전화번호", "--all"})["hits"];
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0]["block_index"], now["block_index"]);
  EXPECT_EQ(program.run({"update", "50", "없는 것"}).code, 1);
}

TEST(Marks, HideAndRestoreAreReversible) {
  const Program program;
  const std::string index = std::to_string(program.remember("숨길 이야기"));
  EXPECT_EQ(program.run({"hide", index}).code, 0);
  EXPECT_EQ(program.run({"recall", "숨길 이야기", "--all"}).code, 1);
  EXPECT_EQ(program.run({"restore", index}).code, 0);
  EXPECT_EQ(program.run({"recall", "숨길 이야기", "--all"}).code, 0);
  EXPECT_EQ(program.run({"pin", index}).code, 0);
  EXPECT_EQ(program.json({"show", index})["pinned"], true);
  EXPECT_EQ(program.run({"unpin", index}).code, 0);
  EXPECT_EQ(program.run({"pin", "99"}).code, 1);
}

TEST(History, TellsWhatHappenedToABlock) {
  const Program program;
  const std::string index = std::to_string(program.remember("처음 말"));
  program.run({"pin", index});
  program.run({"update", index, "나중 말"});
  const auto history = program.json({"history", index})["history"];
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[0]["event"], "said");
  EXPECT_EQ(program.run({"history", "99"}).code, 1);
}

TEST(Forget, AsksBeforeAnythingIsErased) {
  const Program program;
  const std::string index = std::to_string(program.remember("비밀 이야기"));
  EXPECT_EQ(program.run({"forget", index}).code, 2);
  EXPECT_EQ(program.run({"forget", index, "--preview"}).code, 0);
  EXPECT_EQ(program.json({"show", index})["context"], "비밀 이야기");
  EXPECT_EQ(program.run({"forget", index, "--yes", "--count", "5"}).code, 2);
  EXPECT_EQ(program.json({"show", index})["context"], "비밀 이야기");
}

TEST(Forget, ErasesForGoodAndTheChainVerifies) {
  const Program program;
  const std::string index = std::to_string(program.remember("비밀 이야기 하나"));
  program.remember("남는 이야기");
  ASSERT_EQ(program.run({"forget", index, "--yes", "--count", "1"}).code, 0);
  const auto block = program.json({"show", index});
  EXPECT_EQ(block["state"], "erased");
  EXPECT_EQ(block["context"], "");
  EXPECT_EQ(program.run({"show", index}).out.find("1970"), std::string::npos);
  EXPECT_EQ(program.run({"verify"}).code, 0);
  EXPECT_EQ(program.run({"recall", "비밀 이야기", "--all"}).out.find("비밀"), std::string::npos);
  EXPECT_EQ(program.run({"forget", "--speaker", "nobody", "--yes"}).code, 1);
}

TEST(Forget, WantsTheCountForSeveral) {
  const Program program;
  program.remember("하나", {"--session", "s"});
  program.remember("둘", {"--session", "s"});
  EXPECT_EQ(program.run({"forget", "--session", "s", "--yes"}).code, 2);
  EXPECT_EQ(program.json({"forget", "--session", "s", "--yes", "--count", "2"})["count"], 2);
  EXPECT_EQ(program.run({"forget", "--yes"}).code, 2) << "nothing was named";
}

TEST(Forget, AsksOnATerminal) {
  const Program program;
  const std::string index = std::to_string(program.remember("비밀 이야기"));
  const Outcome no = program.run({"forget", index}, {.input = "n\n", .on_terminal = true});
  EXPECT_EQ(no.code, 2) << no.out;
  EXPECT_NE(no.out.find("[y/N]"), std::string::npos) << no.out;
  EXPECT_EQ(program.json({"show", index})["state"], "ok");
  const Outcome yes = program.run({"forget", index}, {.input = "y\n", .on_terminal = true});
  EXPECT_EQ(yes.code, 0) << yes.out;
  EXPECT_EQ(program.json({"show", index})["state"], "erased");
}

TEST(Forget, AsksForTheNumberOfSeveralOnATerminal) {
  const Program program;
  program.remember("하나", {"--session", "s"});
  program.remember("둘", {"--session", "s"});
  const std::vector<std::string> words{"forget", "--session", "s"};
  EXPECT_EQ(program.run(words, {.input = "y\n", .on_terminal = true}).code, 2);
  EXPECT_EQ(program.run(words, {.input = "2\n", .on_terminal = true}).code, 0);
}

TEST(List, PagesThroughTheBlocks) {
  const Program program;
  for (int i = 1; i <= 5; ++i) program.remember("말 " + std::to_string(i));
  const auto page = program.json({"list", "--limit", "2"});
  ASSERT_EQ(page["blocks"].size(), 2U);
  EXPECT_EQ(page["blocks"][0]["block_index"], 5);
  const auto next = program.json({"list", "--limit", "2", "--before", page["next"].dump()});
  EXPECT_EQ(next["blocks"][0]["block_index"], 3);
  EXPECT_EQ(program.run({"list", "--limit", "0"}).code, 2);
}

TEST(Timeline, HasADayForEachDayThatWasSpokenOf) {
  const Program program;
  program.remember("기쁘다", {"--time", "2026-01-05"});
  program.remember("슬프다", {"--time", "2026-01-07"});
  const auto days = program.json({"timeline", "--tz", "UTC"})["days"];
  ASSERT_EQ(days.size(), 2U);
  EXPECT_EQ(days[0]["day"], "2026-01-05");
}

TEST(Goals, FollowsWhatWasIntended) {
  const Program program;
  EXPECT_EQ(program.run({"goals"}).code, 1);
  program.remember("내년 봄에 10킬로 대회에 나갈 거야");
  const auto goals = program.json({"goals"})["goals"];
  ASSERT_EQ(goals.size(), 1U);
  EXPECT_EQ(goals[0]["state"], "open");
}

TEST(WorkingMemory, TakesInATurnAndKeepsWaypoints) {
  const Program program;
  program.remember("왼쪽 무릎이 아파서 달리기를 쉬었다");
  const auto observed = program.json({"observe", "무릎이 또 아프다", "--speaker", "서윤"});
  EXPECT_EQ(observed["current_context"], "무릎이 또 아프다");
  const auto turns = program.json({"stm"})["turns"];
  ASSERT_EQ(turns.size(), 1U);
  EXPECT_EQ(turns[0]["text"], "무릎이 또 아프다");
  const auto points = program.json({"waypoints"});
  ASSERT_FALSE(points["waypoints"].empty());
  EXPECT_TRUE(points["waypoints"][0].contains("relevance"));
  EXPECT_EQ(program.run({"short-term", "--conversation", "other"}).code, 1);
}

TEST(Compose, StaysInsideItsBudget) {
  const Program program;
  for (int i = 0; i < 20; ++i) {
    program.remember("무릎 이야기 " + std::to_string(i) + ": 오늘도 무릎이 아파서 쉬었다");
  }
  const auto prompt = program.json({"compose", "무릎은 어때?", "--budget", "400"});
  EXPECT_LE(prompt["tokens"].get<int>(), 400);
  EXPECT_NE(prompt["prompt"].get<std::string>().find("무릎은 어때?"), std::string::npos);
  const auto openai = program.json({"compose", "무릎은 어때?", "--format", "openai"});
  EXPECT_FALSE(
      nlohmann::json::parse(openai["prompt"].get<std::string>(), nullptr, false).is_discarded());
}

TEST(Analyse, GivesKeywordsAndTags) {
  const auto analysis = Program().json({"analyse", "마지막으로 진행했던 프로젝트가 망했다"});
  EXPECT_EQ(analysis["keywords"].get<std::set<std::string>>(),
            (std::set<std::string>{"프로젝트", "실패", "종료"}));
  EXPECT_EQ(analysis["tags"].get<std::set<std::string>>(),
            (std::set<std::string>{"부정적", "종결", "시도"}));
}

}  // namespace
}  // namespace mbe::flow
