#include "fixture.h"

#include <chrono>
#include <thread>

#include "base/digest.h"

namespace mbe::mcp {

namespace {

constexpr auto between = std::chrono::milliseconds(50);  // as the suite wants it
constexpr auto patience = std::chrono::seconds(10);
constexpr int resource_not_found = -32002;  // of the earlier revisions

std::string text_of(const Json& params, const char* name) {
  const auto found = params.find(name);
  return found != params.end() && found->is_string() ? found->get<std::string>() : "";
}

Json text_result(const std::string& text) {
  return {{"content", Json::array({{{"type", "text"}, {"text", text}}})}};
}

/// The result with {argument} replaced by what was given.
Json filled(const Json& result, const Json& arguments) {
  std::string text = result.dump();
  for (const auto& [name, value] : arguments.items()) {
    const std::string hole = "{" + name + "}";
    const std::string given = value.is_string() ? value.get<std::string>() : value.dump();
    for (std::size_t at = text.find(hole); at != std::string::npos; at = text.find(hole, at)) {
      text.replace(at, hole.size(), given);
      at += given.size();
    }
  }
  return Json::parse(text);
}

/// The capability of the client that a request to it needs.
std::string needed(const std::string& method) {
  return method.substr(0, method.find('/'));
}

bool are_answered(const Json& questions, const Json& params) {
  const auto given = params.find("inputResponses");
  if (given == params.end() || !given->is_object()) return false;
  for (const auto& [key, question] : questions.items()) {
    const auto answer = given->find(key);
    if (answer == given->end() || !answer->is_object()) return false;
  }
  return true;
}

Fault lacks(const std::string& capability) {
  return {missing_capability,
          "the client does not declare " + capability,
          {{"requiredCapabilities", {{capability, Json::object()}}}},
          400};
}

}  // namespace

Json Fixture::capabilities(bool is_modern) const {
  Json out = {{"tools", Json::object()},
              {"prompts", Json::object()},
              {"resources", Json::object()},
              {"completions", Json::object()}};
  if (!is_modern) {
    out["logging"] = Json::object();
    out["resources"]["subscribe"] = true;
  }
  return out;
}

bool Fixture::is_streamed(const Asked& asked) const {
  if (asked.method != "tools/call") return false;
  const auto tool = said_["tools"].find(text_of(asked.params, "name"));
  return tool != said_["tools"].end() && (tool->contains("tell") || tool->contains("ask"));
}

std::optional<Outcome> Fixture::answer(const Asked& asked, Exchange& exchange) {
  if (asked.method == "tools/list") return Json{{"tools", listed("tools")}};
  if (asked.method == "tools/call") return call(asked, exchange);
  if (asked.method == "prompts/list") return Json{{"prompts", listed("prompts")}};
  if (asked.method == "prompts/get") return prompt(asked);
  if (asked.method == "resources/list") return Json{{"resources", listed("resources")}};
  if (asked.method == "resources/read") return read(asked);
  if (asked.method == "resources/templates/list") {
    return Json{{"resourceTemplates", Json::array({{{"uriTemplate", "test://template/{id}/data"},
                                                    {"name", "template"},
                                                    {"description", "data by id"}}})}};
  }
  if (asked.method == "completion/complete") {
    return Json{{"completion", {{"values", Json::array()}, {"total", 0}, {"hasMore", false}}}};
  }
  const bool is_of_before = asked.method == "logging/setLevel" ||
                            asked.method == "resources/subscribe" ||
                            asked.method == "resources/unsubscribe";
  if (is_of_before && !asked.is_modern) return Json::object();
  return std::nullopt;
}

Json Fixture::listed(const std::string& kind) const {
  Json out = Json::array();
  for (const auto& [name, what] : said_[kind].items()) {
    Json one = {{"name", name}, {"description", "shows a part of the protocol"}};
    if (kind == "tools") {
      one["inputSchema"] = what.value("inputSchema", Json{{"type", "object"}});
    } else if (kind == "resources") {
      one["uri"] = name;
      one["mimeType"] = what["mimeType"];
    } else if (what.contains("arguments")) {
      one["arguments"] = what["arguments"];
    }
    out.push_back(std::move(one));
  }
  return out;
}

Outcome Fixture::call(const Asked& asked, Exchange& exchange) {
  const std::string name = text_of(asked.params, "name");
  const auto tool = said_["tools"].find(name);
  if (tool == said_["tools"].end()) return Fault{invalid_params, "there is no tool " + name};
  if (const std::string wants = tool->value("requires", ""); !wants.empty()) {
    if (!asked.capabilities.contains(wants)) return lacks(wants);
  }
  if (tool->contains("ask")) return ask(*tool, asked, exchange);
  if (tool->contains("rounds")) {
    Outcome next = round((*tool)["rounds"], asked);
    const auto* questions = std::get_if<Json>(&next);
    if (questions == nullptr || !questions->is_null()) return next;
    return text_result("state-ok");
  }
  const Json token = asked.progress_token();
  const auto meta = asked.params.find("_meta");
  const bool wants_log = !asked.is_modern || (meta != asked.params.end() &&
                                              meta->contains("io.modelcontextprotocol/logLevel"));
  for (Json told : tool->value("tell", Json::array())) {
    const bool is_progress = told["method"] == "notifications/progress";
    if (is_progress ? token.is_null() : !wants_log) continue;
    if (is_progress) told["params"]["progressToken"] = token;
    exchange.send(notification(told["method"].get<std::string>(), told["params"]));
    std::this_thread::sleep_for(between);
  }
  return (*tool)["result"];
}

Outcome Fixture::prompt(const Asked& asked) const {
  const std::string name = text_of(asked.params, "name");
  const auto prompt = said_["prompts"].find(name);
  if (prompt == said_["prompts"].end()) return Fault{invalid_params, "there is no prompt " + name};
  if (prompt->contains("rounds")) {
    Outcome next = round((*prompt)["rounds"], asked);
    const auto* questions = std::get_if<Json>(&next);
    if (questions == nullptr || !questions->is_null()) return next;
  }
  return filled((*prompt)["result"], asked.params.value("arguments", Json::object()));
}

Outcome Fixture::read(const Asked& asked) const {
  const std::string uri = text_of(asked.params, "uri");
  constexpr std::string_view begin = "test://template/";
  constexpr std::string_view end = "/data";
  Json content = {{"uri", uri}};
  if (const auto found = said_["resources"].find(uri); found != said_["resources"].end()) {
    content.update(*found);
  } else if (uri.starts_with(begin) && uri.ends_with(end)) {
    const std::string id = uri.substr(begin.size(), uri.size() - begin.size() - end.size());
    content["mimeType"] = "application/json";
    content["text"] =
        Json{{"id", id}, {"templateTest", true}, {"data", "Data for ID: " + id}}.dump();
  } else {
    return Fault{asked.is_modern ? invalid_params : resource_not_found,
                 "there is no such resource",
                 {{"uri", uri}}};
  }
  return Json{{"contents", Json::array({content})}};
}

Outcome Fixture::ask(const Json& tool, const Asked& asked, Exchange& exchange) {
  const Json& question = tool["ask"];
  const std::string method = question["method"];
  if (!asked.capabilities.contains(needed(method))) {
    Json out = text_result("the client does not support " + method);
    out["isError"] = true;
    return out;
  }
  Json params = question["params"];
  if (question.contains("from")) {
    const Json given = asked.params.value("arguments", Json::object());
    params[Json::json_pointer(question["into"].get<std::string>())] =
        text_of(given, question["from"].get<std::string>().c_str());
  }
  std::unique_lock lock(mutex_);
  const std::string id = "question-" + std::to_string(++asked_);
  exchange.send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
  const bool came = heard_.wait_for(lock, patience, [&] { return answers_.contains(id); });
  if (!came) return Fault{invalid_request, "the client does not answer"};
  const Json answer = answers_[id].value("result", Json::object());
  answers_.erase(id);
  return text_result(tool["says"].get<std::string>() + answer.dump());
}

void Fixture::hear(const Message& response) {
  const std::lock_guard lock(mutex_);
  if (response.id.is_string()) answers_[response.id.get<std::string>()] = response.body;
  heard_.notify_all();
}

std::string Fixture::sealed(const std::string& state) const {
  return state + "." + to_hex(view(sha256({secret_, "\n", state})));
}

Outcome Fixture::round(const Json& rounds, const Asked& asked) const {
  std::size_t at = 0;
  const std::string state = text_of(asked.params, "requestState");
  if (!state.empty()) {
    const std::string open = state.substr(0, state.find('.'));
    if (sealed(open) != state) return Fault{invalid_params, "`requestState` is not what was sent"};
    at = static_cast<std::size_t>(std::stoul(open));
  }
  if (are_answered(rounds[at], asked.params) && ++at == rounds.size()) return Json();
  Json questions = Json::object();
  for (const auto& [key, question] : rounds[at].items()) {
    if (asked.capabilities.contains(needed(question["method"]))) questions[key] = question;
  }
  if (questions.empty()) return lacks(needed(rounds[at].front()["method"]));
  return Json{{"resultType", "input_required"},
              {"inputRequests", std::move(questions)},
              {"requestState", sealed(std::to_string(at))}};
}

}  // namespace mbe::mcp
