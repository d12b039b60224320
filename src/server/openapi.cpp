#include <algorithm>

#include "operations/shapes.h"
#include "server/openapi_parts.h"
#include "server/problem.h"
#include "server/rest.h"

namespace mbe {

namespace {

/// The responses that an operation may give, by status.
Json responses(const Operation& operation) {
  Json out = {
      {"200", {{"description", "done"}, {"content", json_content(operation.result)}}},
      {"400", problem_response("an argument is wrong or beyond its limit; the detail names it")},
      {"401", problem_response("no credential, or one that is wrong or has ended")},
      {"403", problem_response("this principal may not")},
      {"404", problem_response("no such memory or block")},
      {"413", problem_response("the body is too large")},
      {"503", problem_response("busy or not ready; try again after Retry-After")}};
  if (operation.effect != Effect::read) {
    out["409"] = problem_response("the same request is being answered");
    out["410"] = problem_response("done before; its answer is gone, something was forgotten");
    out["422"] = problem_response("this Idempotency-Key came with another request");
  }
  return out;
}

Json chain_parameter() {
  return {{"name", "chain"},
          {"in", "query"},
          {"description", "which memory; else the caller's own"},
          {"schema",
           {{"type", "string"},
            {"minLength", 1},
            {"maxLength", 128},
            {"pattern", "^[^\\x00-\\x1f\\x7f]+$"}}}};
}

Json parameters(const Operation& operation) {
  Json out = Json::array();
  if (operation.on_chain) out.push_back(chain_parameter());
  if (operation.effect == Effect::read) return out;
  out.push_back({{"name", "Idempotency-Key"},
                 {"in", "header"},
                 {"description", "the same key and request give the same answer, done once"},
                 {"schema", {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}}}});
  return out;
}

Json path_of(const Operation& operation) {
  Json post = {{"operationId", operation.name},
               {"tags", {operation.group}},
               {"summary", operation.summary},
               {"parameters", parameters(operation)},
               {"requestBody",
                {{"required", operation.arguments.contains("required")},
                 {"content", json_content(operation.arguments)}}},
               {"responses", responses(operation)}};
  // What is remembered can be shown, updated and explained by its number.
  if (operation.name == "remember") {
    Json& links = post["responses"]["200"]["links"];
    for (const char* next : {"show", "history", "update", "pin", "hide"}) {
      links[next] = {{"operationId", next},
                     {"requestBody", {{"block_index", "$response.body#/block_index"}}}};
    }
  }
  return {{"post", std::move(post)}};
}

Json path_of(const PeopleOperation& operation) {
  std::string id = operation.name;
  std::ranges::replace(id, '/', '_');
  Json out = {{"operationId", id},
              {"tags", {"People"}},
              {"summary", operation.summary},
              {"responses",
               {{"200", {{"description", "done"}, {"content", json_content(operation.result)}}},
                {"400", problem_response("an argument is wrong; the detail names it")},
                {"401", problem_response("no credential, or one that is wrong or has ended")},
                {"403", problem_response("this principal may not")},
                {"404", problem_response("no such account, key or session")},
                {"413", problem_response("the body is too large")},
                {"503", problem_response("busy or not ready; try again after Retry-After")}}}};
  if (operation.takes_password) {
    out["responses"]["429"] =
        problem_response("too many wrong passwords; the detail says how long");
  }
  if (operation.reads) {
    for (const auto& [name, schema] : operation.arguments["properties"].items()) {
      Json plain = schema;
      plain["type"] = schema["type"][0];  // nobody writes null into a query
      out["parameters"].push_back({{"name", name}, {"in", "query"}, {"schema", plain}});
    }
    return {{"get", std::move(out)}};
  }
  out["requestBody"] = {{"required", operation.arguments.contains("required")},
                        {"content", json_content(operation.arguments)}};
  return {{"post", std::move(out)}};
}

}  // namespace

Json json_content(const Json& schema, const char* type) {
  return {{type, {{"schema", schema}}}};
}

Json problem_response(const char* meaning) {
  return {{"description", meaning},
          {"content",
           json_content({{"$ref", "#/components/schemas/Problem"}}, "application/problem+json")}};
}

Json openapi(const std::string& version) {
  Json paths = Json::object();
  for (const Operation& operation : operations()) {
    paths["/v1/" + operation.name] = path_of(operation);
  }
  for (const PeopleOperation& operation : people_operations()) {
    paths["/api/" + operation.name] = path_of(operation);
  }
  paths.update(other_paths());
  const Json problem_schema = object_shape({{"title", text_shape()},
                                            {"status", count_shape()},
                                            {"detail", text_shape()},
                                            {"code", text_shape()}});
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "MemoryBlockEngine"},
            {"version", version},
            {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
            {"summary", "long-term memory for any language model"}}},
          {"security", {{{"key", Json::array()}}}},
          {"paths", std::move(paths)},
          {"components",
           {{"securitySchemes", {{"key", {{"type", "http"}, {"scheme", "bearer"}}}}},
            {"schemas", {{"Problem", problem_schema}}}}}};
}

}  // namespace mbe
