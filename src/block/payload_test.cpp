#include "block/payload.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "block/seal.h"

namespace mbe {
namespace {

Payload full() {
  Payload p;
  p.kind = Kind::supersede;
  p.trust = Trust::imported;
  p.text = "빚이 650만원 생겼다.\n\"정말\" \\ \x01";
  p.text += '\0';
  p.speaker = "오리진";
  p.session = "2026-11-22-a";
  p.source = "D1:3";
  p.channel = "import";
  p.writer = "owner";
  p.action = "pin";
  p.recorded_ms = 1'795'000'000'123;
  p.clock_stepped_back = true;
  p.event_ms = -5;
  p.refs = {{3, "", ""}, {9, "abc", "def"}};
  p.keywords = {"금전", "불안"};
  p.tags = {"money"};
  p.importance = 0.375F;
  p.analysis_version = 7;
  p.data = R"({"a":[1,2.50],"b":null})";
  return p;
}

TEST(Payload, ReadsBackWhatItWrote) {
  for (const Payload& payload : {Payload{}, full()}) {
    const Result<Payload> read = parse_payload(serialise(payload));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, payload);
  }
}

TEST(Payload, HasTheDocumentedForm) {
  Payload p;
  p.text = "안녕";
  p.recorded_ms = 12;
  p.importance = 0.5F;
  p.refs = {{4, "", ""}, {5, "c", "h"}};
  EXPECT_EQ(serialise(p), R"({"t":"안녕","r":12,"f":[4,[5,"c","h"]],"i":500})");
}

TEST(Payload, NamesEveryKindAndTrust) {
  for (int i = 0; i <= static_cast<int>(Kind::audit); ++i) {
    EXPECT_EQ(kind_from_name(kind_name(static_cast<Kind>(i))), static_cast<Kind>(i));
  }
  for (int i = 0; i <= static_cast<int>(Trust::web); ++i) {
    EXPECT_EQ(trust_from_name(trust_name(static_cast<Trust>(i))), static_cast<Trust>(i));
  }
  EXPECT_FALSE(kind_from_name("note").has_value());
  EXPECT_FALSE(trust_from_name("").has_value());
}

TEST(Payload, RefusesWhatSerialiseWouldNotWrite) {
  for (const std::string_view json : {"",
                                      "{}",
                                      "[]",
                                      "{\"r\":1} ",
                                      " {\"r\":1}",
                                      "{\"r\":1,\"r\":1}",
                                      "{\"r\":1,\"t\":\"a\"}",
                                      "{\"t\":\"\",\"r\":1}",
                                      "{\"r\":\"1\"}",
                                      "{\"r\":1.0}",
                                      "{\"z\":1,\"r\":1}",
                                      "{\"k\":\"note\",\"r\":1}",
                                      "{\"r\":1,\"i\":0}",
                                      "{\"r\":1,\"i\":1001}",
                                      "{\"r\":1",
                                      "{\"r\":1,\"b\":2}",
                                      "{\"r\":1,\"f\":[[1,\"\",\"\"]]}",
                                      "{\"r\":1,\"f\":[[1,\"a\"]]}",
                                      "{\"t\":\"\\u0041\",\"r\":1}",
                                      "{\"r\":1,\"y\":[1]}",
                                      "{\"r\":1,\"x\":[]}",
                                      "{\"t\":\"\xff\",\"r\":1}",
                                      "{\"r\":1,\"f\":[-1]}",
                                      "{\"r\":1}{\"r\":1}"}) {
    const Result<Payload> read = parse_payload(json);
    ASSERT_FALSE(read.ok()) << json;
    EXPECT_EQ(read.error().code(), ErrorCode::corrupt);
  }
}

TEST(Payload, KeepsImportanceToThreeDecimals) {
  Payload p;
  for (int i = 0; i <= 1'000; ++i) {
    p.importance = static_cast<float>(i) / 1'000;
    EXPECT_EQ(parse_payload(serialise(p))->importance, p.importance);
  }
}

TEST(Payload, ChecksWhatCannotBeWritten) {
  EXPECT_TRUE(check_payload(full()).ok());
  Payload p;
  p.text = "\xed\xa0\x80";  // a lone surrogate
  EXPECT_EQ(check_payload(p).error().code(), ErrorCode::invalid_argument);
  p = Payload{};
  p.tags = {"\xff"};
  EXPECT_FALSE(check_payload(p).ok());
  p = Payload{};
  for (const float bad : {-0.1F, 1.1F, std::numeric_limits<float>::quiet_NaN()}) {
    p.importance = bad;
    EXPECT_FALSE(check_payload(p).ok());
  }
  p = Payload{};
  for (const std::string_view bad : {"[1]", "{", "{} ", " {}", "{\"a\":}", "x"}) {
    p.data = bad;
    EXPECT_FALSE(check_payload(p).ok()) << bad;
  }
}

TEST(Payload, OfAChatLineFitsTheSecondPad) {
  Payload p;
  for (int i = 0; i < 60; ++i) p.text += i % 4 == 3 ? "요 " : "가";
  p.speaker = "오리진";
  p.session = "2026-11-22T14:03";
  p.source = "part1:1034";
  p.channel = "rest";
  p.writer = "owner";
  p.recorded_ms = 1'795'000'000'123;
  p.event_ms = 1'795'000'000'000;
  p.keywords = {"금전적 불안", "대출", "가족", "자기 의심"};
  p.tags = {"money", "family", "fear"};
  p.importance = 0.625F;
  p.analysis_version = 1;
  EXPECT_EQ(padded_size(serialise(p).size()), 512U) << serialise(p).size();
}

std::string random_text(SeededRandom& random) {
  const std::string_view pieces[] = {"a", "가", "\n", "\"", "\\", "😀", "\x1f", "/", "é"};
  std::string out;
  for (std::uint64_t n = random.below(12); n > 0; --n) out += pieces[random.below(9)];
  return out;
}

TEST(Payload, ReadsBackRandomOnes) {
  constexpr std::uint64_t seed = 20'261'122;
  SCOPED_TRACE(seed);
  SeededRandom random(seed);
  for (int round = 0; round < 2'000; ++round) {
    Payload p;
    p.kind = static_cast<Kind>(random.below(13));
    p.trust = static_cast<Trust>(random.below(6));
    for (std::string* text : {&p.text, &p.speaker, &p.session, &p.source, &p.channel, &p.writer}) {
      *text = random_text(random);
    }
    p.recorded_ms = static_cast<TimeMs>(random.next());
    if (random.below(2) == 0) p.event_ms = static_cast<TimeMs>(random.next());
    for (std::uint64_t n = random.below(4); n > 0; --n) {
      p.refs.push_back({random.next(), random_text(random), random_text(random)});
      p.keywords.push_back(random_text(random));
    }
    p.analysis_version = static_cast<std::uint32_t>(random.next());
    ASSERT_TRUE(check_payload(p).ok());
    const Result<Payload> read = parse_payload(serialise(p));
    ASSERT_TRUE(read.ok()) << serialise(p);
    ASSERT_EQ(*read, p);
  }
}

}  // namespace
}  // namespace mbe
