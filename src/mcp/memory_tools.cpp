#include "mcp/memory_tools.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "mcp/results.h"

namespace mbe::mcp {

namespace {

constexpr std::string_view help = "help";

/// Tells a client that its request is being worked on, for as long as it lives.
class Progress {
 public:
  Progress(const Json& token, std::chrono::milliseconds every, Exchange& exchange) {
    if (token.is_null()) return;
    thread_ = std::jthread([this, token, every, &exchange](const std::stop_token& stop) {
      std::unique_lock lock(mutex_);
      for (int count = 1; !wake_.wait_for(lock, stop, every, [] { return false; }); ++count) {
        if (stop.stop_requested()) return;
        exchange.send(notification("notifications/progress",
                                   {{"progressToken", token}, {"progress", count}}));
      }
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

std::string name_of(const Json& params) {
  const auto name = params.find("name");
  return name != params.end() && name->is_string() ? name->get<std::string>() : "";
}

/// What the operation does and takes, by itself.
Json schema_of(const Operation& operation) {
  return {{"name", operation.name},
          {"summary", operation.summary},
          {"effect", effect_name(operation.effect)},
          {"arguments", operation.arguments}};
}

/// One operation's schema, or a line for each.
Result<Json> help_on(const Json& arguments) {
  const std::string name = name_of(arguments);
  if (!name.empty()) {
    const Operation* operation = find_operation(name);
    if (operation != nullptr) return schema_of(*operation);
    return fail(ErrorCode::not_found, "there is no operation `{}`; `help` lists them", name);
  }
  Json out = Json::array();
  for (const Operation& operation : operations()) {
    Json line = {{"name", operation.name}, {"summary", operation.summary}};
    for (const auto& [argument, schema] : operation.arguments["properties"].items()) {
      line["arguments"].push_back(argument);
    }
    out.push_back(std::move(line));
  }
  return Json{{"operations", std::move(out)}};
}

/// Whether a result holds what somebody once said.
bool holds_memory(const std::string& tool, const Json& arguments) {
  if (tool == "forget") return true;
  if (tool != any_operation) return tool == "recall" || tool == "show" || tool == "timeline";
  const Operation* operation = find_operation(name_of(arguments));
  return operation != nullptr && operation->name != "stats" && operation->name != "verify";
}

Json text_content(std::string text) {
  return Json::array({{{"type", "text"}, {"text", std::move(text)}}});
}

}  // namespace

Json MemoryTools::capabilities(bool) const {
  return {{"tools", Json::object()}};
}

std::string MemoryTools::instructions() const {
  return options_.book.instructions();
}

void MemoryTools::hear(const Message&) {}

bool MemoryTools::is_streamed(const Asked& asked) const {
  return asked.method == "tools/call" && name_of(asked.params) == any_operation &&
         !asked.progress_token().is_null();
}

std::optional<Outcome> MemoryTools::answer(const Asked& asked, Exchange& exchange) {
  if (asked.method == "tools/list") return Json{{"tools", options_.book.list()}};
  if (asked.method == "tools/call") return call(asked, exchange);
  return std::nullopt;
}

Outcome MemoryTools::call(const Asked& asked, Exchange& exchange) const {
  const std::string name = name_of(asked.params);
  if (!options_.book.has(name)) {
    return Fault{invalid_params, "there is no tool `" + name + "`", {{"tool", name}}};
  }
  Json arguments = asked.params.value("arguments", Json::object());
  const bool is_fenced = arguments.is_object() && holds_memory(name, arguments);
  const Result<Json> result = [&] {
    const Progress progress(asked.progress_token(), options_.tell_every, exchange);
    return run_tool(name, std::move(arguments));
  }();
  if (!result.ok()) {
    const std::string why = options_.messages.text(result.error());
    const std::string code(error_name(result.error().code()));
    return Json{{"content", text_content(code + ": " + why)}, {"isError", true}};
  }
  std::string text = is_fenced ? fenced_text(*result, options_.book.notice()) : json_line(*result);
  return Json{{"content", text_content(std::move(text))},
              {"structuredContent", *result},
              {"isError", false}};
}

Result<Json> MemoryTools::run_tool(const std::string& name, Json arguments) const {
  if (!arguments.is_object()) {
    return fail(ErrorCode::invalid_argument, "`arguments` is an object");
  }
  MBE_ASSIGN(const Page page, take_page(arguments));
  if (name == "show") {
    MBE_ASSIGN(const Json block, run(*find_operation(name), std::move(arguments)));
    return one_page_of_text(block, page);
  }
  if (name == "recall") arguments.emplace("neighbours", false);
  const bool is_any = name == any_operation;
  MBE_ASSIGN(Json result, is_any             ? any(std::move(arguments))
                          : name == "forget" ? forget(std::move(arguments))
                                             : run(*find_operation(name), std::move(arguments)));
  if (name == "recall") {
    for (const char* of_the_machine : {"threshold", "embed_us", "search_us"}) {
      result.erase(of_the_machine);
    }
  }
  return one_page(std::move(result), page);
}

Result<Json> MemoryTools::run(const Operation& operation, Json arguments) const {
  const bool asks_zone = operation.arguments["properties"].contains("utc_offset_minutes");
  if (asks_zone && arguments.is_object() && !arguments.contains("utc_offset_minutes")) {
    arguments["utc_offset_minutes"] = options_.utc_offset_minutes();
  }
  MBE_ASSIGN(Json result, options_.run(operation, arguments));
  return lean_result(std::move(result));
}

Result<Json> MemoryTools::any(Json arguments) const {
  const std::string name = name_of(arguments);
  for (const auto& [key, value] : arguments.items()) {
    if (key == "name" || key == "arguments") continue;
    return fail(ErrorCode::invalid_argument,
                "`{}` belongs into `arguments`: the operation's own arguments stand there", key);
  }
  Json given = arguments.value("arguments", Json::object());
  if (name == help) return help_on(given);
  const Operation* operation = find_operation(name);
  if (operation == nullptr) {
    return fail(ErrorCode::not_found, "there is no operation `{}`; `help` lists them", name);
  }
  return run(*operation, std::move(given));
}

/// Without a count, what would be erased; nothing is erased by asking.
Result<Json> MemoryTools::forget(Json arguments) const {
  const auto count = arguments.find("count");
  const bool is_preview = count == arguments.end() || count->is_null();
  if (is_preview) arguments.erase("count");
  MBE_ASSIGN(Json result,
             run(*find_operation(is_preview ? "forget_preview" : "forget"), std::move(arguments)));
  result["erased"] = !is_preview;
  return result;
}

}  // namespace mbe::mcp
