#include "settings/toml_file.h"

#include <gtest/gtest.h>

#include <functional>

namespace mbe {
namespace {

using Read = std::function<void(const TomlTable& root)>;

/// The message with which a file is refused; empty if it is taken.
std::string refused(std::string_view text, const Read& read) {
  const auto file = TomlFile::parse(text, "a.toml");
  if (!file.ok()) return file.error().message();
  read(file->root());
  const Result<void> checked = file->check();
  if (checked.ok()) return "";
  EXPECT_EQ(checked.error().code(), ErrorCode::invalid_argument);
  return checked.error().message();
}

TEST(TomlFile, GivesEveryKindOfValue) {
  bool flag = false;
  std::string text, choice;
  std::vector<std::string> texts;
  int number = 0;
  const std::string why =
      refused("flag = true\ntext = '바다'\nchoice = \"b\"\ntexts = [\"a\", \"b\"]\nnumber = -7\n",
              [&](const TomlTable& root) {
                root.flag("flag", flag);
                root.text("text", text, {.min = 6, .max = 6});
                root.choice("choice", {"a", "b"}, choice);
                root.texts("texts", texts, 2, {.min = 1, .max = 1});
                root.number("number", -7, -7, number);
              });
  EXPECT_EQ(why, "");
  EXPECT_TRUE(flag);
  EXPECT_EQ(text, "바다");
  EXPECT_EQ(choice, "b");
  EXPECT_EQ(texts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(number, -7);
}

TEST(TomlFile, LeavesAloneWhatTheFileDoesNotSay) {
  bool flag = true;
  std::string text = "as it was";
  std::uint64_t number = 3;
  const std::string why = refused("", [&](const TomlTable& root) {
    const TomlTable table = root.table("absent");
    EXPECT_FALSE(table.exists());
    EXPECT_EQ(table.place(), "a.toml");
    EXPECT_TRUE(table.tables().empty());
    table.flag("flag", flag);
    table.text("text", text);
    table.number("number", 0, 9, number);
  });
  EXPECT_EQ(why, "");
  EXPECT_TRUE(flag);
  EXPECT_EQ(text, "as it was");
  EXPECT_EQ(number, 3U);
}

TEST(TomlFile, RefusesWrongTypesAndLimitsAndLeavesTheValue) {
  bool flag = true;
  std::string text = "t", choice = "c";
  std::vector<std::string> texts = {"x"};
  std::uint8_t number = 5;
  const Read read = [&](const TomlTable& root) {
    root.flag("flag", flag);
    root.text("text", text, {.min = 1, .max = 3});
    root.choice("choice", {"a", "b"}, choice);
    root.texts("texts", texts, 2, {.min = 1, .max = 3});
    root.number("number", 1, 9, number);
    EXPECT_FALSE(root.table("table").exists());
  };
  for (const char* line :
       {"flag = 1", "text = 1", "text = ''", "text = 'four'", "choice = 'c'", "choice = 1",
        "texts = 'a'", "texts = [1]", "texts = ['']", "texts = ['four']", "texts = ['a','b','c']",
        "number = 0", "number = 10", "number = 1.0", "number = '1'", "number = 2026-11-22",
        "table = 1", "flag", "a = 1\na = 2"}) {
    const std::string why = refused("# head\n" + std::string(line), read);
    EXPECT_TRUE(why.starts_with("a.toml line 2: ") || why.starts_with("a.toml line 3: ")) << why;
    EXPECT_TRUE(flag && text == "t" && choice == "c" && number == 5 && texts.size() == 1) << line;
  }
}

TEST(TomlFile, RefusesANameThatNobodyAskedFor) {
  const Read read = [](const TomlTable& root) {
    int number = 0;
    root.number("port", 0, 9, number);
    root.table("part").number("size", 0, 9, number);
    for (const auto& [name, one] : root.table("all").tables()) one.number("size", 0, 9, number);
  };
  EXPECT_EQ(refused("port = 1\n[part]\nsize = 2\n[all.a]\nsize = 3\n[all.b]\n", read), "");
  EXPECT_EQ(refused("prot = 1", read),
            "a.toml line 1: there is no `prot`; the names are port, part, all");
  EXPECT_EQ(refused("[part]\nsise = 1", read),
            "a.toml line 2: there is no `part.sise`; the names are size");
  EXPECT_EQ(refused("[all.a]\nsise = 1", read),
            "a.toml line 2: there is no `all.a.sise`; the names are size");
}

TEST(TomlFile, TellsWhatStandsFirst) {
  const Read read = [](const TomlTable& root) {
    int number = 0;
    root.number("late", 0, 9, number);
    root.number("early", 0, 9, number);
  };
  EXPECT_NE(refused("unknown = 1\nearly = 10\nlate = 10", read).find("`unknown`"),
            std::string::npos);
  EXPECT_NE(refused("early = 10\nunknown = 1\nlate = 10", read).find("`early`"), std::string::npos);
}

TEST(TomlFile, SaysWhereATableBegins) {
  const auto file = TomlFile::parse("\n\n[part]\nsize = 1\n", "a.toml");
  EXPECT_EQ(file->root().table("part").place(), "a.toml line 3");
}

}  // namespace
}  // namespace mbe
