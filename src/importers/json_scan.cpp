#include "importers/json_scan.h"

#include <array>

namespace mbe::importers {

namespace {

using End = JsonScan::End;

bool blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_value(char c) {
  if (digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  JsonScan run() {
    if (text_.empty() || text_[0] != '{') return {End::broken, 0};
    while (step()) {
    }
    return {end_, at_};
  }

 private:
  enum class Want : std::uint8_t { value, value_or_close, key, key_or_close, comma_or_close };

  bool stop(End end) {
    end_ = end;
    return false;
  }
  /// Cut at the end of the text, else broken.
  bool stop() { return stop(at_ >= text_.size() ? End::cut : End::broken); }

  bool step() {
    while (at_ < text_.size() && blank(text_[at_])) ++at_;
    if (at_ >= text_.size()) return stop();
    const char c = text_[at_];
    switch (want_) {
      case Want::key:
      case Want::key_or_close:
        if (c == '}' && want_ == Want::key_or_close) return close(c);
        return c == '"' && string() && colon() ? expect(Want::value) : stop_here();
      case Want::comma_or_close:
        if (c == '}' || c == ']') return close(c);
        if (c != ',') return stop();
        ++at_;
        return expect(in_object() ? Want::key : Want::value);
      case Want::value_or_close:
        if (c == ']') return close(c);
        return value(c);
      case Want::value:
        return value(c);
    }
    return stop();
  }

  bool stop_here() { return ended_ ? false : stop(); }
  bool expect(Want want) {
    want_ = want;
    return true;
  }
  [[nodiscard]] bool in_object() const { return objects_[depth_ - 1]; }

  bool value(char c) {
    if (c == '{' || c == '[') {
      if (depth_ == json_depth_max) return stop(End::deep);
      objects_[depth_++] = c == '{';
      ++at_;
      return expect(c == '{' ? Want::key_or_close : Want::value_or_close);
    }
    const bool good = c == '"' ? string() : digit(c) || c == '-' ? number() : word();
    return good ? expect(Want::comma_or_close) : stop_here();
  }

  bool close(char c) {
    if (in_object() != (c == '}')) return stop();
    ++at_;
    if (--depth_ == 0) return stop(End::whole);
    return expect(Want::comma_or_close);
  }

  bool colon() {
    while (at_ < text_.size() && blank(text_[at_])) ++at_;
    if (at_ >= text_.size() || text_[at_] != ':') return false;
    ++at_;
    return true;
  }

  bool string() {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c >= 0 && c < ' ') return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }

  /// Leaves at_ on the escape's last character.
  bool escape() {
    constexpr std::string_view simple = "\"\\/bfnrt";
    if (++at_ >= text_.size()) return false;
    if (simple.find(text_[at_]) != std::string_view::npos) return true;
    if (text_[at_] != 'u') return false;
    const int first = four_digits(at_ + 1);
    if (first < 0 || (first >= 0xdc00 && first <= 0xdfff)) return false;
    at_ += 4;
    if (first < 0xd800 || first > 0xdbff) return true;
    if (at_ + 2 >= text_.size()) {
      at_ = text_.size();
      return false;
    }
    if (text_[at_ + 1] != '\\' || text_[at_ + 2] != 'u') return false;
    const int second = four_digits(at_ + 3);
    if (second < 0xdc00 || second > 0xdfff) return false;
    at_ += 6;
    return true;
  }

  int four_digits(std::size_t at) {
    int out = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
      if (i >= text_.size()) {
        at_ = text_.size();
        return -1;
      }
      const int digit_value = hex_value(text_[i]);
      if (digit_value < 0) return -1;
      out = out * 16 + digit_value;
    }
    return out;
  }

  bool digits() {
    const std::size_t before = at_;
    while (at_ < text_.size() && digit(text_[at_])) ++at_;
    return at_ > before;
  }

  bool number() {
    if (text_[at_] == '-') ++at_;
    const bool zero = at_ < text_.size() && text_[at_] == '0';
    if (!digits()) return false;
    if (zero && digit(text_[at_ - 1]) && at_ >= 2 && digit(text_[at_ - 2])) return false;
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!digits()) return false;
    }
    if (at_ < text_.size()) return true;
    ended_ = true;
    return stop(End::cut);
  }

  bool word() {
    for (const std::string_view one : {"true", "false", "null"}) {
      const std::string_view here = text_.substr(at_, one.size());
      if (here == one) {
        at_ += one.size();
        return true;
      }
      if (at_ + here.size() == text_.size() && one.starts_with(here)) {
        at_ = text_.size();
        return false;
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 1;
  std::size_t depth_ = 1;
  std::array<bool, json_depth_max> objects_ = {true};
  Want want_ = Want::key_or_close;
  End end_ = End::broken;
  bool ended_ = false;  ///< end_ is set
};

}  // namespace

JsonScan scan_object(std::string_view text) {
  return Scanner(text).run();
}

}  // namespace mbe::importers
