#include "llm/openai_style.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "base/utf8.h"
#include "llm/stub_server.h"

namespace mbe {
namespace {

using nlohmann::json;

const std::string event_stream =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    "Connection: close\r\n\r\n";

std::string chunk(const std::string& text) {
  return "data: " + json{{"choices", {{{"delta", {{"content", text}}}}}}}.dump() + "\n\n";
}

std::string refusal(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " x\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
         body;
}

class OpenAiStyleTest : public ::testing::Test {
 protected:
  Result<ChatReply> ask(StubServer& server, const ChatRequest& request = {{{"user", "안녕"}}},
                        const OnText& on_text = {}) {
    const auto model = openai_style(
        {.base_url = server.url() + "/v1", .unix_socket = {}, .model = "m", .key = "k"});
    return model->answer(request, stop_.get_token(), on_text);
  }
  std::stop_source stop_;
};

TEST_F(OpenAiStyleTest, StreamsTheAnswerAndCountsTokens) {
  StubServer server({chat_answer("그래")});
  std::string streamed;
  const auto reply = ask(server,
                         {.messages = {{"system", "s"}, {"user", "안녕"}},
                          .tokens_max = 7,
                          .temperature = 0.5,
                          .stop = {"END"},
                          .schema = R"({"type":"object"})"},
                         [&](std::string_view text) { streamed += text; });
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->text, "그래");
  EXPECT_EQ(streamed, "그래");
  EXPECT_EQ(reply->prompt_tokens, 12U);
  EXPECT_EQ(reply->completion_tokens, 3U);
  EXPECT_FALSE(reply->cut);
  const std::string sent = server.requests().at(0);
  EXPECT_TRUE(sent.starts_with("POST /v1/chat/completions ")) << sent;
  EXPECT_NE(sent.find("Authorization: Bearer k"), std::string::npos);
  const json body = json::parse(sent.substr(sent.find("\r\n\r\n") + 4));
  EXPECT_EQ(body["model"], "m");
  EXPECT_EQ(body["max_tokens"], 7);
  EXPECT_EQ(body["stop"], json::array({"END"}));
  EXPECT_EQ(body["messages"][1]["content"], "안녕");
  EXPECT_EQ(body["response_format"]["json_schema"]["schema"]["type"], "object");
}

TEST_F(OpenAiStyleTest, SaysThatTheAnswerWasCut) {
  StubServer server({event_stream + chunk("a") +
                     "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n"});
  EXPECT_TRUE(ask(server)->cut);
}

TEST_F(OpenAiStyleTest, NamesEveryRefusal) {
  const std::vector<std::tuple<int, std::string, ErrorCode>> cases = {
      {401, R"({"error":{"message":"bad key"}})", ErrorCode::denied},
      {403, "no", ErrorCode::denied},
      {429, "slow down", ErrorCode::busy},
      {413, "long", ErrorCode::limit},
      {400, R"({"error":{"type":"exceed_context_size_error"}})", ErrorCode::limit},
      {400, R"({"error":{"code":"context_length_exceeded"}})", ErrorCode::limit},
      {400, "no such field", ErrorCode::invalid_argument},
      {500, "oh", ErrorCode::unavailable},
      {503, R"({"error":{"message":"Loading model"}})", ErrorCode::unavailable}};
  for (const auto& [status, body, code] : cases) {
    StubServer server(std::vector<std::string>{refusal(status, body)});
    EXPECT_EQ(ask(server).error().code(), code) << status << " " << body;
  }
  StubServer server({refusal(401, R"({"error":{"message":"bad key"}})")});
  EXPECT_NE(ask(server).error().message().find("bad key"), std::string::npos);
}

TEST_F(OpenAiStyleTest, TakesRefusalsOfAnyForm) {
  const std::string deep(100'000, '[');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"error":{"message":null}})", "null"},
      {R"({"error":{"message":[1]}})", "[1]"},
      {R"({"error":"short"})", ": short"},
      {R"({"error":7})", "7"},
      {R"({"error":)" + deep + std::string(deep.size(), ']') + "}", "[["},
      {"\xff\xfe", ""},
      {std::string(299, 'x') + "가", "x"}};
  for (const auto& [body, said] : cases) {
    StubServer server(std::vector<std::string>{refusal(400, body)});
    const auto reply = ask(server);
    ASSERT_EQ(reply.error().code(), ErrorCode::invalid_argument) << body.substr(0, 100);
    const std::string message = reply.error().message();
    EXPECT_NE(message.find(said), std::string::npos) << message;
    EXPECT_FALSE(first_invalid_utf8(message)) << body.substr(0, 100);
  }
}

TEST_F(OpenAiStyleTest, RefusesAnAnswerWithoutEnd) {
  const std::string piece = chunk(std::string(800'000, 'x'));
  std::string all = event_stream;
  for (int i = 0; i < 5; ++i) all += piece;
  const std::string end = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  StubServer fits({all + end});
  EXPECT_TRUE(ask(fits).ok());
  StubServer larger({all + chunk("x") + end});
  EXPECT_EQ(ask(larger).error().code(), ErrorCode::limit);
}

TEST_F(OpenAiStyleTest, KnowsAnAnswerThatBrokeOff) {
  StubServer ended({event_stream + chunk("half")});
  EXPECT_EQ(ask(ended).error().code(), ErrorCode::unavailable);
  StubServer failed({event_stream + "data: {\"error\":{\"message\":\"out of memory\"}}\n\n"});
  EXPECT_NE(ask(failed).error().message().find("out of memory"), std::string::npos);
  StubServer nonsense({event_stream + "data: <html>\n\n"});
  EXPECT_EQ(ask(nonsense).error().code(), ErrorCode::corrupt);
  StubServer closed(std::vector<std::string>{});
  EXPECT_EQ(ask(closed).error().code(), ErrorCode::unavailable);
}

TEST_F(OpenAiStyleTest, StopsInTheMiddle) {
  StubServer server({event_stream + chunk("one")}, StubServer::AtTheEnd::wait);
  const auto reply =
      ask(server, {{{"user", "x"}}}, [&](std::string_view) { stop_.request_stop(); });
  EXPECT_EQ(reply.error().code(), ErrorCode::unavailable);
  EXPECT_EQ(reply.error().message(), "stopped");
}

TEST_F(OpenAiStyleTest, ThrowsOnWhatTheListenerThrows) {
  StubServer server({chat_answer("그래")});
  const auto listener = [](std::string_view) { throw std::runtime_error("mine"); };
  EXPECT_THROW(static_cast<void>(ask(server, {{{"user", "x"}}}, listener)), std::runtime_error);
}

TEST_F(OpenAiStyleTest, SaysWhenNobodyListens) {
  const auto model = openai_style(
      {.base_url = "http://x/v1", .unix_socket = "/nonexistent/m.sock", .model = {}, .key = {}});
  EXPECT_EQ(model->answer({{{"user", "x"}}}, {}, {}).error().code(), ErrorCode::unavailable);
}

}  // namespace
}  // namespace mbe
