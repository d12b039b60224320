#include "server/mem0_shape.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/datetime.h"
#include "operations/read_json.h"

namespace mbe {

namespace {

constexpr std::array<const char*, 4> id_names = {"user_id", "agent_id", "app_id", "run_id"};
constexpr std::array<const char*, 5> own_members = {"user_id", "agent_id", "app_id", "run_id",
                                                    "role"};
constexpr std::string_view id_prefix = "6d656d30-0000-8000-8000-";  // "mem0", version 8
constexpr std::size_t id_digits = 12;
constexpr std::size_t id_bytes_max = 200;
constexpr TimeMs second_ms = 1'000;
constexpr const char* anything = "*";

bool is_own(const std::string& name) {
  return std::ranges::find(own_members, name) != own_members.end();
}

std::string text_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

/// What was kept beside the text; an empty object where it is not this door's.
Json about(const BlockView& block) {
  const Json data = Json::parse(block.data, nullptr, false);
  const auto found = data.is_object() ? data.find(mem0_channel) : data.end();
  return data.is_object() && found != data.end() && found->is_object() ? *found : Json::object();
}

/// Where a memory of these ids lies, for the index: by the first of them.
std::string source_of(const Json& ids) {
  for (const char* name : id_names) {
    if (const std::string value = text_in(ids, name); !value.empty()) {
      return std::string("mem0:") + name + "=" + value;
    }
  }
  return "";
}

Result<void> check_operators(const std::string& name, const Json& wanted) {
  if (!wanted.is_object()) {
    if (!wanted.is_array()) return {};
    return fail(ErrorCode::invalid_argument, "the filter of `{}` is a value or an object", name);
  }
  for (const auto& [op, value] : wanted.items()) {
    const bool fits = op == "eq" || op == "ne" || (op == "in" && value.is_array());
    if (fits) continue;
    return fail(ErrorCode::invalid_argument,
                "the filter of `{}` uses `{}`; only eq, ne and in with a list are known here", name,
                op);
  }
  return {};
}

Result<void> check_filter(const Json& filter) {
  if (!filter.is_object()) {
    return fail(ErrorCode::invalid_argument, "`filters` is an object of conditions");
  }
  for (const auto& [name, wanted] : filter.items()) {
    if (name == "AND" || name == "OR" || name == "NOT") {
      if (!wanted.is_array()) {
        return fail(ErrorCode::invalid_argument, "`{}` is a list of filters", name);
      }
      for (const Json& one : wanted) MBE_TRY(check_filter(one));
    } else if (name == "metadata" && wanted.is_object()) {
      for (const auto& [key, value] : wanted.items()) MBE_TRY(check_operators(key, value));
    } else {
      MBE_TRY(check_operators(name, wanted));
    }
  }
  return {};
}

bool names_somebody(const Json& filter) {
  for (const auto& [name, wanted] : filter.items()) {
    if (name == "NOT") continue;
    if (wanted.is_array()) {
      if (std::ranges::any_of(wanted, names_somebody)) return true;
    } else if (std::ranges::find(id_names, name) != id_names.end()) {
      return true;
    }
  }
  return false;
}

bool is_value(const Json& wanted, const Json& value) {
  if (wanted == anything) return !value.is_null();
  if (!wanted.is_object()) return wanted == value;
  for (const auto& [op, operand] : wanted.items()) {
    if (op == "eq" && operand != value) return false;
    if (op == "ne" && operand == value) return false;
    if (op == "in" && std::ranges::find(operand, value) == operand.end()) return false;
  }
  return true;
}

bool has_value(const Json& wanted, const Json& from, const std::string& name) {
  const auto found = from.find(name);
  return is_value(wanted, found == from.end() ? Json() : *found);
}

/// Conditions that hold for everything that is meant, as far as they are plain texts.
void collect_plain(const Json& filter, Json& out) {
  for (const auto& [name, wanted] : filter.items()) {
    if (name == "AND") {
      for (const Json& one : wanted) collect_plain(one, out);
    } else if (wanted.is_string() && wanted != anything) {
      out[name] = wanted;
    }
  }
}

Result<std::string> id_in(const Json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return std::string();
  const bool is_text = found->is_string() || found->is_number_integer();
  const std::string text = found->is_string() ? found->get<std::string>() : found->dump();
  if (is_text && !text.empty() && text.size() <= id_bytes_max && text != anything) return text;
  return fail(ErrorCode::invalid_argument, "`{}` is a text of 1 to {} bytes", name, id_bytes_max);
}

/// The text of a message, whether it is one or a list of parts.
std::string content_of(const Json& message) {
  const auto content = message.find("content");
  if (content == message.end()) return "";
  if (content->is_string()) return content->get<std::string>();
  std::string out;
  if (!content->is_array()) return out;
  for (const Json& part : *content) {
    if (!part.is_object() || text_in(part, "type") != "text") continue;
    out += (out.empty() ? "" : "\n") + text_in(part, "text");
  }
  return out;
}

Result<Json> messages_of(const Json& body) {
  const auto given = body.find("messages");
  const Json messages = given == body.end() ? Json() : *given;
  Json out = Json::array();
  if (messages.is_string()) {
    out.push_back({{"role", "user"}, {"content", messages}});
  } else if (messages.is_object()) {
    out.push_back(messages);
  } else if (messages.is_array()) {
    out = messages;
  }
  const auto is_message = [](const Json& one) { return one.is_object(); };
  if (out.empty() || !std::ranges::all_of(out, is_message)) {
    return fail(ErrorCode::invalid_argument,
                "`messages` is a text, a message or a list of messages with role and content");
  }
  if (out.size() <= mem0_messages_max) return out;
  return fail(ErrorCode::limit, "{} messages at once, at most {}", out.size(), mem0_messages_max);
}

Result<std::string> data_text(const Json& kept) {
  std::string out = json_line({{mem0_channel, kept}});
  if (out.size() <= mem0_metadata_bytes_max) return out;
  return fail(ErrorCode::limit,
              "the metadata is {} bytes as JSON, at most {} are taken; keep less beside the memory",
              out.size(), mem0_metadata_bytes_max);
}

Result<Json> metadata_in(const Json& body) {
  const auto found = body.find("metadata");
  if (found == body.end() || found->is_null()) return Json();
  if (found->is_object()) return *found;
  return fail(ErrorCode::invalid_argument, "`metadata` is an object");
}

Result<std::optional<TimeMs>> time_in(const Json& body) {
  const auto found = body.find("timestamp");
  if (found == body.end() || found->is_null()) return std::optional<TimeMs>();
  constexpr double seconds_max = 253'402'300'799;  // the end of the year 9999
  if (found->is_number() && *found >= 0 && *found <= seconds_max) {
    return std::optional(static_cast<TimeMs>(found->get<double>() * second_ms));
  }
  if (found->is_string()) {
    if (const auto time = parse_time(found->get<std::string>())) return std::optional(*time);
  }
  return fail(ErrorCode::invalid_argument, "`timestamp` is in seconds since 1970, or ISO 8601");
}

Result<void> check_lasting(const Json& body) {
  const auto found = body.find("expiration_date");
  if (found == body.end() || found->is_null()) return {};
  return fail(ErrorCode::invalid_argument,
              "memories do not expire here; leave `expiration_date` out and delete it yourself");
}

}  // namespace

std::string mem0_id(std::uint64_t block_index) {
  return fmt::format("{}{:012x}", id_prefix, block_index);
}

std::optional<std::uint64_t> mem0_index(const std::string& id) {
  if (!id.starts_with(id_prefix) || id.size() != id_prefix.size() + id_digits) return std::nullopt;
  std::uint64_t out = 0;
  const char* const end = id.data() + id.size();
  const auto [stop, failed] = std::from_chars(end - id_digits, end, out, 16);
  return failed == std::errc() && stop == end ? std::optional(out) : std::nullopt;
}

Result<Json> mem0_filter(const Json& given) {
  Json all = Json::array();
  for (const char* name : id_names) {
    const auto found = given.find(name);
    if (found == given.end() || found->is_null()) continue;
    all.push_back({{name, found->is_number_integer() ? Json(found->dump()) : *found}});
  }
  if (const auto more = given.find("filters"); more != given.end() && !more->is_null()) {
    all.push_back(*more);
  }
  Json out = {{"AND", std::move(all)}};
  MBE_TRY(check_filter(out));
  if (names_somebody(out)) return out;
  return fail(ErrorCode::invalid_argument,
              "at least one of user_id, agent_id, app_id, run_id must be given");
}

bool mem0_matches(const Json& filter, const Json& item) {
  const auto holds = [&item](const Json& one) { return mem0_matches(one, item); };
  static const Json none = Json::object();
  const Json& metadata = item.at("metadata").is_object() ? item.at("metadata") : none;
  for (const auto& [name, wanted] : filter.items()) {
    bool fits = true;
    if (name == "AND") {
      fits = std::ranges::all_of(wanted, holds);
    } else if (name == "OR") {
      fits = std::ranges::any_of(wanted, holds);
    } else if (name == "NOT") {
      fits = std::ranges::none_of(wanted, holds);
    } else if (name == "metadata" && wanted.is_object()) {
      for (const auto& [key, value] : wanted.items()) {
        fits = fits && has_value(value, metadata, key);
      }
    } else {
      fits = has_value(wanted, is_own(name) ? item : metadata, name);
    }
    if (!fits) return false;
  }
  return true;
}

RecallFilter mem0_recall_filter(const Json& filter) {
  RecallFilter out;
  out.channels = {mem0_channel};
  Json plain = Json::object();
  collect_plain(filter, plain);
  // Only by the user: a memory of a user and an agent lies under the user.
  if (plain.contains("user_id")) out.sources = {source_of(plain)};
  if (plain.contains("run_id")) out.sessions = {plain["run_id"].get<std::string>()};
  return out;
}

bool mem0_is_narrow(const Json& filter) {
  for (const auto& [name, wanted] : filter.items()) {
    const bool is_told = (name == "user_id" || name == "run_id") && wanted.is_string();
    if (is_told && wanted != anything) continue;
    if (name != "AND" || std::ranges::any_of(wanted, mem0_is_narrow)) return true;
  }
  return false;
}

Result<std::vector<RememberRequest>> mem0_statements(const Json& body) {
  MBE_TRY(check_lasting(body));
  Json kept = Json::object();
  const Json filters = body.value("filters", Json());
  for (const char* name : id_names) {
    MBE_ASSIGN(std::string id, id_in(body, name));
    if (id.empty() && filters.is_object()) {
      MBE_ASSIGN(id, id_in(filters, name));
    }
    if (!id.empty()) kept[name] = id;
  }
  const std::string source = source_of(kept);
  if (source.empty()) {
    return fail(ErrorCode::invalid_argument,
                "at least one of user_id, agent_id, app_id, run_id must be given");
  }
  MBE_ASSIGN(const Json metadata, metadata_in(body));
  if (!metadata.is_null()) kept["metadata"] = metadata;
  MBE_ASSIGN(const std::optional<TimeMs> time, time_in(body));
  MBE_ASSIGN(const Json messages, messages_of(body));
  std::vector<RememberRequest> out;
  for (const Json& message : messages) {
    const std::string role = message.contains("role") ? text_in(message, "role") : "user";
    const std::string text = content_of(message);
    if (role == "system" || text.find_first_not_of(" \t\r\n") == std::string::npos) continue;
    if (text.size() > text_bytes_max) {
      return fail(ErrorCode::limit, "a message has {} bytes, at most {}; cut it", text.size(),
                  text_bytes_max);
    }
    const bool is_answer = role == "assistant";
    const std::string whose = text_in(kept, is_answer ? "agent_id" : "user_id");
    const std::string name = text_in(message, "name");
    kept["role"] = role;
    RememberRequest& one = out.emplace_back();
    one.text = text;
    one.speaker = !name.empty() ? name : whose.empty() ? role : whose;
    one.session = text_in(kept, "run_id");
    one.source = source;
    one.kind = is_answer ? "answer" : "utterance";
    one.event_ms = time;
    MBE_ASSIGN(one.data, data_text(kept));
  }
  return out;
}

Result<RememberRequest> mem0_update(const Json& body, const BlockView& newest) {
  MBE_TRY(check_lasting(body));
  RememberRequest out;
  for (const char* name : {"text", "memory", "data"}) {
    if (out.text.empty()) out.text = text_in(body, name);
  }
  MBE_ASSIGN(const Json metadata, metadata_in(body));
  if (out.text.empty() && metadata.is_null()) {
    return fail(ErrorCode::invalid_argument, "`text` says what holds now");
  }
  if (out.text.empty()) out.text = newest.context;
  Json kept = about(newest);
  if (!metadata.is_null()) kept["metadata"] = metadata;
  MBE_ASSIGN(out.data, data_text(kept));
  MBE_ASSIGN(out.event_ms, time_in(body));
  out.speaker = newest.speaker;
  out.session = newest.session;
  out.source = newest.source;
  return out;
}

Json mem0_item(const BlockView& root, const BlockView& newest) {
  const Json kept = about(newest);
  const bool is_updated = root.block_index != newest.block_index;
  Json out = {{"id", mem0_id(root.block_index)},
              {"memory", newest.context},
              {"hash", newest.hash},
              {"metadata", kept.value("metadata", Json())},
              {"created_at", format_time(root.timestamp_ms)},
              {"updated_at", is_updated ? Json(format_time(newest.recorded_ms)) : Json()}};
  for (const char* name : own_members) {
    if (kept.contains(name)) out[name] = kept[name];
  }
  return out;
}

Json mem0_history(const std::string& id, const std::vector<HistoryEntry>& entries) {
  Json out = Json::array();
  for (const HistoryEntry& entry : entries) {
    const bool is_gone = entry.event == "erased";
    const std::string event = entry.event == "said"      ? "ADD"
                              : entry.event == "updated" ? "UPDATE"
                              : is_gone                  ? "DELETE"
                                                         : "";
    if (event.empty()) continue;
    out.push_back({{"id", id + "/" + std::to_string(out.size())},
                   {"memory_id", id},
                   {"old_memory", out.empty() ? Json() : out.back()["new_memory"]},
                   {"new_memory", is_gone ? Json() : Json(entry.block.context)},
                   {"event", event},
                   {"created_at", is_gone ? Json() : Json(format_time(entry.block.recorded_ms))},
                   {"updated_at", nullptr},
                   {"is_deleted", is_gone ? 1 : 0}});
  }
  return out;
}

}  // namespace mbe
