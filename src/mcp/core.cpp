#include "mcp/core.h"

#include <algorithm>
#include <array>

namespace mbe::mcp {

namespace {

constexpr unsigned accepted = 202;
constexpr unsigned bad_request = 400;
constexpr unsigned not_found = 404;
constexpr int fresh_ms = 3'600'000;  // what may be kept does not change while the program runs
constexpr std::string_view meta_capabilities = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view meta_server = "io.modelcontextprotocol/serverInfo";
constexpr std::array<std::string_view, 6> cacheable = {
    "server/discover",          "tools/list",    "prompts/list", "resources/list",
    "resources/templates/list", "resources/read"};

const Json& meta_of(const Message& message) {
  static const Json none = Json::object();
  const auto meta = message.params.find("_meta");
  return meta == message.params.end() || !meta->is_object() ? none : *meta;
}

Answer fault(const Message& message, const Fault& what) {
  return {response(message.id, what), what.status};
}

Fault unknown_method(const std::string& method, unsigned status) {
  return {method_not_found, "there is no method " + method, nullptr, status};
}

/// What every request of the newer revision must say of itself.
std::optional<Fault> check_meta(const Message& message) {
  const Json& meta = meta_of(message);
  const auto wrong = [](std::string_view key, const char* type) {
    return Fault{invalid_params, "`_meta` needs " + std::string(key) + ", " + type, nullptr,
                 bad_request};
  };
  if (!meta.contains(meta_version) || !meta[meta_version].is_string()) {
    return wrong(meta_version, "a text");
  }
  if (meta[meta_version] != modern_revision) {
    return Core::unsupported(meta[meta_version].get<std::string>());
  }
  if (!meta.contains(meta_capabilities) || !meta[meta_capabilities].is_object()) {
    return wrong(meta_capabilities, "an object");
  }
  return std::nullopt;
}

}  // namespace

Json Asked::progress_token() const {
  const auto meta = params.find("_meta");
  if (meta == params.end() || !meta->is_object()) return nullptr;
  const auto token = meta->find("progressToken");
  const bool is_token = token != meta->end() && (token->is_string() || token->is_number_integer());
  return is_token ? *token : Json(nullptr);
}

std::string revision_of(const Message& message) {
  const Json& meta = meta_of(message);
  const auto version = meta.find(meta_version);
  return version != meta.end() && version->is_string() ? version->get<std::string>() : "";
}

bool is_legacy(std::string_view revision) {
  return std::ranges::find(legacy_revisions, revision) != std::end(legacy_revisions);
}

Fault Core::unsupported(const std::string& asked) {
  return {unsupported_version,
          "this server speaks " + std::string(modern_revision) + ", and earlier revisions from " +
              "`initialize` on",
          {{"supported", Json::array({modern_revision})}, {"requested", asked}},
          bad_request};
}

Answer Core::answer(const Message& message, const Session* session, bool is_modern,
                    Features& features, Exchange& exchange) const {
  if (message.kind == Message::Kind::response) {
    features.hear(message);
    return {nullptr, accepted};
  }
  if (message.kind == Message::Kind::notification) return {nullptr, accepted};
  if (is_modern || !revision_of(message).empty()) return modern(message, features, exchange);
  return legacy(message, session, features, exchange);
}

bool Core::is_streamed(const Message& message, const Session* session, const Features& features) {
  static const Json none = Json::object();
  if (message.kind != Message::Kind::request) return false;
  const Json& meta = meta_of(message);
  const auto declared = meta.find(meta_capabilities);
  const Json& capabilities = session != nullptr       ? session->capabilities
                             : declared != meta.end() ? *declared
                                                      : none;
  return features.is_streamed({.method = message.method,
                               .params = message.params,
                               .is_modern = session == nullptr,
                               .capabilities = capabilities});
}

Answer Core::modern(const Message& message, Features& features, Exchange& exchange) const {
  if (const auto wrong = check_meta(message)) return fault(message, *wrong);
  Json result;
  if (message.method == "server/discover") {
    result = discover(features);
  } else {
    const auto outcome = features.answer({.method = message.method,
                                          .params = message.params,
                                          .is_modern = true,
                                          .capabilities = meta_of(message)[meta_capabilities]},
                                         exchange);
    if (!outcome) return fault(message, unknown_method(message.method, not_found));
    if (const auto* wrong = std::get_if<Fault>(&*outcome)) return fault(message, *wrong);
    result = std::get<Json>(*outcome);
  }
  if (!result.contains("resultType")) result["resultType"] = "complete";
  const bool may_be_kept = std::ranges::find(cacheable, message.method) != cacheable.end();
  if (may_be_kept && result["resultType"] == "complete" && !result.contains("ttlMs")) {
    result["ttlMs"] = fresh_ms;
    result["cacheScope"] = "public";
  }
  result["_meta"][meta_server] = server_info();
  return {response(message.id, std::move(result))};
}

Answer Core::legacy(const Message& message, const Session* session, Features& features,
                    Exchange& exchange) const {
  if (message.method == "initialize") return initialize(message, features);
  if (message.method == "ping") return {response(message.id, Json::object())};
  if (session == nullptr) {
    return fault(message,
                 {invalid_params, "begin with `initialize`, or name the revision in `_meta`",
                  nullptr, bad_request});
  }
  const auto outcome = features.answer({.method = message.method,
                                        .params = message.params,
                                        .capabilities = session->capabilities,
                                        .session = session->id},
                                       exchange);
  if (!outcome) return fault(message, unknown_method(message.method, 200));
  if (const auto* wrong = std::get_if<Fault>(&*outcome)) return fault(message, *wrong);
  return {response(message.id, std::get<Json>(*outcome))};
}

Answer Core::initialize(const Message& message, const Features& features) const {
  const auto asked = message.params.find("protocolVersion");
  if (asked == message.params.end() || !asked->is_string()) {
    return fault(message, {invalid_params, "`protocolVersion` is missing", nullptr, bad_request});
  }
  Session session;
  session.revision =
      is_legacy(asked->get<std::string>()) ? asked->get<std::string>() : legacy_revision;
  const auto able = message.params.find("capabilities");
  if (able != message.params.end() && able->is_object()) session.capabilities = *able;
  Json result = {{"protocolVersion", session.revision},
                 {"capabilities", features.capabilities(false)},
                 {"serverInfo", server_info()}};
  if (const std::string how = features.instructions(); !how.empty()) result["instructions"] = how;
  return {response(message.id, std::move(result)), 200, std::move(session)};
}

Json Core::discover(const Features& features) const {
  Json out = {{"supportedVersions", Json::array({modern_revision})},
              {"capabilities", features.capabilities(true)}};
  if (const std::string how = features.instructions(); !how.empty()) out["instructions"] = how;
  return out;
}

Json Core::server_info() const {
  return {{"name", "mbe"}, {"title", "MemoryBlockEngine"}, {"version", version_}};
}

}  // namespace mbe::mcp
