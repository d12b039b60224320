#include "transcript/raw_originals.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/utf8.h"
#include "transcript/line_id.h"
#include "transcript/part_text.h"

namespace mbe {

namespace {

constexpr std::string_view raw_suffix = ".raw";
constexpr std::string_view exchanges_suffix = ".jsonl";
constexpr std::uint64_t line_bytes_max = 8 << 20;  // a text of 1 MB, escaped
constexpr std::string_view left_over = ".tmp";
constexpr std::size_t digest_bytes = 16;
constexpr std::size_t short_bytes = 16;

std::string digest_of(std::string_view bytes) {
  return to_base32(view(sha256({bytes})).substr(0, digest_bytes));
}

/// The text inside a JSON string: `ascii` also writes what is not ASCII as \uXXXX.
std::string json_form(std::string_view text, bool ascii) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    constexpr std::string_view plain = "\"\\\n\r\t\b\f";
    constexpr std::string_view escaped = "\"\\nrtbf";
    if (const std::size_t kind = plain.find(text[at]); kind != std::string_view::npos) {
      (out += '\\') += escaped[kind];
      ++at;
    } else if (byte < 0x20) {
      out += fmt::format("\\u{:04x}", byte);
      ++at;
    } else if (byte >= 0x80 && ascii) {
      char32_t code = next_code_point(text, at);
      if (code >= 0x10000) {
        code -= 0x10000;
        out += fmt::format("\\u{:04x}", 0xd800U + (static_cast<unsigned>(code) >> 10U));
        code = 0xdc00U + (code & 0x3ffU);
      }
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(code));
    } else {
      out += text[at++];
    }
  }
  return out;
}

/// Every form of the texts that is looked for, the longest first.
std::vector<std::string> forms_of(std::span<const std::string> texts) {
  std::vector<std::string> out;
  for (const std::string& text : texts) {
    if (text.empty()) continue;
    out.push_back(text);
    out.push_back(json_form(text, false));
    out.push_back(json_form(text, true));
    // As a transcript has it.
    std::string lines;
    for (const char c : text) {
      lines += c;
      if (c == '\n') lines += "  ";
    }
    out.push_back(std::move(lines));
  }
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  std::ranges::stable_sort(out, std::greater{}, &std::string::size);
  return out;
}

/// Bytes of the same class that stand side by side belong to one word or number.
enum class ByteClass : std::uint8_t { other, digit, latin, beyond };

ByteClass class_of(char c) {
  if (static_cast<unsigned char>(c) >= 0x80) return ByteClass::beyond;
  if (c >= '0' && c <= '9') return ByteClass::digit;
  const bool is_latin = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_latin ? ByteClass::latin : ByteClass::other;
}

bool belong_together(char a, char b) {
  return class_of(a) == class_of(b) && class_of(a) != ByteClass::other;
}

bool is_piece_of_word(std::string_view bytes, std::size_t at, std::string_view form) {
  if (form.size() >= short_bytes) return false;
  const std::size_t end = at + form.size();
  const bool before = at > 0 && belong_together(bytes[at - 1], form.front());
  const bool after = end < bytes.size() && belong_together(bytes[end], form.back());
  return before || after;
}

std::string without(std::string bytes, const std::vector<std::string>& forms) {
  for (const std::string& form : forms) {
    std::size_t from = 0;
    std::string out;
    for (std::size_t at = bytes.find(form); at != std::string::npos;) {
      if (is_piece_of_word(bytes, at, form)) {
        at = bytes.find(form, at + 1);
        continue;
      }
      out.append(bytes, from, at - from).append(forgotten_line);
      from = at + form.size();
      at = bytes.find(form, from);
    }
    if (from > 0) bytes = out.append(bytes, from);
  }
  return bytes;
}

Result<std::vector<std::string>> raw_names(FileSystem& files, const std::string& folder) {
  auto names = files.list(folder);
  if (!names.ok() && names.error().code() == ErrorCode::not_found) {
    return std::vector<std::string>{};
  }
  if (!names.ok()) return names.error();
  std::erase_if(*names, [](const std::string& name) {
    return !name.ends_with(raw_suffix) && !name.ends_with(exchanges_suffix);
  });
  return names;
}

/// Cuts off what follows the last end of a line: an exchange that was never kept.
Result<void> cut_torn_line(File& file) {
  MBE_ASSIGN(const std::uint64_t size, file.size());
  MBE_ASSIGN(const std::string last_byte, file.read(size - std::min<std::uint64_t>(size, 1), 1));
  if (size == 0 || last_byte == "\n") return {};
  const std::uint64_t from = size - std::min(size, line_bytes_max);
  MBE_ASSIGN(const std::string end, file.read(from, size - from));
  const std::size_t last = end.rfind('\n');
  const std::uint64_t whole = last == std::string::npos ? from : from + last + 1;
  return file.truncate(whole);
}

/// Calls `found` with the path of each raw original that holds a form, its bytes and what is left.
template <class Found>
Result<RawSearch> search(FileSystem& files, const std::string& folder,
                         std::span<const std::string> texts, const Found& found) {
  const std::vector<std::string> forms = forms_of(texts);
  RawSearch out;
  MBE_ASSIGN(const auto names, raw_names(files, folder));
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    MBE_ASSIGN(const std::string bytes, read_file(files, path, exchanges_bytes_max));
    if (first_invalid_utf8(bytes)) out.unreadable.push_back(path);
    const std::string left = without(bytes, forms);
    if (left == bytes) continue;
    MBE_TRY(found(name, left));
    out.holding.push_back(path);
  }
  return out;
}

}  // namespace

Result<KeptRaw> keep_raw(FileSystem& files, const std::string& folder, const CivilDate& day,
                         std::string_view bytes) {
  if (bytes.empty()) return fail(ErrorCode::invalid_argument, "the raw original is empty");
  if (bytes.size() > raw_bytes_max) {
    return fail(ErrorCode::limit,
                "the raw original has {} bytes, the limit is {}; keep it in parts", bytes.size(),
                raw_bytes_max);
  }
  MBE_ASSIGN(const FolderLock lock, FolderLock::take(files, folder));
  MBE_ASSIGN(const auto names, raw_names(files, folder));
  const std::string end = fmt::format("-{}{}", digest_of(bytes), raw_suffix);
  for (const std::string& name : names) {
    if (name.ends_with(end)) return KeptRaw{folder + "/" + name, false};
  }
  const std::string path =
      fmt::format("{}/{:04}{:02}{:02}{}", folder, day.year, day.month, day.day, end);
  MBE_TRY(replace_file(files, path, bytes));
  return KeptRaw{path, true};
}

Result<void> keep_exchange(FileSystem& files, const std::string& folder, const CivilDate& day,
                           std::string_view lines) {
  MBE_ASSIGN(const FolderLock lock, FolderLock::take(files, folder));
  const std::string path =
      fmt::format("{}/{:04}{:02}{:02}{}", folder, day.year, day.month, day.day, exchanges_suffix);
  MBE_ASSIGN(const bool is_there, files.exists(path));
  MBE_ASSIGN(const auto file, files.open(path, OpenMode::create));
  MBE_TRY(cut_torn_line(*file));
  MBE_ASSIGN(const std::uint64_t size, file->size());
  Result<void> written = file->write(size, lines);
  if (written.ok()) written = file->sync_data();
  if (written.ok() && !is_there) written = files.sync_directory(folder);
  if (!written.ok()) static_cast<void>(file->truncate(size));  // else it is cut off later
  return written;
}

Result<RawSearch> find_raw(FileSystem& files, const std::string& folder,
                           std::span<const std::string> texts) {
  const auto nothing = [](const std::string&, const std::string&) { return Result<void>(); };
  return search(files, folder, texts, nothing);
}

Result<RawSearch> forget_raw(FileSystem& files, const std::string& folder,
                             std::span<const std::string> texts) {
  auto names = files.list(folder);
  if (!names.ok() && names.error().code() == ErrorCode::not_found) return RawSearch{};
  if (!names.ok()) return names.error();
  MBE_ASSIGN(const FolderLock lock, FolderLock::take(files, folder));
  // What a crash in the middle of keeping one left behind.
  for (const std::string& name : *names) {
    const std::string path = folder + "/" + name;
    if (name.ends_with(left_over)) MBE_TRY(files.remove(path));
    if (!name.ends_with(exchanges_suffix)) continue;
    MBE_ASSIGN(const auto exchanges, files.open(path, OpenMode::write));
    MBE_TRY(cut_torn_line(*exchanges));
  }
  return search(files, folder, texts,
                [&](const std::string& name, const std::string& left) -> Result<void> {
                  if (name.ends_with(exchanges_suffix)) {
                    return replace_file(files, folder + "/" + name, left);
                  }
                  const std::string day = name.substr(0, name.find('-'));
                  const std::string renamed =
                      fmt::format("{}/{}-{}{}", folder, day, digest_of(left), raw_suffix);
                  MBE_TRY(replace_file(files, renamed, left));
                  MBE_TRY(files.remove(folder + "/" + name));
                  return files.sync_directory(folder);
                });
}

}  // namespace mbe
