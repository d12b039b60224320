// Reads files that are made of JSON objects - a list of conversations, one a line, or one in which
// they lie - whatever stands around them. An object that is broken is left, and what is sound
// inside it is looked for: no damage reaches further than the smallest object around it.
#pragma once

#include <string>

#include "base/json.h"
#include "importers/reader.h"

namespace mbe::importers {

using Json = nlohmann::json;

/// A conversation, or what is known of the one that a message was saved from.
struct JsonPlace {
  std::uint64_t line = 0;
  std::string title;  ///< of a damaged conversation
};

/// What a format's objects look like.
class JsonForm {
 public:
  virtual ~JsonForm() = default;
  /// Emits all of a conversation. False if it is none, or if some of its messages do not stand
  /// where they belong: then they are taken one by one.
  [[nodiscard]] virtual bool whole(const Json& object, const JsonPlace& place,
                                   Emitter& out) const = 0;
  [[nodiscard]] virtual bool is_message(const Json& object) const = 0;
  /// Emits one message that was found by itself.
  virtual void message(const Json& object, const JsonPlace& place, Emitter& out) const = 0;

  /// How many messages there are in it, however deep.
  [[nodiscard]] std::size_t messages_in(const Json& value) const;
};

/// form: must live as long as the reader.
[[nodiscard]] std::unique_ptr<Reader> json_reader(Input input, const Settings& settings,
                                                  Format format, const JsonForm& form);

/// The forms there are.
[[nodiscard]] const JsonForm& chatgpt_form();
[[nodiscard]] const JsonForm& claude_form();
[[nodiscard]] const JsonForm& open_webui_form();
[[nodiscard]] const JsonForm& mem0_form();

// Members of an object; the empty value where it is missing or of another type.
[[nodiscard]] std::string text_of(const Json& object, const char* key);
[[nodiscard]] const Json& member_of(const Json& object, const char* key);
/// Seconds or milliseconds since 1970, or ISO 8601.
[[nodiscard]] std::optional<TimeMs> time_of(const Json& object, const char* key);

}  // namespace mbe::importers
