#include "operations/memory_files.h"

#include <algorithm>
#include <map>
#include <mutex>

namespace mbe {

namespace {

constexpr std::string_view source_prefix = "file:";
constexpr std::size_t page = 1'000;

std::mutex& one_at_a_time() {
  static std::mutex mutex;
  return mutex;
}

FileAnswer refused(std::string why) {
  return {std::move(why), true};
}

FileAnswer absent(const std::string& path, const char* prefix = "Error: ",
                  const char* advice = ". Please provide a valid path.") {
  return refused(fmt::format("{}The path {} does not exist{}", prefix, path, advice));
}

/// A block says something: a file without words says its name, and keeps its content beside.
bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

std::string content_of(const BlockView& block) {
  const Json data = Json::parse(block.data, nullptr, false);
  const bool has_own = data.is_object() && data.contains("content") && data["content"].is_string();
  return has_own ? data["content"].get<std::string>() : block.context;
}

std::string parent_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

}  // namespace

std::string MemoryFiles::source_of(const std::string& path) {
  return std::string(source_prefix) + path;
}

/// What stands now, by path. Of two that were made at once the newest counts.
Result<std::vector<MemoryFiles::File>> MemoryFiles::list(
    const std::vector<std::string>& sources) const {
  ListRequest request;
  request.filter.channels = {files_channel};
  request.filter.sources = sources;
  request.limit = page;
  std::map<std::string, File> found;
  for (bool is_last = false; !is_last;) {
    MBE_ASSIGN(const std::vector<BlockView> blocks, call_.memory->list(request));
    is_last = blocks.size() < page;
    if (!is_last) request.before = blocks.back().block_index;
    for (const BlockView& block : blocks) {
      if (block.state != "ok" || !block.source.starts_with(source_prefix)) continue;
      std::string path = block.source.substr(source_prefix.size());
      found.try_emplace(path, File{path, content_of(block), block.block_index});
    }
    if (found.size() > files_max) {
      return fail(ErrorCode::limit, "there are more than {} files; remove some", files_max);
    }
  }
  std::vector<File> out;
  for (auto& [path, file] : found) out.push_back(std::move(file));
  return out;
}

Result<std::optional<MemoryFiles::File>> MemoryFiles::find(const std::string& path) const {
  MBE_ASSIGN(std::vector<File> found, list({source_of(path)}));
  if (found.empty()) return std::optional<File>();
  return std::optional(std::move(found.front()));
}

Result<std::vector<MemoryFiles::File>> MemoryFiles::at(const std::string& path) const {
  MBE_ASSIGN(auto file, find(path));
  std::vector<File> out;
  if (file) {
    out.push_back(*std::move(file));
    return out;
  }
  MBE_ASSIGN(out, list({}));
  std::erase_if(out, [&](const File& one) { return !is_below(one.path, path); });
  return out;
}

Result<std::optional<FileAnswer>> MemoryFiles::obstacle(const std::string& path,
                                                        const std::string& taken) const {
  MBE_ASSIGN(const std::vector<File> there, at(path));
  if (!there.empty() || path == files_root) return std::optional(refused(taken));
  std::vector<std::string> above;
  for (std::string folder = parent_of(path); folder.size() > files_root.size();
       folder = parent_of(folder)) {
    above.push_back(source_of(folder));
  }
  if (above.empty()) return std::optional<FileAnswer>();
  MBE_ASSIGN(const std::vector<File> files, list(above));
  if (files.empty()) return std::optional<FileAnswer>();
  return std::optional(
      refused(fmt::format("Error: {} is a file, not a directory", files.front().path)));
}

Result<void> MemoryFiles::write(const std::string& path, const std::string& content,
                                std::optional<std::uint64_t> instead_of) const {
  if (content.size() > file_bytes_max) {
    return fail(ErrorCode::limit, "the file has {} bytes, at most {}; begin another one",
                content.size(), file_bytes_max);
  }
  RememberRequest request;
  request.text = is_blank(content) ? path : content;
  if (is_blank(content)) request.data = Json{{"content", content}}.dump();
  request.source = source_of(path);
  request.channel = files_channel;
  request.writer = call_.writer;
  request.kind = "fact";
  request.trust = "tool";  // a model chose the words, whoever it works for
  if (instead_of) {
    MBE_TRY(call_.memory->update(*instead_of, request));
  } else {
    MBE_TRY(call_.memory->remember(request));
  }
  return {};
}

Result<FileAnswer> MemoryFiles::view(const std::string& given, std::uint64_t from,
                                     std::uint64_t until) const {
  MBE_ASSIGN(const std::string path, memory_path(given));
  MBE_ASSIGN(const std::vector<File> found, at(path));
  if (found.size() == 1 && found.front().path == path) {
    return numbered_view(path, found.front().content, from, until);
  }
  if (found.empty() && path != files_root) return absent(path, "");
  std::vector<std::pair<std::string, std::size_t>> files;
  for (const File& file : found) files.emplace_back(file.path, file.content.size());
  return FileAnswer{folder_view(path, files)};
}

Result<FileAnswer> MemoryFiles::edit(const FileEdit& edit) const {
  const std::lock_guard lock(one_at_a_time());
  if (edit.command == "rename") return rename(edit);
  MBE_ASSIGN(const std::string path, memory_path(edit.path));
  if (edit.command == "create") return create(path, edit.file_text);
  if (edit.command == "str_replace") return replace(path, edit);
  if (edit.command == "insert") return insert(path, edit);
  return remove(path);
}

Result<FileAnswer> MemoryFiles::create(const std::string& path, const std::string& text) const {
  MBE_ASSIGN(const auto why_not, obstacle(path, "Error: File " + path + " already exists"));
  if (why_not) return *why_not;
  MBE_ASSIGN(const std::vector<File> all, list({}));
  if (all.size() >= files_max) {
    return fail(ErrorCode::limit, "there are {} files already, at most {}; remove some", all.size(),
                files_max);
  }
  MBE_TRY(write(path, text, std::nullopt));
  return FileAnswer{"File created successfully at: " + path};
}

Result<FileAnswer> MemoryFiles::replace(const std::string& path, const FileEdit& edit) const {
  MBE_ASSIGN(const auto file, find(path));
  if (!file) return absent(path);
  const std::vector<std::size_t> lines = lines_with(file->content, edit.old_str);
  if (lines.empty()) {
    return refused(
        fmt::format("No replacement was performed, old_str `{}` did not appear verbatim in {}.",
                    edit.old_str, path));
  }
  if (lines.size() > 1) {
    std::string numbers;
    for (const std::size_t line : lines) {
      numbers += (numbers.empty() ? "" : ", ") + std::to_string(line);
    }
    return refused(
        fmt::format("No replacement was performed. Multiple occurrences of old_str `{}` "
                    "in lines: {}. Please ensure it is unique",
                    edit.old_str, numbers));
  }
  std::string content = file->content;
  content.replace(content.find(edit.old_str), edit.old_str.size(), edit.new_str);
  MBE_TRY(write(path, content, file->block));
  const std::size_t count = std::max<std::size_t>(line_count(edit.new_str), 1);
  return FileAnswer{
      "The memory file has been edited. Here is the snippet showing the change (with line "
      "numbers):" +
      snippet(content, lines.front(), count)};
}

Result<FileAnswer> MemoryFiles::insert(const std::string& path, const FileEdit& edit) const {
  MBE_ASSIGN(const auto file, find(path));
  if (!file) return absent(path, "Error: ", "");
  const auto content = with_lines(file->content, edit.insert_line, edit.insert_text);
  if (!content) {
    return refused(
        fmt::format("Error: Invalid `insert_line` parameter: {}. It should be within "
                    "the range of lines of the file: [0, {}]",
                    edit.insert_line, line_count(file->content)));
  }
  MBE_TRY(write(path, *content, file->block));
  return FileAnswer{fmt::format("The file {} has been edited.", path)};
}

Result<FileAnswer> MemoryFiles::remove(const std::string& path) const {
  if (path == files_root) return refused("Error: The directory /memories itself stays");
  MBE_ASSIGN(const std::vector<File> found, at(path));
  if (found.empty()) return absent(path, "Error: ", "");
  if (found.size() > files_moved_max) {
    return fail(ErrorCode::limit, "{} files at once, at most {}; take a smaller directory",
                found.size(), files_moved_max);
  }
  for (const File& file : found) {
    MBE_TRY(
        call_.memory->mark(file.block, "hide", {.channel = files_channel, .writer = call_.writer}));
  }
  return FileAnswer{"Successfully deleted " + path};
}

Result<FileAnswer> MemoryFiles::rename(const FileEdit& edit) const {
  MBE_ASSIGN(const std::string from, memory_path(edit.old_path));
  MBE_ASSIGN(const std::string to, memory_path(edit.new_path));
  if (from == files_root) return refused("Error: The directory /memories itself stays");
  MBE_ASSIGN(const std::vector<File> found, at(from));
  if (found.empty()) return absent(from, "Error: ", "");
  if (is_below(to, from)) {
    return refused(fmt::format("Error: The destination {} is inside {}", to, from));
  }
  MBE_ASSIGN(const auto why_not, obstacle(to, "Error: The destination " + to + " already exists"));
  if (why_not) return *why_not;
  if (found.size() > files_moved_max) {
    return fail(ErrorCode::limit, "{} files at once, at most {}; take a smaller directory",
                found.size(), files_moved_max);
  }
  for (const File& file : found) {
    MBE_TRY(memory_path(to + file.path.substr(from.size())));
  }
  for (const File& file : found) {
    MBE_TRY(write(to + file.path.substr(from.size()), file.content, file.block));
  }
  return FileAnswer{fmt::format("Successfully renamed {} to {}", from, to)};
}

}  // namespace mbe
