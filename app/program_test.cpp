// The tree of commands and what is said in Korean.
#include "program.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "ui/help.h"

namespace mbe::app {
namespace {

Catalog korean() {
  auto catalog = Catalog::load(MBE_SOURCE_DIR "/data/messages/ko.tsv");
  EXPECT_TRUE(catalog.ok()) << catalog.error().message();
  return std::move(catalog).value();
}

template <class Visit>
void walk(const CommandLine& command, const Visit& visit) {
  visit(command);
  for (const auto& one : command.commands()) walk(*one, visit);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The texts given to tr(…) in a source, adjacent literals joined.
std::vector<std::string> translated_texts(const std::string& source) {
  std::vector<std::string> out;
  const std::regex call(R"(\btr\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+))");
  const std::regex literal(R"("((?:[^"\\]|\\.)*)\")");
  for (std::sregex_iterator at(source.begin(), source.end(), call), end; at != end; ++at) {
    const std::string literals = (*at)[1];
    std::string text;
    for (std::sregex_iterator part(literals.begin(), literals.end(), literal); part != end;
         ++part) {
      text += (*part)[1];
    }
    out.push_back(std::regex_replace(text, std::regex(R"(\\")"), "\""));
  }
  return out;
}

TEST(Messages, EveryDescriptionHasItsKoreanForm) {
  const Catalog catalog = korean();
  GlobalOptions options;
  walk(*make_command_tree(options), [&](const CommandLine& command) {
    EXPECT_TRUE(catalog.has(command.description())) << command.description();
    EXPECT_TRUE(command.group().empty() || catalog.has(command.group())) << command.group();
    for (const OptionInfo& option : command.options()) {
      EXPECT_TRUE(catalog.has(option.description)) << option.description;
    }
  });
}

TEST(Messages, EveryTextOfTheProgramHasItsKoreanForm) {
  const Catalog catalog = korean();
  std::size_t texts = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(MBE_SOURCE_DIR "/app")) {
    if (entry.path().extension() != ".cpp") continue;
    if (entry.path().string().ends_with("_test.cpp")) continue;
    for (const std::string& text : translated_texts(read_file(entry.path()))) {
      ++texts;
      EXPECT_TRUE(catalog.has(text)) << entry.path() << ": " << text;
    }
  }
  EXPECT_GT(texts, 100U);
}

TEST(Commands, EachDoesSomethingOrHoldsCommands) {
  GlobalOptions options;
  const auto root = make_command_tree(options);
  walk(*root, [&](const CommandLine& command) {
    EXPECT_TRUE(command.action() || !command.commands().empty()) << command.path();
  });
}

TEST(Commands, EachStandsInTheOperationTable) {
  GlobalOptions options;
  const std::string table = read_file(MBE_SOURCE_DIR "/docs/operations.md");
  const std::string guide = read_file(MBE_SOURCE_DIR "/docs/guide/cli.md");
  walk(*make_command_tree(options), [&](const CommandLine& command) {
    if (!command.action()) return;
    EXPECT_NE(table.find("`" + command.path() + "`"), std::string::npos) << command.path();
    EXPECT_NE(guide.find("`" + command.path()), std::string::npos) << command.path();
  });
}

TEST(Completion, NamesEveryCommandAndOption) {
  GlobalOptions options;
  const auto root = make_command_tree(options);
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(*root, shell);
    walk(*root, [&](const CommandLine& command) {
      EXPECT_NE(script.find(command.name()), std::string::npos) << command.name();
    });
  }
}

TEST(Parsing, StoresGlobalOptionsFromBothSides) {
  GlobalOptions options;
  const auto root = make_command_tree(options);
  const char* words[] = {"mbe", "--chain", "a", "stats", "--json"};
  const auto chosen = root->parse(5, words);
  ASSERT_TRUE(chosen.ok());
  EXPECT_EQ(chosen.value()->path(), "mbe stats");
  EXPECT_EQ(options.chain, "a");
  EXPECT_TRUE(options.json);
}

TEST(Parsing, SaysWhatIsWrongWithTheUse) {
  GlobalOptions options;
  const auto root = make_command_tree(options);
  const char* words[] = {"mbe", "recall", "x", "--top-k", "0"};
  const auto chosen = root->parse(5, words);
  ASSERT_FALSE(chosen.ok());
  EXPECT_EQ(chosen.error().code(), ErrorCode::invalid_argument);
  EXPECT_NE(chosen.error().message().find("--top-k"), std::string::npos);
}

}  // namespace
}  // namespace mbe::app
