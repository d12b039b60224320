#include "circuits/circuits.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/guarded.h"
#include "base/json.h"
#include "llm/remote_model.h"

namespace mbe {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds since(Clock::time_point begun) {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - begun);
}

/// Asks `source` to stop when a deadline passes, unless it is gone before.
class Deadline {
 public:
  Deadline(milliseconds time, std::stop_source source)
      : thread_([time, source = std::move(source)](const std::stop_token& gone) mutable {
          std::mutex mutex;
          std::unique_lock lock(mutex);
          std::condition_variable_any never;
          if (never.wait_for(lock, gone, time, [] { return false; })) return;
          if (!gone.stop_requested()) source.request_stop();
        }) {}

 private:
  std::jthread thread_;
};

/// Null where it is no JSON, or nested deeper than any note: who writes JSON goes down with it.
/// A model that was asked in words (ModelConfig::structured) may put a fence around it.
nlohmann::json parse_note(std::string_view text) {
  constexpr int depth_max = 16;
  bool deep = false;
  const auto shallow = [&deep](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    deep = deep || depth > depth_max;
    return !deep;
  };
  text = text.substr(std::min(text.find('{'), text.size()));
  text = text.substr(0, text.rfind('}') + 1);
  nlohmann::json out = nlohmann::json::parse(text, shallow, false);
  return deep || out.is_discarded() ? nlohmann::json() : out;
}

std::unique_ptr<ChatModel> model_behind_url(const ModelConfig& config) {
  RemoteModelOptions out;
  out.wire = config.kind;
  out.base_url = config.url;
  out.model = config.model;
  out.key = config.key;
  out.thinking_tokens = config.thinking_tokens;
  out.structured = config.structured;
  return remote_model(std::move(out));
}

ModelServerOptions server_options(const CircuitsConfig& config, const ModelConfig& model,
                                  const std::filesystem::path& logs) {
  ModelServerOptions out;
  out.program = config.llama_server;
  out.model = model.file;
  out.log = logs / ("model-" + model.name + ".log");
  // Circuits that share a model are answered at once; their contexts are parts of the server's.
  out.parallel = std::max<std::size_t>(1, answers_of(config, model.name));
  out.context_tokens = model.context_tokens * out.parallel;
  out.threads = model.threads;
  out.gpu_layers = model.gpu_layers;
  out.kv = model.kv;
  out.memory_mib = model.memory_mib;
  return out;
}

/// Stands where a model was not loaded.
class Refused final : public ChatModel {
 public:
  explicit Refused(Error why) : why_(std::move(why)) {}
  Result<ChatReply> answer(const ChatRequest&, const std::stop_token&, const OnText&) override {
    return why_;
  }

 private:
  const Error why_;
};

}  // namespace

std::string_view circuit_state_name(CircuitState state) {
  constexpr std::array<std::string_view, 4> names = {"started", "done", "failed", "skipped"};
  return names[static_cast<std::size_t>(state)];
}

ModelStatus Circuits::Model::status() const {
  if (server) return server->status();
  if (refused) return {ModelState::failed, 0, refused->message(), 0};
  return {ModelState::ready, 0, {}, 0};  // whether a URL answers shows itself when it is asked
}

Result<std::unique_ptr<Circuits>> Circuits::start(CircuitsConfig config,
                                                  const std::filesystem::path& logs,
                                                  std::optional<std::uint64_t> available) {
  std::error_code failed;
  std::filesystem::create_directories(logs, failed);
  if (failed) return fail(ErrorCode::io, "cannot make {}: {}", logs.string(), failed.message());
  std::unique_ptr<Circuits> out(new Circuits(std::move(config)));
  MBE_ASSIGN(out->fit_, fit_models(out->config_, available));
  for (const ModelConfig& config_of : out->config_.models) {
    Model& model = out->models_[config_of.name];
    if (config_of.file.empty()) {
      model.remote = model_behind_url(config_of);
      continue;
    }
    model.refused = out->fit_.of(config_of.name)->refused;
    if (model.refused) {
      model.remote = std::make_unique<Refused>(*model.refused);
      continue;
    }
    MBE_ASSIGN(model.server, ModelServer::start(server_options(out->config_, config_of, logs)));
  }
  return out;
}

std::vector<CircuitStatus> Circuits::status() const {
  std::vector<CircuitStatus> out;
  for (const Circuit circuit : all_circuits) {
    const std::string& name = config_.of(circuit).model;
    CircuitStatus one{circuit, name};
    if (const auto model = models_.find(name); model != models_.end()) {
      const ModelStatus status = model->second.status();
      one.state = status.state;
      one.restarts = status.restarts;
      one.error = status.error;
      one.pid = status.pid;
      one.refused = model->second.refused;
    }
    out.push_back(std::move(one));
  }
  return out;
}

bool Circuits::any_ready() const {
  return std::ranges::any_of(
      models_, [](const auto& one) { return one.second.status().state == ModelState::ready; });
}

bool Circuits::wait_ready(milliseconds longest, const std::stop_token& stop) const {
  const auto until = Clock::now() + longest;
  for (const auto& [name, model] : models_) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    if (model.server) model.server->wait_ready(std::max(left, milliseconds(0)), stop);
  }
  return any_ready();
}

CircuitEvent Circuits::note(const NoteRequest& request, const std::stop_token& stop) {
  const CircuitConfig& config = config_.of(request.circuit);
  CircuitEvent out{request.circuit, CircuitState::failed, config.model, {}, 0, {}};
  const auto begun = Clock::now();
  std::stop_source source;
  const std::stop_callback outer(stop, [&source] { source.request_stop(); });
  const Deadline deadline(config.deadline, source);
  const Result<ChatReply> reply =
      models_.at(config.model).chat().answer(request.request, source.get_token(), {});
  out.ms = since(begun).count();
  if (!reply.ok()) {
    const bool late = source.stop_requested() && !stop.stop_requested();
    out.error = late ? fail(ErrorCode::unavailable, "its {} ms were over", config.deadline.count())
                     : reply.error();
    return out;
  }
  const nlohmann::json note = parse_note(reply->text);
  if (!note.is_object()) {
    out.error = fail(ErrorCode::corrupt, "its note is not the JSON it was asked for");
    return out;
  }
  out.state = CircuitState::done;
  out.note = note.dump();
  return out;
}

std::vector<CircuitEvent> Circuits::notes(const std::vector<NoteRequest>& requests,
                                          const std::function<void(const CircuitEvent&)>& tell,
                                          const std::stop_token& stop) {
  std::mutex telling;
  const auto told = [&](const CircuitEvent& event) {
    const std::lock_guard lock(telling);
    tell(event);
  };
  std::vector<CircuitEvent> out(requests.size(),
                                {Circuit::self, CircuitState::skipped, {}, {}, 0, {}});
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const NoteRequest& request = requests[i];
    const std::string& model = config_.of(request.circuit).model;
    out[i].circuit = request.circuit;
    if (model.empty()) {
      told(out[i]);
      continue;
    }
    threads.emplace_back([&, i] {
      const Result<void> done = guarded([&]() -> Result<void> {
        told({request.circuit, CircuitState::started, model, {}, 0, {}});
        out[i] = note(request, stop);
        told(out[i]);
        return {};
      });
      if (!done.ok()) {
        out[i] = {request.circuit, CircuitState::failed, model, {}, 0, done.error()};
      }
    });
  }
  threads.clear();  // waits for them
  return out;
}

Result<ChatReply> Circuits::answer(const ChatRequest& request, const std::stop_token& stop,
                                   const OnText& on_text, std::string& by) {
  std::vector<std::string> order = {config_.synthesis.model};
  for (const Circuit circuit : all_circuits) order.push_back(config_.of(circuit).model);
  std::stop_source source;
  const std::stop_callback outer(stop, [&source] { source.request_stop(); });
  const Deadline deadline(config_.synthesis.deadline, source);
  Error last = fail(ErrorCode::unavailable, "no model is there to answer");
  std::vector<std::string> tried;
  for (const std::string& name : order) {
    const auto model = models_.find(name);
    const bool again = std::ranges::find(tried, name) != tried.end();
    if (model == models_.end() || again) continue;
    tried.push_back(name);
    if (model->second.refused) last = *model->second.refused;
    if (model->second.status().state != ModelState::ready) continue;
    bool began = false;
    Result<ChatReply> reply =
        model->second.chat().answer(request, source.get_token(), [&](std::string_view text) {
          began = true;
          by = name;
          if (on_text) on_text(text);
        });
    if (reply.ok() && (began || source.stop_requested())) return reply;
    last = reply.ok() ? fail(ErrorCode::unavailable, "the model `{}` ended without a word", name)
                      : reply.error();
    // What has begun to be said is not begun again by another.
    if (began || source.stop_requested()) break;
  }
  return last;
}

}  // namespace mbe
