#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "base/datetime.h"
#include "commands.h"
#include "echo/manifests.h"
#include "server/people_table.h"

namespace mbe::app {
namespace {

struct Options {
  std::string name, role = "member", id, label, chain;
  std::vector<std::string> rights, chains;
  std::uint64_t days = 0, limit = 20;
  std::optional<std::uint64_t> before;
};

Result<std::unique_ptr<People>> open_people(Context& context) {
  // The engine makes the home where there is none yet.
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  return People::open(engine->home().string());
}

constexpr const char* door = "terminal";

/// One of the table that REST has too, as the owner of the home's files.
Result<Json> run_on_people(Context& context, const std::string& name, const Json& arguments) {
  MBE_ASSIGN(const auto people, open_people(context));
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  Log none;
  Audit audit(*engine, none);
  const Principal owner = home_owner();
  PeopleCall call{
      .people = *people, .who = owner, .audit = audit, .door = door, .address = {}, .session = {}};
  return run_people(*find_people_operation(name), call, arguments);
}

/// Asks on the terminal without showing it; from a pipe, the first line.
Result<std::string> read_password(Context& context) {
  const bool asks = isatty(STDIN_FILENO) == 1;
  termios before{};
  if (asks) {
    context.err().write(context.tr("password: "));
    static_cast<void>(context.err().flush());
    tcgetattr(STDIN_FILENO, &before);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &silent);
  }
  std::string line;
  const bool read = static_cast<bool>(std::getline(std::cin, line));
  if (asks) {
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    context.err().write("\n");
  }
  if (read) return line;
  return fail(ErrorCode::invalid_argument, "give the password as a line on standard input");
}

Json names_of(const std::set<Right>& rights) {
  Json out = Json::array();
  for (const Right right : rights) out.push_back(right_name(right));
  return out;
}

Result<int> add(Context& context, const Options& options) {
  if (options.role == "origin") {
    MBE_ASSIGN(const std::filesystem::path home, context.home());
    MBE_TRY(check_origin_name(home / "manifest", options.name));
  }
  MBE_ASSIGN(const std::string password, read_password(context));
  const Json arguments = {{"name", options.name}, {"role", options.role}, {"password", password}};
  MBE_ASSIGN(const Json account, run_on_people(context, "people/add", arguments));
  if (context.json()) context.print_json(account);
  context.say(context.tr("{} can log in now, as {}", options.name, context.tr(options.role)));
  return exit_done;
}

Result<int> list(Context& context) {
  MBE_ASSIGN(const auto people, open_people(context));
  MBE_ASSIGN(const std::vector<Account> accounts, people->accounts());
  MBE_ASSIGN(const std::vector<KeyView> keys, people->keys());
  Json all = Json::array();
  for (const Account& account : accounts) {
    Json of = Json::array();
    for (const KeyView& key : keys) {
      if (key.account != account.name) continue;
      of.push_back({{"id", key.id},
                    {"label", key.label},
                    {"rights", names_of(key.rights)},
                    {"chains", key.chains},
                    {"expires", key.expires_ms ? Json(format_time(*key.expires_ms)) : Json()}});
    }
    if (!context.json()) {
      context.print(paint(context, Colour::bold, pad(account.name, 20)) +
                    context.tr(std::string(role_name(account.role))));
      for (const Json& key : of) {
        context.print("  " + paint(context, Colour::dim, key["id"].get<std::string>() + "…  ") +
                      plain(key["label"].get<std::string>()));
      }
    }
    all.push_back({{"name", account.name},
                   {"role", role_name(account.role)},
                   {"created", format_time(account.created_ms)},
                   {"keys", std::move(of)}});
  }
  if (context.json()) context.print_json({{"accounts", std::move(all)}});
  if (accounts.empty()) context.say(context.tr("there is no account yet"));
  return accounts.empty() ? exit_nothing : exit_done;
}

Result<int> set_password(Context& context, const Options& options) {
  MBE_ASSIGN(const std::string password, read_password(context));
  MBE_TRY(
      run_on_people(context, "people/passwd", {{"name", options.name}, {"password", password}}));
  context.say(context.tr("the password is changed; {} is logged out everywhere", options.name));
  return exit_done;
}

/// The owner of the home's files alone gets here: that is what the code proves.
Result<int> reset_code(Context& context, const Options& options) {
  MBE_ASSIGN(const auto people, open_people(context));
  std::string name = options.name;
  if (name.empty()) {
    MBE_ASSIGN(const std::vector<Account> accounts, people->accounts());
    const auto origin = std::ranges::find(accounts, Role::origin, &Account::role);
    if (origin == accounts.end()) {
      return fail(ErrorCode::not_found, "this home has no origin yet; `mbe serve` makes one");
    }
    name = origin->name;
  }
  MBE_ASSIGN(const ResetCode made, people->create_reset(name));
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  Log none;
  Audit(*engine, none).note("reset_code", home_owner(), door, {{"name", name}});
  if (context.json()) {
    context.print_json(
        {{"name", name}, {"code", made.code}, {"expires", format_time(made.expires_ms)}});
    return exit_done;
  }
  context.print(made.code);
  context.say(context.tr("with this code {} sets another password, once, within 15 minutes", name));
  return exit_done;
}

Result<int> remove(Context& context, const Options& options) {
  MBE_TRY(run_on_people(context, "people/remove", {{"name", options.name}}));
  context.say(
      context.tr("{} is gone, with sessions, keys and grants; the memory stays", options.name));
  return exit_done;
}

Result<int> create_key(Context& context, const Options& options) {
  Json arguments = {{"account", options.name},
                    {"label", options.label},
                    {"chains", options.chains},
                    {"days", options.days}};
  if (!options.rights.empty()) arguments["rights"] = options.rights;
  MBE_ASSIGN(const Json made, run_on_people(context, "keys/create", arguments));
  if (context.json()) {
    context.print_json(made);
    return exit_done;
  }
  context.print(made["key"].get<std::string>());
  context.say(context.tr("it is shown this once; keep it safe"));
  return exit_done;
}

Result<int> revoke_key(Context& context, const Options& options) {
  MBE_TRY(run_on_people(context, "keys/revoke", {{"id", options.id}}));
  context.say(context.tr("the key no longer opens anything"));
  return exit_done;
}

Result<int> grant(Context& context, const Options& options) {
  MBE_TRY(run_on_people(
      context, "grants/set",
      {{"account", options.name}, {"chain", options.chain}, {"rights", options.rights}}));
  context.say(options.rights.empty()
                  ? context.tr("the grant has ended")
                  : context.tr("{} may use `{}` now", options.name, options.chain));
  return exit_done;
}

Result<int> audit(Context& context, const Options& options) {
  Json arguments = {{"limit", options.limit}};
  if (options.before) arguments["before"] = *options.before;
  MBE_ASSIGN(const Json found, run_on_people(context, "audit", arguments));
  const bool none = found["records"].empty();
  if (context.json()) {
    context.print_json(found);
    return none ? exit_nothing : exit_done;
  }
  for (const Json& record : found["records"]) {
    const std::string who = record["account"].get<std::string>();
    context.print(paint(context, Colour::dim, record["time"].get<std::string>()) + "  " +
                  pad(record["event"].get<std::string>(), 14) + " " +
                  paint(context, Colour::bold, who.empty() ? context.tr("owner") : plain(who)) +
                  " · " + record["door"].get<std::string>() + "  " + plain(record["about"].dump()));
  }
  if (none) context.say(context.tr("nothing was recorded yet"));
  return none ? exit_nothing : exit_done;
}

/// A command on the shared options.
template <class Run>
CommandLine& with(CommandLine& command, const std::shared_ptr<Options>& options, Run run) {
  return command.run([options, run](Context& context) { return run(context, *options); });
}

}  // namespace

void add_people(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& people = root.command("people", "who may come in over HTTP", "Set-up");
  const std::vector<std::string> rights = {"read", "write", "erase", "administer"};
  with(people.command("add", "make an account; the password comes from standard input"), options,
       add)
      .word("NAME", options->name, "a-z, 0-9, `-`, `_` and `.`")
      .choice("--role", options->role, {"origin", "member", "guest", "agent"}, "what they are");
  people.command("list", "accounts and keys").run(list);
  with(people.command("password", "set another password"), options, set_password)
      .word("NAME", options->name, "whose");
  with(people.command("reset-code", "show a code for a forgotten password"), options, reset_code)
      .word("NAME", options->name, "whose; the origin's unless told", false);
  with(people.command("remove", "take an account away"), options, remove)
      .word("NAME", options->name, "whose");
  with(people.command("grant", "let an account use a memory that is not its own"), options, grant)
      .word("NAME", options->name, "who")
      .word("CHAIN", options->chain, "which memory")
      .list("--rights", options->rights, "RIGHTS", rights, "read, write, erase; none: no longer");
  with(people.command("audit", "who changed what through the doors, newest first"), options, audit)
      .number("-n,--limit", options->limit, 1, 1'000, "at most N")
      .number("--before", options->before, 0, UINT32_MAX, "only records below N");
  CommandLine& key = people.command("key", "keys for programs");
  with(key.command("create", "make a key; it is shown once"), options, create_key)
      .word("NAME", options->name, "whose account it acts for")
      .text("--label", options->label, "TEXT", "what it is for")
      .list("--rights", options->rights, "RIGHTS", rights, "read,write unless told")
      .texts("--for-chain", options->chains, "NAME", "only this memory")
      .number("--days", options->days, 0, 36'500, "how long it lasts; 0: until revoked");
  with(key.command("revoke", "end a key"), options, revoke_key)
      .word("ID", options->id, "its first characters, from `people list`");
}

}  // namespace mbe::app
