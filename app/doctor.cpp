#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>

#include "base/datetime.h"
#include "base/resources.h"
#include "circuits/fit.h"
#include "client/local_client.h"
#include "commands.h"
#include "planner/memory.h"
#include "server/pages.h"
#include "server/server_config.h"
#include "server/tls.h"
#include "ui/progress_bar.h"

namespace mbe::app {
namespace {

constexpr std::uint64_t disk_bytes_wanted = 1'000'000'000;
constexpr TimeMs clock_earliest_ms = 1'735'689'600'000;  // 2025-01-01: before this program existed

enum class Verdict : std::uint8_t { good, advice, bad };

/// Collects what was looked at; prints each line at once.
class Report {
 public:
  explicit Report(Context& context) : context_(context) {}

  void add(const std::string& what, Verdict verdict, const std::string& said) {
    constexpr const char* names[] = {"ok", "advice", "bad"};
    bad_ = bad_ || verdict == Verdict::bad;
    checks_.push_back(
        {{"check", what}, {"verdict", names[static_cast<int>(verdict)]}, {"message", said}});
    if (context_.json()) return;
    const std::string sign = verdict == Verdict::good     ? paint(context_, Colour::green, "✓")
                             : verdict == Verdict::advice ? paint(context_, Colour::yellow, "!")
                                                          : paint(context_, Colour::red, "✗");
    std::string lead = sign + " " + pad(context_.tr(what), 12) + " ";
    for (const std::string& line : wrap(said, context_.out().width() - 15)) {
      context_.print(lead + line);
      lead = std::string(15, ' ');
    }
  }
  void add(const std::string& what, const Error& error) {
    add(what, Verdict::bad, context_.messages().text(error));
  }
  [[nodiscard]] bool bad() const { return bad_; }
  [[nodiscard]] const Json& checks() const { return checks_; }

 private:
  Context& context_;
  Json checks_ = Json::array();
  bool bad_ = false;
};

void check_home(Context& context, Report& report, const std::filesystem::path& home) {
  struct stat status{};
  if (stat(home.c_str(), &status) != 0) {
    report.add("home", Verdict::advice,
               context.tr("{} is not there yet; `mbe init` makes it", home.string()));
    return;
  }
  if (access(home.c_str(), W_OK) != 0) {
    report.add("home", Verdict::advice,
               context.tr("{} can be read but not written: recall works, remember does not",
                          home.string()));
  } else if ((status.st_mode & 077) != 0) {
    report.add("home", Verdict::advice,
               context.tr("others may look into {}; `chmod 700` keeps them out", home.string()));
  } else {
    report.add("home", Verdict::good, home.string());
  }
  const std::string key = (home / "root.key").string();
  if (stat(key.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    report.add("key", Verdict::bad,
               context.tr("others may read {}; `chmod 600` keeps them out", key));
  }
}

void check_disk(Context& context, Report& report, std::filesystem::path place) {
  while (!std::filesystem::exists(place) && place.has_parent_path()) place = place.parent_path();
  struct statvfs disk{};
  if (statvfs(place.c_str(), &disk) != 0) return;
  const std::uint64_t room = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  report.add("disk", room < disk_bytes_wanted ? Verdict::advice : Verdict::good,
             context.tr("{} free", format_bytes(room)));
}

void check_data(Context& context, Report& report) {
  for (const std::string_view name :
       {std::string_view("lexicon/concepts.tsv"), std::string_view("templates/ko.json"),
        std::string_view("messages/ko.tsv"), korean_dictionary_resource}) {
    if (const auto file = find_resource(name); !file) return report.add("data", file.error());
  }
  report.add("data", Verdict::good, context.tr("lexicons, templates, messages, dictionary"));
}

void check_clock(Context& context, Report& report) {
  const TimeMs now = system_clock().now_ms();
  const bool odd = now < clock_earliest_ms;
  report.add("clock", odd ? Verdict::bad : Verdict::good,
             odd ? context.tr("it says {}: set the machine's clock", format_time(now))
                 : context.zone().format(now));
}

/// On this machine's own address: where a server listens unless it is told otherwise.
bool is_free(std::uint16_t port) {
  const int socket_number = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_number < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int yes = 1;
  setsockopt(socket_number, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool free =
      bind(socket_number, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(socket_number);
  return free;
}

/// The port that `mbe serve` would take, and whether a server has the home open already.
void check_server(Context& context, Report& report, const std::filesystem::path& home) {
  const auto config = ServerConfig::load(home.string());
  if (!config) return report.add("server", config.error());
  if (LocalClient::find(home.string())) {
    report.add("server", Verdict::good, context.tr("a server has this home open"));
  } else if (is_free(static_cast<std::uint16_t>(config->port))) {
    report.add("port", Verdict::good, context.tr("{} is free", config->port));
  } else {
    report.add("port", Verdict::advice,
               context.tr("{} is taken by another program; `mbe serve --port N` takes another one",
                          config->port));
  }
}

/// The certificate with which `mbe serve` would speak TLS, if it has one.
void check_certificate(Context& context, Report& report, const std::filesystem::path& home) {
  const auto config = ServerConfig::load(home.string());
  if (!config || (config->tls_cert.empty() && config->tls_key.empty())) return;
  const auto tls = TlsIdentity::load({config->tls_cert, config->tls_key});
  if (!tls) return report.add("certificate", tls.error());
  const TimeMs now = system_clock().now_ms();
  for (const Message& one : (*tls)->warnings(now)) {
    report.add("certificate", Verdict::advice, context.tr(one));
  }
  if ((*tls)->warnings(now).empty()) {
    report.add("certificate", Verdict::good,
               context.tr("holds until {}", format_time((*tls)->valid_until())));
  }
}

void check_page(Context& context, Report& report) {
  const bool built = !built_pages().empty();
  report.add("page", built ? Verdict::good : Verdict::advice,
             built ? context.tr("the web page is built in")
                   : context.tr("this program was built without its web page"));
}

/// A chat model that is served here: whether its file can be what it should be, and has room.
void check_chat_model(Context& context, Report& report, const ModelConfig& model, const Fit& fit) {
  const ModelFit* found = fit.of(model.name);
  if (found == nullptr) {
    return report.add("chat model", Verdict::good, model.name + ": " + model.url);
  }
  if (found->refused) return report.add("chat model", *found->refused);
  report.add(
      "chat model", found->verdict == planner::Verdict::fits ? Verdict::good : Verdict::advice,
      context.tr("{}: {}; it needs {} of memory, {} are left: {}", model.name, model.file.string(),
                 format_bytes(found->needs_bytes), format_bytes(found->left_bytes),
                 context.tr(planner::verdict_name(found->verdict))));
}

/// The circuits' models, and the program that serves those that lie here.
void check_circuits(Context& context, Report& report, const std::filesystem::path& home) {
  const auto config = read_circuits(home);
  if (!config) return report.add("circuits", config.error());
  const auto fit = fit_models(*config, planner::available_memory());
  if (!fit) return report.add("circuits", fit.error());
  for (const ModelConfig& model : config->models) check_chat_model(context, report, model, *fit);
  if (config->models.empty()) {
    report.add("chat model", Verdict::advice,
               context.tr("none: Echo answers in sentences made of memories; GGUF files in {} "
                          "change that",
                          (home / "models").string()));
  }
  const std::string program = config->llama_server.string();
  const bool wanted = std::ranges::any_of(
      config->models, [](const ModelConfig& model) { return !model.file.empty(); });
  if (!program.empty() && access(program.c_str(), X_OK) == 0) {
    report.add("llama-server", Verdict::good, program);
  } else {
    report.add("llama-server", wanted ? Verdict::bad : Verdict::advice,
               context.tr("missing: chat models cannot be served here; run tools/setup, or name it "
                          "in circuits.toml"));
  }
}

void check_models(Context& context, Report& report, Engine& engine) {
  const auto models = engine.models();
  if (!models) return report.add("model", models.error());
  for (const ModelView& model : *models) {
    if (!model.active) continue;
    if (model.problem) {
      return report.add("model", Verdict::bad, context.tr(*model.problem));
    }
    const std::vector<std::pair<std::string, std::string>> pair{{"바다", "the sea"}};
    const auto score = engine.similarities(pair);
    if (!score) return report.add("model", score.error());
    return report.add("model", Verdict::good, context.tr("{} works", model.name));
  }
  report.add("model", Verdict::advice,
             context.tr("no embedding model: recall works on keywords and tags; `mbe model add "
                        "FILE` adds one"));
}

/// Transcripts and raw originals are plain text by requirement: whoever reads the disk reads them.
void check_plain(Context& context, Report& report, Engine& engine) {
  const bool there = std::filesystem::exists(engine.home() / "memory") ||
                     std::filesystem::exists(engine.home() / "memory_backup");
  if (there) {
    report.add("transcripts", Verdict::advice,
               context.tr("memory and memory_backup in the home are plain text, outside the seal: "
                          "encrypt the disk, or turn them off with `write = false` under "
                          "[transcripts] in config.toml and delete them"));
  } else {
    report.add("transcripts", Verdict::good,
               engine.transcripts().write
                   ? context.tr("none yet; Echo will write them as plain text, outside the seal")
                   : context.tr("turned off"));
  }
}

Result<void> check_chain(Context& context, Report& report, Engine& engine,
                         const std::string& name) {
  MBE_ASSIGN(Memory * memory, engine.chain(name, false));
  MBE_ASSIGN(const Stats stats, memory->stats());
  const std::string said =
      context.tr("{}: {} blocks, {} vectors pending", name, group_digits(stats.blocks),
                 group_digits(stats.vectors_pending));
  report.add("chain", stats.vectors_pending > 0 ? Verdict::advice : Verdict::good, said);
  return {};
}

void check_engine(Context& context, Report& report) {
  const auto engine = context.engine(Access::read);
  if (!engine) return report.add("engine", engine.error());
  check_models(context, report, **engine);
  check_plain(context, report, **engine);
  const auto names = (*engine)->chains();
  if (!names) return report.add("chain", names.error());
  for (const std::string& name : *names) {
    const auto checked = check_chain(context, report, **engine, name);
    if (!checked) report.add("chain", checked.error());
  }
}

Result<int> doctor(Context& context) {
  MBE_ASSIGN(const std::filesystem::path home, context.home());
  Report report(context);
  check_home(context, report, home);
  check_disk(context, report, home);
  check_clock(context, report);
  check_server(context, report, home);
  check_certificate(context, report, home);
  check_page(context, report);
  check_data(context, report);
  check_circuits(context, report, home);
  // Only a home that is there is opened: looking makes nothing.
  if (std::filesystem::exists(home)) check_engine(context, report);
  if (context.json()) context.print_json({{"ok", !report.bad()}, {"checks", report.checks()}});
  return report.bad() ? exit_code(ErrorCode::unavailable) : exit_done;
}

}  // namespace

void add_doctor(CommandLine& root) {
  root.command("doctor", "look at home, disk, clock, server, page, data, models, chains", "Set-up")
      .run(doctor);
}

}  // namespace mbe::app
