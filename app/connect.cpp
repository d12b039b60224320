#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/resources.h"
#include "commands.h"
#include "mcp/client_config.h"

namespace mbe::app {
namespace {

constexpr const char* backup_ending = ".before-mbe";

struct Options {
  std::string client;
  bool dry_run = false;
  bool undo = false;
};

/// An AI client as data/mcp/clients.json tells of it.
struct Client {
  std::string name, title, next;
  std::filesystem::path file;
  mcp::Place place;
  std::string type;
};

std::string variable(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

/// `~` and `$CONFIG` are the person's folders.
Result<std::filesystem::path> file_of(const Json& client) {
#ifdef __APPLE__
  std::string file = client.value("macos", client.at("file").get<std::string>());
#else
  std::string file = client.at("file");
#endif
  const std::string home = variable("HOME", "");
  if (home.empty()) {
    return fail(ErrorCode::unavailable, "$HOME is not set: the client's file cannot be found");
  }
  constexpr std::string_view config = "$CONFIG";
  if (file.starts_with(config)) {
    file = variable("XDG_CONFIG_HOME", home + "/.config") + file.substr(config.size());
    return std::filesystem::path(file);
  }
  return std::filesystem::path(home + file.substr(1));
}

Result<std::vector<Client>> known_clients() {
  MBE_ASSIGN(const auto file, find_resource("mcp/clients.json"));
  std::ifstream stream(file);
  const Json json = Json::parse(stream, nullptr, false);
  std::vector<Client> out;
  try {
    for (const auto& [name, client] : json.items()) {
      Client one{.name = name, .title = client.at("title"), .next = client.at("next")};
      MBE_ASSIGN(one.file, file_of(client));
      one.place = {client.at("section"), client.value("format", "json") == "toml"};
      one.type = client.value("type", "");
      out.push_back(std::move(one));
    }
  } catch (const Json::exception& error) {
    return fail(ErrorCode::corrupt, "{} is not a table of clients: {}", file.string(),
                error.what());
  }
  return out;
}

Result<std::optional<std::string>> read_file(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return std::optional<std::string>();
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  if (stream) return std::optional(text.str());
  return fail(ErrorCode::io, "{} cannot be read", file.string());
}

/// The whole file or nothing of it, with the permissions that it had.
Result<void> write_file(const std::filesystem::path& file, const std::string& text) {
  std::error_code failed;
  std::filesystem::create_directories(file.parent_path(), failed);
  const std::filesystem::path fresh = file.string() + ".new-by-mbe";
  struct stat before{};
  const bool was_there = stat(file.c_str(), &before) == 0;
  {
    std::ofstream stream(fresh, std::ios::binary | std::ios::trunc);
    constexpr mode_t for_oneself = 0600;
    chmod(fresh.c_str(), was_there ? before.st_mode & 07777 : for_oneself);
    stream << text;
    stream.flush();
    if (!stream) {
      std::filesystem::remove(fresh, failed);
      return fail(ErrorCode::io, "{} cannot be written; it is as it was", file.string());
    }
  }
  std::filesystem::rename(fresh, file, failed);
  if (!failed) return {};
  return fail(ErrorCode::io, "{} cannot be written: {}", file.string(), failed.message());
}

/// How the client starts this very program on the home that is meant.
Result<mcp::Entry> entry_for(Context& context, const Client& client) {
  std::error_code failed;
  mcp::Entry out{.command = std::filesystem::read_symlink("/proc/self/exe", failed).string(),
                 .type = client.type};
  if (failed) return fail(ErrorCode::io, "this program's own file cannot be found");
  // A client starts it without our environment.
  MBE_ASSIGN(const std::filesystem::path home, context.home());
  out.arguments = {"--home", std::filesystem::absolute(home).string()};
  if (context.chain_name() != "main") {
    out.arguments.insert(out.arguments.end(), {"--chain", context.chain_name()});
  }
  if (context.korean()) out.arguments.insert(out.arguments.end(), {"--lang", "ko"});
  out.arguments.emplace_back("mcp");
  return out;
}

int show(Context& context, const Client& client, const std::string& before,
         const std::string& after, const char* done) {
  if (context.json()) {
    context.print_json({{"client", client.name},
                        {"file", client.file.string()},
                        {"changes", mcp::changes(before, after)}});
    return exit_done;
  }
  context.print(client.file.string());
  context.print(mcp::changes(before, after));
  context.say(context.tr(done, client.title));
  return exit_done;
}

Result<int> connect(Context& context, const Client& client, bool dry_run) {
  MBE_ASSIGN(const auto there, read_file(client.file));
  const std::string before = there.value_or("");
  MBE_ASSIGN(const mcp::Entry entry, entry_for(context, client));
  MBE_ASSIGN(const std::string after, mcp::with_entry(before, client.place, entry));
  if (dry_run) return show(context, client, before, after, "nothing is written: a dry run for {}");
  if (after == before && there) {
    context.say(context.tr("{} is connected already", client.title));
    return exit_done;
  }
  // What was there before the first connection is what undo goes back to.
  MBE_ASSIGN(const auto ours, mcp::entry_in(before, client.place));
  if (there && !ours) MBE_TRY(write_file(client.file.string() + backup_ending, before));
  MBE_TRY(write_file(client.file, after));
  const int code = show(context, client, before, after, "{} has this memory now");
  context.say(context.tr("next: {}", context.tr(client.next)));
  return code;
}

Result<int> disconnect(Context& context, const Client& client, bool dry_run) {
  MBE_ASSIGN(const auto there, read_file(client.file));
  const std::filesystem::path backup = client.file.string() + backup_ending;
  MBE_ASSIGN(const auto kept, read_file(backup));
  const std::string before = there.value_or("");
  MBE_ASSIGN(std::string after, mcp::without_entry(before, client.place));
  MBE_ASSIGN(const mcp::Entry entry, entry_for(context, client));
  // Whatever the entry says: is the rest as it was when the copy was made?
  MBE_ASSIGN(const std::string then, mcp::with_entry(kept.value_or(""), client.place, entry));
  MBE_ASSIGN(const std::string rest, mcp::without_entry(then, client.place));
  const bool is_as_written = rest == after;
  if (is_as_written) after = kept.value_or("");
  if (dry_run) return show(context, client, before, after, "nothing is written: a dry run for {}");
  std::error_code failed;
  if (is_as_written && !kept) {
    std::filesystem::remove(client.file, failed);  // there was none before us
  } else {
    MBE_TRY(write_file(client.file, after));
  }
  std::filesystem::remove(backup, failed);
  return show(context, client, before, after, "{} is as it was");
}

Result<int> list(Context& context, const std::vector<Client>& clients) {
  for (const Client& client : clients) {
    MBE_ASSIGN(const auto text, read_file(client.file));
    const auto ours = mcp::entry_in(text.value_or(""), client.place);
    const bool is_connected = ours.ok() && ours->has_value();
    if (context.json()) {
      context.print_json(
          {{"client", client.name}, {"file", client.file.string()}, {"connected", is_connected}});
    } else {
      context.print(
          fmt::format("{} {:15} {}", is_connected ? "✓" : "·", client.name, client.file.string()));
    }
  }
  context.say(context.tr("next: mbe connect CLIENT"));
  return exit_done;
}

Result<int> run(Context& context, const Options& options) {
  MBE_ASSIGN(std::vector<Client> clients, known_clients());
  if (options.client.empty()) return list(context, clients);
  for (Client& client : clients) {
    if (client.name != options.client) continue;
    // A link stays a link: what it names is changed.
    std::error_code failed;
    const auto real = std::filesystem::weakly_canonical(client.file, failed);
    if (!failed) client.file = real;
    return options.undo ? disconnect(context, client, options.dry_run)
                        : connect(context, client, options.dry_run);
  }
  return fail(ErrorCode::invalid_argument, "`{}` is not known; `mbe connect` lists the clients",
              options.client);
}

}  // namespace

void add_connect(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  root.command("connect", "give an AI client on this machine this memory", "Set-up")
      .word("CLIENT", options->client,
            "claude-code, claude-desktop, cursor, codex, gemini-cli, vscode", false)
      .flag("--dry-run", options->dry_run, "show what would change")
      .flag("--undo", options->undo, "take it out again")
      .example("mbe connect claude-code --dry-run")
      .run([options](Context& context) { return run(context, *options); });
}

}  // namespace mbe::app
