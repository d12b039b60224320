// With the real embedding model: association across words, similarity, the tour.
#include <gtest/gtest.h>

#include <chrono>

#include "process.h"

namespace mbe::flow {
namespace {

TEST(Vectors, ReachWhatSharesNoWord) {
  const Program program(Model::real);
  program.remember("석 달 동안 만들던 앱을 접고 서버를 내렸다");
  program.remember("고양이 사료를 바꿨다");
  program.remember("창밖에 느티나무가 있다");
  EXPECT_EQ(program.json({"reembed", "--wait"})["vectors_pending"], 0);
  const auto hits = program.json({"recall", "그만둔 프로젝트", "--all"})["hits"];
  ASSERT_FALSE(hits.empty());
  EXPECT_EQ(hits[0]["block_index"], 1);
  EXPECT_EQ(program.json({"show", "1"})["embedding"].size(), 384U);
}

TEST(Similarity, ComparesPairsInOrder) {
  const Program program(Model::real);
  const Outcome outcome = program.run(
      {"similarity", "--batch", "-", "--json"},
      {.input = "{\"id\":\"near\",\"text_a\":\"비가 온다\",\"text_b\":\"빗방울이 떨어진다\"}\n"
                "{\"id\":\"far\",\"text_a\":\"비가 온다\",\"text_b\":\"세금 신고서를 냈다\"}\n"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto lines = outcome.json_lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["query_id"], "near");
  EXPECT_GT(lines[0]["score"].get<double>(), lines[1]["score"].get<double>());
}

TEST(Similarity, WantsTwoTexts) {
  EXPECT_EQ(Program().run({"similarity", "하나"}).code, 2);
}

TEST(ModelAdd, TakesOverOnceItsVectorsAreComplete) {
  const Program program(Model::real);
  for (int i = 0; i < 70; ++i) {
    program.remember("연못에 왜가리가 " + std::to_string(i) + "번째로 왔다");
  }
  EXPECT_EQ(program.json({"reembed", "--wait"})["vectors_pending"], 0);
  const auto first = program.json({"model", "list"})["models"][0];
  const auto added =
      program.json({"model", "add", first["path"].get<std::string>() + "/model.gguf", "--name",
                    "second", "--query-prefix", "query: ", "--passage-prefix", "passage: "});
  EXPECT_EQ(added["name"], "second");
  EXPECT_EQ(added["active"], true);
  EXPECT_EQ(added["problem"], nullptr);
  const auto found = program.json({"recall", "왜가리", "--all"});
  EXPECT_EQ(found["vectors_note"], nullptr);
  EXPECT_FALSE(found["hits"].empty());
  EXPECT_EQ(program.json({"show", "1"})["embedding"], nullptr);  // the oldest waits for the new one
  EXPECT_EQ(program.json({"reembed", "--wait"})["vectors_pending"], 0);
  EXPECT_EQ(program.json({"show", "1"})["embedding"].size(), 384U);
  EXPECT_EQ(program.json({"model", "list"})["models"].size(), 2U);
}

TEST(Tour, RunsInTimeInBothLanguagesAndLeavesNothing) {
  const Program program(Model::real);
  for (const std::string language : {"ko", "en"}) {
    const auto start = std::chrono::steady_clock::now();
    const Outcome outcome = program.run({"tour", "--lang", language},
                                        {.environment = {{"TMPDIR", program.folder().path()}}});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_LT(took.count(), 60) << "10 s on a quiet machine";
    EXPECT_NE(outcome.out.find("mbe --help"), std::string::npos);
  }
  EXPECT_FALSE(std::filesystem::exists(program.home()));
  for (const auto& entry : std::filesystem::directory_iterator(program.folder().path())) {
    EXPECT_EQ(entry.path().string().find("mbe-tour"), std::string::npos);
  }
}

}  // namespace
}  // namespace mbe::flow
