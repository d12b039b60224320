#include "operations/read_json.h"

#include "base/utf8.h"

namespace mbe {

namespace {

constexpr int json_depth_max = 64;

}  // namespace

Result<Json> read_json(const std::string& text) {
  if (first_invalid_utf8(text)) {
    return fail(ErrorCode::invalid_argument, "the body is not UTF-8");
  }
  bool deep = false;
  const auto shallow = [&deep](int depth, Json::parse_event_t, Json&) {
    deep = deep || depth > json_depth_max;
    return !deep;
  };
  Json out = Json::parse(text, shallow, false);
  if (deep) {
    return fail(ErrorCode::invalid_argument, "the JSON is nested deeper than {}", json_depth_max);
  }
  if (out.is_discarded()) return fail(ErrorCode::invalid_argument, "the body is not JSON");
  return out;
}

std::string json_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mbe
