// Open WebUI's export of chats: a list, each with the tree of its messages.
// Source of the form: exports as open importers read them.
#include <algorithm>

#include "importers/chat_tree.h"

namespace mbe::importers {

namespace {

/// Without what a model thought, which stands folded before its answer.
std::string without_details(std::string text) {
  constexpr std::string_view begin = "<details type=\"";
  constexpr std::string_view end = "</details>";
  for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    const std::size_t close = text.find(end, at);
    if (close == std::string::npos) break;
    text.erase(at, close + end.size() - at);
  }
  return text;
}

std::string spoken(const Json& message) {
  const Json& content = member_of(message, "content");
  if (content.is_string()) return without_details(content.get<std::string>());
  std::string out;
  if (!content.is_array()) return out;
  for (const Json& part : content) {
    const std::string text = text_of(part, "text");
    if (!out.empty() && !text.empty()) out += '\n';
    out += text;
  }
  return out;
}

std::string model_of(const Json& message) {
  for (const char* key : {"modelName", "model"}) {
    if (std::string name = text_of(message, key); !name.empty()) return name;
  }
  return "assistant";
}

class OpenWebUi final : public JsonForm {
 public:
  bool whole(const Json& object, const JsonPlace& place, Emitter& out) const override {
    const Json& inner = member_of(object, "chat");
    const Json& chat = inner.is_object() ? inner : object;
    const Json& nodes = member_of(member_of(chat, "history"), "messages");
    const Json& list = member_of(chat, "messages");
    if (!nodes.is_object() && (!list.is_array() || !inner.is_object())) return false;
    // The tree's current path is exported once more, as a list.
    const Json& messages = nodes.is_object() ? nodes : list;
    const auto is_one = [&](const Json& message) { return is_message(message); };
    const auto placed =
        static_cast<std::size_t>(std::count_if(messages.begin(), messages.end(), is_one));
    const std::size_t again = nodes.is_object() ? messages_in(list) : 0;
    if (placed + again != messages_in(object)) return false;
    JsonPlace within = place;
    within.title =
        text_of(object, "title").empty() ? text_of(chat, "title") : text_of(object, "title");
    std::optional<TimeMs> time = time_of(object, "created_at");
    const auto take = [&](const Json& message, const std::string& id) {
      if (const auto own = time_of(message, "timestamp")) time = own;
      say(message, within, id, time, out);
    };
    if (nodes.is_object()) {
      const ChatTree tree{nodes, "parentId",
                          [](const Json& node) { return time_of(node, "timestamp"); }};
      walk(tree, text_of(member_of(chat, "history"), "currentId"), out.settings().all_branches,
           take, [&](const Json&) { out.leave_out(LeftOut::other_branch); });
    } else {
      for (const Json& message : list) take(message, text_of(message, "id"));
    }
    return true;
  }

  bool is_message(const Json& object) const override {
    const bool placed = object.contains("parentId") || object.contains("timestamp");
    return placed && member_of(object, "role").is_string() && object.contains("content");
  }
  void message(const Json& object, const JsonPlace& place, Emitter& out) const override {
    say(object, place, text_of(object, "id"), time_of(object, "timestamp"), out);
  }

 private:
  static void say(const Json& message, const JsonPlace& place, const std::string& node_id,
                  std::optional<TimeMs> time, Emitter& out) {
    if (!message.is_object()) {
      return out.unreadable(place.line, fail(ErrorCode::invalid_argument, "not a JSON object"));
    }
    const std::string role = text_of(message, "role");
    if (role != "user" && role != "assistant") {
      return out.leave_out(role == "tool" ? LeftOut::tool : LeftOut::system);
    }
    Said said;
    said.text = spoken(message);
    const bool files = !member_of(message, "files").empty();
    if (said.text.empty()) return out.leave_out(files ? LeftOut::placeholder : LeftOut::empty);
    const std::string id = text_of(message, "id").empty() ? node_id : text_of(message, "id");
    if (!id.empty()) said.id = "open_webui:" + id;
    said.by_owner = role == "user";
    said.speaker = said.by_owner ? role : model_of(message);
    said.kind = said.by_owner ? "utterance" : "answer";
    said.chat = place.title;
    said.time_ms = time;
    if (time) said.local_time = format_time(*time);
    said.line = place.line;
    out.say(std::move(said));
  }
};

}  // namespace

const JsonForm& open_webui_form() {
  static const OpenWebUi form;
  return form;
}

}  // namespace mbe::importers
