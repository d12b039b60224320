#include "llm/trouble.h"

#include <algorithm>
#include <array>
#include <vector>

#include "llm/chat_wire.h"

namespace mbe {

namespace {

using nlohmann::json;

struct Sign {
  std::string_view words;
  Trouble trouble;
};

/// What stands in an error's text, in the providers' own words.
constexpr std::array<Sign, 6> said = {{
    {"prompt is too long", Trouble::too_long},                    // Anthropic
    {"exceed context limit", Trouble::too_long},                  // Anthropic
    {"exceeds the maximum number of tokens", Trouble::too_long},  // Gemini
    {"too many tokens", Trouble::too_long},                       // Cohere
    {"maximum context length", Trouble::too_long},                // servers of OpenAI's style
    {"credit balance is too low", Trouble::credit},               // Anthropic
}};

/// Names that errors have: type, code, status, and the details' error_code and reason.
constexpr std::array<Sign, 22> names = {{
    {"authentication_error", Trouble::key},
    {"permission_error", Trouble::key},
    {"invalid_api_key", Trouble::key},
    {"API_KEY_INVALID", Trouble::key},
    {"PERMISSION_DENIED", Trouble::key},
    {"UNAUTHENTICATED", Trouble::key},
    {"billing_error", Trouble::credit},
    {"insufficient_quota", Trouble::credit},
    {"enforced_spend_limit_reached", Trouble::credit},
    {"contract_spend_limit_reached", Trouble::credit},
    {"linked_organization_spend_limit_reached", Trouble::credit},
    {"not_found_error", Trouble::model},
    {"model_not_found", Trouble::model},
    {"NOT_FOUND", Trouble::model},
    {"rate_limit_error", Trouble::too_many},
    {"rate_limit_exceeded", Trouble::too_many},
    {"RESOURCE_EXHAUSTED", Trouble::too_many},
    {"overloaded_error", Trouble::overloaded},
    {"UNAVAILABLE", Trouble::overloaded},
    {"request_too_large", Trouble::too_long},
    {"context_length_exceeded", Trouble::too_long},
    {"exceed_context_size_error", Trouble::too_long},
}};

std::vector<std::string> names_of(const json& error) {
  std::vector<std::string> out = {text_at(error, {"details", "error_code"}),
                                  text_at(error, {"code"}), text_at(error, {"type"}),
                                  text_at(error, {"status"})};
  const json* details = find_at(error, {"details"});
  if (details == nullptr || !details->is_array()) return out;
  for (const json& one : *details) out.insert(out.begin(), text_at(one, {"reason"}));
  return out;
}

/// What the asker can do about it alone; nothing where it depends on the status.
std::optional<Error> known_error(Trouble trouble, const std::string& url,
                                 const std::string& detail) {
  switch (trouble) {
    case Trouble::key:
      return fail(ErrorCode::denied,
                  "the model server at {} refuses the key: {}; look at key_env or key_command in "
                  "circuits.toml",
                  url, detail);
    case Trouble::credit:
      return fail(ErrorCode::denied,
                  "the account at {} has no credit left: {}; add some there, or choose another "
                  "model in circuits.toml",
                  url, detail);
    case Trouble::model:
      return fail(ErrorCode::not_found,
                  "the model server at {} has no such model: {}; look at `model` and `url` in "
                  "circuits.toml",
                  url, detail);
    case Trouble::too_many:
      return fail(ErrorCode::busy,
                  "the model server at {} has had too many requests: {}; try again later", url,
                  detail);
    case Trouble::overloaded:
      return fail(ErrorCode::unavailable,
                  "the model server at {} is overloaded: {}; try again later", url, detail);
    case Trouble::too_long:
      return fail(ErrorCode::limit,
                  "the conversation is too long for the model at {}: {}; lower prompt_tokens or "
                  "answer_tokens in circuits.toml",
                  url, detail);
    case Trouble::declined:
      return fail(ErrorCode::denied,
                  "the model at {} will not answer this: {}; say it in other words, or choose "
                  "another model",
                  url, detail);
    case Trouble::request:
    case Trouble::server:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Trouble> known_trouble(const json& body) {
  const json* inner = find_at(body, {"error"});
  const json& error = inner != nullptr && inner->is_object() ? *inner : body;
  const std::string message = text_at(error, {"message"});
  for (const Sign& sign : said) {
    if (message.find(sign.words) != std::string::npos) return sign.trouble;
  }
  for (const std::string& name : names_of(error)) {
    const auto found = std::ranges::find(names, name, &Sign::words);
    if (found != names.end()) return found->trouble;
  }
  return std::nullopt;
}

Trouble trouble_of(long status) {
  constexpr long bad = 400, unauthorized = 401, no_credit = 402, forbidden = 403, not_found = 404,
                 slow = 408, too_large = 413, too_many = 429, blocked_key = 498, failed = 500,
                 unavailable = 503, overloaded = 529;
  switch (status) {
    case unauthorized:
    case forbidden:
    case blocked_key:
      return Trouble::key;
    case no_credit:
      return Trouble::credit;
    case not_found:
      return Trouble::model;
    case too_large:
      return Trouble::too_long;
    case too_many:
      return Trouble::too_many;
    case unavailable:
    case overloaded:
      return Trouble::overloaded;
    default:
      return status >= bad && status < failed && status != slow ? Trouble::request
                                                                : Trouble::server;
  }
}

bool passes(Trouble trouble) {
  return trouble == Trouble::too_many || trouble == Trouble::overloaded ||
         trouble == Trouble::server;
}

Error trouble_error(Trouble trouble, long status, const std::string& url,
                    const std::string& detail) {
  if (const auto known = known_error(trouble, url, detail)) return *known;
  if (status == 0) {
    return fail(ErrorCode::unavailable, "the model server at {} failed in its answer: {}", url,
                detail);
  }
  const bool ours = trouble == Trouble::request;
  return fail(ours ? ErrorCode::invalid_argument : ErrorCode::unavailable,
              "the model server at {} answered {}: {}", url, status, detail);
}

}  // namespace mbe
