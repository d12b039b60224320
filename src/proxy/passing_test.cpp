#include "proxy/passing.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace mbe {
namespace {

TEST(Passing, CredentialsAndConnectionsStayHere) {
  for (const char* name : {"authorization", "x-api-key", "cookie", "host", "connection",
                           "content-length", "x-mbe-memory", "x-forwarded-for", "sec-fetch-site",
                           "proxy-authorization", "accept-encoding"}) {
    EXPECT_FALSE(passes_up(name)) << name;
  }
  for (const char* name : {"anthropic-version", "anthropic-beta", "openai-organization", "accept",
                           "user-agent", "x-stainless-lang", "idempotency-key", "content-type"}) {
    EXPECT_TRUE(passes_up(name)) << name;
  }
}

TEST(Passing, CookiesAndOpeningsToOtherPagesStayThere) {
  for (const char* name : {"set-cookie", "content-length", "transfer-encoding", "x-mbe-blocks",
                           "access-control-allow-origin", "content-encoding"}) {
    EXPECT_FALSE(passes_down(name)) << name;
  }
  for (const char* name : {"retry-after", "x-ratelimit-remaining-tokens", "request-id",
                           "openai-processing-ms", "anthropic-ratelimit-requests-limit"}) {
    EXPECT_TRUE(passes_down(name)) << name;
  }
}

TEST(Passing, RefusalsSpeakTheWire) {
  const Json openai = Json::parse(refusal_body(ErrorStyle::openai, 401, "denied", "no \"key\""));
  EXPECT_EQ(openai["error"]["message"], "no \"key\"");
  EXPECT_EQ(openai["error"]["type"], "invalid_request_error");
  EXPECT_EQ(openai["error"]["code"], "invalid_api_key");
  EXPECT_EQ(Json::parse(refusal_body(ErrorStyle::openai, 502, "unavailable", ""))["error"]["type"],
            "server_error");
  const std::pair<unsigned, const char*> types[] = {
      {400, "invalid_request_error"}, {401, "authentication_error"}, {403, "permission_error"},
      {404, "not_found_error"},       {413, "request_too_large"},    {502, "api_error"},
      {503, "overloaded_error"}};
  for (const auto& [status, type] : types) {
    const Json told = Json::parse(refusal_body(ErrorStyle::anthropic, status, "x", "why"));
    EXPECT_EQ(told["type"], "error");
    EXPECT_EQ(told["error"]["type"], type);
    EXPECT_EQ(told["error"]["message"], "why");
  }
}

TEST(Passing, RefusalsCanEndAStream) {
  EXPECT_TRUE(refusal_event(ErrorStyle::openai, 502, "x", "why").starts_with("data: {\"error\""));
  const std::string told = refusal_event(ErrorStyle::anthropic, 502, "x", "why");
  EXPECT_TRUE(told.starts_with("event: error\ndata: {"));
  EXPECT_TRUE(told.ends_with("}\n\n"));
}

TEST(Passing, EscapesWhatAUrlCannotHold) {
  EXPECT_EQ(url_escaped("/models/a b?c#바"), "/models/a%20b%3Fc%23%EB%B0%94");
  EXPECT_EQ(url_escaped("a-._~/Z9"), "a-._~/Z9");
}

}  // namespace
}  // namespace mbe
