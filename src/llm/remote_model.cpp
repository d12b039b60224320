#include "llm/remote_model.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <mutex>

#include "base/random.h"
#include "base/utf8.h"
#include "llm/chat_wire.h"
#include "llm/http_client.h"

namespace mbe {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::size_t detail_bytes_max = 300;
constexpr std::size_t thinking_tokens = 2'048;
constexpr std::size_t key_bytes_min = 8;  // what is shorter is a word like any other
constexpr std::string_view hidden_key = "***";

struct WireRow {
  std::string_view name;
  const ChatWire& wire;
  std::string_view url;
  std::size_t thinking;
};

const WireRow& row_of(ModelWire wire) {
  static const std::array<WireRow, 4> rows = {{
      {"openai", openai_wire, "", 0},
      {"anthropic", anthropic_wire, "https://api.anthropic.com/v1", thinking_tokens},
      {"gemini", gemini_wire, "https://generativelanguage.googleapis.com/v1beta", thinking_tokens},
      {"cohere", cohere_wire, "https://api.cohere.com/v2", thinking_tokens},
  }};
  return rows[static_cast<std::size_t>(wire)];
}

/// Some put an error into a list.
json parse_body(const std::string& body) {
  json out = json::parse(body, nullptr, false);
  if (out.is_array() && out.size() == 1) out = json(std::move(out.front()));
  return out;
}

/// Gemini says so in the body: {"retryDelay": "34s"} among the error's details.
std::optional<milliseconds> told_pause(const json& body) {
  constexpr double seconds_max = 1e9, second_ms = 1'000;
  const json* details = find_at(body, {"error", "details"});
  if (details == nullptr || !details->is_array()) return std::nullopt;
  for (const json& one : *details) {
    const std::string delay = text_at(one, {"retryDelay"});
    double seconds = -1;
    const auto read = std::from_chars(delay.data(), delay.data() + delay.size(), seconds);
    if (read.ec != std::errc() || seconds < 0) continue;
    return milliseconds(static_cast<std::int64_t>(std::min(seconds, seconds_max) * second_ms));
  }
  return std::nullopt;
}

/// The pauses between the tries of one question.
class Pauses {
 public:
  explicit Pauses(const RetryPolicy& policy) : policy_(policy), next_(policy.pause_first) {}

  /// Before the next try: what the server told, else one that grows. Nothing: give up.
  std::optional<milliseconds> next(std::optional<milliseconds> told) {
    const milliseconds pause = told.value_or(shaken(next_));
    next_ = std::min(next_ * 2, policy_.pause_max);
    waited_ += pause;
    if (++tries_ >= policy_.tries_max || waited_ > policy_.wait_max) return std::nullopt;
    return pause;
  }

 private:
  /// Up to a quarter shorter, so that those who were refused together do not come back together.
  static milliseconds shaken(milliseconds pause) {
    constexpr std::int64_t parts = 4, whole = 256;
    const std::int64_t less = pause.count() * static_cast<unsigned char>(random_bytes(1)[0]);
    return milliseconds(pause.count() - less / (parts * whole));
  }

  const RetryPolicy& policy_;
  milliseconds next_, waited_{0};
  unsigned tries_ = 0;
};

class RemoteModel final : public ChatModel {
 public:
  explicit RemoteModel(RemoteModelOptions options)
      : options_(std::move(options)), wire_(row_of(options_.wire).wire) {}

  Result<ChatReply> answer(const ChatRequest& request, const std::stop_token& stop,
                           const OnText& on_text) override {
    MBE_ASSIGN(const WireQuestion question, wire_question(options_, request));
    const HttpCall call = call_of(question);
    Pauses pauses(options_.retry);
    for (;;) {
      Try one = try_once(call, question, stop, on_text);
      if (!one.again) return std::move(one.reply);
      const std::optional<milliseconds> pause = pauses.next(one.pause);
      if (!pause) return std::move(one.reply);
      if (!options_.retry.wait(*pause, stop)) return fail(ErrorCode::unavailable, "stopped");
    }
  }

 private:
  struct Try {
    Result<ChatReply> reply;
    bool again = false;
    std::optional<milliseconds> pause = {};
  };

  [[nodiscard]] HttpCall call_of(const WireQuestion& question) const {
    ModelRequest request = wire_.request(question);
    HttpCall out;
    out.url = options_.base_url + request.path;
    out.unix_socket = options_.unix_socket;
    out.headers = std::move(request.headers);
    out.headers.insert(out.headers.end(), {"Content-Type: application/json", "Expect:"});
    out.body = request.body.dump(-1, ' ', false, json::error_handler_t::replace);
    return out;
  }

  [[nodiscard]] Try try_once(const HttpCall& call, const WireQuestion& question,
                             const std::stop_token& stop, const OnText& on_text) const {
    WireReader reader(wire_, on_text);
    const Result<HttpReply> reply =
        http_call(call, stop, [&](std::string_view bytes) { return reader.feed(bytes); });
    if (!reply.ok()) return {reply.error()};
    constexpr long ok = 200;
    if (reply->status != ok) return refused(*reply);
    WireAnswer& answer = reader.answer();
    if (answer.failed) {
      const bool again = passes(*answer.failed) && answer.reply.text.empty();
      return {error_of(*answer.failed, 0, answer.detail), again};
    }
    return {finished(answer, question)};
  }

  [[nodiscard]] Try refused(const HttpReply& reply) const {
    const json body = parse_body(reply.body);
    const Trouble trouble = known_trouble(body).value_or(trouble_of(reply.status));
    Try out{error_of(trouble, reply.status, words_of(body, reply.body))};
    out.again = passes(trouble) && !reply.retry_refused;
    out.pause = reply.retry_after ? reply.retry_after : told_pause(body);
    return out;
  }

  [[nodiscard]] Result<ChatReply> finished(WireAnswer& answer, const WireQuestion& question) const {
    const std::string url = shown_url(options_.base_url);
    if (answer.broken) return fail(ErrorCode::corrupt, "what {} sent is no chat completion", url);
    if (answer.too_large) {
      return fail(ErrorCode::limit, "{} answered more than {} bytes", url,
                  answer.reply.text.size());
    }
    if (!answer.ended) {
      return fail(ErrorCode::unavailable, "the model server at {} ended in the middle", url);
    }
    if (answer.reply.cut && answer.reply.text.empty()) {
      return fail(ErrorCode::limit,
                  "the model at {} used all of its {} tokens before it said anything; raise "
                  "thinking_tokens in circuits.toml",
                  url, question.tokens_max);
    }
    return std::move(answer.reply);
  }

  /// Short, without control characters, and without the key, which some servers repeat.
  [[nodiscard]] std::string clean(std::string words) const {
    words.resize(first_invalid_utf8(words).value_or(words.size()));
    const std::string& key = options_.key;
    if (key.size() >= key_bytes_min) {
      for (std::size_t at = words.find(key); at != std::string::npos; at = words.find(key, at)) {
        words.replace(at, key.size(), hidden_key);
        at += hidden_key.size();
      }
    }
    words = utf8_prefix(words, detail_bytes_max);
    for (char& c : words) {
      if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    return words;
  }

  [[nodiscard]] Error error_of(Trouble trouble, long status, const std::string& words) const {
    return trouble_error(trouble, status, shown_url(options_.base_url), clean(words));
  }

  RemoteModelOptions options_;
  const ChatWire& wire_;
};

}  // namespace

std::string_view wire_name(ModelWire wire) {
  return row_of(wire).name;
}

std::optional<ModelWire> wire_of(std::string_view name) {
  for (const ModelWire wire :
       {ModelWire::openai, ModelWire::anthropic, ModelWire::gemini, ModelWire::cohere}) {
    if (row_of(wire).name == name) return wire;
  }
  return std::nullopt;
}

std::string_view provider_url(ModelWire wire) {
  return row_of(wire).url;
}

std::size_t default_thinking_tokens(ModelWire wire) {
  return row_of(wire).thinking;
}

bool wait_or_stop(milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

std::unique_ptr<ChatModel> remote_model(RemoteModelOptions options) {
  return std::make_unique<RemoteModel>(std::move(options));
}

}  // namespace mbe
