#include "llm/gguf.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <random>

#include "base/resources.h"
#include "fs/faulty.h"

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
  std::string name = "weight";
  std::vector<std::uint64_t> dims = {64, 2};
  std::uint32_t type = q4_0;
  std::uint64_t offset = 0;

  [[nodiscard]] std::string bytes() const {
    auto out = text_of(name) + bytes_of(static_cast<std::uint32_t>(dims.size()));
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
  std::optional<TensorEntry> second;
  std::size_t data_bytes = 2 * 2 * 18;

  [[nodiscard]] std::string bytes() const {
    auto out = "GGUF" + bytes_of(version) + bytes_of(tensors) + bytes_of(values) + metadata;
    out += tensor.bytes();
    if (second) out += second->bytes();
    out.resize((out.size() + 31) / 32 * 32);
    return out + std::string(data_bytes, '\1');
  }
};

void expect_refused(const File& file, std::string_view reason) {
  const auto checked = read_gguf(file.bytes());
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), ErrorCode::corrupt);
  EXPECT_NE(checked.error().message().find(reason), std::string::npos) << checked.error().message();
}

TEST(ReadGguf, SummarisesAFileWhoseLengthsFit) {
  const auto checked = read_gguf(File().bytes());
  ASSERT_TRUE(checked.ok()) << checked.error().message();
  EXPECT_EQ(checked->architecture(), "bert");
  ASSERT_EQ(checked->tensors.size(), 1U);
  EXPECT_EQ(checked->tensors[0].name, "weight");
  EXPECT_EQ(checked->tensors[0].bytes, 2U * 2 * 18);
  EXPECT_EQ(checked->list("words")->items, 2U);
  EXPECT_EQ(checked->alignment, 32U);
  EXPECT_EQ(checked->data_begin % 32, 0U);
}

TEST(ReadGguf, RefusesAnythingThatIsNoGguf) {
  EXPECT_FALSE(read_gguf("").ok());
  EXPECT_FALSE(read_gguf("GGU").ok());
  EXPECT_FALSE(read_gguf("PK\3\4 something else").ok());
}

TEST(ReadGguf, RefusesAFileCutAtAnyByte) {
  const auto whole = File().bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_gguf(std::string_view(whole).substr(0, size)).ok()) << size;
  }
}

TEST(ReadGguf, RefusesAnUnknownVersion) {
  File file;
  file.version = 4;
  expect_refused(file, "version");
}

TEST(ReadGguf, RefusesCountsOverTheirLimits) {
  File file;
  file.tensors = 1U << 20;
  expect_refused(file, "too many tensors");
  file = File();
  file.values = 1U << 20;
  expect_refused(file, "too many metadata values");
}

TEST(ReadGguf, RefusesAStringLongerThanTheFile) {
  File file;
  file.values = 1;
  file.metadata = text_of("k") + bytes_of(type_string) + bytes_of<std::uint64_t>(100000);
  expect_refused(file, "a string past the end");
}

TEST(ReadGguf, RefusesAStringOverItsLimit) {
  File file;
  file.values = 1;
  file.metadata = bytes_of(~std::uint64_t{0});
  expect_refused(file, "a string over its limit");
}

TEST(ReadGguf, RefusesAnArrayThatClaimsTooMuch) {
  File file;
  file.values = 1;
  file.metadata =
      text_of("k") + bytes_of(type_array) + bytes_of(type_u32) + bytes_of(~std::uint64_t{0} / 2);
  expect_refused(file, "an array over its limit");
  file.metadata =
      text_of("k") + bytes_of(type_array) + bytes_of(type_u32) + bytes_of<std::uint64_t>(1 << 20);
  expect_refused(file, "values past the end");
}

TEST(ReadGguf, RefusesArraysOfArraysAndUnknownTypes) {
  File file;
  file.values = 1;
  file.metadata =
      text_of("k") + bytes_of(type_array) + bytes_of(type_array) + bytes_of<std::uint64_t>(1);
  expect_refused(file, "an unknown type of value");
  file.metadata = text_of("k") + bytes_of<std::uint32_t>(99);
  expect_refused(file, "an unknown type of value");
}

TEST(ReadGguf, TakesAlignmentsWithinLimitsOnly) {
  File file;
  file.values = 1;
  const auto alignment = [](std::uint32_t value) {
    return text_of("general.alignment") + bytes_of(type_u32) + bytes_of(value);
  };
  file.metadata = alignment(16);
  EXPECT_TRUE(read_gguf(file.bytes()).ok());
  for (const std::uint32_t bad : {0U, 1U, 24U, 8192U, 0xFFFFFFFFU}) {
    file.metadata = alignment(bad);
    expect_refused(file, "an alignment outside its limits");
  }
  file.metadata = text_of("general.alignment") + bytes_of(type_string) + text_of("32");
  expect_refused(file, "an alignment outside its limits");
}

TEST(ReadGguf, RefusesAnArchitectureThatIsNoText) {
  File file;
  file.values = 1;
  file.metadata = text_of("general.architecture") + bytes_of(type_u32) + bytes_of(1U);
  expect_refused(file, "an architecture that is no text");
}

TEST(ReadGguf, RefusesShapesThatAreImpossible) {
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

TEST(ReadGguf, RefusesTensorTypesThatDoNotExist) {
  for (const std::uint32_t type : {4U, 5U, 1000U, 0xFFFFFFFFU}) {
    File file;
    file.tensor.type = type;
    expect_refused(file, "impossible type or shape");
  }
}

TEST(ReadGguf, RefusesOffsetsOutsideTheFile) {
  File file;
  file.tensor.offset = 32;
  expect_refused(file, "tensor data past the end");
  file.tensor.offset = ~std::uint64_t{31};
  expect_refused(file, "a tensor past the end");
  file.tensor.offset = 8;
  expect_refused(file, "not aligned");
}

TEST(ReadGguf, RefusesTensorsThatOverlap) {
  File file;
  file.tensors = 2;
  file.second = TensorEntry{};
  file.data_bytes = 1024;
  file.second->offset = 96;
  expect_refused(file, "two tensors of one name");
  file.second->name = "other";
  file.second->offset = 64;
  expect_refused(file, "tensors that overlap");
  file.second->offset = 96;
  EXPECT_TRUE(read_gguf(file.bytes()).ok());
}

TEST(ReadGguf, RefusesAValueForTheSecondTime) {
  File file;
  file.metadata = text_of("k") + bytes_of(type_u32) + bytes_of(1U);
  file.metadata += file.metadata;
  expect_refused(file, "for the second time");
}

TEST(ReadGguf, KeepsNumbersOfEveryWidthAndShortLists) {
  File file;
  file.values = 5;
  file.metadata =
      text_of("byte") + bytes_of(0U) + bytes_of<std::uint8_t>(200) + text_of("negative") +
      bytes_of(5U) + bytes_of<std::int32_t>(-3) + text_of("real") + bytes_of(6U) + bytes_of(0.5F) +
      text_of("long") + bytes_of(10U) + bytes_of(~std::uint64_t{0}) + text_of("list") +
      bytes_of(type_array) + bytes_of(7U) + bytes_of<std::uint64_t>(3) + std::string("\1\0\1", 3);
  const auto header = read_gguf(file.bytes());
  ASSERT_TRUE(header.ok()) << header.error().message();
  EXPECT_EQ(header->number("byte"), 200U);
  EXPECT_EQ(header->number("long"), ~std::uint64_t{0});
  EXPECT_EQ(header->number("negative"), std::nullopt);
  EXPECT_EQ(std::get<double>(header->values.at("real")), 0.5);
  EXPECT_EQ(header->list("list")->numbers, (std::vector<std::uint64_t>{1, 0, 1}));
  EXPECT_EQ(header->number("absent"), std::nullopt);
}

TEST(ReadGguf, CountsLongTextsAndListsWithoutKeepingThem) {
  File file;
  const std::string words(gguf_text_kept_max + 1, 'x');
  const std::string items(4 * (gguf_items_kept_max + 1), '\1');
  file.metadata = text_of("text") + bytes_of(type_string) + text_of(words) + text_of("list") +
                  bytes_of(type_array) + bytes_of(type_u32) +
                  bytes_of<std::uint64_t>(gguf_items_kept_max + 1) + items;
  const auto header = read_gguf(file.bytes());
  ASSERT_TRUE(header.ok()) << header.error().message();
  EXPECT_EQ(header->text("text"), "");
  EXPECT_EQ(std::get<GgufText>(header->values.at("text")).bytes, words.size());
  EXPECT_EQ(header->list("list")->items, gguf_items_kept_max + 1);
  EXPECT_TRUE(header->list("list")->numbers.empty());
}

TEST(ReadGguf, RefusesAHeaderOverItsLimit) {
  GgufLimits limits;
  limits.header_bytes_max = 100;
  const auto header = read_gguf(File().bytes(), limits);
  ASSERT_FALSE(header.ok());
  EXPECT_EQ(header.error().code(), ErrorCode::corrupt);
}

TEST(ReadGgufFile, NamesThePathOfWhatIsMissingOrBroken) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("mbe-broken-" + std::to_string(::getpid()) + ".gguf");
  ASSERT_TRUE(replace_file(posix_file_system(), path.string(), "no model").ok());
  const auto broken = read_gguf_file(posix_file_system(), path.string());
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().code(), ErrorCode::corrupt);
  EXPECT_NE(broken.error().message().find(path.string()), std::string::npos);
  std::filesystem::remove(path);
  const auto missing = read_gguf_file(posix_file_system(), path.string());
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::not_found);
}

TEST(ReadGgufFile, PassesOnThatTheDiskFails) {
  FaultyFileSystem files(1);
  ASSERT_TRUE(files.make_directories("/m").ok());
  files.set_contents("/m/model.gguf", File().bytes());
  ASSERT_TRUE(read_gguf_file(files, "/m/model.gguf").ok());
  files.fail_call(2, Fault::io_error, true);
  const auto header = read_gguf_file(files, "/m/model.gguf");
  ASSERT_FALSE(header.ok());
  EXPECT_EQ(header.error().code(), ErrorCode::io);
}

/// The default embedding model, a real file of 70 MB with a vocabulary of 250,000 words.
std::string real_model() {
  const auto folder = find_resource(default_model_resource);
  return folder.ok() ? (*folder / "model.gguf").string() : std::string();
}

TEST(ReadGgufFile, ReadsARealModel) {
  const auto header = read_gguf_file(posix_file_system(), real_model());
  ASSERT_TRUE(header.ok()) << header.error().message();
  EXPECT_EQ(header->architecture(), "bert");
  EXPECT_EQ(header->number("bert.block_count"), 12U);
  EXPECT_GT(header->list("tokenizer.ggml.tokens")->items, 200'000U);
  EXPECT_EQ(tensor_type_name(header->tensor("token_embd.weight")->type), "q4_0");
  EXPECT_EQ(header->tensor("no such tensor"), nullptr);
}

std::int64_t peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// The bytes with a few of them changed: anywhere, or (where lengths and counts are) near the
/// begin or the end.
std::string mutated(const std::string& whole, std::mt19937& random) {
  auto bytes = whole;
  const auto edge = std::min<std::size_t>(bytes.size(), 2'048);
  for (unsigned flips = 1 + random() % 4; flips > 0; --flips) {
    std::size_t at = random() % bytes.size();
    if (const auto where = random() % 3; where == 0) at = random() % edge;
    bytes[at] = static_cast<char>(random() % 4 == 0 ? 0xFF : random());
  }
  if (random() % 8 == 0) bytes.resize(random() % bytes.size());
  return bytes;
}

/// Reads `rounds` changed versions of the begin of a file of `file_bytes`.
void read_mutations(const std::string& begin, std::uint64_t file_bytes, int rounds) {
  constexpr unsigned seed = 7;
  std::mt19937 random(seed);
  const auto before = peak_kib();
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto header = read_gguf(mutated(begin, random), file_bytes);
    if (header.ok()) {
      ASSERT_LE(header->data_begin, file_bytes) << "seed " << seed << ", round " << round;
      continue;
    }
    ++refused;
    ASSERT_EQ(header.error().code(), ErrorCode::corrupt) << "seed " << seed << ", round " << round;
  }
  EXPECT_GT(refused, rounds / 10);
  EXPECT_LT(refused, rounds);
  EXPECT_LT(peak_kib() - before, 64 * 1024);
}

TEST(ReadGguf, StaysInsideTheBytesWhateverIsFlipped) {
  const auto whole = File().bytes();
  read_mutations(whole, whole.size(), 20'000);
}

TEST(ReadGguf, StandsMutationsOfALargeModelsHeader) {
  const auto begin = read_file(
      posix_file_system(), MBE_SOURCE_DIR "/tests/data/models/llama-3.1-8b-q4_k_m.gguf", 1U << 20);
  ASSERT_TRUE(begin.ok());
  constexpr std::uint64_t file_bytes = 5'000'000'000;
  ASSERT_TRUE(read_gguf(*begin, file_bytes).ok());
  read_mutations(*begin, file_bytes, 5'000);
}

TEST(ReadGguf, StandsMutationsOfARealModelsHeader) {
  const auto file = posix_file_system().open(real_model(), OpenMode::read);
  ASSERT_TRUE(file.ok());
  const auto header = read_gguf(**file);
  ASSERT_TRUE(header.ok());
  const auto begin = (*file)->read(0, header->data_begin);
  ASSERT_TRUE(begin.ok());
  read_mutations(*begin, header->file_bytes, 100);
}

}  // namespace
}  // namespace mbe
