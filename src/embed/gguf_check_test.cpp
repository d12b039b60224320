#include "embed/gguf_check.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace mbe {
namespace {

constexpr std::uint32_t type_u32 = 4;
constexpr std::uint32_t type_string = 8;
constexpr std::uint32_t type_array = 9;
constexpr std::uint32_t q4_0 = 2;

template <class T>
std::string bytes_of(T value) {
  std::string out(sizeof(T), '\0');
  std::memcpy(out.data(), &value, sizeof(T));
  return out;
}

std::string text_of(std::string_view text) {
  return bytes_of<std::uint64_t>(text.size()) + std::string(text);
}

struct TensorEntry {
  std::vector<std::uint64_t> dims = {64, 2};
  std::uint32_t type = q4_0;
  std::uint64_t offset = 0;

  [[nodiscard]] std::string bytes() const {
    auto out = text_of("weight") + bytes_of(static_cast<std::uint32_t>(dims.size()));
    for (const auto dim : dims) out += bytes_of(dim);
    return out + bytes_of(type) + bytes_of(offset);
  }
};

/// A small file whose parts a test may replace.
struct File {
  std::uint32_t version = 3;
  std::uint64_t tensors = 1;
  std::uint64_t values = 2;
  std::string metadata = text_of("general.architecture") + bytes_of(type_string) + text_of("bert") +
                         text_of("words") + bytes_of(type_array) + bytes_of(type_string) +
                         bytes_of<std::uint64_t>(2) + text_of("a") + text_of("b");
  TensorEntry tensor;
  std::size_t data_bytes = 2 * 2 * 18;

  [[nodiscard]] std::string bytes() const {
    auto out = "GGUF" + bytes_of(version) + bytes_of(tensors) + bytes_of(values) + metadata;
    out += tensor.bytes();
    out.resize((out.size() + 31) / 32 * 32);
    return out + std::string(data_bytes, '\1');
  }
};

void expect_refused(const File& file, std::string_view reason) {
  const auto checked = check_gguf(file.bytes());
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), ErrorCode::corrupt);
  EXPECT_NE(checked.error().message().find(reason), std::string::npos) << checked.error().message();
}

TEST(CheckGguf, SummarisesAFileWhoseLengthsFit) {
  const auto checked = check_gguf(File().bytes());
  ASSERT_TRUE(checked.ok()) << checked.error().message();
  EXPECT_EQ(checked->architecture, "bert");
  EXPECT_EQ(checked->tensors, 1U);
  EXPECT_EQ(checked->alignment, 32U);
  EXPECT_EQ(checked->data_begin % 32, 0U);
}

TEST(CheckGguf, RefusesAnythingThatIsNoGguf) {
  EXPECT_FALSE(check_gguf("").ok());
  EXPECT_FALSE(check_gguf("GGU").ok());
  EXPECT_FALSE(check_gguf("PK\3\4 something else").ok());
}

TEST(CheckGguf, RefusesAFileCutAtAnyByte) {
  const auto whole = File().bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(check_gguf(std::string_view(whole).substr(0, size)).ok()) << size;
  }
}

TEST(CheckGguf, RefusesAnUnknownVersion) {
  File file;
  file.version = 4;
  expect_refused(file, "version");
}

TEST(CheckGguf, RefusesCountsOverTheirLimits) {
  File file;
  file.tensors = 1U << 20;
  expect_refused(file, "too many tensors");
  file = File();
  file.values = 1U << 20;
  expect_refused(file, "too many metadata values");
}

TEST(CheckGguf, RefusesAStringLongerThanTheFile) {
  File file;
  file.values = 1;
  file.metadata = text_of("k") + bytes_of(type_string) + bytes_of<std::uint64_t>(100000);
  expect_refused(file, "a string past the end");
}

TEST(CheckGguf, RefusesAStringOverItsLimit) {
  File file;
  file.values = 1;
  file.metadata = bytes_of(~std::uint64_t{0});
  expect_refused(file, "a string over its limit");
}

TEST(CheckGguf, RefusesAnArrayThatClaimsTooMuch) {
  File file;
  file.values = 1;
  file.metadata =
      text_of("k") + bytes_of(type_array) + bytes_of(type_u32) + bytes_of(~std::uint64_t{0} / 2);
  expect_refused(file, "an array over its limit");
  file.metadata =
      text_of("k") + bytes_of(type_array) + bytes_of(type_u32) + bytes_of<std::uint64_t>(1 << 20);
  expect_refused(file, "values past the end");
}

TEST(CheckGguf, RefusesArraysOfArraysAndUnknownTypes) {
  File file;
  file.values = 1;
  file.metadata =
      text_of("k") + bytes_of(type_array) + bytes_of(type_array) + bytes_of<std::uint64_t>(1);
  expect_refused(file, "an unknown type of value");
  file.metadata = text_of("k") + bytes_of<std::uint32_t>(99);
  expect_refused(file, "an unknown type of value");
}

TEST(CheckGguf, TakesAlignmentsWithinLimitsOnly) {
  File file;
  file.values = 1;
  const auto alignment = [](std::uint32_t value) {
    return text_of("general.alignment") + bytes_of(type_u32) + bytes_of(value);
  };
  file.metadata = alignment(16);
  EXPECT_TRUE(check_gguf(file.bytes()).ok());
  for (const std::uint32_t bad : {0U, 1U, 24U, 8192U, 0xFFFFFFFFU}) {
    file.metadata = alignment(bad);
    expect_refused(file, "an alignment outside its limits");
  }
  file.metadata = text_of("general.alignment") + bytes_of(type_string) + text_of("32");
  expect_refused(file, "an alignment that is no 32-bit number");
}

TEST(CheckGguf, RefusesAnArchitectureThatIsNoText) {
  File file;
  file.values = 1;
  file.metadata = text_of("general.architecture") + bytes_of(type_u32) + bytes_of(1U);
  expect_refused(file, "an architecture that is no text");
}

TEST(CheckGguf, RefusesShapesThatAreImpossible) {
  const std::vector<std::vector<std::uint64_t>> impossible = {
      {0, 2}, {64, 0}, {63, 2}, {1ULL << 62, 1ULL << 62}, {1ULL << 60, 8, 8, 8}};
  for (const auto& dims : impossible) {
    File file;
    file.tensor.dims = dims;
    expect_refused(file, "impossible type or shape");
  }
  for (const std::vector<std::uint64_t>& dims :
       {std::vector<std::uint64_t>{}, std::vector<std::uint64_t>(5, 32)}) {
    File file;
    file.tensor.dims = dims;
    expect_refused(file, "without a shape");
  }
}

TEST(CheckGguf, RefusesTensorTypesThatDoNotExist) {
  for (const std::uint32_t type : {4U, 5U, 1000U, 0xFFFFFFFFU}) {
    File file;
    file.tensor.type = type;
    expect_refused(file, "impossible type or shape");
  }
}

TEST(CheckGguf, RefusesOffsetsOutsideTheFile) {
  File file;
  file.tensor.offset = 32;
  expect_refused(file, "tensor data past the end");
  file.tensor.offset = ~std::uint64_t{31};
  expect_refused(file, "a tensor past the end");
  file.tensor.offset = 8;
  expect_refused(file, "not aligned");
}

TEST(CheckGguf, StaysInsideTheBytesWhateverIsFlipped) {
  constexpr unsigned seed = 7;
  std::mt19937 random(seed);
  const auto whole = File().bytes();
  for (int round = 0; round < 20000; ++round) {
    auto bytes = whole;
    for (int flips = 0; flips < 3; ++flips) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    if (const auto checked = check_gguf(bytes); checked.ok()) {
      ASSERT_LE(checked->data_begin, bytes.size()) << "seed " << seed << ", round " << round;
    }
  }
}

}  // namespace
}  // namespace mbe
