// What Echo says of itself and how it is to sound: the texts of data/echo/<language>.json filled
// with the identity, who speaks, and the emotion trace. Immutable after loading: any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "circuits/config.h"
#include "echo/identity.h"

namespace mbe {

/// Who talks to Echo; decided by the account, never by what is said.
struct Speaker {
  std::string name;
  bool is_origin = false;
};

/// How the memory has felt lately.
struct Mood {
  double mood = 0;                    ///< -1 … 1
  std::vector<std::string> emotions;  ///< most frequent first
};

class Voice {
 public:
  /// language: ko or en. Errors: unavailable (no such file), corrupt (not the texts expected).
  [[nodiscard]] static Result<Voice> load(const std::string& language);

  /// For the system role of every prompt. Only its origin is told as such.
  [[nodiscard]] std::string system(const std::optional<Identity>& identity, const Speaker& speaker,
                                   const Mood& mood) const;
  /// For a circuit's note.
  [[nodiscard]] std::string circuit(Circuit circuit, const std::optional<Identity>& identity) const;
  /// A JSON Schema for it.
  [[nodiscard]] std::string note_schema(Circuit circuit) const;
  /// For making what the origin asked for.
  [[nodiscard]] std::string creation(const std::optional<Identity>& identity) const;
  /// The answer to "who are you?" and "who am I?": "나는 에코다. 너는 나의 오리진이다." is for the
  /// origin alone.
  [[nodiscard]] std::string who(const std::optional<Identity>& identity,
                                const Speaker& speaker) const;
  /// Whether an answer is wanted, rather than a memory made: a question, or a request.
  [[nodiscard]] bool asks(const std::string& said, const AnalysisView& analysis) const;
  /// One of the fixed texts: notes, memories_only, nothing, noted, creation_denied, nobody,
  /// day_keywords, day_mood.
  [[nodiscard]] std::string text(const std::string& key) const;
  /// "memory" and "day" with their holes filled.
  [[nodiscard]] std::string fill(
      const std::string& key, const std::vector<std::pair<std::string, std::string>>& values) const;

 private:
  Voice(Json texts, Json schemas) : texts_(std::move(texts)), schemas_(std::move(schemas)) {}
  [[nodiscard]] std::string name(const std::optional<Identity>& identity) const;

  Json texts_, schemas_;
};

/// Whether somebody asks who Echo is, or who they are to it, and nothing else.
[[nodiscard]] bool asks_who(const std::string& question, const AnalysisView& analysis,
                            const std::string& name);

}  // namespace mbe
