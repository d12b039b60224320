// What is asked of a certificate and key, and the server's side of TLS as real clients meet it.
#include "server/tls.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <latch>
#include <thread>

#include "server/event_stream.h"
#include "server/http_server.h"
#include "server/tls_fixture.h"

namespace mbe {
namespace {

constexpr TimeMs day_ms = 86'400'000;

class TlsTest : public testing::Test {
 protected:
  /// Why a pair is refused.
  static Error refused(const TlsFiles& files) {
    const auto loaded = TlsIdentity::load(files);
    EXPECT_FALSE(loaded.ok());
    return loaded.ok() ? fail(ErrorCode::io, "taken") : loaded.error();
  }
  static std::unique_ptr<HttpServer> serve(const TlsFiles& files, const HttpHandler& handler) {
    auto tls = TlsIdentity::load(files);
    EXPECT_TRUE(tls.ok()) << tls.error().message();
    HttpServerOptions options;
    options.tls = *tls;
    auto server = HttpServer::start(options, handler);
    EXPECT_TRUE(server.ok()) << server.error().message();
    return std::move(*server);
  }
  static HttpResponse echo(const HttpRequest& request) {
    return {200, request.path + (request.is_tls ? " tls " : " plain ") + request.body,
            "text/plain"};
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(made_.path(name), std::ios::binary) << text;
  }

  const Certificates made_;
};

TEST_F(TlsTest, TakesAPairThatHolds) {
  const auto tls = TlsIdentity::load(made_.make("a"));
  ASSERT_TRUE(tls.ok()) << tls.error().message();
  const TimeMs now = system_clock().now_ms();
  EXPECT_TRUE((*tls)->warnings(now).empty());
  EXPECT_NEAR(static_cast<double>((*tls)->valid_until() - now), 100.0 * day_ms, 60'000);
}

TEST_F(TlsTest, RefusesWhatIsNoPairAndSaysWhy) {
  const TlsFiles a = made_.make("a");
  const TlsFiles b = made_.make("b");
  write("text", "no certificate");
  write("large", std::string(1'100'000, 'x'));
  const std::string absent = made_.path("absent");
  const std::vector<std::tuple<TlsFiles, ErrorCode, std::string>> all = {
      {{a.certificate, ""}, ErrorCode::invalid_argument, "needs both"},
      {{"", a.key}, ErrorCode::invalid_argument, "needs both"},
      {{absent, a.key}, ErrorCode::io, "absent"},
      {{a.certificate, absent}, ErrorCode::io, "absent"},
      {{made_.path(""), a.key}, ErrorCode::io, "cannot read"},
      {{made_.path("text"), a.key}, ErrorCode::invalid_argument, "no certificate in PEM form"},
      {{made_.path("large"), a.key}, ErrorCode::invalid_argument, "larger than"},
      {{a.key, a.key}, ErrorCode::invalid_argument, "no certificate in PEM form"},
      {{a.certificate, a.certificate}, ErrorCode::invalid_argument, "no key in PEM form"},
      {{a.certificate, b.key}, ErrorCode::invalid_argument, "not that of the certificate"},
      {made_.make("c", -60, 60, "secret"), ErrorCode::invalid_argument, "has a passphrase"},
      {made_.make("d", -60, 60, nullptr, 1'024), ErrorCode::invalid_argument, "cannot be used"}};
  for (const auto& [files, code, why] : all) {
    const Error error = refused(files);
    EXPECT_EQ(error.code(), code) << error.message();
    EXPECT_NE(error.message().find(why), std::string::npos) << error.message();
  }
}

TEST_F(TlsTest, WarnsOfWhatBrowsersRefuseAndOfAnOpenKey) {
  const TimeMs now = system_clock().now_ms();
  const TlsFiles files = made_.make("a", 0, 100 * 86'400);
  const auto tls = TlsIdentity::load(files);
  const auto warning = [&](TimeMs at) {
    const std::vector<Message> all = (*tls)->warnings(at);
    return all.empty() ? "" : all.front().message();
  };
  EXPECT_NE(warning(now - day_ms).find("holds from"), std::string::npos);
  EXPECT_EQ(warning(now + 85 * day_ms), "");
  EXPECT_NE(warning(now + 87 * day_ms).find("renew it"), std::string::npos);
  EXPECT_NE(warning(now + 101 * day_ms).find("ended at"), std::string::npos);
  ASSERT_EQ(::chmod(files.key.c_str(), 0640), 0);
  EXPECT_NE(warning(now).find("chmod 600"), std::string::npos);
}

TEST_F(TlsTest, SpeaksTheTwoLatestVersionsAndNoOlder) {
  const auto server = serve(made_.make("a"), echo);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server->port(), version, version);
    ASSERT_TRUE(client.connected()) << version;
    EXPECT_EQ(client.version(), version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
    EXPECT_EQ(client.protocol(), "http/1.1");
    for (const std::string path : {"/one", "/two"}) {
      client.say("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nsea");
      EXPECT_NE(client.hear_until(path + " tls sea").find("200 OK"), std::string::npos);
    }
  }
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    EXPECT_FALSE(TlsClient(server->port(), version, version).connected()) << version;
  }
}

TEST_F(TlsTest, TakesABodyThatIsLargerThanARecord) {
  const auto server = serve(made_.make("a"), echo);
  TlsClient client(server->port());
  const std::string body(1'000'000, 'x');
  client.say("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n" +
             body);
  const std::string heard = client.hear_until("no such end");
  EXPECT_TRUE(heard.ends_with(body)) << heard.size();
}

TEST_F(TlsTest, TellsPlainHttpWhereItIs) {
  const auto server = serve(made_.make("a"), echo);
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(server->port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  ASSERT_GT(::send(socket, request.data(), request.size(), 0), 0);
  std::string heard(4'096, '\0');
  const ssize_t size = ::recv(socket, heard.data(), heard.size(), MSG_WAITALL);
  heard.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 400")) << heard;
  EXPECT_NE(heard.find("use https://"), std::string::npos) << heard;
  ::close(socket);
}

TEST_F(TlsTest, EndsAStreamOfEventsSoThatNobodyCanCutIt) {
  const auto server = serve(made_.make("a"), [](const HttpRequest&) {
    HttpResponse out;
    out.events = std::make_shared<EventStream>();
    out.events->send("delta", R"({"text":"바다"})");
    out.events->end();
    return out;
  });
  TlsClient client(server->port());
  client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.hear_until("\n\n").find("text/event-stream"), std::string::npos);
  EXPECT_TRUE(client.ends_properly());
}

TEST_F(TlsTest, NoticesThatTheReaderOfAStreamHasGone) {
  std::latch gone(1);
  const auto server = serve(made_.make("a"), [&gone](const HttpRequest&) {
    HttpResponse out;
    out.events = std::make_shared<EventStream>();
    out.events->on_gone([&gone] { gone.count_down(); });
    out.events->send("accepted", "{}");
    return out;
  });
  {
    TlsClient client(server->port());
    client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    client.hear_until("accepted");
  }
  gone.wait();  // else the test hangs
}

TEST_F(TlsTest, FinishesWhatWasAcceptedWhenItStops) {
  std::latch asked(1);
  std::latch go(1);
  const auto server = serve(made_.make("a"), [&](const HttpRequest& request) {
    asked.count_down();
    go.wait();
    return echo(request);
  });
  TlsClient idle(server->port());
  TlsClient client(server->port());
  client.say("GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
  asked.wait();
  std::jthread stopping([&server] { server->stop(); });
  EXPECT_TRUE(idle.ends_properly());
  go.count_down();
  EXPECT_NE(client.hear_until("/late tls ").find("200 OK"), std::string::npos);
  EXPECT_TRUE(client.ends_properly());
}

TEST_F(TlsTest, ServesNewConnectionsWithARenewedCertificate) {
  const auto server = serve(made_.make("old"), echo);
  TlsClient before(server->port());
  EXPECT_EQ(before.peer(), "old");
  server->renew(*TlsIdentity::load(made_.make("new")));
  TlsClient after(server->port());
  EXPECT_EQ(after.peer(), "new");
  before.say("GET /still HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(before.hear_until("/still tls ").find("200 OK"), std::string::npos);
}

}  // namespace
}  // namespace mbe
