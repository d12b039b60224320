// Whether an utterance asks Echo to make something new now - a poem, a program, a plan, a drawing -
// and what (docs/guide/echo.md). By rules over morphemes and words, without a model: questions
// about making, reports, wishes, quotes and negations are no commands. Invariant: the result
// depends on the text and the data files alone. Any thread may call find() at the same time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "analyse/analyser.h"
#include "base/result.h"
#include "creation/creation_words.h"

namespace mbe {

/// What a creation command asks for.
struct CreationCommand {
  CreationKind kind = CreationKind::other;
  std::string
      artefact;  ///< 시, 보고서, poem …; a listed noun or the object; empty if none is named
};

class CreationCommands {
 public:
  /// Loads the dictionary, its spelling and extra words, and `words` (data/echo/creation.tsv).
  /// Errors: those of KoreanTagger::open; io (a file cannot be read); corrupt (a row is malformed:
  /// file and line are named).
  [[nodiscard]] static Result<CreationCommands> open(const AnalyserPaths& paths,
                                                     const std::filesystem::path& words);

  CreationCommands(CreationCommands&& other) noexcept;
  CreationCommands& operator=(CreationCommands&& other) noexcept;
  ~CreationCommands();

  /// The command in the text, if it holds one; the last one of several. text: UTF-8; ill-formed
  /// bytes are skipped; beyond text_bytes_max nothing is read. Cost: linear, tens of µs for a
  /// chat line.
  [[nodiscard]] std::optional<CreationCommand> find(std::string_view text) const;

  static constexpr std::size_t text_bytes_max = 8000;

 private:
  struct Parts;
  explicit CreationCommands(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace mbe
