#include "proxy/wire.h"

#include "proxy/json_span.h"
#include "proxy/own_words.h"

namespace mbe {

namespace {

using Place = WireRequest::Place;

bool is_text_part(const JsonSpan& part) {
  const std::string type = part.text_of("type");
  return type == "text" || type == "input_text" || type == "output_text";
}

/// The words of a message's content: a text, or the texts among its parts.
std::string words_of(const JsonSpan& content) {
  if (content.is_string()) return content.text();
  std::string out;
  for (const JsonSpan& part : content.items()) {
    if (!is_text_part(part)) continue;
    if (!out.empty()) out += '\n';
    out += part.text_of("text");
  }
  return out;
}

/// Where memory goes in the content of a message. Anthropic's parts have marks up to which the
/// prompt is cached, and results of tools come first: what is new stands behind all of them.
void place_in(const JsonSpan& content, std::string_view body, WireRequest& out) {
  const auto begin = static_cast<std::size_t>(content.raw().data() - body.data());
  if (content.is_string()) {
    out.place = Place::in_text;
    out.offset = begin + 1;
  } else if (out.wire == Wire::messages) {
    out.place = Place::behind_parts;
    out.offset = begin + content.raw().size() - 1;
  } else {
    out.place = Place::before_parts;
    out.offset = begin + 1;
  }
}

void take_words(const JsonSpan& content, bool from_person, std::string_view body,
                WireRequest& out) {
  std::string words = own_words(words_of(content));
  if (words.empty()) return;
  if (from_person) {
    out.newest = out.turns.size();
    place_in(content, body, out);
  }
  out.turns.push_back({from_person, std::move(words)});
}

void take_message(const JsonSpan& message, std::string_view body, WireRequest& out) {
  const std::string role = message.text_of("role");
  const auto content = message.member("content");
  if (content && (role == "user" || role == "assistant")) {
    take_words(*content, role == "user", body, out);
  }
}

}  // namespace

Result<WireRequest> read_request(Wire wire, std::string_view body) {
  MBE_TRY(check_json(body));
  const JsonSpan root(body);
  if (!root.is_object()) {
    return fail(ErrorCode::invalid_argument, "the body is not a JSON object");
  }
  WireRequest out;
  out.wire = wire;
  out.model = root.text_of("model");
  const auto streams = root.member("stream");
  out.streams = streams && streams->raw() == "true";
  const auto said = root.member(wire == Wire::responses ? "input" : "messages");
  if (said && said->is_string() && wire == Wire::responses) {
    take_words(*said, true, body, out);
  } else if (said) {
    for (const JsonSpan& message : said->items()) take_message(message, body, out);
  }
  if (wire != Wire::responses) return out;
  out.previous = root.text_of("previous_response_id");
  if (const auto talk = root.member("conversation")) {
    out.conversation = talk->is_object() ? talk->text_of("id") : talk->text();
  }
  return out;
}

std::string with_memory(const WireRequest& request, std::string_view body,
                        std::string_view memory) {
  if (memory.empty() || !request.newest) return std::string(body);
  std::string added = json_escaped(memory);
  if (request.place == Place::in_text) {
    added += "\\n";
  } else {
    const char* const type = request.wire == Wire::responses ? "input_text" : "text";
    added = std::string(R"({"type":")") + type + R"(","text":")" + added + R"("})";
    added = request.place == Place::before_parts ? added + ',' : ',' + added;
  }
  std::string out;
  out.reserve(body.size() + added.size());
  out.append(body.substr(0, request.offset)).append(added).append(body.substr(request.offset));
  return out;
}

std::string with_model(const WireRequest& request, std::string body, const std::string& model) {
  if (model.empty() || !request.model.empty()) return body;
  const std::size_t inside = body.find('{') + 1;
  const std::size_t next = body.find_first_not_of(" \t\r\n", inside);
  const bool alone = next == std::string::npos || body[next] == '}';
  const std::string added = R"("model":")" + json_escaped(model) + '"';
  return body.insert(inside, alone ? added : added + ',');
}

}  // namespace mbe
