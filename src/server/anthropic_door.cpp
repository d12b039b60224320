#include "server/anthropic_door.h"

#include "operations/memory_files.h"
#include "operations/read_json.h"
#include "server/people_door.h"
#include "server/problem.h"

namespace mbe {

namespace {

/// [from, until] as arguments of file_view; -1 as an end is the last line.
Result<void> take_range(Json& arguments) {
  const auto found = arguments.find("view_range");
  if (found == arguments.end()) return {};
  const Json range = *found;
  arguments.erase("view_range");
  if (range.is_null()) return {};
  const bool is_pair = range.is_array() && range.size() == 2 && range[0].is_number_integer() &&
                       range[1].is_number_integer() && range[0] >= 0 && range[1] >= -1;
  if (!is_pair) {
    return fail(ErrorCode::invalid_argument,
                "`view_range` is two line numbers, the second -1 for the last line");
  }
  arguments["from_line"] = range[0];
  if (range[1] == -1) return {};
  // No line is the 0th, and to the operation a 0 means the end.
  if (range[1] == 0) {
    return fail(ErrorCode::invalid_argument,
                "`view_range` is two line numbers, the second -1 for the last line");
  }
  arguments["until_line"] = range[1];
  return {};
}

bool is_of_the_model(const Error& error) {
  return error.code() == ErrorCode::invalid_argument || error.code() == ErrorCode::limit;
}

}  // namespace

Result<std::pair<const Operation*, Json>> file_command(const Json& input) {
  const auto command = input.find("command");
  if (command == input.end() || !command->is_string()) {
    return fail(ErrorCode::invalid_argument,
                "`command` is one of view, create, str_replace, insert, delete, rename");
  }
  Json arguments = input;
  if (*command != "view") return std::pair(find_operation("file_edit"), std::move(arguments));
  arguments.erase("command");
  MBE_TRY(take_range(arguments));
  return std::pair(find_operation("file_view"), std::move(arguments));
}

HttpResponse AnthropicDoor::answer(const HttpRequest& request, const Principal& who,
                                   const Catalog& messages) const {
  if (request.method != "POST") return wrong_method(messages, "POST");
  const auto body = read_json(request.body);
  if (!body.ok()) return problem(messages, body.error());
  const auto type = body->is_object() ? body->find("type") : body->end();
  const bool is_block = body->is_object() && type != body->end() && *type == "tool_use";
  const Json input = is_block ? body->value("input", Json()) : *body;
  if (!input.is_object()) {
    return problem(messages, fail(ErrorCode::invalid_argument,
                                  "the body is the input of the memory tool, a JSON object"));
  }
  const auto named = request.query.find("chain");
  const std::string chain = named == request.query.end() ? usual_chain(who) : named->second;
  const CallerDoor door{.channel = files_channel, .name = door_of(request), .is_tool = true};
  Result<Json> result = [&]() -> Result<Json> {
    MBE_ASSIGN(const auto command, file_command(input));
    return dispatch_.run(*command.first, who, chain, door, command.second, messages);
  }();
  if (!result.ok()) {
    if (!is_of_the_model(result.error())) return problem(messages, result.error());
    result = Json{{"content", "Error: " + messages.text(result.error())}, {"is_error", true}};
  }
  if (!is_block) return json_response(*result);
  Json out = {{"type", "tool_result"}, {"tool_use_id", body->value("id", Json())}};
  out.update(*result);
  return json_response(out);
}

}  // namespace mbe
