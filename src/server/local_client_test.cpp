#include "client/local_client.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "server/http_server.h"

namespace mbe {
namespace {

namespace fs = std::filesystem;

class LocalClientTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(home_); }
  void TearDown() override { fs::remove_all(home_); }
  std::unique_ptr<HttpServer> serve(const HttpHandler& handler) const {
    HttpServerOptions options;
    options.unix_path = (home_ / "socket").string();
    auto server = HttpServer::start(options, handler);
    EXPECT_TRUE(server.ok()) << server.error().message();
    return std::move(*server);
  }

  const fs::path home_ = fs::temp_directory_path() / ("mbe-local-" + std::to_string(getpid()));
};

TEST_F(LocalClientTest, FindsOnlyWhatAnswers) {
  EXPECT_FALSE(LocalClient::find(home_.string()).has_value());
  EXPECT_FALSE(LocalClient::find("/" + std::string(200, 'x')).has_value());
  auto server = serve([](const HttpRequest&) { return HttpResponse{200, "{}"}; });
  const auto client = LocalClient::find(home_.string());
  ASSERT_TRUE(client.has_value());
  EXPECT_EQ(client->post("/x", Json::object(), "en").value(), Json::object());
  server.reset();
  EXPECT_EQ(client->post("/x", Json::object(), "en").error().code(), ErrorCode::io);
  EXPECT_FALSE(LocalClient::find(home_.string()).has_value());
}

TEST_F(LocalClientTest, PassesTheServersErrorsOn) {
  const auto server = serve([](const HttpRequest& request) {
    const std::string code = request.path.substr(1);
    return HttpResponse{400, R"({"code":")" + code + R"(","detail":"why {} so"})"};
  });
  const auto client = LocalClient::find(home_.string());
  for (const ErrorCode code :
       {ErrorCode::invalid_argument, ErrorCode::not_found, ErrorCode::limit, ErrorCode::busy,
        ErrorCode::denied, ErrorCode::unavailable, ErrorCode::io, ErrorCode::corrupt}) {
    const auto answer = client->post("/" + std::string(error_name(code)), Json::object(), "en");
    EXPECT_EQ(answer.error().code(), code);
    EXPECT_EQ(answer.error().message(), "why {} so");
  }
}

TEST(QueryEscape, IsReadBackAsItWas) {
  const std::string text = "person:a b&c=d%20+우리/?#~-_.";
  HttpRequest request;
  ASSERT_TRUE(read_target("/v1/stats?chain=" + query_escape(text), request));
  EXPECT_EQ(request.query.at("chain"), text);
  EXPECT_EQ(query_escape("aZ09-_.~"), "aZ09-_.~");
}

}  // namespace
}  // namespace mbe
