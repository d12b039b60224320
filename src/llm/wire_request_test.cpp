// What a question looks like on each wire.
#include <gtest/gtest.h>

#include "base/json.h"
#include "llm/remote_model.h"
#include "llm/stub_server.h"
#include "llm/wire_fixture.h"

namespace mbe {
namespace {

using nlohmann::json;

class WireRequests : public ::testing::Test {
 protected:
  /// The body as it was sent; headers_ are what stood before it.
  json sent(ModelWire wire) {
    StubServer server({refusal_of(400, "{}")});
    options_.wire = wire;
    options_.base_url = server.url() + "/v";
    EXPECT_FALSE(remote_model(options_)->answer(request_, {}, {}).ok());
    const std::string all = server.requests().at(0);
    head_ = all.substr(0, all.find("\r\n\r\n"));
    return json::parse(all.substr(head_.size() + 4));
  }
  [[nodiscard]] bool has_header(const std::string& line) const {
    return head_.find("\r\n" + line) != std::string::npos;
  }

  RemoteModelOptions options_ = {.base_url = {},
                                 .unix_socket = {},
                                 .model = "big",
                                 .key = "sk-1234567",
                                 .thinking_tokens = 100};
  ChatRequest request_ = {.messages = {{"system", "너는 별이다"},
                                       {"assistant", "일어났어"},
                                       {"user", "안녕"},
                                       {"user", "거기 있어?"},
                                       {"assistant", ""},
                                       {"system", "짧게"},
                                       {"assistant", "응"},
                                       {"user", "<|im_start|>system"}},
                          .tokens_max = 7,
                          .temperature = 1.5,
                          .stop = {"END"},
                          .schema = {}};
  std::string head_;
};

const std::string schema =
    R"({"type":"object","properties":{"tone":{"type":"string","maxLength":40},
        "list":{"type":"array","maxItems":2,"items":{"type":"integer","minimum":0}}},
        "required":["tone","list"],"additionalProperties":false})";

TEST_F(WireRequests, OfOpenAi) {
  request_.schema = schema;
  const json body = sent(ModelWire::openai);
  EXPECT_TRUE(has_header("Authorization: Bearer sk-1234567"));
  EXPECT_EQ(body["model"], "big");
  EXPECT_EQ(body["max_tokens"], 107);
  EXPECT_EQ(body["temperature"], 1.5);
  EXPECT_EQ(body["stop"], json::array({"END"}));
  EXPECT_EQ(body["stream"], true);
  EXPECT_EQ(body["messages"], (json{{{"role", "system"}, {"content", "너는 별이다\n\n짧게"}},
                                    {{"role", "user"}, {"content", "…"}},
                                    {{"role", "assistant"}, {"content", "일어났어"}},
                                    {{"role", "user"}, {"content", "안녕\n\n거기 있어?"}},
                                    {{"role", "assistant"}, {"content", "응"}},
                                    {{"role", "user"}, {"content", "<\\|im_start|>system"}}}));
  EXPECT_EQ(body["response_format"]["json_schema"]["schema"], json::parse(schema));
}

TEST_F(WireRequests, OfAnthropic) {
  request_.schema = schema;
  const json body = sent(ModelWire::anthropic);
  EXPECT_TRUE(has_header("Authorization: Bearer sk-1234567"));
  EXPECT_TRUE(has_header("anthropic-version: 2026-10-21"));
  EXPECT_EQ(body["model"], "big");
  EXPECT_EQ(body["max_tokens"], 107);
  EXPECT_EQ(body["system"], "너는 별이다\n\n짧게");
  EXPECT_EQ(body["stop_sequences"], json::array({"END"}));
  EXPECT_FALSE(body.contains("temperature"));  // it is refused in any request
  EXPECT_EQ(body["messages"].size(), 5U);
  EXPECT_EQ(body["messages"][0]["role"], "user");
  EXPECT_EQ(body["messages"][1], (json{{"role", "assistant"}, {"content", "일어났어"}}));
  const json& format = body["output_config"]["format"];
  EXPECT_EQ(format["type"], "json_schema");
  EXPECT_EQ(format["schema"]["properties"]["tone"],
            (json{{"type", "string"}, {"description", "maxLength 40"}}));
  EXPECT_FALSE(format["schema"]["properties"]["list"].contains("maxItems"));
  EXPECT_FALSE(format["schema"]["properties"]["list"]["items"].contains("minimum"));
  EXPECT_EQ(format["schema"]["additionalProperties"], false);
}

TEST_F(WireRequests, OfGemini) {
  request_.schema = schema;
  const json body = sent(ModelWire::gemini);
  EXPECT_TRUE(head_.starts_with("POST /v/models/big:streamGenerateContent?alt=sse "));
  EXPECT_TRUE(has_header("x-goog-api-key: sk-1234567"));
  EXPECT_EQ(body["systemInstruction"]["parts"][0]["text"], "너는 별이다\n\n짧게");
  EXPECT_EQ(body["contents"].size(), 5U);
  EXPECT_EQ(body["contents"][1],
            (json{{"role", "model"}, {"parts", json::array({{{"text", "일어났어"}}})}}));
  EXPECT_EQ(body["contents"][2]["role"], "user");
  const json& config = body["generationConfig"];
  EXPECT_EQ(config["maxOutputTokens"], 107);
  EXPECT_EQ(config["temperature"], 1.5);
  EXPECT_EQ(config["stopSequences"], json::array({"END"}));
  EXPECT_EQ(config["responseMimeType"], "application/json");
  EXPECT_EQ(config["responseJsonSchema"], json::parse(schema));
}

TEST_F(WireRequests, OfGeminiWithAModelOfAnyName) {
  options_.model = "tunedModels/a b?c";
  sent(ModelWire::gemini);
  EXPECT_TRUE(head_.starts_with("POST /v/tunedModels/a%20b%3Fc:streamGenerateContent?alt=sse "))
      << head_;
}

TEST_F(WireRequests, OfCohere) {
  request_.schema = schema;
  const json body = sent(ModelWire::cohere);
  EXPECT_TRUE(head_.starts_with("POST /v/chat "));
  EXPECT_TRUE(has_header("Authorization: Bearer sk-1234567"));
  EXPECT_EQ(body["model"], "big");
  EXPECT_EQ(body["max_tokens"], 107);
  EXPECT_EQ(body["temperature"], 1.0);  // its highest
  EXPECT_EQ(body["stop_sequences"], json::array({"END"}));
  EXPECT_EQ(body["messages"][0]["role"], "system");
  EXPECT_EQ(body["messages"].size(), 6U);
  EXPECT_EQ(body["response_format"]["type"], "json_object");
  EXPECT_EQ(body["response_format"]["json_schema"]["properties"]["tone"]["description"],
            "maxLength 40");
}

TEST_F(WireRequests, AskInWordsForAModelThatTakesNoSchema) {
  options_.structured = false;
  request_.schema = schema;
  const json messages = sent(ModelWire::openai)["messages"];
  EXPECT_NE(messages[0]["content"].get<std::string>().find(schema), std::string::npos);
  for (const ModelWire wire :
       {ModelWire::openai, ModelWire::anthropic, ModelWire::gemini, ModelWire::cohere}) {
    const json body = sent(wire);
    EXPECT_FALSE(body.contains("response_format"));
    EXPECT_FALSE(body.contains("output_config"));
    EXPECT_EQ(body.dump().find("responseJsonSchema"), std::string::npos);
    EXPECT_NE(body.dump().find("maxLength"), std::string::npos);
  }
}

TEST_F(WireRequests, LeaveOutWhatIsNotThere) {
  options_.key.clear();
  request_ = {.messages = {{"user", "x"}}, .stop = {}, .schema = {}};
  const json anthropic = sent(ModelWire::anthropic);
  EXPECT_FALSE(anthropic.contains("system"));
  EXPECT_FALSE(anthropic.contains("stop_sequences"));
  EXPECT_FALSE(has_header("Authorization"));
  EXPECT_FALSE(sent(ModelWire::gemini).contains("systemInstruction"));
  EXPECT_FALSE(has_header("x-goog-api-key"));
  EXPECT_EQ(sent(ModelWire::cohere)["messages"].size(), 1U);
  EXPECT_FALSE(has_header("Authorization"));
}

}  // namespace
}  // namespace mbe
