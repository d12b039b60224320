// Files, folders and archives. Archives by libzip.
#include <sys/stat.h>
#include <zip.h>

#include <algorithm>
#include <filesystem>

#include "importers/collection.h"

namespace mbe::importers {

namespace {

constexpr std::size_t files_max = 100'000;
constexpr std::uint64_t unpacked_bytes_max = 8ULL << 30;
constexpr std::uint64_t ratio_max = 1'000;
constexpr std::uint64_t ratio_free_bytes = 16U << 20;  // small parts may be as dense as they like

class SingleFile final : public Parts {
 public:
  explicit SingleFile(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {
    bytes_ = source_->bytes_total();
  }
  std::size_t count() const override { return 1; }
  std::string name(std::size_t) const override { return {}; }
  std::optional<TimeMs> changed(std::size_t) const override { return std::nullopt; }
  std::uint64_t bytes_total() const override { return bytes_; }
  Result<std::unique_ptr<ByteSource>> open(std::size_t) override { return std::move(source_); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::uint64_t bytes_ = 0;
};

class FolderParts final : public Parts {
 public:
  FolderParts(std::string root, const std::vector<std::string>& names) : root_(std::move(root)) {
    for (const std::size_t index : chosen_parts(names)) {
      struct stat status{};
      if (stat((root_ + "/" + names[index]).c_str(), &status) == 0) {
        bytes_ += static_cast<std::uint64_t>(status.st_size);
      }
      names_.push_back(names[index]);
    }
  }
  std::size_t count() const override { return names_.size(); }
  std::string name(std::size_t index) const override { return names_[index]; }
  std::optional<TimeMs> changed(std::size_t index) const override {
    struct stat status{};
    if (stat((root_ + "/" + names_[index]).c_str(), &status) != 0) return std::nullopt;
    return static_cast<TimeMs>(status.st_mtim.tv_sec) * 1'000;
  }
  std::uint64_t bytes_total() const override { return bytes_; }
  Result<std::unique_ptr<ByteSource>> open(std::size_t index) override {
    return open_file(root_ + "/" + names_[index]);
  }

 private:
  std::string root_;
  std::vector<std::string> names_;
  std::uint64_t bytes_ = 0;
};

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;

Error too_large() {
  return fail(ErrorCode::limit,
              "this archive unpacks to more than {} bytes or {} times its size: unpack it yourself "
              "and import the files",
              unpacked_bytes_max, ratio_max);
}

class EntrySource final : public ByteSource {
 public:
  EntrySource(std::shared_ptr<zip_t> archive, zip_file_t* entry, const zip_stat_t& status)
      : archive_(std::move(archive)), entry_(entry), total_(status.size) {
    limit_ = std::min(unpacked_bytes_max, std::max(ratio_free_bytes, status.comp_size * ratio_max));
  }
  Result<std::size_t> read(char* into, std::size_t size) override {
    const zip_int64_t got = zip_fread(entry_.get(), into, size);
    if (got < 0) {
      return fail(ErrorCode::corrupt, "this part of the archive is damaged: {}",
                  zip_file_strerror(entry_.get()));
    }
    read_ += static_cast<std::uint64_t>(got);
    if (read_ > limit_) return too_large();
    return static_cast<std::size_t>(got);
  }
  std::uint64_t bytes_total() const override { return total_; }

 private:
  std::shared_ptr<zip_t> archive_;
  std::unique_ptr<zip_file_t, CloseEntry> entry_;
  std::uint64_t total_, limit_ = 0, read_ = 0;
};

class ArchiveParts final : public Parts {
 public:
  ArchiveParts(std::shared_ptr<zip_t> archive, std::vector<zip_stat_t> entries, std::uint64_t bytes)
      : archive_(std::move(archive)), entries_(std::move(entries)), bytes_(bytes) {}

  std::size_t count() const override { return entries_.size(); }
  std::string name(std::size_t index) const override { return entries_[index].name; }
  std::optional<TimeMs> changed(std::size_t) const override { return std::nullopt; }
  std::uint64_t bytes_total() const override { return bytes_; }
  Result<std::unique_ptr<ByteSource>> open(std::size_t index) override {
    const zip_stat_t& status = entries_[index];
    zip_file_t* entry = zip_fopen_index(archive_.get(), status.index, 0);
    if (entry == nullptr) {
      return fail(ErrorCode::corrupt, "this part of the archive is damaged: {}",
                  zip_strerror(archive_.get()));
    }
    return std::unique_ptr<ByteSource>(std::make_unique<EntrySource>(archive_, entry, status));
  }

 private:
  std::shared_ptr<zip_t> archive_;
  std::vector<zip_stat_t> entries_;
  std::uint64_t bytes_;
};

std::string base_name(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

bool is_hidden(const std::string& name) {
  return name.starts_with('.') || name.find("/.") != std::string::npos ||
         name.starts_with("__MACOSX/");
}

bool is_text(const std::string& name) {
  constexpr std::string_view endings[] = {".md", ".markdown", ".txt", ".jsonl", ".json", ".csv"};
  return std::ranges::any_of(endings, [&](auto ending) { return name.ends_with(ending); });
}

bool is_conversations(const std::string& name) {
  const std::string base = base_name(name);
  return base.starts_with("conversations") && base.ends_with(".json");
}

}  // namespace

std::vector<std::size_t> chosen_parts(const std::vector<std::string>& names) {
  const bool exported = std::ranges::any_of(names, is_conversations);
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (is_hidden(names[i])) continue;
    if (exported ? is_conversations(names[i]) : is_text(names[i])) out.push_back(i);
  }
  std::ranges::sort(out, {}, [&](std::size_t i) { return names[i]; });
  return out;
}

Result<std::unique_ptr<Parts>> single_file(const std::string& path) {
  MBE_ASSIGN(std::unique_ptr<ByteSource> source, open_file(path));
  return std::unique_ptr<Parts>(std::make_unique<SingleFile>(std::move(source)));
}

Result<std::unique_ptr<Parts>> folder_parts(const std::string& path) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code failed;
  fs::recursive_directory_iterator at(path, fs::directory_options::none, failed);
  const fs::recursive_directory_iterator end;
  while (!failed && at != end) {
    const bool link = at->is_symlink(failed);
    if (!failed && !link && at->is_regular_file(failed)) {
      names.push_back(fs::path(*at).lexically_relative(path).generic_string());
    }
    if (names.size() > files_max) {
      return fail(ErrorCode::limit, "{} holds more than {} files", path, files_max);
    }
    at.increment(failed);
  }
  if (failed) return fail(ErrorCode::io, "cannot read {}: {}", path, failed.message());
  return std::unique_ptr<Parts>(std::make_unique<FolderParts>(path, names));
}

Result<std::unique_ptr<Parts>> archive_parts(const std::string& path) {
  int code = 0;
  const std::shared_ptr<zip_t> archive(zip_open(path.c_str(), ZIP_RDONLY, &code), [](zip_t* open) {
    if (open != nullptr) CloseArchive()(open);
  });
  if (!archive) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    return fail(ErrorCode::corrupt, "{} is a damaged archive: {}", path, reason);
  }
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count > static_cast<zip_int64_t>(files_max)) {
    return fail(ErrorCode::limit, "{} holds more than {} files", path, files_max);
  }
  std::vector<std::string> names;
  std::vector<zip_stat_t> entries;
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t status;
    constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    if (zip_stat_index(archive.get(), static_cast<zip_uint64_t>(i), 0, &status) != 0) continue;
    if ((status.valid & needed) != needed) continue;
    names.emplace_back(status.name);
    entries.push_back(status);
  }
  std::vector<zip_stat_t> chosen;
  std::uint64_t bytes = 0;
  for (const std::size_t index : chosen_parts(names)) {
    bytes += std::min(entries[index].size, unpacked_bytes_max + 1);
    if (bytes > unpacked_bytes_max) return too_large();
    chosen.push_back(entries[index]);
  }
  return std::unique_ptr<Parts>(std::make_unique<ArchiveParts>(archive, std::move(chosen), bytes));
}

}  // namespace mbe::importers
