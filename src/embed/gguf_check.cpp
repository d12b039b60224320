#include "embed/gguf_check.h"

#include <ggml.h>

#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace mbe {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF is read in place");

constexpr std::uint32_t type_string = 8;
constexpr std::uint32_t type_array = 9;
/// Bytes of the metadata types in the specification's order; 0 for those without a fixed size.
constexpr std::array<std::uint64_t, 13> value_bytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

Error broken(std::string_view what, std::uint64_t offset) {
  return fail(ErrorCode::corrupt, "model file: {} at byte {}; set the model up again", what,
              offset);
}

/// Reads forward and never past the end.
class Cursor {
 public:
  Cursor(std::string_view bytes, const GgufLimits& limits) : bytes_(bytes), limits_(limits) {}

  [[nodiscard]] std::uint64_t position() const { return position_; }

  template <class T>
  Result<T> number() {
    if (bytes_.size() - position_ < sizeof(T)) return broken("the file ends too early", position_);
    T value;
    std::memcpy(&value, bytes_.data() + position_, sizeof(T));
    position_ += sizeof(T);
    return value;
  }

  Result<std::string_view> text(std::uint64_t bytes_max) {
    const auto at = position_;
    MBE_ASSIGN(const std::uint64_t size, number<std::uint64_t>());
    if (size > bytes_max) return broken("a string over its limit", at);
    if (size > bytes_.size() - position_) return broken("a string past the end", at);
    const auto value = bytes_.substr(position_, size);
    position_ += size;
    return value;
  }

  Result<void> skip_items(std::uint32_t type, std::uint64_t items) {
    if (type == type_string) {
      for (std::uint64_t i = 0; i < items; ++i) MBE_TRY(text(limits_.string_bytes_max));
      return {};
    }
    if (type >= value_bytes.size() || value_bytes[type] == 0) {
      return broken("an unknown type of value", position_);
    }
    // items is at most array_items_max, so the product cannot overflow.
    const auto size = items * value_bytes[type];
    if (size > bytes_.size() - position_) return broken("values past the end", position_);
    position_ += size;
    return {};
  }

  Result<void> skip_array() {
    const auto at = position_;
    MBE_ASSIGN(const std::uint32_t type, number<std::uint32_t>());
    MBE_ASSIGN(const std::uint64_t items, number<std::uint64_t>());
    if (items > limits_.array_items_max) return broken("an array over its limit", at);
    return skip_items(type, items);
  }

 private:
  std::string_view bytes_;
  const GgufLimits& limits_;
  std::uint64_t position_ = 0;
};

Result<void> read_alignment(Cursor& cursor, std::uint32_t type, const GgufLimits& limits,
                            GgufSummary& summary) {
  const auto at = cursor.position();
  if (type != 4) return broken("an alignment that is no 32-bit number", at);
  MBE_ASSIGN(summary.alignment, cursor.number<std::uint32_t>());
  if (!std::has_single_bit(summary.alignment) || summary.alignment < 8 ||
      summary.alignment > limits.alignment_max) {
    return broken("an alignment outside its limits", at);
  }
  return {};
}

Result<void> read_value(Cursor& cursor, const GgufLimits& limits, GgufSummary& summary) {
  MBE_ASSIGN(const std::string_view key, cursor.text(limits.key_bytes_max));
  MBE_ASSIGN(const std::uint32_t type, cursor.number<std::uint32_t>());
  if (key == "general.alignment") return read_alignment(cursor, type, limits, summary);
  if (key == "general.architecture") {
    if (type != type_string) return broken("an architecture that is no text", cursor.position());
    MBE_ASSIGN(summary.architecture, cursor.text(limits.key_bytes_max));
    return {};
  }
  if (type == type_array) return cursor.skip_array();
  return cursor.skip_items(type, 1);
}

/// Bytes of a tensor of `dims` values in rows of dims[0], or 0 where that is impossible.
std::uint64_t tensor_bytes(std::uint32_t type, const std::array<std::uint64_t, 4>& dims) {
  if (type >= GGML_TYPE_COUNT) return 0;
  const auto block_values = ggml_blck_size(static_cast<ggml_type>(type));
  const auto block_bytes = ggml_type_size(static_cast<ggml_type>(type));
  if (block_values <= 0 || block_bytes == 0) return 0;
  if (dims[0] % static_cast<std::uint64_t>(block_values) != 0) return 0;
  constexpr auto signed_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t size = block_bytes;
  std::uint64_t factor = dims[0] / static_cast<std::uint64_t>(block_values);
  for (std::size_t i = 0;; factor = dims[++i]) {
    if (factor == 0 || size > signed_max / factor) return 0;
    size *= factor;
    if (i + 1 == dims.size()) return size;
  }
}

/// One entry of the tensor directory. Returns the end of its data, counted from the data's begin.
Result<std::uint64_t> read_tensor(Cursor& cursor, const GgufLimits& limits,
                                  std::uint64_t alignment) {
  const auto at = cursor.position();
  MBE_TRY(cursor.text(limits.key_bytes_max));
  MBE_ASSIGN(const std::uint32_t dimensions, cursor.number<std::uint32_t>());
  std::array<std::uint64_t, 4> dims = {1, 1, 1, 1};
  if (dimensions < 1 || dimensions > dims.size()) return broken("a tensor without a shape", at);
  for (std::uint32_t i = 0; i < dimensions; ++i) {
    MBE_ASSIGN(dims[i], cursor.number<std::uint64_t>());
  }
  MBE_ASSIGN(const std::uint32_t type, cursor.number<std::uint32_t>());
  MBE_ASSIGN(const std::uint64_t offset, cursor.number<std::uint64_t>());
  const auto size = tensor_bytes(type, dims);
  if (size == 0) return broken("a tensor of impossible type or shape", at);
  if (offset % alignment != 0) return broken("a tensor that is not aligned", at);
  if (offset > std::numeric_limits<std::uint64_t>::max() - size) {
    return broken("a tensor past the end", at);
  }
  return offset + size;
}

}  // namespace

Result<GgufSummary> check_gguf(std::string_view bytes, const GgufLimits& limits) {
  if (!bytes.starts_with("GGUF")) return broken("no GGUF mark", 0);
  Cursor cursor(bytes, limits);
  GgufSummary summary;
  MBE_TRY(cursor.number<std::uint32_t>());
  MBE_ASSIGN(summary.version, cursor.number<std::uint32_t>());
  if (summary.version != 2 && summary.version != 3) return broken("an unknown version", 4);
  MBE_ASSIGN(summary.tensors, cursor.number<std::uint64_t>());
  MBE_ASSIGN(const std::uint64_t values, cursor.number<std::uint64_t>());
  if (summary.tensors > limits.tensors_max) return broken("too many tensors", 8);
  if (values > limits.values_max) return broken("too many metadata values", 16);
  for (std::uint64_t i = 0; i < values; ++i) MBE_TRY(read_value(cursor, limits, summary));
  std::uint64_t data_bytes = 0;
  for (std::uint64_t i = 0; i < summary.tensors; ++i) {
    MBE_ASSIGN(const std::uint64_t end, read_tensor(cursor, limits, summary.alignment));
    data_bytes = std::max(data_bytes, end);
  }
  // The position is inside the file and the alignment at most alignment_max: no overflow.
  const auto mask = summary.alignment - 1;
  summary.data_begin = (cursor.position() + mask) & ~mask;
  if (summary.data_begin > bytes.size() || data_bytes > bytes.size() - summary.data_begin) {
    return broken("tensor data past the end", summary.data_begin);
  }
  return summary;
}

}  // namespace mbe
