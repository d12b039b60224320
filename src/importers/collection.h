// Everything an import reads, as one stream of steps: a file, a folder of notes, or an archive as
// ChatGPT and Claude make them. Nothing is unpacked to disk; an archive that would unpack to more
// than 8 GiB, or one part of it to more than a thousand times its size, is refused (limit).
// One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "importers/reader.h"

namespace mbe::importers {

/// What is opened one after another.
class Parts {
 public:
  virtual ~Parts() = default;
  /// How many there are.
  [[nodiscard]] virtual std::size_t count() const = 0;
  /// Below the folder or in the archive; empty for a single file.
  [[nodiscard]] virtual std::string name(std::size_t index) const = 0;
  /// When it was last changed, where that is known.
  [[nodiscard]] virtual std::optional<TimeMs> changed(std::size_t index) const = 0;
  /// Of all of them; 0 where that is not known.
  [[nodiscard]] virtual std::uint64_t bytes_total() const = 0;
  /// Errors: those of open_file; corrupt, limit (an archive's part).
  [[nodiscard]] virtual Result<std::unique_ptr<ByteSource>> open(std::size_t index) = 0;
};

/// A file, or `-` for standard input.
[[nodiscard]] Result<std::unique_ptr<Parts>> single_file(const std::string& path);
/// Text files below a folder, by name; hidden ones and links are passed over. Errors: io, limit
/// (over 100,000).
[[nodiscard]] Result<std::unique_ptr<Parts>> folder_parts(const std::string& path);
/// Errors: io, corrupt (no sound archive), limit (too many parts, or too large unpacked).
[[nodiscard]] Result<std::unique_ptr<Parts>> archive_parts(const std::string& path);

/// Of names in a folder or archive, those to read: the conversations of an export where there are
/// some, else every file of text.
[[nodiscard]] std::vector<std::size_t> chosen_parts(const std::vector<std::string>& names);

class Collection {
 public:
  /// path: a file, `-`, a folder or an archive. settings.name is taken from it where it is empty.
  /// Errors: not_found, io, corrupt, limit.
  [[nodiscard]] static Result<Collection> open(const std::string& path, Settings settings);
  Collection(std::unique_ptr<Parts> parts, Settings settings)
      : parts_(std::move(parts)), settings_(std::move(settings)) {}

  /// The next step; nothing at the end. Errors: io (a single file), invalid_argument (its format is
  /// not known), unavailable. Of several files, one that cannot be read is a step like any other.
  [[nodiscard]] Result<std::optional<Step>> next();

  /// The format of the file that was opened last.
  [[nodiscard]] std::optional<Format> format() const { return format_; }
  [[nodiscard]] std::uint64_t bytes_read() const;
  /// 0 where that is not known.
  [[nodiscard]] std::uint64_t bytes_total() const { return parts_->bytes_total(); }

 private:
  [[nodiscard]] Result<void> open_part();

  std::unique_ptr<Parts> parts_;
  Settings settings_;
  std::size_t next_part_ = 0;
  std::unique_ptr<Reader> reader_;
  std::string part_name_;
  std::uint64_t bytes_before_ = 0;
  std::optional<Format> format_;
  bool failed_ = false;  ///< the part's bytes ended with an error
};

}  // namespace mbe::importers
