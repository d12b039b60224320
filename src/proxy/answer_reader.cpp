#include "proxy/answer_reader.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/utf8.h"

namespace mbe {

namespace {

using nlohmann::json;

/// The member of that name; null where there is none.
const json& at(const json& value, const char* name) {
  static const json none;
  if (!value.is_object()) return none;
  const auto found = value.find(name);
  return found == value.end() ? none : *found;
}

std::string text_at(const json& value, const char* name) {
  const json& found = at(value, name);
  return found.is_string() ? found.get<std::string>() : "";
}

/// The texts among parts of these kinds, or the text itself.
std::string words_of(const json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string out;
  if (!content.is_array()) return out;
  for (const json& part : content) {
    const std::string type = text_at(part, "type");
    if (type == "text" || type == "output_text") out += text_at(part, "text");
  }
  return out;
}

std::string words_of_output(const json& response) {
  std::string out;
  const json& items = at(response, "output");
  if (!items.is_array()) return out;
  for (const json& item : items) {
    if (text_at(item, "type") == "message") out += words_of(at(item, "content"));
  }
  return out;
}

/// The choice that counts; null where there is none.
const json& first_choice(const json& value) {
  static const json none;
  const json& choices = at(value, "choices");
  if (!choices.is_array()) return none;
  for (const json& one : choices) {
    const json& index = at(one, "index");
    if (index.is_null() || index == 0) return one;
  }
  return none;
}

/// What one event of a stream tells.
struct Piece {
  std::string text, model, id;
  bool completes = false, ends = false;
};

Piece chat_piece(const json& event) {
  const json& choice = first_choice(event);
  return {text_at(at(choice, "delta"), "content"), text_at(event, "model"), text_at(event, "id"),
          at(choice, "finish_reason").is_string()};
}

Piece responses_piece(const json& event) {
  const std::string type = text_at(event, "type");
  const json& response = at(event, "response");
  Piece out{"", text_at(response, "model"), text_at(response, "id")};
  if (type == "response.output_text.delta") out.text = text_at(event, "delta");
  out.completes = type == "response.completed" || type == "response.incomplete";
  out.ends = out.completes || type == "response.failed";
  return out;
}

Piece messages_piece(const json& event) {
  const std::string type = text_at(event, "type");
  const json& message = at(event, "message");
  Piece out{"", text_at(message, "model"), text_at(message, "id")};
  out.completes = out.ends = type == "message_stop";
  if (type == "content_block_delta" && text_at(at(event, "delta"), "type") == "text_delta") {
    out.text = text_at(at(event, "delta"), "text");
  }
  return out;
}

Piece piece_of(Wire wire, const json& event) {
  if (wire == Wire::chat) return chat_piece(event);
  return wire == Wire::responses ? responses_piece(event) : messages_piece(event);
}

}  // namespace

AnswerReader::AnswerReader(Wire wire)
    : wire_(wire),
      events_([this](const std::string&, const std::string& data) { return take_event(data); }) {}

void AnswerReader::take_whole(std::string_view body) {
  const json whole = json::parse(body, nullptr, false);
  answer_.model = text_at(whole, "model");
  answer_.id = text_at(whole, "id");
  if (wire_ == Wire::chat) {
    add(words_of(at(at(first_choice(whole), "message"), "content")));
  } else if (wire_ == Wire::responses) {
    add(words_of_output(whole));
  } else {
    add(words_of(at(whole, "content")));
  }
  answer_.complete = whole.is_object();
}

void AnswerReader::take_stream(std::string_view bytes) {
  readable_ = readable_ && events_.feed(bytes);
}

bool AnswerReader::take_event(const std::string& data) {
  if (data == "[DONE]") {
    answer_.ended = true;
    return true;
  }
  const json event = json::parse(data, nullptr, false);
  Piece piece = piece_of(wire_, event);
  if (!piece.model.empty()) answer_.model = std::move(piece.model);
  if (!piece.id.empty()) answer_.id = std::move(piece.id);
  add(piece.text);
  answer_.complete = answer_.complete || piece.completes;
  answer_.ended = answer_.ended || piece.ends;
  return true;
}

/// A NUL is no character of a memory.
void AnswerReader::add(std::string_view text) {
  answer_.text += utf8_prefix(text, text_bytes_max - answer_.text.size());
  std::erase(answer_.text, '\0');
}

std::string EventCutter::feed(std::string_view bytes) {
  std::size_t whole = 0;  // of held_, once these bytes are in it
  for (const char c : bytes) {
    held_ += c;
    const bool second_half = after_cr_ && c == '\n';
    after_cr_ = c == '\r';
    if (second_half) {
      if (whole + 1 == held_.size()) whole = held_.size();
      continue;
    }
    if (c != '\n' && c != '\r') {
      line_empty_ = false;
    } else {
      if (line_empty_) whole = held_.size();
      line_empty_ = true;
    }
  }
  if (held_.size() - whole > held_bytes_max) whole = held_.size();
  std::string out = held_.substr(0, whole);
  held_.erase(0, whole);
  return out;
}

std::string EventCutter::rest() {
  return std::exchange(held_, {});
}

}  // namespace mbe
