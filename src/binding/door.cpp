#include "binding/door.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/resources.h"
#include "client/local_client.h"
#include "operations/common_fields.h"
#include "operations/views.h"

namespace mbe {

namespace {

constexpr double path_bytes_max = 4'096;

/// ko or en, from `wish`, else by the locale.
std::string choose_language(const std::string& wish) {
  if (!wish.empty()) return wish;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* locale = std::getenv(name);
    if (locale != nullptr && *locale != '\0') {
      return std::string_view(locale).starts_with("ko") ? "ko" : "en";
    }
  }
  return "en";
}

Result<Catalog> load_messages(const std::string& language) {
  if (language == "en") return Catalog();
  if (language != "ko") {
    return fail(ErrorCode::invalid_argument, "`{}` is not a language: ko, en", language);
  }
  MBE_ASSIGN(const auto table, find_resource("messages/ko.tsv"));
  return Catalog::load(table);
}

/// The one engine that a process has for a home, for all its doors; opened if there is none.
/// A child of fork() begins without any.
Result<std::shared_ptr<Engine>> shared_engine(const DoorOptions& options) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<Engine>> open;
  std::error_code ignored;
  const std::string key = fmt::format(
      "{}{}{}{}", getpid(), options.read_only ? 'r' : 'w', options.background ? 'b' : ' ',
      std::filesystem::weakly_canonical(options.home, ignored).string());
  const std::lock_guard lock(mutex);
  std::erase_if(open, [](const auto& one) { return one.second.expired(); });
  if (const auto there = open.find(key); there != open.end()) {
    if (std::shared_ptr<Engine> engine = there->second.lock()) return engine;
  }
  MBE_ASSIGN(std::shared_ptr<Engine> opened, Engine::open({.home = options.home,
                                                           .read_only = options.read_only,
                                                           .background = options.background}));
  open[key] = opened;
  return opened;
}

Json model_json(const Catalog& messages, const ModelView& model) {
  return {{"name", model.name},     {"path", model.path},
          {"source", model.source}, {"licence", model.licence},
          {"dim", model.dim},       {"bytes", model.bytes},
          {"active", model.active}, {"problem", message_or_null(messages, model.problem)}};
}

}  // namespace

Fields<DoorOptions> door_fields() {
  using O = DoorOptions;
  Fields<O> fields;
  fields
      .add("home", &O::home, "the folder of the memory; else $MBE_HOME, $XDG_DATA_HOME/mbe",
           {.max = path_bytes_max, .choices = {}})
      .add("chain", &O::chain, "what calls act on unless they name another",
           {.min = 1, .max = name_bytes_max, .choices = {}})
      .add("language", &O::language, "of messages; else by the locale", {.choices = {"ko", "en"}})
      .add("read_only", &O::read_only, "nothing is written")
      .add("background", &O::background, "a thread embeds what is pending, another keeps house")
      .add("use_server", &O::use_server, "ask the server that has the home open, if there is one");
  return fields;
}

Json operations_json() {
  Json out = Json::array();
  for (const Operation& operation : operations()) {
    Json errors = Json::array();
    for (const ErrorCode code : operation.errors) errors.push_back(error_name(code));
    out.push_back({{"name", operation.name},
                   {"group", operation.group},
                   {"summary", operation.summary},
                   {"effect", effect_name(operation.effect)},
                   {"errors", std::move(errors)},
                   {"on_chain", operation.on_chain},
                   {"arguments", operation.arguments},
                   {"result", operation.result}});
  }
  return out;
}

Message next_step(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return note("fix the call");
    case ErrorCode::not_found:
      return note("look for what there is");
    case ErrorCode::limit:
      return note("ask for less");
    case ErrorCode::busy:
      return note("somebody else holds it: try again");
    case ErrorCode::denied:
      return note("this is not allowed here");
    case ErrorCode::unavailable:
      return note("wait, or set up what is missing");
    case ErrorCode::io:
      return note("look at the disk");
    case ErrorCode::corrupt:
      return note("damaged: run verify");
  }
  MBE_ASSERT(false && "unknown error code");
  return note("");
}

Door::Door(DoorOptions options, Catalog messages)
    : options_(std::move(options)), messages_(std::move(messages)), process_(getpid()) {}

Door::~Door() {
  // In a child of fork() the engine's threads are gone and its locks in any state: it is left as it
  // lies, and the parent's is none the worse.
  if (!check_process().ok()) {
    static_cast<void>(new std::shared_ptr<Engine>(std::move(engine_)));
  }
}

Result<std::shared_ptr<Door>> Door::open(const DoorOptions& options) {
  DoorOptions made = options;
  if (made.home.empty()) {
    MBE_ASSIGN(const auto home, Engine::default_home());
    made.home = home.string();
  }
  made.language = choose_language(made.language);
  MBE_ASSIGN(Catalog messages, load_messages(made.language));
  std::shared_ptr<Door> out(new Door(std::move(made), std::move(messages)));
  if (!out->served()) MBE_TRY(out->engine());
  return out;
}

Result<void> Door::check_process() const {
  if (getpid() == process_) return {};
  return fail(ErrorCode::invalid_argument,
              "this memory was opened by the process {}, before fork: open it anew in this one",
              process_);
}

bool Door::is_open_here() const {
  const std::lock_guard lock(mutex_);
  return engine_ != nullptr || closed_;
}

bool Door::served() const {
  return options_.use_server && !options_.read_only && !is_open_here() &&
         LocalClient::find(options_.home).has_value();
}

Result<std::shared_ptr<Engine>> Door::engine() {
  MBE_TRY(check_process());
  const std::lock_guard lock(mutex_);
  if (closed_) {
    return fail(ErrorCode::invalid_argument, "this memory is closed: open it again");
  }
  if (engine_ == nullptr) {
    MBE_ASSIGN(engine_, shared_engine(options_));
  }
  return engine_;
}

Result<Json> Door::call(const std::string& name, const Json& arguments, const std::string& chain,
                        const Progress& progress) {
  MBE_TRY(check_process());
  const Operation* operation = find_operation(name);
  if (operation == nullptr) {
    return fail(ErrorCode::not_found, "there is no operation `{}`: see docs/operations.md", name);
  }
  const std::string& on = chain.empty() ? options_.chain : chain;
  if (options_.use_server && !options_.read_only && !is_open_here()) {
    if (const auto server = LocalClient::find(options_.home)) {
      return server->post("/v1/" + name + "?chain=" + query_escape(on), arguments,
                          options_.language);
    }
  }
  return run(*operation, arguments, on, progress);
}

Result<Json> Door::run(const Operation& operation, const Json& arguments, const std::string& chain,
                       const Progress& progress) {
  MBE_ASSIGN(const std::shared_ptr<Engine> engine, this->engine());
  Call call{.engine = *engine,
            .chain = chain,
            .messages = messages_,
            .channel = options_.channel,
            .progress = progress};
  if (operation.on_chain) {
    const bool makes = operation.effect == Effect::write || chain == options_.chain;
    MBE_ASSIGN(call.memory, engine->chain(chain, makes && !options_.read_only));
  }
  return operation.run(call, arguments);
}

Result<std::shared_ptr<Engine>> Door::reader() {
  if (!served()) return engine();
  MBE_TRY(check_process());
  return shared_engine({.home = options_.home, .read_only = true});
}

Result<std::vector<std::string>> Door::chains() {
  MBE_ASSIGN(const auto engine, reader());
  return engine->chains();
}

Result<Json> Door::models() {
  MBE_ASSIGN(const auto engine, reader());
  MBE_ASSIGN(const std::vector<ModelView> models, engine->models());
  Json out = Json::array();
  for (const ModelView& model : models) out.push_back(model_json(messages_, model));
  return out;
}

Result<Json> Door::add_model(const std::string& gguf, const AddModelRequest& request) {
  MBE_ASSIGN(const auto engine, this->engine());
  MBE_ASSIGN(const ModelView model, engine->add_model(gguf, request));
  return model_json(messages_, model);
}

void Door::close() {
  if (!check_process().ok()) return;
  std::shared_ptr<Engine> last;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  last.swap(engine_);
}

}  // namespace mbe
