#include "creation/creation_command.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <stdexcept>
#include <vector>

#include "analyse/table.h"
#include "base/resources.h"

namespace mbe {
namespace {

const std::string data = std::string(MBE_SOURCE_DIR) + "/data";

const CreationCommands& commands() {
  static const CreationCommands opened = [] {
    const auto dictionary = find_resource(korean_dictionary_resource);
    if (!dictionary.ok()) throw std::runtime_error(dictionary.error().message());
    auto loaded =
        CreationCommands::open({*dictionary, data + "/lexicon"}, data + "/echo/creation.tsv");
    if (!loaded.ok()) throw std::runtime_error(loaded.error().message());
    return std::move(*loaded);
  }();
  return opened;
}

bool is_command(std::string_view text) {
  return commands().find(text).has_value();
}

/// "kind artefact" of a command; empty if there is none.
std::string made(std::string_view text) {
  const auto command = commands().find(text);
  if (!command) return {};
  return std::string(creation_kind_name(command->kind)) + " " + command->artefact;
}

struct Shares {
  double all, worst;  ///< worst: of the four groups (language, label)
};

/// Share of the sentences of tests/data/labelled/creation/`name` that are told as labelled. Prints
/// the misses.
Shares shares(const std::string& name) {
  const auto rows = analyse::read_table(
      std::string(MBE_SOURCE_DIR) + "/tests/data/labelled/creation/" + name, 5, 5);
  if (!rows.ok()) throw std::runtime_error(rows.error().message());
  struct Count {
    int right = 0;
    int all = 0;
  };
  std::map<std::string, Count> groups;
  for (const auto& row : *rows) {
    if (row.columns[0] == "id") continue;
    const auto& label = row.columns[3];
    auto& count = groups[row.columns[1] + " " + label];
    ++count.all;
    const auto got = made(row.columns[4]);
    if (got.empty() == (label == "other")) {
      ++count.right;
    } else {
      std::printf("%s (%s): %s -> %s\n", row.columns[0].c_str(), label.c_str(),
                  row.columns[4].c_str(), got.c_str());
    }
  }
  if (groups.size() != 4) throw std::runtime_error(name + " lacks a language or a label");
  double worst = 1;
  Count all;
  for (const auto& [group, count] : groups) {
    std::printf("%s: %d of %d\n", group.c_str(), count.right, count.all);
    worst = std::min(worst, static_cast<double>(count.right) / count.all);
    all.right += count.right;
    all.all += count.all;
  }
  return {static_cast<double>(all.right) / all.all, worst};
}

TEST(CreationCommand, TellsTheLabelledSentencesApart) {
  EXPECT_GE(shares("dev.tsv").worst, 0.95);
}

/// Written with those of dev.tsv and kept aside until the rules were done.
TEST(CreationCommand, TellsSentencesApartThatTheRulesNeverSaw) {
  EXPECT_GE(shares("kept.tsv").all, 0.95);
}

TEST(CreationCommand, TellsTheFamiliesOfPhrasingsApart) {
  EXPECT_GE(shares("families.tsv").worst, 0.95);
}

TEST(CreationCommand, NamesWhatIsAskedForAndItsKind) {
  EXPECT_EQ(made("에코야 바다에 관한 시 하나 써줘"), "text 시");
  EXPECT_EQ(made("중복을 지우는 스크립트 하나 짜줘"), "code 스크립트");
  EXPECT_EQ(made("주간 보고서 작성 부탁해"), "document 보고서");
  EXPECT_EQ(made("우산 쓴 고양이 그려줘"), "drawing 고양이");
  EXPECT_EQ(made("make a table of my plants"), "document table");
  EXPECT_EQ(made("draw a fox in a raincoat"), "drawing fox");
  EXPECT_EQ(made("please write a python script that sorts files"), "code script");
}

TEST(CreationCommand, HasNoArtefactWhereNoneIsNamed) {
  EXPECT_EQ(made("하나 만들어줘"), "other ");
  EXPECT_EQ(made(""), "");
}

TEST(CreationCommand, IsFoundHoweverItIsSpaced) {
  EXPECT_TRUE(is_command("시 하나 써 주실 수 있을까요"));
  EXPECT_TRUE(is_command("시하나써주실수있을까요"));
  EXPECT_FALSE(is_command("시하나써주셨어요"));
}

TEST(CreationCommand, IsNotWhatSomebodyElseSaid) {
  EXPECT_TRUE(is_command("보고서 하나 써줘"));
  EXPECT_FALSE(is_command("부장님이 “보고서 하나 써줘”라고 했어"));
  EXPECT_FALSE(is_command("부장님이 보고서 하나 써줘 라고 했어"));
  EXPECT_TRUE(is_command("write me a report"));
  EXPECT_FALSE(is_command("he goes ‘write me a report’ and leaves"));
}

TEST(CreationCommand, StandsInAQuotationThatIsTheWholeText) {
  EXPECT_TRUE(is_command("\"write me a report\""));
  EXPECT_FALSE(is_command("\"write me a report\" was all he said"));
}

TEST(CreationCommand, TakesWhatAnEarlierSentenceNamed) {
  EXPECT_TRUE(is_command("내일까지 축사가 있어야 해. 길게 써봐."));
  EXPECT_FALSE(is_command("내일 또 보자. 길게 써봐."));
  EXPECT_EQ(made("My toast is due. Could you come up with one?"), "text toast");
}

TEST(CreationCommand, MendsSlipsOfOneLetter) {
  EXPECT_EQ(made("plz wirte a peom"), "text poem");
  EXPECT_EQ(made("plz white a peon"), "");
}

TEST(CreationCommand, SurvivesAnyBytes) {
  EXPECT_FALSE(is_command("\xff\xfe써"));
  EXPECT_FALSE(is_command(std::string(100'000, '"')));
  EXPECT_FALSE(is_command(std::string(100'000, 'a')));
  std::string hangul;
  while (hangul.size() < 100'000) hangul += "고";
  EXPECT_FALSE(is_command(hangul));
}

class CreationWords : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }
  Result<creation::Words> with(std::string_view content) {
    std::ofstream(file_) << content;
    return creation::Words::open(file_);
  }
  /// The code and message of a table that must be refused.
  void refuse(std::string_view content, std::string_view part) {
    const auto words = with(content);
    ASSERT_FALSE(words.ok());
    EXPECT_EQ(words.error().code(), ErrorCode::corrupt);
    EXPECT_NE(words.error().message().find(part), std::string::npos) << words.error().message();
  }
  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() /
      (std::string("mbe-creation-") +
       testing::UnitTest::GetInstance()->current_test_info()->name() + ".tsv");
};

TEST_F(CreationWords, AreReadWithCommentsAndValues) {
  const auto words = with("# a comment\nartefact\tko\t발표 자료\tdocument\nspell\ten\tu\tyou\n");
  ASSERT_TRUE(words.ok());
  const auto* found = words->korean().find(creation::Section::artefact, "발표자료");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->kind, CreationKind::document);
  EXPECT_EQ(words->english().find(creation::Section::artefact, "u"), nullptr);
}

TEST_F(CreationWords, AreCorruptWhenASectionOrLanguageIsUnknown) {
  refuse("artefact\tko\t시\ttext\nverse\tko\t시\ttext\n", "line 2");
  refuse("artefact\tde\tGedicht\ttext\n", "line 1");
}

TEST_F(CreationWords, AreCorruptWhenAValueIsUnknown) {
  refuse("artefact\tko\t시\tsong\n", "시");
  refuse("verb\ten\twrite\tsometimes\ttext\n", "write");
  refuse("ask\ten\tcan you\tnever\n", "can you");
  refuse("filler\ten\tnow\tvalue\n", "now");
}

TEST_F(CreationWords, AreCorruptWhenARowStandsTwice) {
  refuse("artefact\tko\t시\ttext\nartefact\tko\t시\tcode\n", "twice");
}

TEST_F(CreationWords, CannotBeReadWhenAbsent) {
  const auto words = creation::Words::open(file_);
  ASSERT_FALSE(words.ok());
  EXPECT_EQ(words.error().code(), ErrorCode::io);
}

TEST(CreationCommands, AreUnavailableWithoutADictionary) {
  const auto opened =
      CreationCommands::open({data, data + "/lexicon"}, data + "/echo/creation.tsv");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), ErrorCode::unavailable);
}

}  // namespace
}  // namespace mbe
