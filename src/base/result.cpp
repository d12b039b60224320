#include "base/result.h"

namespace mbe {

std::string_view error_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::limit: return "limit";
    case ErrorCode::busy: return "busy";
    case ErrorCode::denied: return "denied";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::io: return "io";
    case ErrorCode::corrupt: return "corrupt";
  }
  MBE_ASSERT(false && "unknown error code");
  return "";
}

std::string fill(std::string_view format, const std::vector<std::string>& arguments) {
  std::string out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const bool hole = format.substr(i, 2) == "{}";
    if (!hole) {
      out += format[i];
      continue;
    }
    out += next < arguments.size() ? arguments[next] : std::string("{}");
    ++next;
    ++i;
  }
  return out;
}

std::string Message::message() const { return fill(format_, arguments_); }

}  // namespace mbe
