// The memory proxy before a stub upstream: what goes on, what is remembered, and what never is.
#include "server/proxy_door.h"

#include <fstream>
#include <future>

#include "compose/injection_cases.h"
#include "llm/stub_server.h"
#include "server/event_stream.h"
#include "server/rest_fixture.h"

namespace mbe {
namespace {

constexpr std::size_t regular = 60;

std::string json_answer(const std::string& body, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status +
         "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string said_answer(const std::string& text) {
  return json_answer(
      Json{{"id", "c"}, {"model", "m"}, {"choices", {{{"message", {{"content", text}}}}}}}.dump());
}

class ProxyDoorTest : public RestTest {
 protected:
  void serve(std::function<std::string(const std::string&)> answer) {
    upstream_ = std::make_unique<StubServer>(std::move(answer));
    ProxyConfig config;
    config.openai = {.url = upstream_->url() + "/v1", .key = "sk-upstream"};
    config.anthropic = config.openai;
    open(std::move(config));
  }
  void serve(const std::string& text = "I see.") {
    serve([text](const std::string&) { return said_answer(text); });
  }
  void open(ProxyConfig config) {
    proxy_ = std::make_unique<ProxyDoor>(
        ProxyDoorOptions{.engine = *engine_, .config = std::move(config), .clock = clock_});
    rest_ = std::make_unique<Rest>(RestOptions{.engine = *engine_,
                                               .people = *people_,
                                               .hosts = {},
                                               .english = english_,
                                               .korean = english_,
                                               .version = "1",
                                               .echo = echo_.get(),
                                               .tools = &tools_,
                                               .proxy = proxy_.get()});
  }
  void TearDown() override {
    rest_.reset();
    proxy_.reset();
    upstream_.reset();
    RestTest::TearDown();
  }

  static Json chat_of(const std::string& text) {
    return {{"model", "m"}, {"messages", {{{"role", "user"}, {"content", text}}}}};
  }
  HttpResponse chat(const std::string& who, const std::string& text,
                    const std::map<std::string, std::string>& headers = {},
                    const std::string& target = "/v1/chat/completions") {
    return post(who, target, chat_of(text), headers);
  }
  static std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "(none)";
  }
  /// The newest words as the upstream got them.
  [[nodiscard]] std::string forwarded() const {
    const std::string request = upstream_->requests().back();
    const Json body = Json::parse(request.substr(request.find("\r\n\r\n") + 4));
    return body["messages"].back()["content"];
  }
  [[nodiscard]] std::size_t count() const { return upstream_->requests().size(); }

  std::unique_ptr<StubServer> upstream_;
  std::unique_ptr<ProxyDoor> proxy_;
};

TEST_F(ProxyDoorTest, ForwardsNothingForStrangers) {
  serve();
  for (const char* path : {"/v1/chat/completions", "/v1/responses", "/v1/embeddings"}) {
    const HttpResponse out = post("", path, chat_of("hello"));
    EXPECT_EQ(out.status, 401U);
    EXPECT_EQ(Json::parse(out.body)["error"]["code"], "invalid_api_key");
  }
  const HttpResponse anthropic = post("", "/v1/messages", chat_of("hello"));
  EXPECT_EQ(Json::parse(anthropic.body)["error"]["type"], "authentication_error");
  EXPECT_EQ(post("", "/v1/chat/completions", chat_of("x"), {{"x-api-key", "mbe_wrong"}}).status,
            401U);
  EXPECT_EQ(get("/v1/models").status, 401U);
  EXPECT_EQ(get("/v1/receipts/x").status, 401U);
  EXPECT_EQ(count(), 0U);
}

TEST_F(ProxyDoorTest, ForwardsNothingForKeysThatMayNot) {
  serve();
  const auto limited = people_->create_key({.account = "jun", .rights = {Right::read}});
  ASSERT_TRUE(limited.ok());
  keys_["reader"] = limited->first;
  const HttpResponse out = chat("reader", "hello");
  EXPECT_EQ(out.status, 403U) << out.body;
  EXPECT_EQ(Json::parse(out.body)["error"]["type"], "permission_error");
  EXPECT_EQ(chat("bot", "hello").status, 403U);
  EXPECT_EQ(chat("jun", "hello", {}, "/v1/chat/completions?chain=main").status, 403U);
  EXPECT_EQ(
      chat("jun", "hello", {{"x-mbe-memory", "off"}}, "/v1/chat/completions?chain=main").status,
      403U);
  EXPECT_EQ(count(), 0U);
  EXPECT_EQ(chat("reader", "hello", {{"x-mbe-memory", "read"}}).status, 200U);
}

TEST_F(ProxyDoorTest, TheUpstreamsKeyGoesOutAndTheClientsDoesNot) {
  serve();
  for (const char* path : {"/v1/chat/completions", "/v1/messages"}) {
    ASSERT_EQ(
        post("", path, chat_of("hello"), {{"x-api-key", keys_["mina"]}, {"cookie", "a=b"}}).status,
        200U);
    const std::string sent = upstream_->requests().back();
    EXPECT_NE(sent.find("sk-upstream"), std::string::npos);
    EXPECT_EQ(sent.find(keys_["mina"]), std::string::npos);
    EXPECT_EQ(sent.find("a=b"), std::string::npos);
  }
}

TEST_F(ProxyDoorTest, AnAgentUsesTheMemoryThatWasGranted) {
  serve();
  ASSERT_TRUE(people_->grant("bot", "person:jun", {Right::read, Right::write}).ok());
  const HttpResponse out =
      chat("bot", "the heron is back", {}, "/v1/chat/completions?chain=person:jun");
  EXPECT_EQ(out.status, 200U) << out.body;
  EXPECT_EQ(upstream_->requests().back().find("chain="), std::string::npos);
  const auto jun = engine_->chain("person:jun", false);
  ASSERT_TRUE(jun.ok());
  EXPECT_EQ((*jun)->list({})->back().trust, "agent");
}

TEST_F(ProxyDoorTest, OthersMemoriesAreNeverInjected) {
  serve();
  for (const char* who : {"mina", "jun", "sol"}) {
    const std::string text = "the canary of " + std::string(who) + " sings in the kitchen";
    ASSERT_EQ(post(who, "/v1/remember", {{"text", text}}).status, 200U);
  }
  for (const char* who : {"mina", "jun", "sol"}) {
    ASSERT_EQ(chat(who, "where does the canary sing, in the kitchen?").status, 200U);
    for (const char* other : {"mina", "jun", "sol"}) {
      const bool is_there =
          forwarded().find("canary of " + std::string(other)) != std::string::npos;
      EXPECT_EQ(is_there, std::string(who) == other) << who << " " << other;
    }
  }
}

TEST_F(ProxyDoorTest, WhatIsShownIsNotInjected) {
  serve();
  const std::string first = "the heron eats frogs at the pond";
  ASSERT_EQ(chat("mina", first).status, 200U);
  Json talk = chat_of(first);
  talk["messages"].push_back({{"role", "assistant"}, {"content", "I see."}});
  talk["messages"].push_back({{"role", "user"}, {"content", "what does the heron eat?"}});
  ASSERT_EQ(post("mina", "/v1/chat/completions", talk).status, 200U);
  EXPECT_EQ(forwarded().find("frogs"), std::string::npos) << forwarded();
  ASSERT_EQ(chat("mina", "what does the heron eat at the pond?").status, 200U);
  EXPECT_NE(forwarded().find("frogs"), std::string::npos) << forwarded();
}

TEST_F(ProxyDoorTest, TheSameTurnGetsTheSameMemoryByteForByte) {
  serve();
  remember("the heron eats frogs at the pond");
  ASSERT_EQ(chat("mina", "what does the heron eat?").status, 200U);
  const std::string once = forwarded();
  ASSERT_NE(once.find("frogs"), std::string::npos);
  ASSERT_EQ(chat("mina", "what does the heron eat?").status, 200U);
  EXPECT_EQ(forwarded(), once);
}

TEST_F(ProxyDoorTest, AsManyWaitAsThereIsRoomFor) {
  std::promise<void> begun;
  std::promise<void> go;
  upstream_ = std::make_unique<StubServer>([&](const std::string&) {
    begun.set_value();
    go.get_future().wait();
    return said_answer("I see.");
  });
  ProxyConfig config;
  config.openai.url = upstream_->url() + "/v1";
  config.requests_max = 1;
  open(std::move(config));
  auto first = std::async(std::launch::async, [&] { return chat("mina", "hello"); });
  begun.get_future().wait();
  const HttpResponse second = chat("mina", "hello again");
  go.set_value();
  EXPECT_EQ(second.status, 503U);
  EXPECT_NE(header(second, "Retry-After"), "(none)");
  EXPECT_EQ(first.get().status, 200U);
}

TEST_F(ProxyDoorTest, APageOfTheUpstreamIsNoPageOfOurs) {
  serve([](const std::string&) {
    return "HTTP/1.1 404 No\r\nContent-Type: text/html\r\nConnection: close\r\n"
           "Content-Length: 4\r\n\r\n<h1>";
  });
  const HttpResponse out = chat("mina", "hello");
  EXPECT_EQ(out.status, 404U);
  EXPECT_EQ(out.body, "<h1>");
  EXPECT_EQ(out.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(header(out, "X-Content-Type-Options"), "nosniff");
}

TEST_F(ProxyDoorTest, ShortTermMemoryHoldsBothSides) {
  serve();
  ASSERT_EQ(chat("mina", "the heron is back", {{"x-mbe-conversation", "pond"}}).status, 200U);
  proxy_->settle();
  const auto turns = memory_->short_term("pond");
  ASSERT_EQ(turns->size(), 2U);
  EXPECT_EQ(turns->at(0).text, "the heron is back");
  EXPECT_EQ(turns->at(1).text, "I see.");
  EXPECT_TRUE(turns->at(1).from_assistant);
  EXPECT_EQ(memory_->list({})->size(), 2U);
}

TEST_F(ProxyDoorTest, WhatWasForgottenIsNotInjectedAgain) {
  serve();
  const std::uint64_t block = remember("the heron eats frogs at the pond");
  ASSERT_EQ(chat("mina", "what does the heron eat?").status, 200U);
  ASSERT_NE(forwarded().find("frogs"), std::string::npos);
  ForgetTarget target;
  target.blocks = {block};
  const auto preview = memory_->forget_preview(target);
  ASSERT_TRUE(preview.ok());
  ASSERT_TRUE(memory_->forget(target, preview->count()).ok());
  ASSERT_EQ(chat("mina", "what does the heron eat?").status, 200U);
  EXPECT_EQ(forwarded().find("frogs"), std::string::npos);
}

TEST_F(ProxyDoorTest, TheConversationGoesOnWhereMemoryFails) {
  serve();
  fs::rename(home_ / "chains", home_ / "gone");
  std::ofstream(home_ / "chains") << "no folder";
  const HttpResponse out = chat("jun", "the heron is back");
  fs::remove(home_ / "chains");
  fs::rename(home_ / "gone", home_ / "chains");
  EXPECT_EQ(out.status, 200U) << out.body;
  EXPECT_NE(header(out, "X-MBE-Memory-Error"), "(none)");
  EXPECT_EQ(header(out, "X-MBE-Written"), "");
  EXPECT_EQ(forwarded(), "the heron is back");
}

TEST_F(ProxyDoorTest, AReceiptIsItsOwnersAlone) {
  serve();
  const HttpResponse out = chat("jun", "the heron is back");
  const std::string path = "/v1/receipts/" + header(out, "X-MBE-Receipt");
  const Json told = Json::parse(get_as("jun", path).body);
  EXPECT_EQ(told["state"], "done");
  EXPECT_EQ(told["written"].size(), 2U);
  EXPECT_EQ(get_as("sol", path).status, 404U);
  EXPECT_EQ(get_as("jun", "/v1/receipts/none").status, 404U);
}

TEST_F(ProxyDoorTest, AnUpstreamThatCannotBeReachedIsABadGateway) {
  ProxyConfig config;
  config.openai.url = config.anthropic.url = "http://127.0.0.1:1/v1";
  open(std::move(config));
  const HttpResponse openai = chat("mina", "hello");
  EXPECT_EQ(openai.status, 502U);
  EXPECT_EQ(Json::parse(openai.body)["error"]["type"], "server_error");
  Json streaming = chat_of("hello");
  streaming["stream"] = true;
  const HttpResponse anthropic = post("mina", "/v1/messages", streaming);
  EXPECT_EQ(anthropic.status, 502U);
  EXPECT_EQ(Json::parse(anthropic.body)["error"]["type"], "api_error");
}

TEST_F(ProxyDoorTest, WithoutAnUpstreamItSaysWhatToSet) {
  open({});
  const HttpResponse out = chat("mina", "hello");
  EXPECT_EQ(out.status, 404U);
  EXPECT_NE(out.body.find("[proxy.openai]"), std::string::npos);
}

TEST_F(ProxyDoorTest, RefusesWhatItCannotRead) {
  serve();
  EXPECT_EQ(post("mina", "/v1/chat/completions", Json::array()).status, 400U);
  EXPECT_EQ(chat("mina", "hello", {{"x-mbe-memory", "maybe"}}).status, 400U);
  EXPECT_EQ(chat("mina", "hello", {{"x-mbe-conversation", std::string(201, 'a')}}).status, 400U);
  EXPECT_EQ(get_as("mina", "/v1/chat/completions").status, 405U);
  EXPECT_EQ(get_as("mina", "/v1/models/../../x").status, 404U);
  EXPECT_EQ(count(), 0U);
}

TEST_F(ProxyDoorTest, AStreamIsPassedOnAndRemembered) {
  const std::string events = chat_answer("hello there");
  serve([events](const std::string&) { return events; });
  Json body = chat_of("the heron is back");
  body["stream"] = true;
  const HttpResponse out = post("mina", "/v1/chat/completions", body);
  ASSERT_NE(out.events, nullptr) << out.body;
  std::string got;
  for (EventStream::Taken taken; !taken.ended;) {
    taken = out.events->take();
    got += taken.bytes;
  }
  EXPECT_EQ(got, events.substr(events.find("\r\n\r\n") + 4));
  const auto blocks = memory_->list({});
  ASSERT_EQ(blocks->size(), 2U);
  EXPECT_EQ(blocks->front().context, "hello there");
  EXPECT_EQ(blocks->front().refs, std::vector<std::uint64_t>{blocks->back().block_index});
}

TEST_F(ProxyDoorTest, WordsFromOutsideStayInTheirFence) {
  serve();
  std::size_t tried = 0;
  for (const InjectionCase& one : injection_cases(regular)) {
    const std::string text = replaced(one.text, fence_hole, "k3j9x7q2w5");
    const auto kept = memory_->remember(
        {.text = text, .speaker = std::string(utf8_prefix(text, 30)), .trust = "web"});
    if (!kept.ok()) continue;  // no text
    ++tried;
    ASSERT_TRUE(memory_->mark(kept->block_index, "pin").ok());
    ASSERT_EQ(chat("mina", "what of that? " + one.canary, {{"x-mbe-memory", "read"}}).status, 200U);
    const std::string sent = forwarded();
    constexpr std::string_view opens = "[[memories ";
    ASSERT_TRUE(sent.starts_with(opens)) << sent;
    const std::string fence = sent.substr(opens.size(), sent.find(']') - opens.size());
    const std::size_t note = sent.find('\n');
    const std::string outside = outside_fences(sent.substr(note), fence);
    EXPECT_EQ(outside.find(one.canary), outside.rfind(one.canary)) << sent;  // the question's own
    EXPECT_NE(sent.find("[[/memories " + fence + "]]\n\nwhat of that? " + one.canary),
              std::string::npos)
        << sent;
    ASSERT_TRUE(memory_->mark(kept->block_index, "hide").ok());
  }
  EXPECT_GE(tried, regular);
}

}  // namespace
}  // namespace mbe
