// Streams of events, and clients that leave, over real sockets.
#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <thread>

#include "server/event_stream.h"
#include "server/http_client_fixture.h"

namespace mbe {
namespace {

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
  TestClient client(server->port());
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
  TestClient client(server->port());
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
    TestClient client(server->port());
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
    TestClient client(server->port());
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
  TestClient one(server->port());
  TestClient two(server->port());
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

}  // namespace
}  // namespace mbe
