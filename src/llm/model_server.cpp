#include "llm/model_server.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "llm/child_process.h"
#include "llm/http_client.h"
#include "llm/remote_model.h"

namespace mbe {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds look_every{100};
constexpr std::array<std::string_view, 3> kv_types = {"f16", "q8_0", "q4_0"};
constexpr std::string_view any_host = "http://model";  // the socket decides
constexpr auto sound_for = std::chrono::seconds(60);  // then a restart is no longer held against it

/// The last line that says something, for a person who asks why the model is not there.
std::string last_line(const std::filesystem::path& log) {
  constexpr std::streamoff tail_bytes = 2'000;
  constexpr std::size_t line_bytes_max = 300;
  std::ifstream in(log, std::ios::binary | std::ios::ate);
  if (!in) return "";
  in.seekg(std::max<std::streamoff>(0, in.tellg() - tail_bytes));
  std::string line, last;
  while (std::getline(in, line)) {
    if (line.find_first_not_of(" \r\t") != std::string::npos) last = line;
  }
  if (last.size() > line_bytes_max) last.resize(line_bytes_max);
  return last;
}

std::vector<std::string> command_of(const ModelServerOptions& options,
                                    const std::filesystem::path& socket) {
  std::vector<std::string> out = {options.program.string(),
                                  "--model",
                                  options.model.string(),
                                  "--host",
                                  socket.string(),
                                  "--ctx-size",
                                  std::to_string(options.context_tokens),
                                  "--parallel",
                                  std::to_string(options.parallel),
                                  "--cache-type-k",
                                  options.kv,
                                  "--cache-type-v",
                                  options.kv,
                                  "--no-webui",
                                  "--no-slots",
                                  "--cache-ram",  // prompts hold memories: none is kept aside
                                  "0",
                                  "--offline"};
  if (options.threads > 0) {
    out.insert(out.end(), {"--threads", std::to_string(options.threads)});
  }
  if (options.gpu_layers >= 0) {
    out.insert(out.end(), {"--gpu-layers", std::to_string(options.gpu_layers)});
  }
  return out;
}

}  // namespace

std::string_view model_state_name(ModelState state) {
  constexpr std::string_view names[] = {"loading", "ready", "failed"};
  return names[static_cast<std::size_t>(state)];
}

/// Does not let a question wait for a model that is not there.
class ModelServer::Guarded final : public ChatModel {
 public:
  Guarded(const ModelServer& server, std::unique_ptr<ChatModel> model)
      : server_(server), model_(std::move(model)) {}

  Result<ChatReply> answer(const ChatRequest& request, const std::stop_token& stop,
                           const OnText& on_text) override {
    const ModelStatus status = server_.status();
    const std::string name = server_.options_.model.filename().string();
    if (status.state == ModelState::loading) {
      return fail(ErrorCode::unavailable, "the model {} is still loading; try again", name);
    }
    if (status.state == ModelState::failed) {
      return fail(ErrorCode::unavailable, "the model {} is not running: {}", name, status.error);
    }
    return model_->answer(request, stop, on_text);
  }

 private:
  const ModelServer& server_;
  std::unique_ptr<ChatModel> model_;
};

ModelServer::ModelServer(ModelServerOptions options) : options_(std::move(options)) {}

Result<std::unique_ptr<ModelServer>> ModelServer::start(ModelServerOptions options) {
  std::error_code ignored;
  for (const auto& file : {options.program, options.model}) {
    if (!std::filesystem::is_regular_file(file, ignored)) {
      return fail(ErrorCode::not_found, "there is no file {}", file.string());
    }
  }
  if (std::ranges::find(kv_types, options.kv) == kv_types.end()) {
    return fail(ErrorCode::invalid_argument, "`{}` is not one of f16, q8_0, q4_0", options.kv);
  }
  std::unique_ptr<ModelServer> out(new ModelServer(std::move(options)));
  // A home's path may be longer than a socket's may be.
  std::string folder = (std::filesystem::temp_directory_path() / "mbe-model-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    return fail(ErrorCode::io, "cannot make {}: {}", folder, std::strerror(errno));
  }
  out->folder_ = folder;
  out->socket_ = out->folder_ / "m.sock";
  RemoteModelOptions remote;
  remote.base_url = std::string(any_host) + "/v1";
  remote.unix_socket = out->socket_.string();
  remote.retry.tries_max = 1;  // it is watched over here
  out->model_ = std::make_unique<Guarded>(*out, remote_model(std::move(remote)));
  ModelServer& server = *out;
  out->thread_ = std::jthread([&server](const std::stop_token& stop) { server.supervise(stop); });
  return out;
}

ModelServer::~ModelServer() {
  thread_ = {};  // stops and joins
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

ModelStatus ModelServer::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

bool ModelServer::wait_ready(milliseconds longest, const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, longest, [&] { return status_.state != ModelState::loading; });
  return status_.state == ModelState::ready;
}

void ModelServer::change(ModelState state, pid_t pid, const std::string& error) {
  {
    const std::lock_guard lock(mutex_);
    status_.state = state;
    status_.pid = pid;
    if (!error.empty()) status_.error = error;
  }
  changed_.notify_all();
}

void ModelServer::pause(milliseconds time, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, time, [] { return false; });
}

void ModelServer::supervise(const std::stop_token& stop) {
  milliseconds backoff = options_.backoff_min;
  while (!stop.stop_requested()) {
    const auto begun = std::chrono::steady_clock::now();
    const std::string why = run_child(stop);
    if (stop.stop_requested()) return;
    change(ModelState::failed, 0, why);
    if (std::chrono::steady_clock::now() - begun > sound_for) backoff = options_.backoff_min;
    pause(backoff, stop);
    backoff = std::min(backoff * 2, options_.backoff_max);
    const std::lock_guard lock(mutex_);
    ++status_.restarts;
  }
}

std::string ModelServer::run_child(const std::stop_token& stop) {
  std::error_code ignored;
  std::filesystem::remove(socket_, ignored);
  auto child = ChildProcess::start({.command = command_of(options_, socket_),
                                    .log = options_.log,
                                    .memory_mib = options_.memory_mib});
  if (!child.ok()) return child.error().message();
  change(ModelState::loading, child->pid());
  const auto until = std::chrono::steady_clock::now() + options_.load_timeout;
  bool ready = false;
  while (!child->wait(look_every)) {
    if (stop.stop_requested()) return "";
    if (ready) continue;
    ready = is_healthy(stop);
    if (ready) change(ModelState::ready, child->pid());
    if (!ready && std::chrono::steady_clock::now() > until) return "it did not load in time";
  }
  return child->ending() + ": " + last_line(options_.log);
}

bool ModelServer::is_healthy(const std::stop_token& stop) const {
  constexpr milliseconds soon{1'000};
  const auto reply = http_call({.url = std::string(any_host) + "/health",
                                .unix_socket = socket_.string(),
                                .headers = {},
                                .body = {},
                                .connect_timeout = soon,
                                .silence_timeout = soon},
                               stop);
  constexpr long ok = 200;
  return reply.ok() && reply->status == ok;
}

}  // namespace mbe
