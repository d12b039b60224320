// What every wire does alike; what its requests look like is wire_request_test.cpp.
#include "llm/remote_model.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/utf8.h"
#include "llm/chat_wire.h"
#include "llm/stub_server.h"
#include "llm/wire_fixture.h"

namespace mbe {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

const std::string secret_key = "sk-a-secret-key";

class RemoteModel : public ::testing::TestWithParam<ModelWire> {
 protected:
  RemoteModel() {
    options_.wire = GetParam();
    options_.model = "m";
    options_.key = secret_key;
    options_.retry.wait = [this](milliseconds time, const std::stop_token&) {
      pauses_.push_back(time);
      return true;
    };
  }
  Result<ChatReply> ask(StubServer& server, const OnText& on_text = {}) {
    options_.base_url = server.url() + talk_.version;
    return remote_model(options_)->answer({.messages = {{"user", "안녕"}}}, stop_.get_token(),
                                          on_text);
  }
  /// A stream that says this in two pieces, and ends so.
  [[nodiscard]] std::string stream(const std::string& end) const {
    return event_stream_head + talk_.begin + talk_.thought + talk_.piece("그") +
           talk_.piece("래😀") + end;
  }
  [[nodiscard]] std::string busy(const std::string& headers = "") const {
    return refusal_of(429, "{}", headers);
  }

  const WireTalk talk_ = talk_of(GetParam());
  RemoteModelOptions options_;
  std::stop_source stop_;
  std::vector<milliseconds> pauses_;
};

INSTANTIATE_TEST_SUITE_P(Wires, RemoteModel,
                         ::testing::Values(ModelWire::openai, ModelWire::anthropic,
                                           ModelWire::gemini, ModelWire::cohere),
                         [](const auto& given) { return std::string(wire_name(given.param)); });

TEST_P(RemoteModel, StreamsTheAnswerAndCountsTokens) {
  StubServer server({stream(talk_.end)});
  std::vector<std::string> pieces;
  const auto reply = ask(server, [&](std::string_view text) { pieces.emplace_back(text); });
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->text, "그래😀");
  EXPECT_EQ(pieces, (std::vector<std::string>{"그", "래😀"}));
  EXPECT_EQ(reply->prompt_tokens, 12U);
  EXPECT_EQ(reply->completion_tokens, 3U);
  EXPECT_FALSE(reply->cut);
  EXPECT_TRUE(server.requests().at(0).starts_with("POST " + talk_.path + " HTTP"))
      << server.requests().at(0);
}

TEST_P(RemoteModel, ReadsTheAnswerWhereverItIsCut) {
  std::string all = stream(talk_.end);
  all.erase(0, event_stream_head.size());
  const ChatWire& wire = *std::array{&openai_wire, &anthropic_wire, &gemini_wire,
                                     &cohere_wire}[static_cast<std::size_t>(GetParam())];
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    std::string told;
    const OnText listen = [&](std::string_view text) {
      EXPECT_FALSE(first_invalid_utf8(text)) << "cut at " << cut;
      told += text;
    };
    WireReader reader(wire, listen);
    if (reader.feed(all.substr(0, cut))) static_cast<void>(reader.feed(all.substr(cut)));
    EXPECT_EQ(told, "그래😀") << "cut at " << cut;
    EXPECT_TRUE(reader.answer().ended) << "cut at " << cut;
  }
}

TEST_P(RemoteModel, ReadsLinesThatEndInCarriageReturns) {
  std::string all = event_stream_head;
  for (const char c : stream(talk_.end).substr(all.size())) {
    all += c == '\n' ? "\r\n" : std::string(1, c);
  }
  StubServer server({all});
  EXPECT_EQ(ask(server)->text, "그래😀");
}

TEST_P(RemoteModel, SaysThatTheAnswerWasCut) {
  StubServer server({stream(talk_.cut)});
  const auto reply = ask(server);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_TRUE(reply->cut);
}

TEST_P(RemoteModel, SaysThatThinkingTookAllTokens) {
  StubServer server({event_stream_head + talk_.begin + talk_.thought + talk_.cut});
  const auto reply = ask(server);
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code(), ErrorCode::limit);
  EXPECT_NE(reply.error().message().find("thinking_tokens"), std::string::npos);
}

/// Cohere's has no word for it.
class DecliningModel : public RemoteModel {};

INSTANTIATE_TEST_SUITE_P(Wires, DecliningModel,
                         ::testing::Values(ModelWire::openai, ModelWire::anthropic,
                                           ModelWire::gemini),
                         [](const auto& given) { return std::string(wire_name(given.param)); });

TEST_P(DecliningModel, IsNamed) {
  StubServer server({event_stream_head + talk_.begin + talk_.declined});
  const auto reply = ask(server);
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code(), ErrorCode::denied);
  EXPECT_NE(reply.error().message().find("will not answer this"), std::string::npos);
}

TEST_P(RemoteModel, NamesEveryRefusal) {
  options_.retry.tries_max = 1;
  for (const RefusalCase& one : talk_.refusals) {
    StubServer server({refusal_of(one.status, one.body)});
    const auto reply = ask(server);
    ASSERT_FALSE(reply.ok()) << one.status << " " << one.body;
    EXPECT_EQ(reply.error().code(), one.code) << one.status << " " << one.body;
    EXPECT_NE(reply.error().message().find(one.says), std::string::npos)
        << reply.error().message() << " for " << one.body;
  }
}

TEST_P(RemoteModel, TakesRefusalsOfAnyForm) {
  const std::string deep(100'000, '[');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"error":{"message":null}})", "null"},
      {R"({"error":{"message":[1]}})", "[1]"},
      {R"({"error":"short"})", ": short"},
      {R"({"error":7})", "7"},
      {R"({"error":)" + deep + std::string(deep.size(), ']') + "}", "[["},
      {deep + std::string(deep.size(), ']'), "[["},
      {"\xff\xfe", ""},
      {std::string(299, 'x') + "가", "x"}};
  for (const auto& [body, said] : cases) {
    StubServer server(std::vector<std::string>{refusal_of(400, body)});
    const auto reply = ask(server);
    ASSERT_EQ(reply.error().code(), ErrorCode::invalid_argument) << body.substr(0, 100);
    const std::string message = reply.error().message();
    EXPECT_NE(message.find(said), std::string::npos) << message;
    EXPECT_FALSE(first_invalid_utf8(message)) << body.substr(0, 100);
  }
}

TEST_P(RemoteModel, NeverShowsTheKey) {
  options_.retry.tries_max = 1;
  StubServer server({refusal_of(401, R"({"error":{"message":"no such key: )" + secret_key + "\"}}"),
                     event_stream_head + data_event({{"error", {{"message", secret_key}}}})});
  for (int i = 0; i < 2; ++i) {
    const auto reply = ask(server);
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().message().find(secret_key), std::string::npos);
    EXPECT_NE(reply.error().message().find("***"), std::string::npos) << reply.error().message();
  }
  EXPECT_NE(server.requests().at(0).find(secret_key), std::string::npos);
}

TEST_P(RemoteModel, RefusesAnAnswerWithoutEnd) {
  std::string all = event_stream_head + talk_.begin;
  for (int i = 0; i < 5; ++i) all += talk_.piece(std::string(800'000, 'x'));
  StubServer fits({all + talk_.end});
  EXPECT_TRUE(ask(fits).ok());
  StubServer larger({all + talk_.piece("x") + talk_.end});
  EXPECT_EQ(ask(larger).error().code(), ErrorCode::limit);
}

TEST_P(RemoteModel, KnowsAnAnswerThatBrokeOff) {
  StubServer ended({stream("")});
  EXPECT_EQ(ask(ended).error().code(), ErrorCode::unavailable);
  StubServer nonsense({event_stream_head + "data: <html>\n\n"});
  EXPECT_EQ(ask(nonsense).error().code(), ErrorCode::corrupt);
  StubServer closed(std::vector<std::string>{});
  EXPECT_EQ(ask(closed).error().code(), ErrorCode::unavailable);
  EXPECT_TRUE(pauses_.empty());
}

TEST_P(RemoteModel, DoesNotSayAgainWhatFailedInTheMiddle) {
  StubServer server({stream(talk_.broken), stream(talk_.end)});
  std::string told;
  const auto reply = ask(server, [&](std::string_view text) { told += text; });
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code(), ErrorCode::unavailable);
  EXPECT_EQ(told, "그래😀");
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_P(RemoteModel, TriesAgainWhatFailedBeforeItsFirstWord) {
  StubServer server({event_stream_head + talk_.begin + talk_.broken, stream(talk_.end)});
  const auto reply = ask(server);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_P(RemoteModel, TriesAgainWithGrowingPauses) {
  StubServer server({busy(), refusal_of(503, "{}"), stream(talk_.end)});
  const auto reply = ask(server);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->text, "그래😀");
  ASSERT_EQ(pauses_.size(), 2U);
  EXPECT_GT(pauses_[0], milliseconds(370));
  EXPECT_LE(pauses_[0], milliseconds(500));
  EXPECT_GT(pauses_[1], milliseconds(740));
  EXPECT_LE(pauses_[1], milliseconds(1'000));
}

TEST_P(RemoteModel, GivesUpAfterItsTries) {
  StubServer server({busy(), busy(), busy(), stream(talk_.end)});
  EXPECT_EQ(ask(server).error().code(), ErrorCode::busy);
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_P(RemoteModel, DoesNotTryAgainWhatDoesNotPass) {
  for (const int status : {400, 401, 402, 404}) {
    StubServer server({refusal_of(status, "{}"), stream(talk_.end)});
    EXPECT_FALSE(ask(server).ok()) << status;
    EXPECT_EQ(server.requests().size(), 1U) << status;
  }
  StubServer told({busy("x-should-retry: false\r\n"), stream(talk_.end)});
  EXPECT_FALSE(ask(told).ok());
}

TEST_P(RemoteModel, WaitsAsLongAsTheServerSays) {
  const std::string in_the_past = "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n";
  const std::string in_the_body = gemini_error(
      429, "RESOURCE_EXHAUSTED", "slow",
      {{{"@type", "type.googleapis.com/google.rpc.RetryInfo"}, {"retryDelay", "3.5s"}}});
  options_.retry.tries_max = 6;
  StubServer server({busy("Retry-After: 7\r\n"), busy("retry-after-ms: 40\r\n"), busy(in_the_past),
                     refusal_of(429, in_the_body), stream(talk_.end)});
  const auto reply = ask(server);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(pauses_, (std::vector<milliseconds>{milliseconds(7'000), milliseconds(40),
                                                milliseconds(0), milliseconds(3'500)}));
}

TEST_P(RemoteModel, DoesNotWaitLongerThanItMay) {
  StubServer at_once({busy("Retry-After: 31\r\n"), stream(talk_.end)});
  EXPECT_EQ(ask(at_once).error().code(), ErrorCode::busy);
  StubServer together({busy("Retry-After: 20\r\n"), busy("Retry-After: 20\r\n"), stream("")});
  EXPECT_EQ(ask(together).error().code(), ErrorCode::busy);
  EXPECT_EQ(together.requests().size(), 2U);
}

TEST_P(RemoteModel, IsStoppedWhileItWaits) {
  options_.retry.wait = [this](milliseconds, const std::stop_token& stop) {
    stop_.request_stop();
    return wait_or_stop(hours(1), stop);
  };
  StubServer server({busy(), stream(talk_.end)});
  const auto reply = ask(server);
  EXPECT_EQ(reply.error().message(), "stopped");
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_P(RemoteModel, StopsInTheMiddle) {
  StubServer server({stream("")}, StubServer::AtTheEnd::wait);
  const auto reply = ask(server, [&](std::string_view) { stop_.request_stop(); });
  EXPECT_EQ(reply.error().code(), ErrorCode::unavailable);
  EXPECT_EQ(reply.error().message(), "stopped");
}

TEST_P(RemoteModel, ThrowsOnWhatTheListenerThrows) {
  StubServer server({stream(talk_.end)});
  const auto listener = [](std::string_view) { throw std::runtime_error("mine"); };
  EXPECT_THROW(static_cast<void>(ask(server, listener)), std::runtime_error);
}

TEST_P(RemoteModel, SaysWhenNobodyListens) {
  options_.base_url = "http://mina:secret@x/v1";
  options_.unix_socket = "/nonexistent/m.sock";
  const auto reply = remote_model(options_)->answer({{{"user", "x"}}}, {}, {});
  EXPECT_EQ(reply.error().code(), ErrorCode::unavailable);
  EXPECT_EQ(reply.error().message().find("secret"), std::string::npos);
  EXPECT_NE(reply.error().message().find("http://x/v1"), std::string::npos);
}

TEST(WaitOrStop, WaitsUnlessItIsStopped) {
  std::stop_source stop;
  EXPECT_TRUE(wait_or_stop(milliseconds(1), stop.get_token()));
  stop.request_stop();
  EXPECT_FALSE(wait_or_stop(hours(1), stop.get_token()));
}

}  // namespace
}  // namespace mbe
