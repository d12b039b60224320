// Paths, listings and edits of a memory tool's files, as text alone.
#include "operations/file_text.h"

#include <gtest/gtest.h>

namespace mbe {
namespace {

TEST(MemoryPath, TakesWhatLiesBelowTheRoot) {
  EXPECT_EQ(*memory_path("/memories"), "/memories");
  EXPECT_EQ(*memory_path("/memories/"), "/memories");
  EXPECT_EQ(*memory_path("/memories/노트/오늘.md"), "/memories/노트/오늘.md");
  EXPECT_EQ(*memory_path("/memories/a..b/100%.md/"), "/memories/a..b/100%.md");
}

TEST(MemoryPath, RefusesWhatLeadsOut) {
  for (const char* wrong :
       {"", "/", "memories/a", "/memory/a", "/memoriesx", "/memories/../etc", "/memories/a/../../b",
        "/memories/./a", "/memories//a", "/memories/a//", "/memories/%2e%2e/a", "/memories/%2E./a",
        "/memories/..%2fa", "/memories/a\\b", "/memories/..%5ca", "/memories/a\nb"}) {
    const auto path = memory_path(wrong);
    ASSERT_FALSE(path.ok()) << wrong;
    EXPECT_EQ(path.error().code(), ErrorCode::invalid_argument) << wrong;
  }
}

TEST(MemoryPath, IsBounded) {
  const std::string longest = "/memories/" + std::string(path_bytes_max - 10, 'a');
  EXPECT_TRUE(memory_path(longest).ok());
  EXPECT_EQ(memory_path(longest + "a").error().code(), ErrorCode::limit);
  std::string deep = "/memories";
  for (std::size_t i = 0; i < path_parts_max; ++i) deep += "/a";
  EXPECT_TRUE(memory_path(deep).ok());
  EXPECT_EQ(memory_path(deep + "/a").error().code(), ErrorCode::limit);
}

TEST(NumberedView, CountsLinesFromOne) {
  const std::string head = "Here's the content of /memories/a with line numbers:";
  EXPECT_EQ(numbered_view("/memories/a", "one\n\nthree\n", 0, 0).content,
            head + "\n     1\tone\n     2\t\n     3\tthree");
  EXPECT_EQ(numbered_view("/memories/a", "one\ntwo\nthree", 2, 0).content,
            head + "\n     2\ttwo\n     3\tthree");
  EXPECT_EQ(numbered_view("/memories/a", "one\ntwo\nthree", 2, 2).content, head + "\n     2\ttwo");
  EXPECT_EQ(numbered_view("/memories/a", "", 0, 0).content, head);
}

TEST(NumberedView, RefusesLinesThatAreNotThere) {
  EXPECT_TRUE(numbered_view("/memories/a", "one\ntwo", 3, 0).is_error);
  EXPECT_TRUE(numbered_view("/memories/a", "one\ntwo", 2, 1).is_error);
  EXPECT_FALSE(numbered_view("/memories/a", "one\ntwo", 2, 9).is_error);
  const FileAnswer many = numbered_view("/memories/a", std::string(file_lines_max + 1, '\n'), 0, 0);
  EXPECT_TRUE(many.is_error);
  EXPECT_EQ(many.content, "File /memories/a exceeds maximum line limit of 999,999 lines.");
}

TEST(FolderView, ShowsTwoLevelsWithSizes) {
  EXPECT_EQ(folder_view("/memories", {{"/memories/a.md", 12},
                                      {"/memories/deep/b/c.md", 2048},
                                      {"/memories/deep/d.md", 1536},
                                      {"/memories/.hidden", 5},
                                      {"/memories/node_modules/x", 5}}),
            "Here're the files and directories up to 2 levels deep in /memories, excluding hidden "
            "items and node_modules:\n3.5K\t/memories\n12\t/memories/a.md\n3.5K\t/memories/deep/\n"
            "2.0K\t/memories/deep/b/\n1.5K\t/memories/deep/d.md");
  EXPECT_EQ(folder_view("/memories", {}),
            "Here're the files and directories up to 2 levels deep in /memories, excluding hidden "
            "items and node_modules:\n0\t/memories");
}

TEST(WithLines, PutsTextAfterALine) {
  EXPECT_EQ(with_lines("one\ntwo\n", 0, "zero"), "zero\none\ntwo\n");
  EXPECT_EQ(with_lines("one\ntwo\n", 1, "x\ny\n"), "one\nx\ny\ntwo\n");
  EXPECT_EQ(with_lines("one\ntwo\n", 2, "end"), "one\ntwo\nend\n");
  EXPECT_EQ(with_lines("one\ntwo", 2, "end"), "one\ntwo\nend\n");
  EXPECT_EQ(with_lines("", 0, "all"), "all\n");
  EXPECT_EQ(with_lines("one\n", 2, "x"), std::nullopt);
}

TEST(LinesWith, CountsEveryPlace) {
  EXPECT_EQ(lines_with("a\nb a\n\naa", "a"), (std::vector<std::size_t>{1, 2, 4, 4}));
  EXPECT_EQ(lines_with("aaa", "aa"), (std::vector<std::size_t>{1, 1}));
  EXPECT_TRUE(lines_with("abc", "x").empty());
  EXPECT_TRUE(lines_with("abc", "").empty());
}

TEST(Snippet, ShowsWhatStandsAround) {
  EXPECT_EQ(snippet("1\n2\n3\n4\n5\n6\n", 4, 1),
            "\n     2\t2\n     3\t3\n     4\t4\n     5\t5\n     6\t6");
  EXPECT_EQ(snippet("1\n2\n", 1, 1), "\n     1\t1\n     2\t2");
}

}  // namespace
}  // namespace mbe
