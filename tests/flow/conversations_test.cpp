// Conversations through the real program: listed, searched, branched, renamed, exported, deleted.
#include <gtest/gtest.h>

#include "process.h"

namespace mbe::flow {
namespace {

void save(const Program& program, const std::string& conversation, const std::string& text) {
  const Outcome saved = program.run(
      {"save", text, "--speaker", "mina", "--answer", "네.", "--conversation", conversation});
  EXPECT_EQ(saved.code, 0) << saved.err;
}

TEST(ConversationCommands, ListSearchAndShow) {
  const Program program;
  EXPECT_EQ(program.run({"conversations"}).code, 1);
  save(program, "trip", "다음 달에 제주도로 떠난다");
  save(program, "work", "회의가 길었다");
  const auto all = program.json({"conversations"})["conversations"];
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]["title"], "회의가 길었다");
  const auto found = program.json({"conversations", "--search", "제주도"})["conversations"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["conversation"], "trip");
  EXPECT_EQ(program.run({"conversations", "--search", "zanzibar"}).code, 1);
  const Outcome shown = program.run({"conversations", "show", "work"});
  EXPECT_NE(shown.out.find("회의가 길었다"), std::string::npos) << shown.out;
  EXPECT_EQ(program.run({"conversations", "show", "none"}).code, 1);
}

TEST(ConversationCommands, AnEditedQuestionIsABranch) {
  const Program program;
  save(program, "talk", "오늘은 맑다");
  const auto turns = program.json({"conversations", "show", "talk"})["turns"];
  const std::string first = std::to_string(turns[0]["id"].get<int>());
  const auto done =
      program.json({"ask", "오늘은 흐리다", "--conversation", "talk", "--edit", first});
  const std::string branch = done["conversation"];
  const auto tree = program.json({"conversations", "show", branch});
  EXPECT_EQ(tree["of"], "talk");
  EXPECT_EQ(tree["turns"][0]["versions"].size(), 2U);
  EXPECT_EQ(program.run({"ask", "x", "--conversation", "talk", "--edit", "99"}).code, 1);
}

TEST(ConversationCommands, RenameExportAndDelete) {
  const Program program;
  save(program, "a", "오늘은 맑다");
  save(program, "b", "zanzibar is our word");
  ASSERT_EQ(program.run({"conversations", "rename", "b", "비밀"}).code, 0);
  const Outcome text = program.run({"conversations", "export", "b"});
  EXPECT_TRUE(text.out.starts_with("# 비밀\n")) << text.out;
  const Outcome preview = program.run({"conversations", "delete", "b", "--preview"});
  EXPECT_NE(preview.out.find("zanzibar"), std::string::npos) << preview.out;
  EXPECT_EQ(program.run({"conversations", "delete", "b", "--yes"}).code, 2);
  const auto count = program.run({"conversations", "delete", "b", "--yes", "--count", "3"});
  EXPECT_EQ(count.code, 0) << count.err;
  EXPECT_EQ(program.json({"conversations"})["conversations"].size(), 1U);
  EXPECT_EQ(program.run({"conversations", "delete", "b", "--yes"}).code, 1);
}

}  // namespace
}  // namespace mbe::flow
