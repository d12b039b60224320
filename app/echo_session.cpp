#include "echo_session.h"

#include <thread>

#include "client/local_client.h"
#include "echo/signer.h"
#include "fs/file_system.h"
#include "operations/operation.h"
#include "ui/interrupt.h"

namespace mbe::app {

namespace {

constexpr auto look_every = std::chrono::milliseconds(50);
constexpr auto load_time = std::chrono::minutes(10);

/// Asks to stop once the person pressed Ctrl-C.
class StopOnInterrupt {
 public:
  StopOnInterrupt()
      : thread_([this](const std::stop_token& gone) {
          while (!gone.stop_requested() && !interrupted()) std::this_thread::sleep_for(look_every);
          if (!gone.stop_requested()) source_.request_stop();
        }) {}
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  const InterruptGuard guard_;
  std::jthread thread_;
};

class ServedSession final : public EchoSession {
 public:
  ServedSession(LocalClient server, std::string language)
      : server_(std::move(server)), language_(std::move(language)) {}

  Result<Json> ask(const Question& question, const TellStep& tell) override {
    Json body = {{"question", question.text},
                 {"conversation", question.conversation},
                 {"temporary", question.temporary}};
    if (!question.route.empty()) body["route"] = question.route;
    if (question.edits) body["edits"] = *question.edits;
    const StopOnInterrupt stop;
    return server_.stream("/api/ask", body, language_, tell, stop.token());
  }

  Result<Json> run(const std::string& operation, const Json& arguments) override {
    return server_.post("/v1/" + operation, arguments, language_);
  }

 private:
  LocalClient server_;
  std::string language_;
};

class OwnSession final : public EchoSession {
 public:
  OwnSession(Context& context, Engine& engine, std::unique_ptr<People> people,
             std::unique_ptr<MemoryCore> core, std::unique_ptr<Circuits> circuits,
             std::unique_ptr<Answerer> answerer)
      : context_(context),
        engine_(engine),
        people_(std::move(people)),
        core_(std::move(core)),
        circuits_(std::move(circuits)),
        answerer_(std::move(answerer)) {}

  Result<Json> ask(const Question& question, const TellStep& tell) override {
    AskRequest request;
    request.question = question.text;
    request.conversation = question.conversation;
    request.chain = context_.chain_name();
    request.temporary = question.temporary;
    request.edits = question.edits;
    request.route = route_from_name(question.route);
    const auto identity = answerer_->identity();
    request.speaker = {identity ? identity->origin : "", request.chain == "main"};
    request.utc_offset_minutes = context_.zone().offset_minutes(system_clock().now_ms());
    request.messages = &context_.messages();
    const StopOnInterrupt stop;
    return answerer_->answer(request, tell, stop.token());
  }

  Result<Json> run(const std::string& name, const Json& arguments) override {
    MBE_ASSIGN(Memory * memory, context_.memory(Access::write));
    Call call{.engine = engine_,
              .memory = memory,
              .chain = context_.chain_name(),
              .messages = context_.messages(),
              .channel = "cli"};
    const Operation* operation = find_operation(name);
    MBE_ASSERT(operation != nullptr);
    return operation->run(call, arguments);
  }

 private:
  Context& context_;
  Engine& engine_;
  std::unique_ptr<People> people_;
  std::unique_ptr<MemoryCore> core_;
  std::unique_ptr<Circuits> circuits_;
  std::unique_ptr<Answerer> answerer_;
};

}  // namespace

Result<std::unique_ptr<EchoSession>> EchoSession::open(Context& context) {
  MBE_ASSIGN(const std::filesystem::path home, context.home());
  if (context.chain_name() == "main") {
    if (auto server = LocalClient::find(home.string())) {
      return std::unique_ptr<EchoSession>(
          std::make_unique<ServedSession>(*std::move(server), context.language()));
    }
  }
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  MBE_ASSIGN(CircuitsConfig config, read_circuits(engine->home()));
  std::unique_ptr<Circuits> circuits;
  if (!config.models.empty()) {
    MBE_ASSIGN(circuits, Circuits::start(std::move(config), engine->home() / "logs"));
    context.say(context.tr("loading the models …"));
    const StopOnInterrupt stop;
    circuits->wait_ready(load_time, stop.token());
  }
  MBE_ASSIGN(auto people, People::open(engine->home().string()));
  MemoryCoreOptions how;
  how.utc_offset_minutes = [zone = context.zone()](TimeMs time) {
    return zone.offset_minutes(time);
  };
  auto core = std::make_unique<MemoryCore>(*engine, *people, std::move(how));
  MBE_ASSIGN(auto answerer, Answerer::make(*engine, *core, circuits.get()));
  MBE_ASSIGN(const Signer signer, Signer::open(posix_file_system(), engine->home().string()));
  MBE_ASSIGN(Memory * main, engine->chain("main"));
  MBE_ASSIGN(const std::vector<Identity> all, identities(*main, signer));
  if (!all.empty()) answerer->set_identity(all.back());
  return std::unique_ptr<EchoSession>(
      std::make_unique<OwnSession>(context, *engine, std::move(people), std::move(core),
                                   std::move(circuits), std::move(answerer)));
}

}  // namespace mbe::app
