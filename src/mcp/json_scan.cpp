#include "mcp/json_scan.h"

#include <algorithm>

namespace mbe::mcp {

namespace {

constexpr int depth_max = 64;

/// One pass over a text. Each step returns false where it cannot go on.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }

  /// White space and comments.
  bool blanks() {
    for (;;) {
      while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) {
        ++at_;
      }
      const std::string_view two = text_.substr(std::min(at_, text_.size()), 2);
      if (two != "//" && two != "/*") return true;
      const std::size_t end = text_.find(two == "//" ? "\n" : "*/", at_ + 2);
      if (end == text_.npos) {
        at_ = text_.size();
        return two == "//";
      }
      at_ = end + (two == "//" ? 1 : 2);
    }
  }
  bool take(char c) {
    if (!is_at(c)) return false;
    ++at_;
    return true;
  }
  bool string() {
    if (!take('"')) return false;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    return take('"');
  }
  bool value(int depth) {
    if (depth > depth_max) return false;
    if (is_at('"')) return string();
    if (is_at('{')) return object(depth, nullptr);
    if (is_at('[')) return list(depth);
    const std::size_t begin = at_;
    const auto is_word = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' ||
             c == 'E';
    };
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return at_ > begin;
  }
  bool object(int depth, std::vector<JsonMember>* members) {
    if (!take('{') || !blanks()) return false;
    while (!is_at('}')) {
      JsonMember member{.begin = at_};
      if (!string()) return false;
      member.key = text_.substr(member.begin + 1, at_ - member.begin - 2);
      if (!blanks() || !take(':') || !blanks()) return false;
      member.value = at_;
      if (!value(depth + 1)) return false;
      member.end = at_;
      if (members != nullptr) members->push_back(std::move(member));
      if (!blanks()) return false;
      if (!take(',')) break;
      if (!blanks()) return false;
    }
    return take('}');
  }

 private:
  bool list(int depth) {
    if (!take('[') || !blanks()) return false;
    while (!is_at(']')) {
      if (!value(depth + 1) || !blanks()) return false;
      if (!take(',')) break;
      if (!blanks()) return false;
    }
    return take(']');
  }

  std::string_view text_;
  std::size_t at_;
};

}  // namespace

const JsonMember* JsonObject::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &JsonMember::key);
  return found == members.end() ? nullptr : &*found;
}

Result<JsonObject> scan_object(std::string_view text, std::size_t at) {
  Scanner scanner(text, at);
  JsonObject out;
  const bool begins = scanner.blanks();
  out.begin = scanner.at();
  if (begins && scanner.object(0, &out.members)) {
    out.end = scanner.at();
    return out;
  }
  const std::string_view before = text.substr(0, std::min(scanner.at(), text.size()));
  return fail(ErrorCode::invalid_argument, "line {} is not the JSON of an object",
              std::ranges::count(before, '\n') + 1);
}

}  // namespace mbe::mcp
