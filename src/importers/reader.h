// Reads one file of one format as a stream of steps. Memory is bounded by the largest thing that is
// read as a whole: a message, or a conversation of at most 64 MiB. Each format has a file of its
// own. One thread.
#pragma once

#include <memory>
#include <optional>

#include "importers/emitter.h"
#include "importers/input.h"

namespace mbe::importers {

class Reader {
 public:
  Reader(Input input, const Settings& settings, Format format)
      : input_(std::move(input)), out_(settings, format) {}
  virtual ~Reader() = default;

  /// The next step; nothing at the end. Errors: those of ByteSource::read.
  [[nodiscard]] Result<std::optional<Step>> next() {
    while (out_.empty()) {
      MBE_ASSIGN(const bool more, read_on());
      if (!more && out_.empty()) return std::optional<Step>();
    }
    return std::optional(out_.take());
  }
  [[nodiscard]] std::uint64_t bytes_read() const { return input_.bytes_read(); }

 protected:
  /// Reads a little more and emits what came of it; false at the end.
  [[nodiscard]] virtual Result<bool> read_on() = 0;

  Input input_;
  Emitter out_;
};

/// The reader of a format. Errors: unavailable (its words are not installed).
[[nodiscard]] Result<std::unique_ptr<Reader>> make_reader(Input input, const Settings& settings,
                                                          Format format);

}  // namespace mbe::importers
