#include "block/payload.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cmath>
#include <cstring>

namespace mbe {

namespace {

constexpr std::string_view kind_names[] = {"utterance", "answer", "fact",     "summary",  "merge",
                                           "supersede", "pin",    "identity", "manifest", "insight",
                                           "creation",  "import", "audit"};
constexpr std::string_view trust_names[] = {"owner", "member", "agent", "tool", "imported", "web"};
constexpr float importance_steps = 1'000;

template <class Enum, std::size_t size>
std::optional<Enum> from_name(const std::string_view (&names)[size], std::string_view name) {
  for (std::size_t i = 0; i < size; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

/// Whether one of eight bytes needs an escape: a control character, a quote or a backslash.
/// Source: Anderson, Bit Twiddling Hacks, "Determine if a word has a byte less than n".
bool any_needs_escape(const char* bytes) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x8080808080808080;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const auto any_below = [](std::uint64_t of, std::uint64_t limit) {
    return (of - ones * limit) & ~of & tops;
  };
  return (any_below(word, 0x20) | any_below(word ^ ones * '"', 1) |
          any_below(word ^ ones * '\\', 1)) != 0;
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (i + 8 <= text.size() && !any_needs_escape(text.data() + i)) i += 8;
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, done, i - done);
    done = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    }
  }
  out.append(text, done, text.size() - done);
  out += '"';
}

/// Writes members; the first one opens the object.
struct Writer {
  std::string out = "{";

  void key(char name) {
    if (out.size() > 1) out += ',';
    out += '"';
    out += name;
    out += "\":";
  }
  void text(char name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    append_string(out, value);
  }
  void number(char name, std::int64_t value) {
    key(name);
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
  void texts(char name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    key(name);
    char separator = '[';
    for (const std::string& value : values) {
      out += separator;
      append_string(out, value);
      separator = ',';
    }
    out += ']';
  }
  void references(char name, const std::vector<Reference>& values) {
    if (values.empty()) return;
    key(name);
    char separator = '[';
    for (const Reference& value : values) {
      out += separator;
      separator = ',';
      if (value.chain.empty() && value.hash.empty()) {
        fmt::format_to(std::back_inserter(out), "{}", value.sequence);
        continue;
      }
      fmt::format_to(std::back_inserter(out), "[{},", value.sequence);
      append_string(out, value.chain);
      out += ',';
      append_string(out, value.hash);
      out += ']';
    }
    out += ']';
  }
};

using Json = simdjson::ondemand::value;
using simdjson::SUCCESS;

bool read_text(Json value, std::string& out) {
  std::string_view text;
  if (value.get_string().get(text) != SUCCESS) return false;
  out = text;
  return true;
}

bool read_texts(Json value, std::vector<std::string>& out) {
  simdjson::ondemand::array items;
  if (value.get_array().get(items) != SUCCESS) return false;
  for (auto item : items) {
    Json element;
    if (item.get(element) != SUCCESS || !read_text(element, out.emplace_back())) return false;
  }
  return true;
}

bool read_reference(Json value, Reference& out) {
  simdjson::ondemand::json_type type;
  if (value.type().get(type) != SUCCESS) return false;
  if (type != simdjson::ondemand::json_type::array) {
    return value.get_uint64().get(out.sequence) == SUCCESS;
  }
  simdjson::ondemand::array items;
  if (value.get_array().get(items) != SUCCESS) return false;
  int place = 0;
  for (auto item : items) {
    Json element;
    if (item.get(element) != SUCCESS || place > 2) return false;
    const bool good = place == 0   ? element.get_uint64().get(out.sequence) == SUCCESS
                      : place == 1 ? read_text(element, out.chain)
                                   : read_text(element, out.hash);
    if (!good) return false;
    ++place;
  }
  return place == 3;
}

bool read_references(Json value, std::vector<Reference>& out) {
  simdjson::ondemand::array items;
  if (value.get_array().get(items) != SUCCESS) return false;
  for (auto item : items) {
    Json element;
    if (item.get(element) != SUCCESS || !read_reference(element, out.emplace_back())) return false;
  }
  return true;
}

template <class Enum, class FromName>
bool read_name(Json value, FromName from, Enum& out) {
  std::string_view name;
  if (value.get_string().get(name) != SUCCESS) return false;
  const std::optional<Enum> found = from(name);
  if (found) out = *found;
  return found.has_value();
}

bool read_integer(Json value, std::int64_t low, std::int64_t high, std::int64_t& out) {
  return value.get_int64().get(out) == SUCCESS && out >= low && out <= high;
}

bool read_object(Json value, std::string& out) {
  simdjson::ondemand::object object;
  std::string_view raw;
  if (value.get_object().get(object) != SUCCESS || object.raw_json().get(raw) != SUCCESS) {
    return false;
  }
  out = raw;
  return true;
}

bool read_member(char name, Json value, Payload& out) {
  std::int64_t number = 0;
  switch (name) {
    case 'k':
      return read_name(value, kind_from_name, out.kind);
    case 'u':
      return read_name(value, trust_from_name, out.trust);
    case 't':
      return read_text(value, out.text);
    case 's':
      return read_text(value, out.speaker);
    case 'n':
      return read_text(value, out.session);
    case 'o':
      return read_text(value, out.source);
    case 'c':
      return read_text(value, out.channel);
    case 'w':
      return read_text(value, out.writer);
    case 'a':
      return read_text(value, out.action);
    case 'r':
      return read_integer(value, INT64_MIN, INT64_MAX, out.recorded_ms);
    case 'b':
      return out.clock_stepped_back = true, read_integer(value, 1, 1, number);
    case 'e':
      if (!read_integer(value, INT64_MIN, INT64_MAX, number)) return false;
      return out.event_ms = number, true;
    case 'f':
      return read_references(value, out.refs);
    case 'y':
      return read_texts(value, out.keywords);
    case 'g':
      return read_texts(value, out.tags);
    case 'i':
      if (!read_integer(value, 1, 1'000, number)) return false;
      return out.importance = static_cast<float>(number) / importance_steps, true;
    case 'v':
      if (!read_integer(value, 1, UINT32_MAX, number)) return false;
      return out.analysis_version = static_cast<std::uint32_t>(number), true;
    case 'x':
      return read_object(value, out.data);
    default:
      return false;
  }
}

bool read_payload(std::string_view json, Payload& out) {
  thread_local simdjson::ondemand::parser parser;
  thread_local std::string padded;  // simdjson reads whole registers, beyond the text's end
  padded.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  padded.assign(json);
  simdjson::ondemand::document document;
  simdjson::ondemand::object members;
  if (parser.iterate(padded).get(document) != SUCCESS) return false;
  if (document.get_object().get(members) != SUCCESS) return false;
  for (auto field : members) {
    std::string_view name;
    Json value;
    if (field.unescaped_key().get(name) != SUCCESS || name.size() != 1) return false;
    if (field.value().get(value) != SUCCESS || !read_member(name[0], value, out)) return false;
  }
  return true;
}

}  // namespace

std::string_view kind_name(Kind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}
std::optional<Kind> kind_from_name(std::string_view name) {
  return from_name<Kind>(kind_names, name);
}
std::string_view trust_name(Trust trust) {
  return trust_names[static_cast<std::size_t>(trust)];
}
std::optional<Trust> trust_from_name(std::string_view name) {
  return from_name<Trust>(trust_names, name);
}

std::string serialise(const Payload& payload) {
  return serialise(payload, payload.recorded_ms, payload.clock_stepped_back);
}

std::string serialise(const Payload& payload, TimeMs recorded_ms, bool stepped_back) {
  Writer writer;
  writer.out.reserve(512);
  if (payload.kind != Kind::utterance) writer.text('k', kind_name(payload.kind));
  if (payload.trust != Trust::owner) writer.text('u', trust_name(payload.trust));
  writer.text('t', payload.text);
  writer.text('s', payload.speaker);
  writer.text('n', payload.session);
  writer.text('o', payload.source);
  writer.text('c', payload.channel);
  writer.text('w', payload.writer);
  writer.text('a', payload.action);
  writer.number('r', recorded_ms);
  if (stepped_back) writer.number('b', 1);
  if (payload.event_ms) writer.number('e', *payload.event_ms);
  writer.references('f', payload.refs);
  writer.texts('y', payload.keywords);
  writer.texts('g', payload.tags);
  const long importance = std::lround(payload.importance * importance_steps);
  if (importance != 0) writer.number('i', importance);
  if (payload.analysis_version != 0) writer.number('v', payload.analysis_version);
  if (!payload.data.empty()) {
    writer.key('x');
    writer.out += payload.data;
  }
  writer.out += '}';
  return std::move(writer.out);
}

Result<Payload> parse_payload(std::string_view json) {
  Payload payload;
  // Writing it again and comparing leaves one form for each payload: no order, no white space, no
  // repeated or empty member can hide anything.
  if (!read_payload(json, payload) || serialise(payload) != json) {
    return fail(ErrorCode::corrupt, "a block's content is not a payload of this version");
  }
  return payload;
}

Result<void> check_payload(const Payload& payload) {
  if (!(payload.importance >= 0 && payload.importance <= 1)) {
    return fail(ErrorCode::invalid_argument, "importance must lie between 0 and 1");
  }
  const std::string json = serialise(payload);
  if (!simdjson::validate_utf8(json)) {
    return fail(ErrorCode::invalid_argument, "a text is not UTF-8; convert it first");
  }
  if (payload.data.empty()) return {};
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(payload.data).get(object) != SUCCESS || payload.data.front() != '{' ||
      payload.data.back() != '}') {
    return fail(ErrorCode::invalid_argument, "the data of a block is not a JSON object");
  }
  return {};
}

}  // namespace mbe
