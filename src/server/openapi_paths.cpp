#include <initializer_list>
#include <utility>

#include "operations/fields.h"
#include "operations/operation.h"
#include "operations/shapes.h"
#include "server/conversation_door.h"
#include "server/echo_door.h"
#include "server/login_door.h"
#include "server/openapi_parts.h"

namespace mbe {

namespace {

using Problems = std::initializer_list<std::pair<const char*, const char*>>;

const std::pair<const char*, const char*> bad = {"400",
                                                 "an argument is wrong; the detail names it"};
const std::pair<const char*, const char*> nobody = {
    "401", "no credential, or one that is wrong or has ended"};
const std::pair<const char*, const char*> may_not = {"403", "this principal may not"};
const std::pair<const char*, const char*> too_large = {"413", "the body is too large"};
const std::pair<const char*, const char*> not_now = {
    "503", "busy or not ready; try again after Retry-After"};

/// A call as OpenAPI describes it; `answer` is the content of its 200.
Json call(const char* id, const char* group, const char* summary, const Json& answer,
          const Problems& problems) {
  Json out = {{"operationId", id},
              {"tags", {group}},
              {"summary", summary},
              {"responses", {{"200", {{"description", "done"}, {"content", answer}}}}}};
  for (const auto& [status, meaning] : problems) {
    out["responses"][status] = problem_response(meaning);
  }
  return out;
}

Json with_body(Json out, const Json& schema) {
  out["requestBody"] = {{"required", schema.contains("required")},
                        {"content", json_content(schema)}};
  return out;
}

Json with_query(Json out, const char* name, const char* meaning, Json schema, bool required) {
  out["parameters"].push_back({{"name", name},
                               {"in", "query"},
                               {"description", meaning},
                               {"required", required},
                               {"schema", std::move(schema)}});
  return out;
}

/// For whoever comes, with a credential or without.
Json open_to_all(Json out) {
  out["security"] = Json::array();
  return out;
}

Json done_shape() {
  return json_content(object_shape({{"done", flag_shape()}}));
}

Json events() {
  return {{"text/event-stream", Json::object()}};
}

Json answer_content() {
  const Json index = or_null_shape(count_shape());
  const Json usage = object_shape({{"prompt_tokens", count_shape()},
                                   {"completion_tokens", count_shape()},
                                   {"recall_ms", count_shape()},
                                   {"first_delta_ms", index},
                                   {"total_ms", count_shape()}});
  Json out = json_content(object_shape({{"answer", text_shape()},
                                        {"made_of", text_shape()},
                                        {"route", text_shape()},
                                        {"missing", list_shape(text_shape())},
                                        {"stopped", flag_shape()},
                                        {"creation", or_null_shape(text_shape())},
                                        {"model_error", or_null_shape(text_shape())},
                                        {"conversation", text_shape()},
                                        {"turn", index},
                                        {"question_index", index},
                                        {"answer_index", index},
                                        {"memories", list_shape(count_shape())},
                                        {"usage", usage}}));
  out.update(events());
  return out;
}

Json boot_content() {
  const Json stage = object_shape({{"name", text_shape()},
                                   {"state", text_shape()},
                                   {"done", count_shape()},
                                   {"total", count_shape()},
                                   {"note", or_null_shape(text_shape())}});
  return json_content(object_shape({{"state", text_shape()},
                                    {"stages", list_shape(stage)},
                                    {"identity", or_null_shape(object_shape({}))},
                                    {"seconds", number_shape()},
                                    {"note", or_null_shape(text_shape())}}));
}

Json status_content() {
  const Json circuit = object_shape({{"circuit", text_shape()},
                                     {"model", text_shape()},
                                     {"state", text_shape()},
                                     {"restarts", count_shape()},
                                     {"error", or_null_shape(text_shape())}});
  const Json loop = object_shape(
      {{"name", text_shape()}, {"state", text_shape()}, {"last_run", or_null_shape(text_shape())}});
  return json_content(object_shape({{"circuits", list_shape(circuit)},
                                    {"model_memory", or_null_shape(object_shape({}))},
                                    {"loops", list_shape(loop)}}));
}

void add_echo(Json& paths) {
  const std::pair<const char*, const char*> no_turn = {"404", "no such turn to edit"};
  paths["/api/ask"]["post"] =
      with_body(call("ask", "Echo", "say something to Echo; as events where Accept asks for them",
                     answer_content(), {bad, nobody, may_not, no_turn, too_large, not_now}),
                ask_arguments());
  paths["/api/stop"]["post"] =
      with_body(call("stop", "Echo", "stop an answer that is being made", done_shape(),
                     {bad, nobody, {"404", "no such answer is being made"}, too_large}),
                stop_arguments());
  Json evolve = call("evolve", "Echo", "wake again and add a version of the identity", done_shape(),
                     {nobody, may_not, {"409", "it is waking already"}, too_large, not_now});
  evolve["responses"]["202"] = evolve["responses"]["200"];
  evolve["responses"].erase("200");
  paths["/api/evolve"]["post"] = std::move(evolve);
  paths["/api/boot"]["get"] =
      call("boot_status", "Echo", "how far Echo is awake", boot_content(), {nobody, may_not});
  paths["/api/boot/events"]["get"] =
      call("boot_events", "Echo", "the same as events, until it is awake", events(),
           {nobody, may_not, not_now});
  paths["/api/status"]["get"] = call("status", "Echo", "how circuits, loops and memory are",
                                     status_content(), {nobody, may_not});
}

Json turn_shape() {
  return object_shape({{"id", count_shape()},
                       {"conversation", text_shape()},
                       {"block_index", count_shape()},
                       {"kind", text_shape()},
                       {"speaker", text_shape()},
                       {"text", text_shape()},
                       {"time", text_shape()},
                       {"repeat", flag_shape()},
                       {"retold", flag_shape()},
                       {"refs", list_shape(count_shape())},
                       {"versions", list_shape(text_shape())}});
}

Json conversations_content() {
  const Json match = object_shape({{"block_index", count_shape()},
                                   {"speaker", text_shape()},
                                   {"text", text_shape()},
                                   {"time", text_shape()}});
  const Json talk = object_shape({{"conversation", text_shape()},
                                  {"title", text_shape()},
                                  {"of", or_null_shape(text_shape())},
                                  {"turns", count_shape()},
                                  {"first", or_null_shape(text_shape())},
                                  {"last", or_null_shape(text_shape())},
                                  {"match", or_null_shape(match)}});
  return json_content(object_shape({{"conversations", list_shape(talk)}}));
}

void add_conversations(Json& paths) {
  const Json text = {{"type", "string"}};
  const std::pair<const char*, const char*> none = {"404", "no such conversation"};
  const char* which = "which conversation";
  paths["/api/conversations"]["get"] =
      with_query(call("conversations", "Echo", "one's conversations, the newest first",
                      conversations_content(), {bad, nobody, may_not}),
                 "search", "words that were all said in it, in any form of them", text, false);
  const Json tree = object_shape({{"conversation", text_shape()},
                                  {"title", text_shape()},
                                  {"of", or_null_shape(text_shape())},
                                  {"turns", list_shape(turn_shape())}});
  paths["/api/conversations/tree"]["get"] =
      with_query(call("conversation_tree", "Echo", "what was said, with its branches",
                      json_content(tree), {bad, nobody, may_not, none}),
                 "conversation", which, text, true);
  Json files = json_content(tree);
  files["text/markdown"] = {{"schema", {{"type", "string"}}}};
  paths["/api/conversations/export"]["get"] =
      with_query(with_query(call("conversation_export", "Echo", "what was said, as a file", files,
                                 {bad, nobody, may_not, none}),
                            "conversation", which, text, true),
                 "format", "markdown unless told",
                 {{"type", "string"}, {"enum", {"markdown", "json"}}}, false);
  paths["/api/conversations/rename"]["post"] =
      with_body(call("conversation_rename", "Echo", "give a conversation a title", done_shape(),
                     {bad, nobody, may_not, none, too_large, not_now}),
                conversation_arguments());
  const Json preview = find_operation("forget_preview")->result;
  const Json report = find_operation("forget")->result;
  paths["/api/conversations/delete"]["post"] = with_body(
      call("conversation_delete", "Echo", "what would be forgotten; with its `count`, forget it",
           json_content({{"anyOf", {preview, report}}}),
           {bad, nobody, may_not, none, too_large, not_now}),
      conversation_arguments());
}

void add_logins(Json& paths) {
  const std::pair<const char*, const char*> wrong = {"401", "the name or the password is wrong"};
  const std::pair<const char*, const char*> refused = {"403", "the code is wrong or of no use"};
  const std::pair<const char*, const char*> often = {"429",
                                                     "too many failed; the detail says how "
                                                     "long"};
  const Json logged_in = json_content(
      object_shape({{"name", text_shape()}, {"role", text_shape()}, {"csrf", text_shape()}}));
  const Json account = object_shape({{"name", text_shape()}, {"role", text_shape()}});
  paths["/api/session"]["get"] =
      open_to_all(call("session", "People", "who one is",
                       json_content(object_shape({{"account", or_null_shape(account)},
                                                  {"first_run", flag_shape()},
                                                  {"csrf", or_null_shape(text_shape())}})),
                       {nobody}));
  paths["/login"]["post"] =
      open_to_all(with_body(call("login", "People", "begin a session with a password", logged_in,
                                 {bad, wrong, may_not, too_large, often}),
                            login_arguments()));
  Json page = open_to_all(call("page", "Server", "the page, which has it as an address too",
                               {{"text/html", Json::object()}}, {}));
  page["responses"]["503"] = problem_response("this program was built without its page");
  paths["/login"]["get"] = std::move(page);
  paths["/logout"]["post"] = open_to_all(
      call("logout", "People", "end the session", done_shape(), {bad, nobody, may_not, too_large}));
  paths["/first_run"]["post"] = open_to_all(
      with_body(call("first_run", "People", "make the first account with the terminal's code",
                     logged_in, {bad, wrong, refused, too_large, often}),
                login_arguments()));
  paths["/reset"]["post"] =
      open_to_all(with_body(call("reset", "People", "a new password with a code", logged_in,
                                 {bad, wrong, refused, {"404", "no such code"}, too_large, often}),
                            reset_arguments()));
}

void add_health(Json& paths) {
  paths["/healthz"]["get"] =
      open_to_all(call("healthz", "Server", "whether it runs",
                       json_content(object_shape({{"status", text_shape()}})), {}));
  const Json ready = json_content(
      object_shape({{"ready", flag_shape()}, {"memory", text_shape()}, {"echo", text_shape()}}));
  Json readyz = open_to_all(call("readyz", "Server", "which parts are ready", ready, {}));
  readyz["responses"]["503"] = {{"description", "not yet"}, {"content", ready}};
  paths["/readyz"]["get"] = std::move(readyz);
  paths["/metrics"]["get"] =
      call("metrics", "Server", "numbers in Prometheus' form",
           {{"text/plain", {{"schema", {{"type", "string"}}}}}}, {nobody, may_not});
}

}  // namespace

Json other_paths() {
  Json out = Json::object();
  add_echo(out);
  add_conversations(out);
  add_logins(out);
  add_health(out);
  return out;
}

}  // namespace mbe
