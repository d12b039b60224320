// Claude's export: conversations.json, a list of conversations with their messages in order.
// Source of the form: exports as open importers read them; there is no specification.
#include <algorithm>

#include "importers/json_reader.h"

namespace mbe::importers {

namespace {

constexpr std::string_view assistant_name = "Claude";

/// The blocks of text; thoughts and what tools were asked and said are left out.
std::string spoken(const Json& message) {
  const Json& content = member_of(message, "content");
  if (content.is_string()) return content.get<std::string>();
  std::string out;
  bool blocks = false;
  if (content.is_array()) {
    for (const Json& block : content) {
      blocks = true;
      if (text_of(block, "type") != "text") continue;
      if (!out.empty()) out += "\n\n";
      out += text_of(block, "text");
    }
  }
  return blocks ? out : text_of(message, "text");
}

bool has_items(const Json& message, const char* key) {
  const Json& list = member_of(message, key);
  return list.is_array() && !list.empty();
}

LeftOut without_text(const Json& message) {
  const bool files = has_items(message, "attachments") || has_items(message, "files");
  if (files) return LeftOut::placeholder;
  return has_items(message, "content") ? LeftOut::tool : LeftOut::empty;
}

class Claude final : public JsonForm {
 public:
  bool whole(const Json& object, const JsonPlace& place, Emitter& out) const override {
    const Json& given = member_of(object, "chat_messages");
    const Json& messages = given.is_array() ? given : member_of(object, "messages");
    if (!messages.is_array() || (!given.is_array() && !object.contains("uuid"))) return false;
    const auto is_one = [&](const Json& message) { return is_message(message); };
    const auto placed = std::count_if(messages.begin(), messages.end(), is_one);
    if (static_cast<std::size_t>(placed) != messages_in(object)) return false;
    JsonPlace within = place;
    within.title = text_of(object, "name");
    std::optional<TimeMs> time = time_of(object, "created_at");
    for (const Json& message : messages) {
      if (const auto own = time_of(message, "created_at")) time = own;
      say(message, within, time, out);
    }
    return true;
  }

  /// Of the API's form only what the export marks: others' messages may be quoted in a message.
  bool is_message(const Json& object) const override {
    const bool said = object.contains("text") || object.contains("content");
    const bool marked = object.contains("uuid") || object.contains("created_at");
    return said && (member_of(object, "sender").is_string() ||
                    (marked && member_of(object, "role").is_string()));
  }
  void message(const Json& object, const JsonPlace& place, Emitter& out) const override {
    say(object, place, time_of(object, "created_at"), out);
  }

 private:
  static std::string sender(const Json& message) {
    const std::string sender = text_of(message, "sender");
    return sender.empty() ? text_of(message, "role") : sender;
  }

  static void say(const Json& message, const JsonPlace& place, std::optional<TimeMs> time,
                  Emitter& out) {
    if (!message.is_object()) {
      return out.unreadable(place.line, fail(ErrorCode::invalid_argument, "not a JSON object"));
    }
    const std::string role = sender(message);
    const bool by_owner = role == "human" || role == "user";
    if (!by_owner && role != "assistant") return out.leave_out(LeftOut::system);
    Said said;
    said.text = spoken(message);
    if (said.text.empty()) return out.leave_out(without_text(message));
    if (const std::string id = text_of(message, "uuid"); !id.empty()) said.id = "claude:" + id;
    said.by_owner = by_owner;
    said.speaker = by_owner ? "user" : std::string(assistant_name);
    said.kind = by_owner ? "utterance" : "answer";
    said.chat = place.title;
    said.time_ms = time;
    if (time) said.local_time = format_time(*time);
    said.line = place.line;
    out.say(std::move(said));
  }
};

}  // namespace

const JsonForm& claude_form() {
  static const Claude form;
  return form;
}

}  // namespace mbe::importers
