#include "llm/gguf.h"

#include <ggml.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <set>

#include "llm/gguf_cursor.h"

namespace mbe {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF is read in place");

/// The metadata types in the specification's order.
enum Type : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, text, list, u64, i64, f64 };
/// Their bytes; 0 for those without a fixed size.
constexpr std::array<std::uint64_t, 13> value_bytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

constexpr std::uint64_t shape_values_max = std::numeric_limits<std::int64_t>::max();

template <class T>
GgufValue number_in(std::string_view raw) {
  T value;
  std::memcpy(&value, raw.data(), sizeof(T));
  if constexpr (std::is_signed_v<T>) {
    if (value < 0 || std::is_floating_point_v<T>) return static_cast<double>(value);
  }
  return static_cast<std::uint64_t>(value);
}

/// raw: value_bytes[type] bytes.
GgufValue decode(std::uint32_t type, std::string_view raw) {
  switch (type) {
    case i8:
      return number_in<std::int8_t>(raw);
    case u16:
      return number_in<std::uint16_t>(raw);
    case i16:
      return number_in<std::int16_t>(raw);
    case u32:
      return number_in<std::uint32_t>(raw);
    case i32:
      return number_in<std::int32_t>(raw);
    case f32:
      return number_in<float>(raw);
    case u64:
      return number_in<std::uint64_t>(raw);
    case i64:
      return number_in<std::int64_t>(raw);
    case f64:
      return number_in<double>(raw);
    default:  // u8, boolean
      return number_in<std::uint8_t>(raw);
  }
}

Result<GgufText> read_text(GgufCursor& cursor, const GgufLimits& limits) {
  MBE_ASSIGN(const std::string_view found, cursor.text(limits.string_bytes_max));
  GgufText value{found.size(), {}};
  if (found.size() <= gguf_text_kept_max) value.text = found;
  return value;
}

/// The items of a list, kept if all are whole numbers and few.
Result<std::vector<std::uint64_t>> read_items(GgufCursor& cursor, std::uint32_t type,
                                              std::uint64_t items) {
  const auto size = items * value_bytes[type];  // items is at most array_items_max: no overflow
  if (size > cursor.left()) return broken_gguf("values past the end", cursor.position());
  std::vector<std::uint64_t> numbers;
  if (items > gguf_items_kept_max) return cursor.skip(size), numbers;
  MBE_ASSIGN(std::string_view raw, cursor.bytes(size));
  for (; !raw.empty(); raw.remove_prefix(value_bytes[type])) {
    const auto value = decode(type, raw.substr(0, value_bytes[type]));
    const auto* whole = std::get_if<std::uint64_t>(&value);
    if (whole == nullptr) return std::vector<std::uint64_t>{};
    numbers.push_back(*whole);
  }
  return numbers;
}

Result<GgufList> read_list(GgufCursor& cursor, const GgufLimits& limits) {
  const auto at = cursor.position();
  MBE_ASSIGN(const std::uint32_t type, cursor.number<std::uint32_t>());
  GgufList value;
  MBE_ASSIGN(value.items, cursor.number<std::uint64_t>());
  if (value.items > limits.array_items_max) return broken_gguf("an array over its limit", at);
  if (type == text) {
    for (std::uint64_t i = 0; i < value.items; ++i) {
      MBE_TRY(cursor.text(limits.string_bytes_max));
    }
    return value;
  }
  // Lists of lists are in the specification, but no model has them.
  if (type >= value_bytes.size() || value_bytes[type] == 0) {
    return broken_gguf("an unknown type of value", at);
  }
  MBE_ASSIGN(value.numbers, read_items(cursor, type, value.items));
  return value;
}

Result<GgufValue> read_value(GgufCursor& cursor, const GgufLimits& limits) {
  const auto at = cursor.position();
  MBE_ASSIGN(const std::uint32_t type, cursor.number<std::uint32_t>());
  if (type == text) {
    MBE_ASSIGN(GgufText value, read_text(cursor, limits));
    return GgufValue(std::move(value));
  }
  if (type == list) {
    MBE_ASSIGN(GgufList value, read_list(cursor, limits));
    return GgufValue(std::move(value));
  }
  if (type >= value_bytes.size()) return broken_gguf("an unknown type of value", at);
  MBE_ASSIGN(const std::string_view raw, cursor.bytes(value_bytes[type]));
  return decode(type, raw);
}

Result<void> read_values(GgufCursor& cursor, std::uint64_t count, const GgufLimits& limits,
                         GgufHeader& header) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto at = cursor.position();
    MBE_ASSIGN(const std::string_view found, cursor.text(limits.key_bytes_max));
    std::string key(found);
    MBE_ASSIGN(GgufValue value, read_value(cursor, limits));
    if (!header.values.emplace(std::move(key), std::move(value)).second) {
      return broken_gguf("a metadata value for the second time", at);
    }
  }
  return {};
}

/// What the values that every reader relies on may be.
Result<void> check_values(const GgufLimits& limits, GgufHeader& header) {
  const auto architecture = header.values.find("general.architecture");
  if (architecture != header.values.end() &&
      !std::holds_alternative<GgufText>(architecture->second)) {
    return broken_gguf("an architecture that is no text", header.data_begin);
  }
  const auto alignment = header.values.find("general.alignment");
  if (alignment == header.values.end()) return {};
  const auto* bytes = std::get_if<std::uint64_t>(&alignment->second);
  if (bytes == nullptr || !std::has_single_bit(*bytes) || *bytes < 8 ||
      *bytes > limits.alignment_max) {
    return broken_gguf("an alignment outside its limits", header.data_begin);
  }
  header.alignment = *bytes;
  return {};
}

/// One entry of the tensor directory.
Result<GgufTensor> read_tensor(GgufCursor& cursor, const GgufLimits& limits,
                               std::uint64_t alignment) {
  const auto at = cursor.position();
  GgufTensor tensor;
  MBE_ASSIGN(tensor.name, cursor.text(limits.key_bytes_max));
  MBE_ASSIGN(const std::uint32_t dimensions, cursor.number<std::uint32_t>());
  if (dimensions < 1 || dimensions > tensor.dims.size()) {
    return broken_gguf("a tensor without a shape", at);
  }
  for (std::uint32_t i = 0; i < dimensions; ++i) {
    MBE_ASSIGN(tensor.dims[i], cursor.number<std::uint64_t>());
  }
  MBE_ASSIGN(tensor.type, cursor.number<std::uint32_t>());
  MBE_ASSIGN(tensor.offset, cursor.number<std::uint64_t>());
  std::uint64_t rows = 1;
  for (std::size_t i = 1; i < tensor.dims.size(); ++i) {
    if (tensor.dims[i] == 0 || rows > shape_values_max / tensor.dims[i]) {
      return broken_gguf("a tensor of impossible type or shape", at);
    }
    rows *= tensor.dims[i];
  }
  tensor.bytes = tensor_type_bytes(tensor.type, tensor.dims[0], rows);
  if (tensor.bytes == 0) return broken_gguf("a tensor of impossible type or shape", at);
  if (tensor.offset % alignment != 0) return broken_gguf("a tensor that is not aligned", at);
  if (tensor.offset > shape_values_max - tensor.bytes) {
    return broken_gguf("a tensor past the end", at);
  }
  return tensor;
}

/// No two tensors share a name or a byte, and none leaves the file.
Result<void> check_tensors(const GgufHeader& header) {
  const auto at = header.data_begin;
  if (at > header.file_bytes) return broken_gguf("tensor data past the end", at);
  std::set<std::string_view> names;
  std::vector<std::size_t> order(header.tensors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return header.tensors[i].offset; });
  std::uint64_t end = 0;
  for (const std::size_t i : order) {
    const GgufTensor& tensor = header.tensors[i];
    if (!names.insert(tensor.name).second) return broken_gguf("two tensors of one name", at);
    if (tensor.offset < end) return broken_gguf("tensors that overlap", at + tensor.offset);
    end = tensor.offset + tensor.bytes;
  }
  if (end > header.file_bytes - at) return broken_gguf("tensor data past the end", at);
  return {};
}

Result<GgufHeader> read_header(GgufCursor cursor, const GgufLimits& limits) {
  GgufHeader header;
  header.file_bytes = cursor.file_bytes();
  if (cursor.left() < 4) return broken_gguf("no GGUF mark", 0);
  MBE_ASSIGN(const std::string_view mark, cursor.bytes(4));
  if (mark != "GGUF") return broken_gguf("no GGUF mark", 0);
  MBE_ASSIGN(header.version, cursor.number<std::uint32_t>());
  if (header.version != 2 && header.version != 3) return broken_gguf("an unknown version", 4);
  MBE_ASSIGN(const std::uint64_t tensors, cursor.number<std::uint64_t>());
  MBE_ASSIGN(const std::uint64_t values, cursor.number<std::uint64_t>());
  if (tensors > limits.tensors_max) return broken_gguf("too many tensors", 8);
  if (values > limits.values_max) return broken_gguf("too many metadata values", 16);
  MBE_TRY(read_values(cursor, values, limits, header));
  header.data_begin = cursor.position();
  MBE_TRY(check_values(limits, header));
  for (std::uint64_t i = 0; i < tensors; ++i) {
    MBE_ASSIGN(GgufTensor tensor, read_tensor(cursor, limits, header.alignment));
    header.tensors.push_back(std::move(tensor));
  }
  // The position is inside the file and the alignment at most alignment_max: no overflow.
  const auto mask = header.alignment - 1;
  header.data_begin = (cursor.position() + mask) & ~mask;
  MBE_TRY(check_tensors(header));
  return header;
}

}  // namespace

std::optional<std::uint64_t> GgufHeader::number(std::string_view key) const {
  const auto found = values.find(key);
  if (found == values.end()) return {};
  const auto* value = std::get_if<std::uint64_t>(&found->second);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::string GgufHeader::text(std::string_view key) const {
  const auto found = values.find(key);
  if (found == values.end()) return {};
  const auto* value = std::get_if<GgufText>(&found->second);
  return value == nullptr ? std::string() : value->text;
}

const GgufList* GgufHeader::list(std::string_view key) const {
  const auto found = values.find(key);
  return found == values.end() ? nullptr : std::get_if<GgufList>(&found->second);
}

const GgufTensor* GgufHeader::tensor(std::string_view name) const {
  const auto found = std::ranges::find(tensors, name, &GgufTensor::name);
  return found == tensors.end() ? nullptr : &*found;
}

Result<GgufHeader> read_gguf(const File& file, const GgufLimits& limits) {
  MBE_ASSIGN(const std::uint64_t size, file.size());
  const auto read = [&file](std::uint64_t offset, std::uint64_t bytes) {
    return file.read(offset, bytes);
  };
  return read_header(GgufCursor(read, size, limits), limits);
}

Result<GgufHeader> read_gguf(std::string_view bytes, const GgufLimits& limits) {
  return read_gguf(bytes, bytes.size(), limits);
}

Result<GgufHeader> read_gguf(std::string_view begin, std::uint64_t file_bytes,
                             const GgufLimits& limits) {
  const auto read = [begin](std::uint64_t offset, std::uint64_t size) {
    return Result<std::string>(std::string(begin.substr(std::min(offset, begin.size()), size)));
  };
  return read_header(GgufCursor(read, file_bytes, limits), limits);
}

Result<GgufHeader> read_gguf_file(FileSystem& files, const std::string& path,
                                  const GgufLimits& limits) {
  MBE_ASSIGN(const auto file, files.open(path, OpenMode::read));
  auto header = read_gguf(*file, limits);
  if (header.ok() || header.error().code() != ErrorCode::corrupt) return header;
  return fail(ErrorCode::corrupt, "{} is no sound GGUF file: {}; fetch it again", path,
              header.error().message());
}

std::string_view tensor_type_name(std::uint32_t type) {
  if (type >= GGML_TYPE_COUNT || ggml_blck_size(static_cast<ggml_type>(type)) == 0) return "?";
  return ggml_type_name(static_cast<ggml_type>(type));
}

std::uint64_t tensor_type_bytes(std::uint32_t type, std::uint64_t row, std::uint64_t rows) {
  if (type >= GGML_TYPE_COUNT || row == 0 || rows == 0) return 0;
  const auto block_values =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, ggml_blck_size(ggml_type(type))));
  const auto block_bytes = std::uint64_t{ggml_type_size(ggml_type(type))};
  if (block_values == 0 || block_bytes == 0 || row % block_values != 0) return 0;
  const auto blocks = row / block_values;
  if (blocks > shape_values_max / block_bytes) return 0;
  if (rows > shape_values_max / (blocks * block_bytes)) return 0;
  return blocks * block_bytes * rows;
}

}  // namespace mbe
