#include "proxy/passing.h"

#include <algorithm>
#include <iterator>

#include "base/json.h"

namespace mbe {

namespace {

constexpr std::string_view stays_here[] = {"accept-encoding",
                                           "api-key",
                                           "authorization",
                                           "connection",
                                           "content-length",
                                           "cookie",
                                           "expect",
                                           "forwarded",
                                           "host",
                                           "keep-alive",
                                           "origin",
                                           "referer",
                                           "te",
                                           "trailer",
                                           "transfer-encoding",
                                           "upgrade",
                                           "via",
                                           "x-api-key",
                                           "x-csrf-token",
                                           "x-goog-api-key",
                                           "x-real-ip"};
constexpr std::string_view stays_here_beginnings[] = {"proxy-", "sec-", "x-forwarded-", "x-mbe-"};

/// Cross-origin headers of the upstream would open this server to pages of others.
constexpr std::string_view stays_there[] = {"alt-svc",
                                            "connection",
                                            "content-encoding",
                                            "content-length",
                                            "content-type",
                                            "date",
                                            "keep-alive",
                                            "server",
                                            "set-cookie",
                                            "strict-transport-security",
                                            "te",
                                            "trailer",
                                            "transfer-encoding",
                                            "upgrade",
                                            "vary",
                                            "via",
                                            "www-authenticate",
                                            "x-request-id"};
constexpr std::string_view stays_there_beginnings[] = {"access-control-", "cross-origin-", "proxy-",
                                                       "x-mbe-"};

template <class Names, class Beginnings>
bool is_among(std::string_view name, const Names& names, const Beginnings& beginnings) {
  return std::ranges::find(names, name) != std::end(names) ||
         std::ranges::any_of(beginnings,
                             [&](std::string_view begin) { return name.starts_with(begin); });
}

constexpr unsigned no_key = 401, forbidden = 403, absent = 404, too_large = 413, busy = 503;

const char* anthropic_type(unsigned status) {
  switch (status) {
    case no_key:
      return "authentication_error";
    case forbidden:
      return "permission_error";
    case absent:
      return "not_found_error";
    case too_large:
      return "request_too_large";
    case busy:
      return "overloaded_error";
    default:
      return status < 500 ? "invalid_request_error" : "api_error";
  }
}

const char* openai_type(unsigned status) {
  if (status == forbidden) return "permission_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

}  // namespace

bool passes_up(std::string_view name) {
  return !is_among(name, stays_here, stays_here_beginnings);
}

bool passes_down(std::string_view name) {
  return !is_among(name, stays_there, stays_there_beginnings);
}

std::string refusal_body(ErrorStyle style, unsigned status, std::string_view code,
                         const std::string& text) {
  Json out;
  if (style == ErrorStyle::anthropic) {
    out = {{"type", "error"}, {"error", {{"type", anthropic_type(status)}, {"message", text}}}};
  } else {
    const Json named = status == no_key ? Json("invalid_api_key") : Json(std::string(code));
    out = {
        {"error",
         {{"message", text}, {"type", openai_type(status)}, {"param", nullptr}, {"code", named}}}};
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string refusal_event(ErrorStyle style, unsigned status, std::string_view code,
                          const std::string& text) {
  return (style == ErrorStyle::anthropic ? "event: error\ndata: " : "data: ") +
         refusal_body(style, status, code, text) + "\n\n";
}

std::string url_escaped(std::string_view text) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

}  // namespace mbe
