#include "client/local_client.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "server/event_stream.h"
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

TEST_F(LocalClientTest, TakesWhatIsNoErrorOrProblemForAnEnd) {
  const auto server = serve([](const HttpRequest& request) {
    return HttpResponse{request.path == "/made" ? 202U : 500U, request.body};
  });
  const auto client = LocalClient::find(home_.string());
  EXPECT_EQ(client->post("/made", {{"a", "바다"}}, "en").value()["a"], "바다");
  EXPECT_EQ(client->post("/fails", Json::array({1}), "en").error().code(), ErrorCode::io);
  EXPECT_EQ(client->post("/made", Json::array({1}), "en").error().code(), ErrorCode::io);
}

/// Sends events as "name data" lines, then ends.
HttpResponse streaming(const std::vector<std::pair<std::string, std::string>>& all) {
  HttpResponse out;
  out.events = std::make_shared<EventStream>();
  for (const auto& [name, data] : all) out.events->send(name, data);
  out.events->end();
  return out;
}

TEST_F(LocalClientTest, TellsEventsAndReturnsTheLast) {
  const auto server = serve([](const HttpRequest& request) {
    return streaming({{"accepted", R"({"as":")" + request.header("accept") + R"("})"},
                      {"delta", R"({"text":"바다"})"},
                      {"done", R"({"answer":"바다"})"}});
  });
  std::vector<std::string> names;
  const auto done =
      LocalClient::find(home_.string())
          ->stream("/api/ask", Json::object(), "ko",
                   [&](const std::string& name, const Json&) { names.push_back(name); }, {});
  ASSERT_TRUE(done.ok()) << done.error().message();
  EXPECT_EQ((*done)["answer"], "바다");
  EXPECT_EQ(names, (std::vector<std::string>{"accepted", "delta", "done"}));
}

TEST_F(LocalClientTest, SaysWhyAStreamFailed) {
  const auto server = serve([](const HttpRequest& request) {
    if (request.path == "/refused") {
      return HttpResponse{503, R"({"code":"unavailable","detail":"waking"})"};
    }
    if (request.path == "/fails") {
      return streaming({{"error", R"({"code":"busy","detail":"too many"})"}});
    }
    return request.path == "/cut" ? streaming({{"accepted", "{}"}})
                                  : streaming({{"accepted", "nonsense"}});
  });
  const auto client = LocalClient::find(home_.string());
  const std::map<std::string, ErrorCode> all = {{"/refused", ErrorCode::unavailable},
                                                {"/fails", ErrorCode::busy},
                                                {"/cut", ErrorCode::io},
                                                {"/nonsense", ErrorCode::io}};
  for (const auto& [path, code] : all) {
    const auto end =
        client->stream(path, Json::object(), "en", [](const std::string&, const Json&) {}, {});
    ASSERT_FALSE(end.ok()) << path;
    EXPECT_EQ(end.error().code(), code) << path;
  }
}

TEST_F(LocalClientTest, StopsAStreamWhenAsked) {
  const auto server = serve([](const HttpRequest&) {
    HttpResponse out;
    out.events = std::make_shared<EventStream>();
    out.events->send("accepted", "{}");
    return out;  // nothing follows
  });
  std::stop_source stop;
  const auto end =
      LocalClient::find(home_.string())
          ->stream(
              "/api/ask", Json::object(), "en",
              [&](const std::string&, const Json&) { stop.request_stop(); }, stop.get_token());
  EXPECT_EQ(end.error().code(), ErrorCode::unavailable);
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
