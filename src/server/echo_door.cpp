#include "server/echo_door.h"

#include <algorithm>

#include "base/datetime.h"
#include "base/digest.h"
#include "base/guarded.h"
#include "base/random.h"
#include "operations/fields.h"
#include "operations/read_json.h"
#include "server/fit_view.h"
#include "server/problem.h"

namespace mbe {

namespace {

constexpr std::size_t answers_at_once = 16;
constexpr std::size_t listeners_max = 1'000;
constexpr std::size_t id_bytes = 10;
constexpr std::size_t name_bytes_max = 200;
constexpr auto tell_every = std::chrono::milliseconds(150);

struct AskBody {
  std::string question, conversation = "default", route;
  bool temporary = false;
  std::optional<std::uint64_t> edits;
};

const Fields<AskBody>& ask_fields() {
  static const Fields<AskBody> fields = [] {
    Fields<AskBody> out;
    out.add("question", &AskBody::question, "what is said to Echo").required();
    out.add("conversation", &AskBody::conversation, "which conversation it belongs to",
            {.min = 1, .max = name_bytes_max, .choices = {}});
    out.add("route", &AskBody::route, "direct, duo or trio; left out: by rule",
            {.choices = {"direct", "duo", "trio"}});
    out.add("temporary", &AskBody::temporary, "read memory, leave nothing in it");
    out.add("edits", &AskBody::edits, "the turn whose place it takes, in a branch");
    return out;
  }();
  return fields;
}

Result<AskBody> read_ask(const std::string& body) {
  MBE_ASSIGN(const Json json, read_json(body));
  return ask_fields().read(json);
}

struct StopBody {
  std::string answer_id;
};

const Fields<StopBody>& stop_fields() {
  static const Fields<StopBody> fields = [] {
    Fields<StopBody> out;
    out.add("answer_id", &StopBody::answer_id, "as `accepted` told it").required();
    return out;
  }();
  return fields;
}

bool wants_events(const HttpRequest& request) {
  return request.header("accept").find("text/event-stream") != std::string::npos;
}

std::string line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

HttpResponse waits(const Catalog& messages, const Error& why, const std::string& seconds) {
  HttpResponse out = problem(messages, 503, why);
  out.headers.emplace_back("Retry-After", seconds);
  return out;
}

Json last_run_json(const std::map<std::string, TimeMs>& runs) {
  Json out = Json::array();
  for (const char* name : {"answer", "save", "recall", "tone", "creation", "evolution"}) {
    const auto run = runs.find(name);
    const bool ran = run != runs.end();
    out.push_back({{"name", name},
                   {"state", ran ? "alive" : "waiting"},
                   {"last_run", ran ? Json(format_time(run->second)) : Json()}});
  }
  return out;
}

}  // namespace

Json ask_arguments() {
  return object_schema(ask_fields().arguments());
}

Json stop_arguments() {
  return object_schema(stop_fields().arguments());
}

EchoDoor::EchoDoor(EchoDoorOptions options)
    : options_(std::move(options)),
      conversations_(options_.engine, options_.utc_offset_minutes),
      jobs_(answers_at_once),
      teller_([this](const std::stop_token& stop) { tell_listeners(stop); }) {}

EchoDoor::~EchoDoor() {
  stop();
}

void EchoDoor::stop() {
  jobs_.stop();
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (auto& [id, answer] : answers_) answer.second.request_stop();
}

std::optional<HttpResponse> EchoDoor::answer(const HttpRequest& request, const Principal& who,
                                             const Catalog& messages) {
  const std::string& path = request.path;
  if (auto talk = conversations_.answer(request, who, messages)) return talk;
  const bool is_post = path == "/api/ask" || path == "/api/stop" || path == "/api/evolve";
  const bool is_get = path == "/api/boot" || path == "/api/boot/events" || path == "/api/status";
  if (!is_post && !is_get) return std::nullopt;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (is_post ? request.method != "POST" : !reads) {
    return wrong_method(messages, is_post ? "POST" : "GET");
  }
  if (path == "/api/ask") return ask(request, who, messages);
  if (path == "/api/evolve") return evolve(who, messages);
  if (path == "/api/stop") return stop_answer(request, who, messages);
  // What is left tells of the origin's memory and machine.
  if (const auto allowed = check_access(who, "main", Right::read); !allowed.ok()) {
    return problem(messages, allowed.error());
  }
  if (path == "/api/boot/events") return boot_events(messages);
  return path == "/api/boot" ? json_response(boot_status(messages)) : status(messages);
}

Json EchoDoor::boot_status(const Catalog& messages) const {
  Json out;
  if (options_.waking != nullptr) {
    out = options_.waking->status(messages);
  } else {
    const auto identity = options_.answerer.identity();
    out = {{"state", "ready"},
           {"stages", Json::array()},
           {"identity", identity ? identity_json(*identity) : Json()},
           {"seconds", 0},
           {"note", nullptr}};
  }
  if (options_.circuits == nullptr) return out;
  std::size_t ready = 0;
  std::size_t there = 0;
  bool loading = false;
  for (const CircuitStatus& one : options_.circuits->status()) {
    if (one.model.empty()) continue;
    ++there;
    if (one.state == ModelState::ready) ++ready;
    loading = loading || one.state == ModelState::loading;
  }
  out["stages"].push_back({{"name", "circuits"},
                           {"state", loading          ? "running"
                                     : ready == there ? "done"
                                                      : "failed"},
                           {"done", ready},
                           {"total", there},
                           {"note", nullptr}});
  if (loading && ready == 0 && out["state"] == "ready") out["state"] = "running";
  return out;
}

/// Asking works once the memory is there, and one circuit where there are any.
std::optional<HttpResponse> EchoDoor::not_yet(const Catalog& messages) const {
  const Json status = boot_status(messages);
  if (status["state"] != "running") return std::nullopt;
  for (const Json& stage : status["stages"]) {
    if (stage["state"] != "running") continue;
    return waits(messages,
                 fail(ErrorCode::unavailable, "Echo is still waking ({}); try again in a moment",
                      stage["name"].get<std::string>()),
                 "2");
  }
  return waits(messages, fail(ErrorCode::unavailable, "Echo is still waking; try again"), "1");
}

HttpResponse EchoDoor::ask(const HttpRequest& request, const Principal& who,
                           const Catalog& messages) {
  const auto body = read_ask(request.body);
  if (!body.ok()) return problem(messages, body.error());
  AskRequest ask;
  ask.chain = who.own_chain();
  const Right right = body->temporary ? Right::read : Right::write;
  if (const auto allowed = check_access(who, ask.chain, right); !allowed.ok()) {
    return problem(messages, allowed.error());
  }
  if (auto wait = not_yet(messages)) return std::move(*wait);
  ask.question = body->question;
  ask.conversation = body->conversation;
  ask.temporary = body->temporary;
  ask.edits = body->edits;
  ask.route = route_from_name(body->route);
  ask.speaker = {who.name, who.role == Role::origin};
  ask.writer = who.name;
  ask.trust = who.trust();
  ask.utc_offset_minutes = options_.utc_offset_minutes(system_clock().now_ms());
  ask.messages = &messages;
  const std::string id = to_base32(random_bytes(id_bytes));
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      return waits(messages, fail(ErrorCode::unavailable, "the server is stopping; try again"),
                   "5");
    }
    answers_[id] = {who.name, {}};
  }
  return wants_events(request) ? ask_streaming(std::move(ask), id, messages)
                               : ask_whole(ask, id, messages);
}

HttpResponse EchoDoor::ask_streaming(AskRequest ask, const std::string& id,
                                     const Catalog& messages) {
  const auto events = std::make_shared<EventStream>();
  std::stop_source source;
  {
    const std::lock_guard lock(mutex_);
    source = answers_.at(id).second;
  }
  // Whoever leaves wants no answer any more; what was said is remembered.
  events->on_gone([source]() mutable { source.request_stop(); });
  events->send("accepted", line({{"answer_id", id}, {"conversation", ask.conversation}}));
  const bool started = jobs_.start([this, ask = std::move(ask), id, events, source,
                                    &messages](const std::stop_token& ending) mutable {
    const std::stop_callback end(ending, [&source] { source.request_stop(); });
    std::mutex telling;
    const TellStep tell = [&](std::string_view event, const Json& data) {
      const std::lock_guard lock(telling);
      events->send(event, line(data));
    };
    const auto done =
        guarded([&] { return options_.answerer.answer(ask, tell, source.get_token()); });
    if (!done.ok()) events->send("error", problem(messages, done.error()).body);
    events->end();
    const std::lock_guard lock(mutex_);
    answers_.erase(id);
  });
  if (!started) {
    const std::lock_guard lock(mutex_);
    answers_.erase(id);
    return waits(messages, fail(ErrorCode::busy, "too many answers are being made; try again"),
                 "2");
  }
  HttpResponse out;
  out.events = events;
  return out;
}

HttpResponse EchoDoor::ask_whole(const AskRequest& ask, const std::string& id,
                                 const Catalog& messages) {
  std::stop_source source;
  {
    const std::lock_guard lock(mutex_);
    source = answers_.at(id).second;
  }
  const auto done = guarded([&] {
    return options_.answerer.answer(ask, [](std::string_view, const Json&) {}, source.get_token());
  });
  const std::lock_guard lock(mutex_);
  answers_.erase(id);
  return done.ok() ? json_response(*done) : problem(messages, done.error());
}

HttpResponse EchoDoor::stop_answer(const HttpRequest& request, const Principal& who,
                                   const Catalog& messages) {
  const auto json = read_json(request.body);
  if (!json.ok()) return problem(messages, json.error());
  const auto body = stop_fields().read(*json);
  if (!body.ok()) return problem(messages, body.error());
  const std::lock_guard lock(mutex_);
  const auto answer = answers_.find(body->answer_id);
  if (answer == answers_.end() || answer->second.first != who.name) {
    return problem(messages, fail(ErrorCode::not_found, "no such answer is being made"));
  }
  answer->second.second.request_stop();
  return json_response({{"done", true}});
}

HttpResponse EchoDoor::evolve(const Principal& who, const Catalog& messages) {
  if (const auto allowed = check_administers(who); !allowed.ok()) {
    return problem(messages, allowed.error());
  }
  if (options_.waking == nullptr) {
    return problem(messages, fail(ErrorCode::unavailable, "there is nothing here to wake from"));
  }
  if (const auto begun = options_.waking->evolve(); !begun.ok()) {
    return problem(messages, 409, begun.error());
  }
  return json_response({{"done", true}}, 202);
}

HttpResponse EchoDoor::boot_events(const Catalog& messages) {
  HttpResponse out;
  out.events = std::make_shared<EventStream>(true);
  {
    const std::lock_guard lock(mutex_);
    listeners_.remove_if([](const Listener& one) { return one.events->is_gone(); });
    if (listeners_.size() >= listeners_max) {
      return waits(messages, fail(ErrorCode::busy, "too many watch the waking; try again"), "5");
    }
    listeners_.push_back({out.events, messages, {}});
  }
  changed_.notify_all();
  return out;
}

void EchoDoor::tell_listeners(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait(lock, stop, [this] { return !listeners_.empty(); });
    for (Listener& one : listeners_) {
      const Json status = boot_status(one.messages);
      std::string text = line(status);
      if (text != one.last) one.events->send("boot", text);
      one.last = std::move(text);
      if (status["state"] != "running") one.events->end();
    }
    listeners_.remove_if(
        [](const Listener& one) { return one.events->is_gone() || one.events->is_ended(); });
    changed_.wait_for(lock, stop, tell_every, [] { return false; });
  }
  for (Listener& one : listeners_) one.events->end();
}

/// How many are to be made, and how fast it went since somebody asked before.
Json EchoDoor::vectors_json(const Stats& stats) {
  constexpr double seconds_least = 1;
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  const std::chrono::duration<double> time = now - vectors_seen_.at;
  if (vectors_seen_.made > stats.vectors || vectors_seen_.made == 0) {
    vectors_seen_ = {now, stats.vectors, 0};
  } else if (time.count() >= seconds_least) {
    const auto made = static_cast<double>(stats.vectors - vectors_seen_.made);
    vectors_seen_ = {now, stats.vectors, made / time.count()};
  }
  const double rate = vectors_seen_.per_s;
  const auto pending = static_cast<double>(stats.vectors_pending);
  return {{"pending", stats.vectors_pending},
          {"per_s", rate},
          {"left_s", pending > 0 && rate > 0 ? Json(pending / rate) : Json()}};
}

HttpResponse EchoDoor::status(const Catalog& messages) {
  Json circuits = Json::array();
  Json needs;
  if (options_.circuits != nullptr) {
    needs = fit_json(options_.circuits->fit(), messages);
    for (const CircuitStatus& one : options_.circuits->status()) {
      const std::string error = one.refused ? messages.text(*one.refused) : one.error;
      circuits.push_back(
          {{"circuit", circuit_name(one.circuit)},
           {"model", one.model},
           {"state", one.model.empty() ? "absent" : std::string(model_state_name(one.state))},
           {"restarts", one.restarts},
           {"error", error.empty() ? Json() : Json(error)}});
    }
  }
  Json out = {{"circuits", std::move(circuits)},
              {"model_memory", std::move(needs)},
              {"loops", last_run_json(options_.answerer.last_run())}};
  const auto memory = options_.engine.chain("main");
  if (memory.ok()) {
    if (const auto stats = (*memory)->stats(); stats.ok()) {
      out["vectors"] = vectors_json(*stats);
      out["memories"] = stats->memories;
    }
  }
  return json_response(out);
}

}  // namespace mbe
