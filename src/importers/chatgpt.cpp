// ChatGPT's export: conversations.json, a list of conversations, each a tree of messages.
// Source of the form: exports as open importers read them; there is no specification.
#include "importers/chat_tree.h"

namespace mbe::importers {

namespace {

constexpr std::string_view assistant_name = "ChatGPT";
constexpr std::string_view reference_begin = "\xee\x88\x80";  // U+E200
constexpr std::string_view reference_end = "\xee\x88\x81";    // U+E201

/// Without the references to sources that the page draws as small numbers.
std::string without_references(std::string text) {
  for (std::size_t at = text.find(reference_begin); at != std::string::npos;
       at = text.find(reference_begin, at)) {
    const std::size_t end = text.find(reference_end, at);
    if (end == std::string::npos) break;
    text.erase(at, end + reference_end.size() - at);
  }
  return text;
}

void add(std::string& out, const std::string& text) {
  if (text.empty()) return;
  if (!out.empty()) out += '\n';
  out += text;
}

/// What was written or said, without pictures and files.
std::string spoken(const Json& content) {
  std::string out;
  add(out, text_of(content, "text"));
  for (const Json& part : member_of(content, "parts")) {
    if (part.is_string()) add(out, part.get<std::string>());
    if (part.is_object()) add(out, text_of(part, "text"));
  }
  return without_references(std::move(out));
}

std::optional<LeftOut> reason_to_leave(const Json& message, const std::string& role) {
  const Json& hidden =
      member_of(member_of(message, "metadata"), "is_visually_hidden_from_conversation");
  if (hidden.is_boolean() && hidden.get<bool>()) return LeftOut::hidden;
  if (role == "tool") return LeftOut::tool;
  if (role != "user" && role != "assistant") return LeftOut::system;
  const std::string recipient = text_of(message, "recipient");
  if (!recipient.empty() && recipient != "all") return LeftOut::tool;
  const std::string type = text_of(member_of(message, "content"), "content_type");
  if (type == "user_editable_context" || type == "model_editable_context") return LeftOut::system;
  const bool said = type.empty() || type == "text" || type == "multimodal_text";
  return said ? std::nullopt : std::optional(LeftOut::tool);
}

class ChatGpt final : public JsonForm {
 public:
  bool whole(const Json& object, const JsonPlace& place, Emitter& out) const override {
    const Json& nodes = member_of(object, "mapping");
    if (!nodes.is_object()) return false;
    std::size_t placed = 0;
    for (const Json& node : nodes) placed += is_message(member_of(node, "message")) ? 1 : 0;
    if (placed != messages_in(object)) return false;
    const Json& silent = member_of(object, "is_do_not_remember");
    JsonPlace within = place;
    within.title = text_of(object, "title");
    std::optional<TimeMs> time = time_of(object, "create_time");
    const bool forbidden = silent.is_boolean() && silent.get<bool>();
    const auto take = [&](const Json& node, const std::string& id) {
      const Json& message = member_of(node, "message");
      if (!message.is_object()) return;
      if (forbidden) return out.leave_out(LeftOut::not_to_remember);
      if (const auto own = time_of(message, "create_time")) time = own;
      say(message, within, id, time, out);
    };
    const auto leave = [&](const Json& node) {
      if (member_of(node, "message").is_object()) out.leave_out(LeftOut::other_branch);
    };
    const ChatTree tree{nodes, "parent", [](const Json& node) {
                          return time_of(member_of(node, "message"), "create_time");
                        }};
    walk(tree, text_of(object, "current_node"), out.settings().all_branches, take, leave);
    return true;
  }

  bool is_message(const Json& object) const override {
    return member_of(object, "author").is_object() && member_of(object, "content").is_object();
  }
  void message(const Json& object, const JsonPlace& place, Emitter& out) const override {
    say(object, place, {}, time_of(object, "create_time"), out);
  }

 private:
  static void say(const Json& message, const JsonPlace& place, const std::string& node_id,
                  std::optional<TimeMs> time, Emitter& out) {
    const std::string role = text_of(member_of(message, "author"), "role");
    if (const auto reason = reason_to_leave(message, role)) return out.leave_out(*reason);
    const Json& content = member_of(message, "content");
    Said said;
    said.text = spoken(content);
    if (said.text.empty() && !member_of(content, "parts").empty()) {
      const bool drawn = member_of(content, "parts")[0].is_object();
      return out.leave_out(drawn ? LeftOut::placeholder : LeftOut::empty);
    }
    const std::string id = text_of(message, "id").empty() ? node_id : text_of(message, "id");
    if (!id.empty()) said.id = "chatgpt:" + id;
    said.by_owner = role == "user";
    said.speaker = said.by_owner ? role : std::string(assistant_name);
    said.kind = said.by_owner ? "utterance" : "answer";
    said.chat = place.title;
    said.time_ms = time;
    if (time) said.local_time = format_time(*time);
    said.line = place.line;
    out.say(std::move(said));
  }
};

}  // namespace

const JsonForm& chatgpt_form() {
  static const ChatGpt form;
  return form;
}

}  // namespace mbe::importers
