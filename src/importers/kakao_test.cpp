#include "importers/kakao.h"

#include "importers/importers_fixture.h"
#include "importers/kakao_line.h"

namespace mbe::importers {
namespace {

const std::string windows_korean =
    "달리기 모임 님과 카카오톡 대화\r\n"
    "저장한 날짜 : 2026-10-02 14:23:11\r\n"
    "\r\n"
    "--------------- 2026년 10월 1일 목요일 ---------------\r\n"
    "하늘님이 미나님을 초대하였습니다.\r\n"
    "[미나] [오전 12:05] 오늘은 여기까지\r\n"
    "[하늘] [오후 12:30] 첫 줄\r\n"
    "\r\n"
    "셋째 줄: 콜론\r\n"
    "[[팀]미나] [오후 3:15] 이름에 괄호\r\n"
    "[하늘] [오후 3:16] 사진 3장\r\n"
    "[하늘] [오후 3:16] 파일: 계획.pdf\r\n"
    "--------------- 2026년 10월 2일 금요일 ---------------\r\n"
    "[미나] [15:16] 이십사 시간\r\n"
    "하늘님이 나갔습니다.\r\n";

TEST(KakaoWindows, ReadsKorean) {
  const ReadAll all = read_all(windows_korean, seoul());
  EXPECT_EQ(all.format, Format::kakaotalk);
  ASSERT_EQ(all.items.size(), 4U);
  EXPECT_EQ(all.items[0].text, "오늘은 여기까지");
  EXPECT_EQ(all.items[0].speaker, "미나");
  EXPECT_EQ(all.items[0].session, "달리기 모임");
  EXPECT_EQ(when(all.items[0]), "2026-09-30T15:05:00Z");
  EXPECT_EQ(all.items[0].utc_offset_minutes, 540);
  EXPECT_EQ(all.items[0].line, 6U);
  EXPECT_EQ(all.items[1].text, "첫 줄\n\n셋째 줄: 콜론");
  EXPECT_EQ(when(all.items[1]), "2026-10-01T03:30:00Z");
  EXPECT_EQ(all.items[2].speaker, "[팀]미나");
  EXPECT_EQ(when(all.items[3]), "2026-10-02T06:16:00Z");
  EXPECT_EQ(all.left_out.at("placeholder"), 2);
  EXPECT_EQ(all.left_out.at("system"), 2);
  EXPECT_TRUE(all.unreadable.empty());
}

TEST(KakaoWindows, ReadsEnglish) {
  const ReadAll all = read_all(
      "Mina with KakaoTalk Chats\nDate Saved : 2026-10-02 14:23:11\n\n"
      "--------------- Thursday, October 1, 2026 ---------------\n"
      "Mina invited Sky.\n"
      "[Mina] [3:15 PM] hello: there\n[Sky] [AM 12:01] late\n[Sky] [9:04 AM] Photo\nSky left.\n",
      seoul());
  ASSERT_EQ(all.items.size(), 2U);
  EXPECT_EQ(all.items[0].text, "hello: there");
  EXPECT_EQ(all.items[0].session, "Mina");
  EXPECT_EQ(when(all.items[0]), "2026-10-01T06:15:00Z");
  EXPECT_EQ(when(all.items[1]), "2026-09-30T15:01:00Z");
  EXPECT_EQ(all.left_out.at("system"), 2);
  EXPECT_EQ(all.left_out.at("placeholder"), 1);
}

TEST(KakaoWindows, ReadsCp949) {
  // `미나 님과 카카오톡 대화`, a day, `[미나] [오후 3:15] 안녕` in the code page of Korean Windows.
  const std::string text =
      "\xb9\xcc\xb3\xaa \xb4\xd4\xb0\xfa \xc4\xab\xc4\xab\xbf\xc0\xc5\xe5 \xb4\xeb\xc8\xad\r\n"
      "--------------- 2026\xb3\xe2 10\xbf\xf9 1\xc0\xcf \xb8\xf1\xbf\xe4\xc0\xcf "
      "---------------\r\n"
      "[\xb9\xcc\xb3\xaa] [\xbf\xc0\xc8\xc4 3:15] \xbe\xc8\xb3\xe7\r\n";
  const ReadAll all = read_all(text, seoul());
  ASSERT_EQ(all.items.size(), 1U);
  EXPECT_EQ(all.items[0].text, "안녕");
  EXPECT_EQ(all.items[0].speaker, "미나");
  EXPECT_EQ(all.items[0].session, "미나");
  EXPECT_EQ(when(all.items[0]), "2026-10-01T06:15:00Z");
}

TEST(KakaoAndroid, ReadsKoreanAndEnglish) {
  const ReadAll korean = read_all(
      "가족 4 카카오톡 대화\n저장한 날짜 : 2026년 10월 2일 오후 2:23\n\n\n"
      "2026년 10월 1일 오후 3:15\n2026년 10월 1일 오후 3:15, 미나 : 본문 : 둘\n이어진다\n\n"
      "2026년 10월 2일 오전 9:00\n2026년 10월 2일 오전 9:00, 하늘님이 들어왔습니다.\n"
      "2026년 10월 2일 오전 9:01, 하늘 : 동영상\n",
      seoul());
  ASSERT_EQ(korean.items.size(), 1U);
  EXPECT_EQ(korean.items[0].text, "본문 : 둘\n이어진다");
  EXPECT_EQ(korean.items[0].session, "가족");
  EXPECT_EQ(when(korean.items[0]), "2026-10-01T06:15:00Z");
  EXPECT_EQ(korean.left_out.at("system"), 1);
  const ReadAll english = read_all(
      "KakaoTalk Chats with Mina\nDate Saved : October 12, 2026, 6:50 AM\n\n\n"
      "October 12, 2026, 6:49 AM\nOctober 12, 2026, 6:49 AM, Mina : really?\n",
      seoul());
  ASSERT_EQ(english.items.size(), 1U);
  EXPECT_EQ(english.items[0].session, "Mina");
  EXPECT_EQ(when(english.items[0]), "2026-10-11T21:49:00Z");
}

TEST(KakaoIos, ReadsKoreanAndEnglish) {
  const ReadAll korean = read_all(
      "미나 님과 카카오톡 대화\n저장한 날짜 : 2026. 10. 2. 오후 2:23\n\n"
      "2026년 10월 1일 목요일\n2026. 10. 1. 오후 3:15, 미나 : 하나\n"
      "2026. 10. 1. 오후 3:16: 하늘님이 들어왔습니다.\n오후 3:17, 미나 : 둘\n",
      seoul());
  ASSERT_EQ(korean.items.size(), 2U);
  EXPECT_EQ(when(korean.items[1]), "2026-10-01T06:17:00Z");
  EXPECT_EQ(korean.left_out.at("system"), 1);
  const ReadAll english = read_all(
      "Mina with KakaoTalk Chats\n\nThursday, October 1, 2026\n"
      "Oct 1, 2026 at 15:15, Mina : one\nOct 1, 2026 at 3:16\xe2\x80\xafPM, Mina : two\n"
      "Oct 1, 2026 at 15:17: Sky joined this chatroom.\n",
      seoul());
  ASSERT_EQ(english.items.size(), 2U);
  EXPECT_EQ(when(english.items[0]), "2026-10-01T06:15:00Z");
  EXPECT_EQ(when(english.items[1]), "2026-10-01T06:16:00Z");
  EXPECT_EQ(english.left_out.at("system"), 1);
}

TEST(KakaoMac, ReadsTheTable) {
  Settings settings = seoul();
  settings.name = "KakaoTalk_Chat_모임_2026-02-06-10-00-00 (1).csv";
  const ReadAll all = read_all(
      "\xef\xbb\xbf"
      "Date,User,Message\r\n"
      "2026-02-06 00:00:58,\"미나\",\"첫 줄\n둘째, \"\"인용\"\"\"\r\n"
      "2026-02-06 00:01:00,\"하늘, 둘\",\"사진\"\r\n"
      "2026-02-06 00:02:00,\"하늘\",\"하늘 invited 미나.\"\r\n"
      ",\"\",\"모르는 줄\"\r\n",
      settings);
  ASSERT_EQ(all.items.size(), 1U);
  EXPECT_EQ(all.items[0].text, "첫 줄\n둘째, \"인용\"");
  EXPECT_EQ(all.items[0].session, "모임");
  EXPECT_EQ(when(all.items[0]), "2026-02-05T15:00:58Z");
  EXPECT_EQ(all.left_out.at("placeholder"), 1);
  EXPECT_EQ(all.left_out.at("system"), 2);
  EXPECT_TRUE(all.unreadable.empty());
}

TEST(KakaoMac, GoesOnBehindALostQuote) {
  const ReadAll all = read_all(
      "Date,User,Message\n"
      "2026-02-06 00:00:58,\"미나\",\"하나\n"
      "2026-02-06 00:01:00,\"미나\",\"둘\"\n"
      "2026-02-06 00:02:00,\"미나\",셋\"\n"
      "2026-02-06 00:03:00,\"미나\",\"넷\"x\n"
      "2026-02-06 00:04:00,\"미나\",\"다섯\"\n",
      seoul());
  std::vector<std::string> texts;
  for (const ImportItem& item : all.items) texts.push_back(item.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"하나", "둘", "셋\"", "넷\"x", "다섯"}));
  EXPECT_EQ(all.unreadable.size(), 2U);
}

TEST(KakaoTalk, KeepsWhatFollowsADayThatCannotBeRead) {
  const ReadAll all = read_all(
      "미나 님과 카카오톡 대화\n\n--------------- 2026년 13월 1일 목요일 ---------------\n"
      "[미나] [오후 3:15] 언제였을까\n",
      seoul());
  ASSERT_EQ(all.items.size(), 1U);
  EXPECT_FALSE(all.items[0].time_ms.has_value());
  ASSERT_EQ(all.unreadable.size(), 1U);
  EXPECT_EQ(all.unreadable[0].line, 3U);
}

TEST(KakaoTalk, SaysWhichBytesWereLost) {
  std::string text = windows_korean;
  text[text.find("여기까지")] = '\xff';
  const ReadAll all = read_all(text, seoul());
  EXPECT_EQ(all.items.size(), 4U);
  ASSERT_EQ(all.unreadable.size(), 1U);
  EXPECT_EQ(all.unreadable[0].line, 6U);
}

TEST(KakaoTalk, GivesALaterExportTheSameIds) {
  const ReadAll first = read_all(windows_korean, seoul());
  Settings utc;
  const ReadAll later = read_all(windows_korean + "[미나] [15:16] 이십사 시간\n", utc);
  ASSERT_EQ(later.items.size(), 5U);
  for (std::size_t i = 0; i < first.items.size(); ++i) {
    EXPECT_EQ(first.items[i].id, later.items[i].id) << "also with another zone";
  }
  EXPECT_NE(later.items[3].id, later.items[4].id) << "said twice in one minute";
}

TEST(KakaoTalk, NamesTheOwner) {
  Settings settings = seoul();
  settings.me = "미나";
  settings.owner = owner_speaker("main");
  const ReadAll all = read_all(windows_korean, settings);
  EXPECT_EQ(all.items[0].speaker, "오리진");
  EXPECT_EQ(all.items[1].speaker, "하늘");
  EXPECT_EQ(all.items[0].id, read_all(windows_korean, seoul()).items[0].id);
  EXPECT_EQ(owner_speaker("person:jun"), "jun");
  EXPECT_EQ(owner_speaker("work"), "");
}

TEST(KakaoTalk, KnowsANameWithAColonWhenToldOfIt) {
  Settings settings = seoul();
  settings.me = "미 : 나";
  const std::string text = "모임 님과 카카오톡 대화\n\n2026년 10월 1일 오후 3:15, 미 : 나 : 본문\n";
  EXPECT_EQ(read_all(text, settings).items.at(0).text, "본문");
  EXPECT_EQ(read_all(text, seoul()).items.at(0).speaker, "미");
}

TEST(KakaoLine, KeepsLinesThatOnlyLookAlike) {
  const auto words = KakaoWords::installed();
  ASSERT_TRUE(words.ok()) << words.error().message();
  for (const std::string line :
       {"[웃음] 그래", "[미나] [오후 13:15] 시각이 아니다", "[미나] [오후 3:75] x",
        "2026년 10월 1일", "----------", "2026. 2. 30. 오후 3:15, 미나 : 없는 날",
        "오후 3:15에 보자", "15:16, 미나 : 어느 날인지 모른다", "[미나 [오후 3:15] x"}) {
    EXPECT_EQ(read_kakao_line(line, **words, {}).kind, KakaoLine::Kind::other) << line;
  }
}

TEST(KakaoWords, RefuseATableThatIsNone) {
  EXPECT_EQ(KakaoWords::parse("nonsense\tx\n").error().code(), ErrorCode::corrupt);
  EXPECT_EQ(KakaoWords::parse("month\tJanuary\n").error().code(), ErrorCode::corrupt);
}

}  // namespace
}  // namespace mbe::importers
