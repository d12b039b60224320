#include "mcp/message.h"

namespace mbe::mcp {

namespace {

constexpr std::size_t method_bytes_max = 128;
constexpr std::size_t id_bytes_max = 256;
constexpr unsigned bad_request = 400;

bool is_id(const Json& id) {
  if (id.is_string()) return id.get_ref<const std::string&>().size() <= id_bytes_max;
  return id.is_number_integer();
}

Unreadable refused(int code, std::string why, Json id = nullptr) {
  return {{code, std::move(why), nullptr, bad_request}, std::move(id)};
}

}  // namespace

std::variant<Message, Unreadable> read_message(const std::string& text) {
  if (text.size() > message_bytes_max) return refused(invalid_request, "the message is too large");
  auto read = read_json(text);
  if (!read.ok()) return refused(parse_error, read.error().message());
  Json& json = *read;
  if (!json.is_object()) return refused(invalid_request, "a message is one JSON object");
  Message out;
  if (const auto id = json.find("id"); id != json.end()) {
    if (!is_id(*id)) return refused(invalid_request, "`id` is a text or a whole number");
    out.id = *id;
  }
  if (json.value("jsonrpc", Json()) != "2.0") {
    return refused(invalid_request, "`jsonrpc` is \"2.0\"", out.id);
  }
  const auto method = json.find("method");
  if (method == json.end()) {
    const bool answers = json.contains("result") || json.contains("error");
    if (out.id.is_null() || !answers)
      return refused(invalid_request, "`method` is missing", out.id);
    out.kind = Message::Kind::response;
    out.body = std::move(json);
    return out;
  }
  if (!method->is_string() || method->get_ref<const std::string&>().size() > method_bytes_max) {
    return refused(invalid_request, "`method` is a short text", out.id);
  }
  out.method = method->get<std::string>();
  if (const auto params = json.find("params"); params != json.end()) {
    if (!params->is_object()) return refused(invalid_request, "`params` is an object", out.id);
    out.params = std::move(*params);
  }
  out.kind = out.id.is_null() ? Message::Kind::notification : Message::Kind::request;
  return out;
}

Json response(const Json& id, Json result) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
}

Json response(const Json& id, const Fault& fault) {
  Json error = {{"code", fault.code}, {"message", fault.text}};
  if (!fault.data.is_null()) error["data"] = fault.data;
  Json out = {{"jsonrpc", "2.0"}};
  if (!id.is_null()) out["id"] = id;
  out["error"] = std::move(error);
  return out;
}

Json notification(std::string_view method, Json params) {
  return {{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}};
}

}  // namespace mbe::mcp
