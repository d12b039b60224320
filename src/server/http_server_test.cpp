// The server as a hostile or hasty client meets it, over real sockets.
#include "server/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <latch>
#include <thread>

#include "server/event_stream.h"

namespace mbe {
namespace {

/// A connection that says and hears bytes.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  explicit Client(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    path.copy(to.sun_path, sizeof to.sun_path - 1);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { ::close(socket_); }

  [[nodiscard]] bool connected() const { return connected_; }
  void say(const std::string& bytes) const {
    static_cast<void>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
  /// One answer: its head, and a body of the length that the head tells.
  std::string hear() {
    for (;;) {
      const std::size_t end = heard_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t at = heard_.find("Content-Length: ");
        const std::size_t body = at < end ? std::stoul(heard_.substr(at + 16)) : 0;
        if (heard_.size() >= end + 4 + body) {
          const std::string out = heard_.substr(0, end + 4 + body);
          heard_.erase(0, out.size());
          return out;
        }
      }
      char bytes[4'096];
      const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
      if (size <= 0) return std::exchange(heard_, {});
      heard_.append(bytes, static_cast<std::size_t>(size));
    }
  }
  /// All up to and with `end`.
  std::string hear_until(const std::string& end) {
    char byte = 0;
    while (heard_.find(end) == std::string::npos && ::recv(socket_, &byte, 1, 0) == 1) {
      heard_ += byte;
    }
    const std::size_t at = heard_.find(end);
    const std::string out = heard_.substr(0, at == std::string::npos ? at : at + end.size());
    heard_.erase(0, out.size());
    return out;
  }
  [[nodiscard]] bool is_closed() const {
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) == 0;
  }

 private:
  int socket_;
  bool connected_ = false;
  std::string heard_;
};

HttpResponse echo(const HttpRequest& request) {
  std::string out = request.method + " " + request.path;
  for (const auto& [name, value] : request.query) out += " " + name + "=" + value;
  return {200, out + " " + request.body + (request.is_local ? " local" : ""), "text/plain"};
}

std::unique_ptr<HttpServer> start(const HttpServerOptions& options = {},
                                  const HttpHandler& handler = echo) {
  auto server = HttpServer::start(options, handler);
  EXPECT_TRUE(server.ok()) << server.error().message();
  return std::move(*server);
}

std::string post(const std::string& target, const std::string& body) {
  return "POST " + target +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

TEST(HttpServer, AnswersOneAfterAnotherOnOneConnection) {
  const auto server = start();
  Client client(server->port());
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
    Client client(path);
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
    Client client(server->port());
    client.say(request);
    const std::string answer = client.hear();
    EXPECT_NE(answer.substr(0, 20).find(status), std::string::npos)
        << request.substr(0, 60) << " → " << answer.substr(0, 40);
  }
  Client client(server->port());
  client.say(post("/still", "there"));
  EXPECT_NE(client.hear().find("still"), std::string::npos);
}

TEST(HttpServer, GoesOnWhenTheHandlerThrows) {
  const auto server = start({}, [](const HttpRequest& request) -> HttpResponse {
    if (request.path == "/throw") throw std::runtime_error("no");
    return {};
  });
  Client client(server->port());
  client.say(post("/throw", "") + post("/", ""));
  EXPECT_NE(client.hear().find(" 500 "), std::string::npos);
  EXPECT_NE(client.hear().find(" 200 "), std::string::npos);
}

TEST(HttpServer, ClosesConnectionsThatStandStill) {
  const auto server =
      start({.read_timeout = std::chrono::seconds(1), .idle_timeout = std::chrono::seconds(1)});
  Client silent(server->port());
  Client slow(server->port());
  slow.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(silent.is_closed());
  EXPECT_TRUE(slow.is_closed());
}

TEST(HttpServer, WhoSaysNothingMakesRoomForOthers) {
  const auto server = start({.connections_max = 4});
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 12; ++i) {
    slow.push_back(std::make_unique<Client>(server->port()));
    slow.back()->say("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    Client other(server->port());
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
  Client first(server->port());
  Client second(server->port());
  first.say(post("/", "first"));
  second.say(post("/", "second"));
  begun.wait();
  const Client third(server->port());
  EXPECT_TRUE(third.is_closed());
  go.count_down();
  EXPECT_NE(first.hear().find("first"), std::string::npos);
  EXPECT_NE(second.hear().find("second"), std::string::npos);
}

TEST(HttpServer, HoldsOnlySoManyLargeBodies) {
  const auto server = start({.body_bytes_max = 1'000'000, .bodies_bytes_max = 1'500'000});
  const std::string announced = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n";
  Client first(server->port());
  first.say(announced + "Content-Length: 1000000\r\n\r\n");
  EXPECT_NE(first.hear().find(" 100 "), std::string::npos);
  for (const std::string length : {"Content-Length: 600000", "Transfer-Encoding: chunked"}) {
    Client second(server->port());
    second.say(announced + length + "\r\n\r\n");
    const std::string refused = second.hear();
    EXPECT_NE(refused.find(" 503 "), std::string::npos) << refused;
    EXPECT_NE(refused.find("Retry-After"), std::string::npos);
  }
  Client small(server->port());
  small.say(post("/", std::string(65'536, 'x')));
  EXPECT_NE(small.hear().find(" 200 "), std::string::npos);
  first.say(std::string(1'000'000, 'x'));
  EXPECT_NE(first.hear().find(" 200 "), std::string::npos);
  // What was answered counts no more.
  Client again(server->port());
  again.say(post("/", std::string(1'000'000, 'x')));
  EXPECT_NE(again.hear().find(" 200 "), std::string::npos);
}

TEST(HttpServer, ARefusalArrivesThoughTheClientGoesOnSending) {
  const auto server = start({.body_bytes_max = 100});
  Client client(server->port());
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
  std::vector<std::unique_ptr<Client>> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(std::make_unique<Client>(server->port()));
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

HttpHandler streaming(const std::shared_ptr<EventStream>& events) {
  return [events](const HttpRequest&) {
    HttpResponse out;
    out.events = events;
    return out;
  };
}

TEST(HttpServer, StreamsEventsAsTheyComeAndEndsWithThem) {
  const auto events = std::make_shared<EventStream>();
  const auto server = start({}, streaming(events));
  Client client(server->port());
  client.say(post("/", ""));
  EXPECT_NE(client.hear().find("Content-Type: text/event-stream"), std::string::npos);
  events->send("delta", R"({"text":"안녕"})");
  EXPECT_EQ(client.hear_until("\n\n"), "event: delta\ndata: {\"text\":\"안녕\"}\n\n");
  events->send("done", "{}");
  events->end();
  EXPECT_EQ(client.hear_until("\n\n"), "event: done\ndata: {}\n\n");
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, KeepsAStillStreamAlive) {
  const auto events = std::make_shared<EventStream>();
  const auto server = start({.heartbeat = std::chrono::milliseconds(5)}, streaming(events));
  Client client(server->port());
  client.say(post("/", ""));
  client.hear();
  EXPECT_EQ(client.hear_until("\n\n"), ":\n\n");
}

TEST(HttpServer, TellsWhenTheClientOfAStreamHasLeft) {
  const auto events = std::make_shared<EventStream>();
  std::latch left(1);
  events->on_gone([&left] { left.count_down(); });
  const auto server = start({}, streaming(events));
  {
    Client client(server->port());
    client.say(post("/", ""));
    client.hear();
  }
  left.wait();
  EXPECT_TRUE(events->is_gone());
}

TEST(HttpServer, TellsTheHandlerThatTheClientHasLeft) {
  std::latch asked(1);
  std::latch left(1);
  const auto server = start({}, [&](const HttpRequest& request) {
    EXPECT_FALSE(request.has_left());
    asked.count_down();
    while (!request.has_left()) std::this_thread::yield();
    left.count_down();
    return HttpResponse{};
  });
  {
    Client client(server->port());
    client.say(post("/", "") + "and a part of the next one");
    asked.wait();
  }
  left.wait();
}

TEST(HttpServer, LetsAClientGoThatDoesNotTakeItsEvents) {
  EventStream events;
  const std::string large(EventStream::bytes_max / 2, 'x');
  events.send("a", large);
  EXPECT_FALSE(events.is_gone());
  events.send("b", large);
  EXPECT_TRUE(events.is_gone());
  EXPECT_TRUE(events.take().ended);
}

TEST(HttpServer, WaitsForAnAnswerThatStreamsButNotForAnEndlessOne) {
  const auto answer = std::make_shared<EventStream>();
  const auto endless = std::make_shared<EventStream>(true);
  auto server = start({}, [&](const HttpRequest& request) {
    HttpResponse out;
    out.events = request.path == "/answer" ? answer : endless;
    return out;
  });
  Client one(server->port());
  Client two(server->port());
  one.say(post("/answer", ""));
  two.say(post("/endless", ""));
  one.hear();
  two.hear();
  std::jthread stopping([&server] { server->stop(); });
  EXPECT_TRUE(two.is_closed());
  answer->send("done", "{}");
  answer->end();
  EXPECT_EQ(one.hear_until("\n\n"), "event: done\ndata: {}\n\n");
}

TEST(HttpServer, FinishesWhatItAcceptedWhenStopped) {
  std::latch begun(1);
  std::latch go(1);
  const auto server = start({}, [&](const HttpRequest& request) -> HttpResponse {
    begun.count_down();
    go.wait();
    return echo(request);
  });
  Client idle(server->port());
  Client busy(server->port());
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
  EXPECT_FALSE(Client(port).connected());
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
