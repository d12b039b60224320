#include "mcp/stdio.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace mbe::mcp {

namespace {

constexpr std::size_t read_bytes = 65'536;

/// The client's process: one session, one pipe for everything that is said.
class Line final : public Exchange {
 public:
  Line(const Core& core, Features& features, const StdioOptions& options)
      : core_(core), features_(features), options_(options) {
    for (std::size_t i = 0; i < options.at_once; ++i) {
      workers_.emplace_back([this] { work(); });
    }
  }
  ~Line() override { finish(); }

  void send(const Json& message) override {
    const std::string line = json_line(message) + "\n";
    const std::lock_guard lock(write_mutex_);
    for (std::size_t done = 0; done < line.size();) {
      const ssize_t wrote = ::write(options_.out, line.data() + done, line.size() - done);
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote <= 0) return;  // the client has gone: the input ends too
      done += static_cast<std::size_t>(wrote);
    }
  }

  void take(const std::string& line) {
    auto read = read_message(line);
    if (const auto* unreadable = std::get_if<Unreadable>(&read)) {
      return send(response(unreadable->id, unreadable->fault));
    }
    Message& message = std::get<Message>(read);
    if (message.method == "notifications/cancelled") return cancel(message);
    // What begins the session takes effect before anything that was said after it.
    if (message.method == "initialize" || message.kind != Message::Kind::request) {
      return answer(message);
    }
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return waiting_.size() < options_.waiting_max; });
    waiting_.push_back(std::move(message));
    work_.notify_one();
  }

  /// Answers what was asked, then ends the workers.
  void finish() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    work_.notify_all();
    workers_.clear();
  }

 private:
  void cancel(const Message& message) {
    const auto id = message.params.find("requestId");
    if (id == message.params.end()) return;
    const std::lock_guard lock(mutex_);
    if (std::erase_if(waiting_, [&](const Message& one) { return one.id == *id; }) > 0) return;
    if (running_.contains(id->dump())) cancelled_.insert(id->dump());
  }

  void work() {
    for (;;) {
      Message message;
      {
        std::unique_lock lock(mutex_);
        work_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        message = std::move(waiting_.front());
        waiting_.pop_front();
        running_.insert(message.id.dump());
        room_.notify_one();
      }
      answer(message);
    }
  }

  void answer(const Message& message) {
    std::optional<Session> session;
    {
      const std::lock_guard lock(mutex_);
      session = session_;
    }
    Answer out = core_.answer(message, session ? &*session : nullptr, false, features_, *this);
    bool is_cancelled = false;
    {
      const std::lock_guard lock(mutex_);
      if (out.session) session_ = std::move(out.session);
      running_.erase(message.id.dump());
      is_cancelled = cancelled_.erase(message.id.dump()) > 0;
    }
    if (!out.message.is_null() && !is_cancelled) send(out.message);
  }

  const Core& core_;
  Features& features_;
  const StdioOptions& options_;
  std::mutex write_mutex_;
  std::mutex mutex_;  ///< guards all below but the workers
  std::condition_variable work_, room_;
  std::deque<Message> waiting_;
  std::set<std::string> running_, cancelled_;
  std::optional<Session> session_;
  bool ended_ = false;
  std::vector<std::jthread> workers_;
};

/// Cuts what arrives into lines; of a line that is too long nothing is kept.
class Lines {
 public:
  explicit Lines(Line& line) : line_(line) {}

  void feed(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      keep(bytes.substr(0, end));
      if (end == std::string_view::npos) return;
      flush();
      bytes.remove_prefix(end + 1);
    }
  }
  void flush() {
    if (is_long_) {
      line_.send(response(nullptr, Fault{invalid_request, "the message is too large"}));
    } else if (partial_.find_first_not_of(" \t\r") != std::string::npos) {
      line_.take(partial_);
    }
    partial_.clear();
    is_long_ = false;
  }

 private:
  void keep(std::string_view bytes) {
    is_long_ = is_long_ || partial_.size() + bytes.size() > message_bytes_max;
    if (is_long_) {
      partial_.clear();
    } else {
      partial_ += bytes;
    }
  }

  Line& line_;
  std::string partial_;
  bool is_long_ = false;
};

}  // namespace

Result<void> serve_stdio(const Core& core, Features& features, const StdioOptions& options) {
  Line line(core, features, options);
  Lines lines(line);
  std::array<char, read_bytes> buffer{};
  for (;;) {
    // A signal interrupts poll, while a read might be taken up again.
    pollfd input{options.in, POLLIN, 0};
    const int ready = ::poll(&input, 1, -1);
    if (options.stopped()) break;
    if (ready < 0 && errno == EINTR) continue;
    const ssize_t got = ::read(options.in, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return fail(ErrorCode::io, "the client's messages cannot be read: {}", std::strerror(errno));
    }
    if (got == 0) break;
    lines.feed({buffer.data(), static_cast<std::size_t>(got)});
  }
  lines.flush();
  line.finish();
  return {};
}

}  // namespace mbe::mcp
