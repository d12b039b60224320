#include "mcp/tool_book.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/resources.h"

namespace mbe::mcp {

namespace {

/// The argument as a model needs it: without null, which it need not write, and without limits,
/// which the operation names when they are passed.
Result<Json> lean(const std::string& tool, const std::string& name, const std::string& meaning) {
  const Operation* operation = find_operation(tool);
  const Json none = Json::object();
  const Json& declared = operation == nullptr ? none : operation->arguments["properties"];
  const auto found = declared.find(name);
  if (found == declared.end()) {
    return fail(ErrorCode::corrupt, "data/mcp/tools.json: {} takes no argument `{}`", tool, name);
  }
  const auto plain = [](const Json& schema) {
    Json out = {{"type", schema["type"].is_array() ? schema["type"][0] : schema["type"]}};
    if (schema.contains("enum")) {
      for (const Json& one : schema["enum"]) {
        if (!one.is_null()) out["enum"].push_back(one);
      }
    }
    return out;
  };
  Json out = plain(*found);
  if (found->contains("items")) out["items"] = plain((*found)["items"]);
  if (!meaning.empty()) out["description"] = meaning;
  return out;
}

Result<Json> input_schema(const Json& tool) {
  const std::string name = tool.at("name");
  Json properties = Json::object();
  Json required = Json::array();
  if (name == any_operation) {
    properties = {{"name", {{"type", "string"}}}, {"arguments", {{"type", "object"}}}};
    required.push_back("name");
  }
  const Json arguments = tool.value("arguments", Json::object());
  for (const auto& [argument, meaning] : arguments.items()) {
    MBE_ASSIGN(properties[argument], lean(name, argument, meaning));
    const Json needed = find_operation(name)->arguments.value("required", Json::array());
    const bool is_needed = std::ranges::find(needed, Json(argument)) != needed.end();
    // What forget needs and its preview does not is left out to ask for the preview.
    if (is_needed && name != "forget") required.push_back(argument);
  }
  if (tool.value("paged", false)) {
    properties["offset"] = {{"type", "integer"}, {"description", "next_offset of the last page"}};
    properties["budget_tokens"] = {{"type", "integer"}};
  }
  Json out = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

Json output_schema(const Json& tool) {
  Json out = {{"type", "object"}};
  for (const auto& [name, type] : tool.at("output").items()) {
    out["properties"][name] = {{"type", type}};
  }
  if (tool.contains("needs")) out["required"] = tool["needs"];
  return out;
}

}  // namespace

Result<ToolBook> ToolBook::load(const std::filesystem::path& file) {
  const std::ifstream stream(file);
  if (!stream) return fail(ErrorCode::io, "{} cannot be read", file.string());
  std::stringstream text;
  text << stream.rdbuf();
  const Json json = Json::parse(text.str(), nullptr, false);
  try {
    ToolBook out;
    out.instructions_ = json.at("instructions");
    out.notice_ = json.at("notice");
    for (const Json& tool : json.at("tools")) {
      Json listed = {{"name", tool.at("name")},
                     {"title", tool.at("title")},
                     {"description", tool.at("description")}};
      MBE_ASSIGN(listed["inputSchema"], input_schema(tool));
      listed["outputSchema"] = output_schema(tool);
      listed["annotations"] = tool.at("annotations");
      out.list_.push_back(std::move(listed));
    }
    return out;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::corrupt, "{} is not a table of tools: {}", file.string(), error.what());
  }
}

Result<ToolBook> ToolBook::load() {
  MBE_ASSIGN(const std::filesystem::path file, find_resource("mcp/tools.json"));
  return load(file);
}

bool ToolBook::has(std::string_view name) const {
  return std::ranges::any_of(list_, [name](const Json& tool) { return tool["name"] == name; });
}

}  // namespace mbe::mcp
