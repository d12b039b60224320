#include "ui/line_reader.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace mbe::app {
namespace {

constexpr std::size_t chunk_bytes = 1U << 16;
constexpr std::size_t text_bytes_read_max = 2U << 20;

Error open_error(const std::string& path, int code) {
  if (code == ENOENT) return fail(ErrorCode::not_found, "there is no file {}", path);
  return fail(ErrorCode::io, "cannot read {}: {}", path, std::strerror(code));
}

}  // namespace

LineReader::LineReader(std::FILE* file, std::string path, std::size_t limit)
    : file_(file), path_(std::move(path)), limit_(limit) {
  struct stat status{};
  if (fstat(fileno(file_), &status) == 0 && S_ISREG(status.st_mode)) {
    bytes_total_ = static_cast<std::uint64_t>(status.st_size);
  }
}

LineReader::LineReader(LineReader&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)),
      path_(std::move(other.path_)),
      limit_(other.limit_),
      buffer_(std::move(other.buffer_)),
      used_(other.used_),
      number_(other.number_),
      bytes_read_(other.bytes_read_),
      bytes_total_(other.bytes_total_) {}

LineReader::~LineReader() {
  if (file_ != nullptr && file_ != stdin) std::fclose(file_);
}

Result<LineReader> LineReader::open(const std::string& path, std::size_t line_bytes_max) {
  if (path == "-") return LineReader(stdin, "standard input", line_bytes_max);
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return open_error(path, errno);
  struct stat status{};
  if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
    std::fclose(file);
    return open_error(path, EISDIR);
  }
  return LineReader(file, path, line_bytes_max);
}

bool LineReader::fill() {
  buffer_.erase(0, used_);
  used_ = 0;
  std::array<char, chunk_bytes> chunk{};
  const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), file_);
  buffer_.append(chunk.data(), got);
  return got > 0;
}

Result<std::optional<Line>> LineReader::next() {
  Line line;
  bool ended = false;
  bool any = false;
  while (!ended) {
    if (used_ == buffer_.size() && !fill()) break;
    any = true;
    const std::size_t at = buffer_.find('\n', used_);
    ended = at != std::string::npos;
    const std::size_t length = (ended ? at : buffer_.size()) - used_;
    if (line.text.size() + length > limit_) line.too_long = true;
    if (!line.too_long) line.text.append(buffer_, used_, length);
    used_ += length + (ended ? 1 : 0);
    bytes_read_ += length + (ended ? 1 : 0);
  }
  if (std::ferror(file_) != 0) return open_error(path_, errno == 0 ? EIO : errno);
  if (!any) return std::optional<Line>();
  line.number = ++number_;
  if (line.too_long) line.text.clear();
  if (line.text.ends_with('\r')) line.text.pop_back();
  if (line.number == 1 && line.text.starts_with("\xef\xbb\xbf")) line.text.erase(0, 3);
  return std::optional<Line>(std::move(line));
}

Result<std::string> read_text(const std::vector<std::string>& words, const std::string& file) {
  if (words.empty() == file.empty()) {
    return fail(ErrorCode::invalid_argument,
                "give the text as arguments, as - for standard input, or with --file");
  }
  const bool piped = words.size() == 1 && words.front() == "-";
  if (file.empty() && !piped) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
  }
  MBE_ASSIGN(LineReader reader, LineReader::open(piped ? "-" : file, text_bytes_read_max));
  std::string text;
  while (true) {
    MBE_ASSIGN(const std::optional<Line> line, reader.next());
    if (!line) break;
    if (line->too_long || text.size() + line->text.size() > text_bytes_read_max) {
      return fail(ErrorCode::limit, "the text has more than {} bytes; use `mbe import` for files",
                  text_bytes_read_max);
    }
    if (line->number > 1) text += '\n';
    text += line->text;
  }
  return text;
}

}  // namespace mbe::app
