#include "importers/lines.h"

#include "importers/encoding.h"
#include "importers/importers_fixture.h"

namespace mbe::importers {
namespace {

ReadAll read(std::string_view text, std::optional<Format> format = {}) {
  Settings settings;
  settings.format = format;
  return read_all(text, settings);
}

TEST(DetectFormat, LooksAtTheBeginning) {
  EXPECT_EQ(detect_format(R"({"block_index":1,"context":"c"})", "a"), Format::block_memory);
  EXPECT_EQ(detect_format(R"({"id":1})", "a"), Format::jsonl);
  EXPECT_EQ(detect_format(R"({"id":1,"text":"in \"mapping\" and \"memory\""})", "a"),
            Format::jsonl);
  EXPECT_EQ(detect_format(R"({"type":"entity","name":"a","observations":[]})", "a"),
            Format::mcp_memory);
  EXPECT_EQ(detect_format("{broken", "a"), Format::jsonl);
  EXPECT_EQ(detect_format("안녕", "a"), Format::text);
  EXPECT_EQ(detect_format("[2026-01-05 09:30] 서윤: 하나", "a"), Format::text);
  EXPECT_EQ(detect_format("# 제목", "a.md"), Format::markdown);
  EXPECT_EQ(detect_format("---\ntitle: a\n---\n", "a"), Format::markdown);
  EXPECT_EQ(detect_format("[{\"a\":2}]", "a.json"), std::nullopt);
  EXPECT_EQ(detect_format("", "a"), Format::text);
}

TEST(FormatNames, AreReadBack) {
  for (const std::string_view name : format_names()) {
    ASSERT_TRUE(format_named(name).has_value()) << name;
    EXPECT_EQ(format_name(*format_named(name)), name);
  }
  EXPECT_FALSE(format_named("xml").has_value());
}

TEST(PlainText, TakesALineAnUtterance) {
  const ReadAll all = read("\n하나\n둘\n");
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[0].text, "하나");
  EXPECT_EQ(all.items[0].line, 2U);
  EXPECT_EQ(all.items[0].chain, "main");
  EXPECT_EQ(all.items[0].session, "talk.txt");
  EXPECT_NE(all.items[0].id, all.items[1].id);
}

TEST(PlainText, GivesTheSameLineTheSameIdWhereverItStands) {
  EXPECT_EQ(read("하나\n").items[0].id, read("둘\n하나\n").items[1].id);
  EXPECT_NE(read("하나\n").items[0].id, read("둘\n").items[0].id);
  const ReadAll twice = read("하나\n하나\n");
  EXPECT_NE(twice.items[0].id, twice.items[1].id);
}

TEST(PlainText, JoinsLinesThatContinue) {
  const ReadAll all = read("[2026-01-05 09:30] 서윤: 하나\n  둘\n  셋\n넷\n");
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[0].text, "하나\n둘\n셋");
  EXPECT_EQ(all.items[0].speaker, "서윤");
  EXPECT_EQ(when(all.items[0]), "2026-01-05T09:30:00Z");
}

TEST(PlainText, KeepsAPrefixThatIsNoTime) {
  EXPECT_EQ(read("[웃음] 그래: 좋아\n").items[0].text, "[웃음] 그래: 좋아");
  EXPECT_EQ(read("메모: 우유 사기\n").items[0].text, "메모: 우유 사기");
}

TEST(PlainText, SaysWhichLinesAreDamagedAndKeepsTheRest) {
  const ReadAll all = read("하나\n둘 \xff 셋\n[2026-01-05 09:30] 서윤: \n끝\n", Format::text);
  ASSERT_EQ(all.items.size(), 3U);
  EXPECT_EQ(all.items[1].text, "둘 \xef\xbf\xbd 셋");
  ASSERT_EQ(all.unreadable.size(), 2U);
  EXPECT_EQ(all.unreadable[0].line, 2U);
  EXPECT_EQ(all.unreadable[1].line, 3U);
}

TEST(PlainText, SplitsWhatNoBlockCanHold) {
  const std::string line(text_bytes_max - 3, 'a');
  const ReadAll all = read(line + "\n  " + line + "\n");
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[0].text, line);
  EXPECT_EQ(all.items[1].text, "\n" + line);
  EXPECT_NE(all.items[0].id, all.items[1].id);
}

TEST(JsonLines, AreListedWhenTheyAreWrongOrTooLong) {
  const ReadAll all = read("{\"id\":1,\"namespace\":\"n\",\"text\":\"a\"}\n{\"id\":2}\n" +
                           std::string(line_bytes_max + 1, 'x') + "\n");
  EXPECT_EQ(all.items.size(), 1U);
  EXPECT_EQ(all.items[0].chain, "n");
  ASSERT_EQ(all.unreadable.size(), 2U);
  EXPECT_EQ(all.unreadable[0].line, 2U);
  EXPECT_EQ(all.unreadable[1].reason.code(), ErrorCode::limit);
}

TEST(McpMemory, TakesObservationsAndRelations) {
  const ReadAll all = read(
      R"({"type":"entity","name":"보리","entityType":"dog","observations":["닭고기를 못 먹는다","네 살"]})"
      "\n"
      R"({"type":"relation","from":"미나","to":"보리","relationType":"돌본다"})"
      "\n"
      R"({"type":"thing"})"
      "\n"
      R"({"type":"entity","name":"x","observations":[1]})"
      "\n");
  ASSERT_EQ(all.items.size(), 3U);
  EXPECT_EQ(all.items[0].text, "보리: 닭고기를 못 먹는다");
  EXPECT_EQ(all.items[0].kind, "fact");
  EXPECT_EQ(all.items[0].session, "보리");
  EXPECT_EQ(all.items[2].text, "미나 돌본다 보리");
  EXPECT_EQ(all.unreadable.size(), 2U);
}

TEST(Markdown, TakesPassagesUnderTheirHeadings) {
  Settings settings;
  settings.name = "notes/2026-01-04 plans.md";
  const ReadAll all = read_all(
      "---\ntitle: \"계획\"\ntags: [a]\n---\n"
      "첫 문단\n두 줄\n\n# 여행\n## 제주\n\n```\n# 제목이 아니다\n```\n"
      "## 2026-02-03\n바다를 보았다\n",
      settings);
  ASSERT_EQ(all.items.size(), 3U);
  EXPECT_EQ(all.items[0].text, "첫 문단\n두 줄");
  EXPECT_EQ(all.items[0].session, "계획");
  EXPECT_EQ(when(all.items[0]), "2026-01-04T00:00:00Z");
  EXPECT_EQ(all.items[1].text, "여행 › 제주\n```\n# 제목이 아니다\n```");
  EXPECT_EQ(all.items[2].text, "여행 › 2026-02-03\n바다를 보았다");
  EXPECT_EQ(when(all.items[2]), "2026-02-03T00:00:00Z");
  EXPECT_EQ(all.items[2].line, 15U);
}

TEST(Markdown, KeepsWhatOnlyBeginsLikeAFrontMatter) {
  Settings settings;
  settings.name = "a.md";
  const ReadAll all = read_all("---\ntitle: x\n그냥 한 줄\n", settings);
  ASSERT_EQ(all.items.size(), 1U);
  EXPECT_EQ(all.items[0].text, "title: x\n그냥 한 줄");
  EXPECT_EQ(read_all("---\ntitle: x\n", settings).items.at(0).text, "title: x");
}

TEST(Markdown, KeepsAHeadingThatStandsAlone) {
  Settings settings;
  settings.name = "a.md";
  const ReadAll all = read_all("# 장보기\n## 우유\n## 빵\n두 개\n# 끝\n", settings);
  ASSERT_EQ(all.items.size(), 3U);
  EXPECT_EQ(all.items[0].text, "장보기 › 우유");
  EXPECT_EQ(all.items[0].line, 2U);
  EXPECT_EQ(all.items[1].text, "장보기 › 빵\n두 개");
  EXPECT_EQ(all.items[2].text, "끝");
}

TEST(Markdown, BelievesTheFrontMatterBeforeTheFile) {
  Settings settings;
  settings.name = "a.md";
  settings.file_time = 0;
  EXPECT_EQ(when(read_all("글\n", settings).items.at(0)), "1970-01-01T00:00:00Z");
  const ReadAll all = read_all("---\ndate: 2026-03-04T05:06\n---\n글\n", settings);
  EXPECT_EQ(when(all.items.at(0)), "2026-03-04T05:06:00Z");
}

TEST(Encoding, IsDecidedByTheWholeBeginning) {
  EXPECT_EQ(detect_encoding("\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4"), Encoding::cp949);
  EXPECT_EQ(detect_encoding("안녕"), Encoding::utf8);
  EXPECT_EQ(detect_encoding("안녕하세요\n \xff\xfe 반갑습니다"), Encoding::utf8);
  EXPECT_EQ(detect_encoding("안녕\n하세요\n\xff\xfe\xff\xfe\xff\xfe\xff\xfe\n"), Encoding::utf8);
  EXPECT_EQ(detect_encoding("plain"), Encoding::utf8);
  std::size_t damaged = 0;
  EXPECT_EQ(decode("\xbe\xc8 \xff\xb3\xe7", Encoding::cp949, damaged), "안 \xef\xbf\xbd녕");
  EXPECT_EQ(damaged, 1U);
  EXPECT_EQ(decode(std::string_view("a\0b", 3), Encoding::utf8, damaged),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(damaged, 1U);
}

}  // namespace
}  // namespace mbe::importers
