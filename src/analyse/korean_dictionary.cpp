#include "analyse/korean_dictionary.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <utility>

namespace mbe::analyse {
namespace {

constexpr std::uint32_t magic_mask = 0xEF718F77U;
constexpr std::uint32_t format_version = 102;
constexpr std::size_t header_bytes = 72;
constexpr std::size_t class_name_bytes = 32;
constexpr std::size_t characters_known = 65'535;

Error damaged(const std::string& name) {
  return fail(ErrorCode::corrupt, "the Korean dictionary in {} does not load: run tools/setup",
              name);
}

/// `count` values of a type where `bytes` holds them; the caller has checked that they fit.
template <class T>
std::span<const T> view_of(std::string_view bytes, std::size_t at, std::size_t count) {
  return {reinterpret_cast<const T*>(bytes.data() + at), count};
}

}  // namespace

Result<WordList> WordList::read(std::string_view bytes, const std::string& name) {
  if (bytes.size() < header_bytes) return damaged(name);
  std::array<std::uint32_t, 10> header{};
  std::memcpy(header.data(), bytes.data(), sizeof header);
  const std::size_t units = header[6];
  const std::size_t tokens = header[7];
  const std::size_t features = header[8];
  if ((header[0] ^ magic_mask) != bytes.size() || header[1] != format_version ||
      units % sizeof(Unit) != 0 || tokens % sizeof(DictionaryToken) != 0 || features == 0 ||
      bytes.size() - header_bytes != units + tokens + features || bytes.back() != '\0') {
    return damaged(name);
  }
  WordList out;
  out.left_size_ = header[4];
  out.right_size_ = header[5];
  out.units_ = view_of<Unit>(bytes, header_bytes, units / sizeof(Unit));
  out.tokens_ =
      view_of<DictionaryToken>(bytes, header_bytes + units, tokens / sizeof(DictionaryToken));
  out.features_ = bytes.substr(header_bytes + units + tokens);
  return out;
}

WordList::State WordList::step(std::int32_t base, std::string_view character) const {
  for (const char c : character) {
    const Unit next = unit(static_cast<std::size_t>(base) + static_cast<unsigned char>(c) + 1);
    if (next.check != static_cast<std::uint32_t>(base) || next.base <= 0) return {};
    base = next.base;
  }
  const Unit end = unit(static_cast<std::size_t>(base));
  const bool ends = end.check == static_cast<std::uint32_t>(base) && end.base < 0;
  return {base, ends ? -end.base - 1 : -1};
}

std::span<const DictionaryToken> WordList::readings(std::int32_t value) const {
  const auto first = static_cast<std::size_t>(value) >> 8U;
  const auto count = static_cast<std::size_t>(value) & 0xFFU;
  if (value < 0 || first + count > tokens_.size()) return {};
  return tokens_.subspan(first, count);
}

/// A file in memory, for reading.
class KoreanDictionary::File {
 public:
  explicit File(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    struct stat status{};
    if (::fstat(fd, &status) == 0 && status.st_size > 0) {
      const auto size = static_cast<std::size_t>(status.st_size);
      void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
      if (at != MAP_FAILED) bytes_ = {static_cast<const char*>(at), size};
    }
    ::close(fd);
  }
  ~File() {
    if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// Empty where it could not be read.
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

KoreanDictionary::KoreanDictionary() = default;
KoreanDictionary::KoreanDictionary(KoreanDictionary&& other) noexcept = default;
KoreanDictionary& KoreanDictionary::operator=(KoreanDictionary&& other) noexcept = default;
KoreanDictionary::~KoreanDictionary() = default;

Result<KoreanDictionary> KoreanDictionary::open(const std::filesystem::path& directory) {
  if (!std::filesystem::exists(directory / "sys.dic")) {
    return fail(ErrorCode::unavailable, "no Korean dictionary in {}: run tools/setup",
                directory.string());
  }
  KoreanDictionary out;
  out.path_ = directory.string();
  const auto bytes_of = [&](const char* name) {
    return out.files_.emplace_back(std::make_unique<File>(directory / name))->bytes();
  };
  MBE_TRY(out.read_matrix(bytes_of("matrix.bin")));
  MBE_ASSIGN(const WordList words, WordList::read(bytes_of("sys.dic"), out.path_));
  MBE_ASSIGN(out.unknown_, WordList::read(bytes_of("unk.dic"), out.path_));
  if (words.left_size() != out.left_size_ || words.right_size() != out.right_size_) {
    return damaged(out.path_);
  }
  out.lists_.push_back(words);
  MBE_TRY(out.read_characters(bytes_of("char.bin")));
  return out;
}

Result<void> KoreanDictionary::add(std::string bytes) {
  const std::string& kept = *added_.emplace_back(std::make_unique<std::string>(std::move(bytes)));
  MBE_ASSIGN(const WordList words, WordList::read(kept, path_));
  lists_.push_back(words);
  return {};
}

Result<void> KoreanDictionary::read_matrix(std::string_view bytes) {
  std::array<std::uint16_t, 2> sizes{};
  if (bytes.size() < sizeof sizes) return damaged(path_);
  std::memcpy(sizes.data(), bytes.data(), sizeof sizes);
  left_size_ = sizes[0];
  right_size_ = sizes[1];
  const std::size_t count = left_size_ * right_size_;
  if (count == 0 || bytes.size() != sizeof sizes + count * sizeof(std::int16_t)) {
    return damaged(path_);
  }
  costs_ = view_of<std::int16_t>(bytes, sizeof sizes, count);
  return {};
}

Result<void> KoreanDictionary::read_characters(std::string_view bytes) {
  std::uint32_t classes = 0;
  if (bytes.size() < sizeof classes) return damaged(path_);
  std::memcpy(&classes, bytes.data(), sizeof classes);
  const std::size_t names = std::size_t{classes} * class_name_bytes;
  if (classes > 256 || bytes.size() != sizeof classes + names + characters_known * 4) {
    return damaged(path_);
  }
  for (std::uint32_t i = 0; i < classes; ++i) {
    std::string_view name = bytes.substr(sizeof classes + i * class_name_bytes, class_name_bytes);
    name = name.substr(0, name.find('\0'));
    const auto found = unknown_.step(unknown_.root().base, name);
    if (found.value < 0) return damaged(path_);
    unknown_readings_.push_back(unknown_.readings(found.value));
  }
  characters_ = view_of<std::uint32_t>(bytes, sizeof classes + names, characters_known);
  return {};
}

std::span<const DictionaryToken> KoreanDictionary::unknown_readings(std::uint32_t main) const {
  return main < unknown_readings_.size() ? unknown_readings_[main]
                                         : std::span<const DictionaryToken>();
}

CharacterClass KoreanDictionary::character(std::string_view text) const {
  const auto byte = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(text[i])};
  };
  std::uint32_t c = 0;  // also for characters beyond UCS-2
  if (byte(0) < 0x80) {
    c = byte(0);
  } else if (text.size() >= 2 && (byte(0) & 0xE0U) == 0xC0) {
    c = (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
  } else if (text.size() >= 3 && (byte(0) & 0xF0U) == 0xE0) {
    c = (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
  }
  return {c < characters_.size() ? characters_[c] : 0U};
}

}  // namespace mbe::analyse
