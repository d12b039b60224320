#include <csignal>
#include <mutex>

#include "base/resources.h"
#include "client/local_client.h"
#include "commands.h"
#include "mcp/memory_tools.h"
#include "mcp/stdio.h"
#include "served.h"
#include "server/dispatch.h"
#include "ui/interrupt.h"
#include "version.h"

namespace mbe::app {
namespace {

/// Where the client's calls go: to the server of the home while there is one, else into this
/// process, which opens the home when it first must. Any thread.
class Home {
 public:
  Home(Context& context, std::filesystem::path path) : context_(context), path_(std::move(path)) {}

  Result<Json> run(const Operation& operation, const Json& arguments) {
    if (const auto server = LocalClient::find(path_.string())) {
      return server->post("/v1/" + operation.name + "?chain=" + query_escape(context_.chain_name()),
                          arguments, context_.language(), {{"X-MBE-Channel", "mcp"}});
    }
    MBE_ASSIGN(const std::shared_ptr<Own> own, opened());
    const CallerDoor door{.channel = "mcp", .name = "socket", .is_tool = true};
    return own->dispatch.run(operation, home_owner(), context_.chain_name(), door, arguments,
                             context_.messages());
  }

 private:
  /// The home as this process has it open.
  struct Own {
    explicit Own(std::unique_ptr<Engine> opened) : engine(std::move(opened)) {}
    std::unique_ptr<Engine> engine;
    Log log;
    Audit audit{*engine, log};
    Dispatch dispatch{*engine, audit};
  };

  Result<std::shared_ptr<Own>> opened() {
    const std::lock_guard lock(mutex_);
    if (own_ == nullptr) {
      MBE_ASSIGN(auto engine, Engine::open({.home = path_, .background = true}));
      own_ = std::make_shared<Own>(std::move(engine));
    }
    return own_;
  }

  Context& context_;
  const std::filesystem::path path_;
  std::mutex mutex_;
  std::shared_ptr<Own> own_;  ///< guarded by mutex_
};

Result<int> serve_mcp(Context& context) {
  MBE_ASSIGN(const std::filesystem::path path, context.home());
  MBE_ASSIGN(const mcp::ToolBook book, mcp::ToolBook::load());
  Home home(context, path);
  mcp::MemoryTools tools(
      {.book = book,
       .messages = context.messages(),
       .run = [&home](const Operation& operation,
                      const Json& arguments) { return home.run(operation, arguments); },
       .utc_offset_minutes =
           [zone = context.zone()] { return zone.offset_minutes(system_clock().now_ms()); }});
  std::signal(SIGPIPE, SIG_IGN);  // a client that has gone ends the input
  const InterruptGuard guard;
  mcp::StdioOptions options;
  options.stopped = interrupted;
  MBE_TRY(mcp::serve_stdio(mcp::Core(version), tools, options));
  return exit_done;
}

}  // namespace

void add_mcp(CommandLine& root) {
  root.command("mcp", "be the memory of an AI client that speaks MCP, over standard streams",
               "Set-up")
      .example("mbe mcp --chain work")
      .run(serve_mcp);
}

}  // namespace mbe::app
