#include "binding/json_text.h"

#include "base/utf8.h"

namespace mbe {

Result<Json> read_json_text(std::string_view text) {
  if (text.empty()) return Json(Json::object());
  if (text.size() > json_text_bytes_max) {
    return fail(ErrorCode::limit, "the arguments are {} bytes, at most {} are taken", text.size(),
                json_text_bytes_max);
  }
  if (first_invalid_utf8(text)) {
    return fail(ErrorCode::invalid_argument, "the arguments are not UTF-8");
  }
  bool deep = false;
  const auto shallow = [&deep](int depth, Json::parse_event_t, Json&) {
    deep = deep || depth > json_text_depth_max;
    return !deep;
  };
  Json out = Json::parse(text, shallow, false);
  if (deep) {
    return fail(ErrorCode::invalid_argument, "the arguments are nested deeper than {}",
                json_text_depth_max);
  }
  if (out.is_discarded()) return fail(ErrorCode::invalid_argument, "the arguments are not JSON");
  return out;
}

std::string write_json_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mbe
