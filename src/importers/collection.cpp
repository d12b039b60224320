#include "importers/collection.h"

#include <array>
#include <filesystem>

namespace mbe::importers {

namespace {

constexpr std::string_view archive_mark = "PK\x03\x04";

bool is_archive(const std::string& path) {
  const auto source = open_file(path);
  if (!source.ok()) return false;
  std::array<char, 4> begin{};
  const auto got = (*source)->read(begin.data(), begin.size());
  return got.ok() && std::string_view(begin.data(), *got) == archive_mark;
}

Result<std::unique_ptr<Parts>> parts_of(const std::string& path) {
  std::error_code ignored;  // what is no folder is opened, and that says what is wrong
  if (path != "-" && std::filesystem::is_directory(path, ignored)) return folder_parts(path);
  if (path != "-" && is_archive(path)) return archive_parts(path);
  return single_file(path);
}

}  // namespace

Result<Collection> Collection::open(const std::string& path, Settings settings) {
  MBE_ASSIGN(std::unique_ptr<Parts> parts, parts_of(path));
  if (settings.name.empty()) {
    settings.name = path == "-" ? "stdin" : std::filesystem::path(path).filename().string();
  }
  return Collection(std::move(parts), std::move(settings));
}

std::uint64_t Collection::bytes_read() const {
  return bytes_before_ + (reader_ ? reader_->bytes_read() : 0);
}

Result<void> Collection::open_part() {
  const std::size_t index = next_part_++;
  failed_ = false;
  part_name_ = parts_->name(index);
  Settings settings = settings_;
  if (!part_name_.empty()) settings.name = part_name_;
  if (const auto changed = parts_->changed(index)) settings.file_time = changed;
  MBE_ASSIGN(std::unique_ptr<ByteSource> source, parts_->open(index));
  Input input(std::move(source));
  MBE_TRY(input.want(head_bytes));
  format_ = settings.format ? settings.format
                            : detect_format(input.window().substr(0, head_bytes), settings.name);
  if (!format_) {
    return fail(ErrorCode::invalid_argument, "{}: the format is not known; name it with --format",
                settings.name);
  }
  const bool plain =
      *format_ == Format::jsonl || *format_ == Format::block_memory || *format_ == Format::text;
  if (!plain) settings.zone = settings.wall_zone;
  MBE_ASSIGN(reader_, make_reader(std::move(input), settings, *format_));
  return {};
}

Result<std::optional<Step>> Collection::next() {
  while (true) {
    if (!reader_) {
      if (next_part_ == parts_->count()) return std::optional<Step>();
      if (const auto opened = open_part(); !opened.ok()) {
        if (part_name_.empty()) return opened.error();
        return std::optional<Step>(Unreadable{part_name_, 0, opened.error()});
      }
    }
    Result<std::optional<Step>> step = reader_->next();
    if (!step.ok()) {
      // What was read before the error is still given out.
      if (part_name_.empty() && step.error().code() != ErrorCode::corrupt) return step.error();
      if (failed_) reader_.reset();
      failed_ = true;
      return std::optional<Step>(Unreadable{part_name_, 0, step.error()});
    }
    if (!*step) {
      bytes_before_ += reader_->bytes_read();
      reader_.reset();
      continue;
    }
    if (auto* unreadable = std::get_if<Unreadable>(&**step)) unreadable->file = part_name_;
    return step;
  }
}

}  // namespace mbe::importers
