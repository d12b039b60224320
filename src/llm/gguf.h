// The header of a GGUF file - what it says about itself and where its tensors lie - read before
// any library parses it: every length is checked against what is left of the file, every product
// against overflow, every count against a limit. Loaders of such files have had heap overflows
// again and again; in a file that passes here no length, offset or shape leaves it.
// Reads in windows of 256 KiB and keeps short values only: a vocabulary costs time, not memory, and
// tensor data is never touched. Pure, thread-safe.
// Format: the GGUF specification, versions 2 and 3, little-endian.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "fs/file_system.h"

namespace mbe {

/// Limits of a file that is accepted.
struct GgufLimits {
  std::uint64_t tensors_max = 16384;
  std::uint64_t values_max = 4096;            ///< metadata values
  std::uint64_t key_bytes_max = 256;          ///< names of values and of tensors
  std::uint64_t string_bytes_max = 1U << 20;  ///< one string, e.g. a chat template
  std::uint64_t array_items_max = 1U << 22;   ///< one array, e.g. a vocabulary
  std::uint64_t alignment_max = 4096;
  std::uint64_t header_bytes_max = 1U << 28;  ///< everything before the tensor data
};

/// Texts up to this length and lists up to this many items are kept; of longer ones, only how long.
inline constexpr std::size_t gguf_text_kept_max = 1024;
inline constexpr std::size_t gguf_items_kept_max = 1024;

struct GgufText {
  std::uint64_t bytes = 0;
  std::string text;  ///< empty if longer than gguf_text_kept_max
};

struct GgufList {
  std::uint64_t items = 0;
  std::vector<std::uint64_t> numbers;  ///< of whole numbers and truth values; else empty
};

/// A metadata value. Whole numbers from 0 on and truth values are uint64_t; other numbers double.
using GgufValue = std::variant<std::uint64_t, double, GgufText, GgufList>;

struct GgufTensor {
  std::string name;
  std::uint32_t type = 0;  ///< ggml's number of the type
  std::array<std::uint64_t, 4> dims = {1, 1, 1, 1};
  std::uint64_t offset = 0;  ///< from data_begin
  std::uint64_t bytes = 0;
};

/// What a checked file says about itself.
struct GgufHeader {
  std::uint32_t version = 0;
  std::uint64_t alignment = 32;  ///< bytes
  std::uint64_t data_begin = 0;  ///< offset of the tensor data
  std::uint64_t file_bytes = 0;
  std::map<std::string, GgufValue, std::less<>> values;
  std::vector<GgufTensor> tensors;  ///< in the file's order

  /// general.architecture, e.g. "llama".
  [[nodiscard]] std::string architecture() const { return text("general.architecture"); }
  /// A whole number from 0 on; nothing if it is absent or something else.
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view key) const;
  /// A text; empty if it is absent, something else or too long to be kept.
  [[nodiscard]] std::string text(std::string_view key) const;
  /// A list; nothing if it is absent or something else.
  [[nodiscard]] const GgufList* list(std::string_view key) const;
  /// The tensor of that name, or nothing. O(tensors).
  [[nodiscard]] const GgufTensor* tensor(std::string_view name) const;
};

/// Reads and checks the header of an open file. O(header).
/// Errors: corrupt (what is wrong, and at which offset), io.
[[nodiscard]] Result<GgufHeader> read_gguf(const File& file, const GgufLimits& limits = {});

/// The same for a whole file in memory. Errors: corrupt.
[[nodiscard]] Result<GgufHeader> read_gguf(std::string_view bytes, const GgufLimits& limits = {});

/// The same for the begin of a file of `file_bytes`: at least all of its header. Errors: corrupt.
[[nodiscard]] Result<GgufHeader> read_gguf(std::string_view begin, std::uint64_t file_bytes,
                                           const GgufLimits& limits = {});

/// The same for a path. Errors: not_found, corrupt (the path is named), io.
[[nodiscard]] Result<GgufHeader> read_gguf_file(FileSystem& files, const std::string& path,
                                                const GgufLimits& limits = {});

/// ggml's name of a tensor type, e.g. "q4_K"; "?" for a number that is none.
[[nodiscard]] std::string_view tensor_type_name(std::uint32_t type);

/// Bytes of `values` numbers of a type in rows of `row`; 0 where that is impossible.
[[nodiscard]] std::uint64_t tensor_type_bytes(std::uint32_t type, std::uint64_t row,
                                              std::uint64_t rows);

}  // namespace mbe
