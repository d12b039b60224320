// ProxyDoor: what goes to the upstream, what comes back, and what of it is remembered.
#include <algorithm>

#include "base/guarded.h"
#include "server/problem.h"
#include "server/proxy_parts.h"

namespace mbe {

namespace {

constexpr unsigned bad_gateway = 502, busy_status = 503;

std::string joined(const std::vector<std::uint64_t>& blocks) {
  std::string out;
  for (const std::uint64_t block : blocks) {
    if (!out.empty()) out += ',';
    out += std::to_string(block);
  }
  return out;
}

std::string field(const HttpFields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &std::pair<std::string, std::string>::first);
  return found == fields.end() ? "" : found->second;
}

}  // namespace

/// A stream as it is read: what its three callbacks share. One thread, but for the client's
/// leaving.
class ProxyDoor::Reading {
 public:
  Reading(ProxyDoor& door, Exchange& exchange, Flow& flow)
      : door_(door), exchange_(exchange), flow_(flow), reader_(exchange.request.wire) {}

  void run(const std::stop_token& ending) {
    const std::stop_callback end(ending, [this] { source_.request_stop(); });
    exchange_.call.on_head = [this](long status, const HttpFields& fields) {
      begin(status, fields);
    };
    Result<HttpReply> reply = guarded([this] {
      return http_call(exchange_.call, source_.get_token(),
                       [this](std::string_view bytes) { return take(bytes); });
    });
    if (events_) {
      finish(reply);
    } else {
      answer_whole(std::move(reply));
    }
  }

 private:
  void begin(long status, const HttpFields& fields) {
    const bool streams = field(fields, "content-type").starts_with("text/event-stream");
    if (status != 200 || !streams) return;
    exchange_.call.unwanted = {};  // from here on the stream itself tells
    events_ = std::make_shared<EventStream>();
    // Whoever leaves wants no answer any more; what was said is remembered.
    events_->on_gone([source = source_]() mutable { source.request_stop(); });
    HttpResponse head = door_.passed_on(exchange_, {.status = status, .headers = fields});
    head.events = events_;
    flow_.decide(std::move(head));
  }

  bool take(std::string_view bytes) {
    if (!events_) {
      body_ += bytes;
      return body_.size() <= proxied_body_bytes_max;
    }
    reader_.take_stream(bytes);
    // Whoever has seen the last event finds in memory what was said.
    if (reader_.answer().ended) save();
    const std::string whole = cutter_.feed(bytes);
    if (!whole.empty()) events_->send_bytes(whole);
    return !events_->is_gone();
  }

  void save() {
    if (!std::exchange(saved_, true)) {
      static_cast<void>(door_.remember(exchange_, reader_.answer()));
    }
  }

  void finish(const Result<HttpReply>& reply) {
    save();
    events_->send_bytes(cutter_.rest());
    if (!reply.ok() && !reader_.answer().ended) {
      events_->send_bytes(refusal_event(exchange_.route.style, bad_gateway,
                                        error_name(reply.error().code()),
                                        exchange_.messages.text(reply.error())));
    }
    events_->end();
  }

  void answer_whole(Result<HttpReply> reply) {
    if (reply.ok() && reply->status == 200) {
      reply->body = std::move(body_);
      reader_.take_whole(reply->body);
      save();
    }
    flow_.decide(door_.answered(exchange_, std::move(reply)));
  }

  ProxyDoor& door_;
  Exchange& exchange_;
  Flow& flow_;
  AnswerReader reader_;
  EventCutter cutter_;
  std::stop_source source_;
  std::string body_;
  std::shared_ptr<EventStream> events_;
  bool saved_ = false;
};

void ProxyDoor::add_headers(const Exchange& exchange, HttpResponse& out) const {
  if (!exchange.heard) return;
  out.headers.emplace_back("X-MBE-Conversation", exchange.heard->conversation);
  out.headers.emplace_back("X-MBE-Blocks", joined(exchange.recalled.blocks));
  out.headers.emplace_back("X-MBE-Tokens", std::to_string(exchange.recalled.tokens));
  out.headers.emplace_back("X-MBE-Receipt", exchange.receipt);
  if (!exchange.memory_error) return;
  out.headers.emplace_back("X-MBE-Memory-Error",
                           std::string(error_name(exchange.memory_error->code())));
}

HttpResponse ProxyDoor::passed_on(const Exchange& exchange, HttpReply reply) {
  HttpResponse out;
  out.status = static_cast<unsigned>(reply.status);
  out.body = std::move(reply.body);
  // A page of the upstream's would be one of this server's to a browser.
  const std::string type = field(reply.headers, "content-type");
  out.content_type = type.starts_with("application/json") ? type : "text/plain; charset=utf-8";
  out.headers.emplace_back("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : reply.headers) {
    if (passes_down(name)) out.headers.emplace_back(name, value);
    if (name == "x-request-id") out.headers.emplace_back("X-Upstream-Request-Id", value);
  }
  add_headers(exchange, out);
  return out;
}

/// Both sides into memory, and into the receipt.
Remembered ProxyDoor::remember(const Exchange& exchange, const ProxiedAnswer& answer) {
  Remembered out;
  if (!exchange.heard) return out;
  const Heard& heard = *exchange.heard;
  if (heard.writes && heard.memory != nullptr) {
    const auto saved = guarded(
        [&]() -> Result<Remembered> { return memory_.save(heard, exchange.recalled, answer); });
    if (saved.ok()) {
      out = *saved;
    } else {
      out.error = saved.error();
    }
  }
  Json written = Json::array();
  if (out.question) written.push_back({{"block_index", *out.question}, {"role", "user"}});
  if (out.answer) {
    written.push_back(
        {{"block_index", *out.answer}, {"role", "assistant"}, {"partial", out.partial}});
  }
  Json members = {{"state", "done"}, {"written", std::move(written)}};
  if (out.error) members["error"] = proxy_error_json(exchange.messages, *out.error);
  receipts_.note(exchange.receipt, members);
  if (!out.question && !out.answer) return out;
  const bool added =
      behind_.add([this, heard, out, receipt = exchange.receipt, &messages = exchange.messages] {
        const auto taken = guarded([&] { return ProxyMemory::take_in(heard, out); });
        if (taken.ok()) return;
        receipts_.note(receipt, {{"error", proxy_error_json(messages, taken.error())}});
      });
  if (!added) {
    const auto why = fail(ErrorCode::busy, "short-term memory cannot follow; the log holds it all");
    receipts_.note(exchange.receipt, {{"error", proxy_error_json(exchange.messages, why)}});
  }
  return out;
}

/// What is no stream, as it came, or why nothing came.
HttpResponse ProxyDoor::answered(const Exchange& exchange, Result<HttpReply> reply) {
  if (!reply.ok() || reply->status != 200) {
    receipts_.note(exchange.receipt, {{"state", "failed"}});
  }
  if (reply.ok()) return passed_on(exchange, *std::move(reply));
  HttpResponse out = problem(exchange.messages, bad_gateway, reply.error());
  out.content_type = "application/json";
  out.body = refusal_body(exchange.route.style, bad_gateway, error_name(reply.error().code()),
                          exchange.messages.text(reply.error()));
  add_headers(exchange, out);
  return out;
}

HttpResponse ProxyDoor::whole(Exchange& exchange) {
  Result<HttpReply> reply = http_call(exchange.call, stopping_.get_token());
  if (!reply.ok() || reply->status != 200 || !exchange.heard) {
    return answered(exchange, std::move(reply));
  }
  AnswerReader reader(exchange.request.wire);
  reader.take_whole(reply->body);
  const Remembered remembered = remember(exchange, reader.answer());
  if (remembered.error) exchange.memory_error = remembered.error;
  HttpResponse out = passed_on(exchange, *std::move(reply));
  std::vector<std::uint64_t> written;
  if (remembered.question) written.push_back(*remembered.question);
  if (remembered.answer) written.push_back(*remembered.answer);
  out.headers.emplace_back("X-MBE-Written", joined(written));
  return out;
}

HttpResponse ProxyDoor::streamed(const std::shared_ptr<Exchange>& exchange,
                                 const HttpRequest& request) {
  const auto flow = std::make_shared<Flow>();
  const bool started = jobs_.start([this, exchange, flow](const std::stop_token& ending) {
    Reading(*this, *exchange, *flow).run(ending);
  });
  if (!started) {
    receipts_.note(exchange->receipt, {{"state", "failed"}});
    return refused(request, exchange->messages, busy_status,
                   fail(ErrorCode::busy, "too many answers are being made; try again"));
  }
  std::unique_lock lock(flow->mutex);
  flow->changed.wait(lock, [&] { return flow->decided; });
  return std::move(flow->response);
}

}  // namespace mbe
