// A client at the other end of two pipes: lines in, lines out, several at once, until it closes.
#include "mcp/stdio.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <sstream>
#include <thread>

namespace mbe::mcp {
namespace {

/// `waits` is answered when `goes` has been asked; `echo` at once.
class Slow final : public Features {
 public:
  [[nodiscard]] Json capabilities(bool) const override { return Json::object(); }
  [[nodiscard]] std::string instructions() const override { return ""; }
  [[nodiscard]] std::optional<Outcome> answer(const Asked& asked, Exchange& exchange) override {
    std::unique_lock lock(mutex_);
    if (asked.method == "goes") goes_ = true;
    changed_.notify_all();
    if (asked.method == "waits") changed_.wait(lock, [this] { return goes_; });
    if (asked.method == "tells") exchange.send(notification("told", Json::object()));
    return Json{{"method", asked.method}};
  }
  [[nodiscard]] bool is_streamed(const Asked&) const override { return false; }
  void hear(const Message&) override {}

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool goes_ = false;
};

/// All that the server says to these lines.
std::vector<Json> conversation(const std::string& input) {
  int in[2];
  int out[2];
  EXPECT_EQ(pipe(in), 0);
  EXPECT_EQ(pipe(out), 0);
  Slow features;
  const Core core("1");
  std::jthread server([&] {
    EXPECT_TRUE(serve_stdio(core, features, {.in = in[0], .out = out[1]}).ok());
    close(out[1]);
  });
  std::jthread writer([&] {
    for (std::size_t at = 0; at < input.size();) {
      const ssize_t wrote = write(in[1], input.data() + at, input.size() - at);
      if (wrote <= 0) break;
      at += static_cast<std::size_t>(wrote);
    }
    close(in[1]);
  });
  std::string said;
  char buffer[4'096];
  for (ssize_t got = 0; (got = read(out[0], buffer, sizeof buffer)) > 0;) {
    said.append(buffer, static_cast<std::size_t>(got));
  }
  close(in[0]);
  close(out[0]);
  std::vector<Json> lines;
  std::istringstream stream(said);
  for (std::string line; std::getline(stream, line);) lines.push_back(Json::parse(line));
  return lines;
}

std::string request(int id, const std::string& method) {
  return Json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}}.dump() + "\n";
}

const std::string hello =
    R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25"}})"
    "\n";

/// The answer to that request; null if there was none.
Json to(const std::vector<Json>& lines, int id) {
  for (const Json& line : lines) {
    if (line.value("id", Json()) == id) return line;
  }
  return nullptr;
}

TEST(McpStdio, AnswersUntilTheInputEnds) {
  const auto lines = conversation(hello + request(1, "echo") + "\n  \r\n" + request(2, "tells"));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0]["result"]["protocolVersion"], "2025-11-25");
  EXPECT_EQ(to(lines, 1)["result"]["method"], "echo");
  EXPECT_EQ(to(lines, 2)["result"]["method"], "tells");
}

TEST(McpStdio, AnswersALastLineWithoutItsEnd) {
  const std::string last = request(1, "echo");
  EXPECT_FALSE(to(conversation(hello + last.substr(0, last.size() - 1)), 1).is_null());
}

TEST(McpStdio, LetsNoRequestHoldUpAnother) {
  const auto lines = conversation(hello + request(1, "waits") + request(2, "goes"));
  EXPECT_FALSE(to(lines, 1).is_null());
  EXPECT_FALSE(to(lines, 2).is_null());
}

TEST(McpStdio, GivesNoAnswerToWhatIsCancelled) {
  const std::string cancel =
      R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})"
      "\n";
  const auto lines = conversation(hello + request(1, "waits") + cancel + request(2, "goes"));
  EXPECT_TRUE(to(lines, 1).is_null());
  EXPECT_FALSE(to(lines, 2).is_null());
  EXPECT_FALSE(to(conversation(hello + cancel + request(1, "echo")), 1).is_null());
}

TEST(McpStdio, RefusesLinesThatAreNoMessage) {
  const std::string large(message_bytes_max + 10, 'x');
  const auto lines = conversation("nonsense\n" + large + "\n[]\n" + hello + request(1, "echo"));
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0]["error"]["code"], parse_error);
  EXPECT_EQ(lines[1]["error"]["code"], invalid_request);
  EXPECT_EQ(lines[2]["error"]["code"], invalid_request);
  EXPECT_FALSE(to(lines, 1).is_null());
}

TEST(McpStdio, SaysWhenItCannotRead) {
  Slow features;
  const auto served = serve_stdio(Core("1"), features, {.in = 9'999});
  EXPECT_EQ(served.error().code(), ErrorCode::io);
}

TEST(McpStdio, EndsWhenItIsToldTo) {
  int in[2];
  ASSERT_EQ(pipe(in), 0);
  ASSERT_EQ(write(in[1], "\n", 1), 1);
  Slow features;
  EXPECT_TRUE(serve_stdio(Core("1"), features, {.in = in[0], .stopped = [] { return true; }}).ok());
  close(in[0]);
  close(in[1]);
}

}  // namespace
}  // namespace mbe::mcp
