// The server as a hostile or hasty client meets it, over real sockets.
#include "server/http_server.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <latch>
#include <thread>

#include "server/http_client_fixture.h"

namespace mbe {
namespace {

TEST(HttpServer, AnswersOneAfterAnotherOnOneConnection) {
  const auto server = start();
  TestClient client(server->port());
  client.say(post("/a?x=1+2&y=%EA%B0%80", "one") + post("/b%20c", "two"));
  EXPECT_NE(client.hear().find("POST /a x=1 2 y=가 one"), std::string::npos);
  EXPECT_NE(client.hear().find("POST /b c two"), std::string::npos);
}

TEST(HttpServer, ServesAUnixSocketThatNobodyElseMayUse) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("mbe-http-" + std::to_string(getpid()) + ".socket");
  {
    const auto server = start({.unix_path = path});
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    TestClient client(path);
    client.say(post("/", ""));
    EXPECT_NE(client.hear().find("local"), std::string::npos);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(HttpServer, RefusesWhatIsTooLargeOrNoHttp) {
  const auto server = start({.body_bytes_max = 100, .header_bytes_max = 1'000});
  const std::string long_header =
      "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(2'000, 'a') + "\r\n\r\n";
  const std::vector<std::pair<std::string, std::string>> all = {
      {post("/", std::string(101, 'x')), " 413 "},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", " 413 "},
      {long_header, " 431 "},
      {"nonsense\r\n\r\n", " 400 "},
      {"GET / HTTP/9.9\r\n\r\n", " 400 "},
      {"GET http%zz HTTP/1.1\r\nHost: x\r\n\r\n", " 400 "},
      {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", " 400 "},
      {"GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", " 400 "},
      // Two lengths, or a length beside chunks: what a proxy might read otherwise.
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", " 400 "},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n",
       " 400 "},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", " 400 "},
      {"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", " 400 "},
      {"GET / HTTP/1.1\r\n\r\n", " 400 "},
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", " 400 "},
      {"GET / HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nOrigin: http://y\r\n\r\n", " 400 "},
  };
  for (const auto& [request, status] : all) {
    TestClient client(server->port());
    client.say(request);
    const std::string answer = client.hear();
    EXPECT_NE(answer.substr(0, 20).find(status), std::string::npos)
        << request.substr(0, 60) << " → " << answer.substr(0, 40);
  }
  TestClient client(server->port());
  client.say(post("/still", "there"));
  EXPECT_NE(client.hear().find("still"), std::string::npos);
}

TEST(HttpServer, GoesOnWhenTheHandlerThrows) {
  const auto server = start({}, [](const HttpRequest& request) -> HttpResponse {
    if (request.path == "/throw") throw std::runtime_error("no");
    return {};
  });
  TestClient client(server->port());
  client.say(post("/throw", "") + post("/", ""));
  EXPECT_NE(client.hear().find(" 500 "), std::string::npos);
  EXPECT_NE(client.hear().find(" 200 "), std::string::npos);
}

TEST(HttpServer, ClosesConnectionsThatStandStill) {
  const auto server =
      start({.read_timeout = std::chrono::seconds(1), .idle_timeout = std::chrono::seconds(1)});
  TestClient silent(server->port());
  TestClient slow(server->port());
  slow.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(silent.is_closed());
  EXPECT_TRUE(slow.is_closed());
}

TEST(HttpServer, WhoSaysNothingMakesRoomForOthers) {
  const auto server = start({.connections_max = 4});
  std::vector<std::unique_ptr<TestClient>> slow;
  for (int i = 0; i < 12; ++i) {
    slow.push_back(std::make_unique<TestClient>(server->port()));
    slow.back()->say("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    TestClient other(server->port());
    other.say(post("/", "in between"));
    EXPECT_NE(other.hear().find("in between"), std::string::npos) << i;
  }
  EXPECT_TRUE(slow.front()->is_closed());
}

TEST(HttpServer, WhoIsBeingAnsweredMakesNoRoom) {
  std::latch go(1);
  std::latch begun(2);
  const auto server =
      start({.connections_max = 2}, [&](const HttpRequest& request) -> HttpResponse {
        begun.count_down();
        go.wait();
        return {200, request.body};
      });
  TestClient first(server->port());
  TestClient second(server->port());
  first.say(post("/", "first"));
  second.say(post("/", "second"));
  begun.wait();
  const TestClient third(server->port());
  EXPECT_TRUE(third.is_closed());
  go.count_down();
  EXPECT_NE(first.hear().find("first"), std::string::npos);
  EXPECT_NE(second.hear().find("second"), std::string::npos);
}

TEST(HttpServer, HoldsOnlySoManyLargeBodies) {
  const auto server = start({.body_bytes_max = 1'000'000, .bodies_bytes_max = 1'500'000});
  const std::string announced = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n";
  TestClient first(server->port());
  first.say(announced + "Content-Length: 1000000\r\n\r\n");
  EXPECT_NE(first.hear().find(" 100 "), std::string::npos);
  for (const std::string length : {"Content-Length: 600000", "Transfer-Encoding: chunked"}) {
    TestClient second(server->port());
    second.say(announced + length + "\r\n\r\n");
    const std::string refused = second.hear();
    EXPECT_NE(refused.find(" 503 "), std::string::npos) << refused;
    EXPECT_NE(refused.find("Retry-After"), std::string::npos);
  }
  TestClient small(server->port());
  small.say(post("/", std::string(65'536, 'x')));
  EXPECT_NE(small.hear().find(" 200 "), std::string::npos);
  first.say(std::string(1'000'000, 'x'));
  EXPECT_NE(first.hear().find(" 200 "), std::string::npos);
  // What was answered counts no more.
  TestClient again(server->port());
  again.say(post("/", std::string(1'000'000, 'x')));
  EXPECT_NE(again.hear().find(" 200 "), std::string::npos);
}

TEST(HttpServer, ARefusalArrivesThoughTheClientGoesOnSending) {
  const auto server = start({.body_bytes_max = 100});
  TestClient client(server->port());
  client.say(post("/", std::string(3'000'000, 'x')));
  EXPECT_NE(client.hear().find(" 413 "), std::string::npos);
}

TEST(HttpServer, RefusesBeyondWhatItCanTake) {
  std::latch go(1);
  const auto server =
      start({.threads = 1, .waiting_max = 2}, [&](const HttpRequest&) -> HttpResponse {
        go.wait();
        return {};
      });
  std::vector<std::unique_ptr<TestClient>> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(std::make_unique<TestClient>(server->port()));
    all.back()->say(post("/", ""));
  }
  // Three of the five are refused at once, whichever they are; the others wait for the handler.
  std::atomic<int> refused = 0;
  std::atomic<int> done = 0;
  std::vector<std::jthread> threads;
  for (auto& one : all) {
    threads.emplace_back([&] {
      const std::string answer = one->hear();
      if (answer.find(" 503 ") != std::string::npos) {
        if (++refused == 3) go.count_down();
        EXPECT_NE(answer.find("Retry-After"), std::string::npos);
      } else {
        ++done;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(done, 2);
}

TEST(HttpServer, FinishesWhatItAcceptedWhenStopped) {
  std::latch begun(1);
  std::latch go(1);
  const auto server = start({}, [&](const HttpRequest& request) -> HttpResponse {
    begun.count_down();
    go.wait();
    return echo(request);
  });
  TestClient idle(server->port());
  TestClient busy(server->port());
  busy.say(post("/", "accepted"));
  begun.wait();
  const std::uint16_t port = server->port();
  std::jthread stopping([&] { server->stop(); });
  EXPECT_TRUE(idle.is_closed());
  go.count_down();
  const std::string answer = busy.hear();
  EXPECT_NE(answer.find("accepted"), std::string::npos);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  stopping.join();
  EXPECT_FALSE(TestClient(port).connected());
}

TEST(HttpServer, SaysWhyItCannotServe) {
  const auto server = start();
  HttpServerOptions taken;
  taken.port = server->port();
  // Debian's SO_REUSEADDR does not let two listen on one port.
  EXPECT_EQ(HttpServer::start(taken, echo).error().code(), ErrorCode::io);
  EXPECT_EQ(HttpServer::start({.address = "no address"}, echo).error().code(), ErrorCode::io);
  EXPECT_EQ(HttpServer::start({.unix_path = "/nowhere/socket"}, echo).error().code(),
            ErrorCode::io);
  EXPECT_EQ(HttpServer::start({.unix_path = std::string(300, 'x')}, echo).error().code(),
            ErrorCode::io);
}

}  // namespace
}  // namespace mbe
