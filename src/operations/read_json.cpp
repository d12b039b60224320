#include "operations/read_json.h"

#include <vector>

#include "base/utf8.h"

namespace mbe {

namespace {

constexpr std::size_t json_depth_max = 64;
constexpr std::size_t members_max = 1'000;
constexpr std::size_t values_max = 100'000;  // some 10 MB; a body of lists alone could take 100

/// Reads without keeping anything, and stops at the first thing that is too much. A tree is built
/// only of what passed: building one while looking (a parser's callback) costs the square of what
/// lies side by side, and so do the members of an object that keeps their order.
class Bounds : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool key(string_t&) override { return ++members_.back() <= members_max; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

  [[nodiscard]] bool too_deep() const { return members_.size() > json_depth_max; }
  [[nodiscard]] bool too_long() const { return values_ > values_max; }
  [[nodiscard]] bool too_many() const { return !members_.empty() && members_.back() > members_max; }

 private:
  bool open() {
    members_.push_back(0);
    return count() && !too_deep();
  }
  bool count() { return ++values_ <= values_max; }
  bool close() {
    members_.pop_back();
    return true;
  }

  std::size_t values_ = 0;
  std::vector<std::size_t> members_;  ///< of each object around, the outermost first
};

}  // namespace

Result<Json> read_json(const std::string& text) {
  if (first_invalid_utf8(text)) {
    return fail(ErrorCode::invalid_argument, "the body is not UTF-8");
  }
  Bounds bounds;
  const bool sound = Json::sax_parse(text, &bounds);
  if (bounds.too_deep()) {
    return fail(ErrorCode::invalid_argument, "the JSON is nested deeper than {}", json_depth_max);
  }
  if (bounds.too_many()) {
    return fail(ErrorCode::invalid_argument, "an object of the JSON has more than {} members",
                members_max);
  }
  if (bounds.too_long()) {
    return fail(ErrorCode::invalid_argument, "the JSON has more than {} values", values_max);
  }
  if (!sound) return fail(ErrorCode::invalid_argument, "the body is not JSON");
  return Json::parse(text, nullptr, false);
}

std::string json_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mbe
