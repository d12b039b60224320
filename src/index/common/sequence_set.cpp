#include "index/common/sequence_set.h"

#include <algorithm>
#include <bit>

#include "base/assert.h"
#include "index/common/encoding.h"

namespace mbe {
namespace {

std::uint32_t narrow(std::uint64_t sequence) {
  MBE_ASSERT(sequence < sequence_limit);
  return static_cast<std::uint32_t>(sequence);
}

// The portable form (github.com/RoaringBitmap/RoaringFormatSpec): a cookie, per container its key
// and cardinality - 1, offsets, then runs, a sorted array or 8 KiB of bits.
constexpr std::uint32_t cookie_plain = 12346;
constexpr std::uint32_t cookie_runs = 12347;
constexpr std::uint32_t array_max = 4096;
constexpr std::size_t bitset_bytes = 8192;
constexpr std::uint32_t offsets_from = 4;  // with runs, offsets exist from this many containers

bool rising(std::string_view values) {
  for (std::size_t i = 2; i < values.size(); i += 2) {
    if (load_number<std::uint16_t>(values.data() + i - 2) >=
        load_number<std::uint16_t>(values.data() + i)) {
      return false;
    }
  }
  return true;
}

bool runs_fit(std::string_view runs, std::uint32_t cardinality) {
  std::uint32_t sum = 0;
  std::uint32_t floor = 0;
  for (std::size_t i = 0; i < runs.size(); i += 4) {
    const std::uint32_t start = load_number<std::uint16_t>(runs.data() + i);
    const std::uint32_t length = load_number<std::uint16_t>(runs.data() + i + 2) + 1u;
    if (start < floor || start + length > 65536) return false;
    floor = start + length + 1;
    sum += length;
  }
  return sum == cardinality;
}

bool container_fits(ByteReader& reader, bool is_run, std::uint32_t cardinality) {
  if (is_run) {
    const auto runs = reader.number<std::uint16_t>();
    return runs_fit(reader.bytes(std::uint64_t{runs} * 4), cardinality) && runs > 0 && reader.ok();
  }
  if (cardinality <= array_max) {
    const std::string_view values = reader.bytes(std::uint64_t{cardinality} * 2);
    return reader.ok() && rising(values);
  }
  const std::string_view bits = reader.bytes(bitset_bytes);
  if (!reader.ok()) return false;
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < bits.size(); i += 8) {
    count += static_cast<std::uint32_t>(std::popcount(load_number<std::uint64_t>(bits.data() + i)));
  }
  return count == cardinality;
}

bool is_portable(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto cookie = reader.number<std::uint32_t>();
  const bool with_runs = (cookie & 0xffff) == cookie_runs;
  if (!with_runs && cookie != cookie_plain) return false;
  const std::uint32_t count = with_runs ? (cookie >> 16) + 1 : reader.number<std::uint32_t>();
  if (count > 65536) return false;
  const std::string_view run_flags = with_runs ? reader.bytes((count + 7) / 8) : std::string_view{};
  const std::string_view heads = reader.bytes(std::uint64_t{count} * 4);
  std::string_view offsets;
  const bool has_offsets = !with_runs || count >= offsets_from;
  if (has_offsets) offsets = reader.bytes(std::uint64_t{count} * 4);
  if (!reader.ok()) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto key = load_number<std::uint16_t>(heads.data() + 4 * i);
    if (i > 0 && load_number<std::uint16_t>(heads.data() + 4 * i - 4) >= key) return false;
    const std::size_t at = bytes.size() - reader.left();
    if (has_offsets && load_number<std::uint32_t>(offsets.data() + 4 * i) != at) return false;
    const bool is_run =
        with_runs && (static_cast<unsigned char>(run_flags[i / 8]) >> (i % 8) & 1u) != 0;
    const std::uint32_t cardinality = load_number<std::uint16_t>(heads.data() + 4 * i + 2) + 1u;
    if (!container_fits(reader, is_run, cardinality)) return false;
  }
  return reader.left() == 0;
}

}  // namespace

SequenceSet::SequenceSet(std::initializer_list<std::uint64_t> sequences)
    : SequenceSet(std::span(sequences.begin(), sequences.size())) {}

SequenceSet::SequenceSet(std::span<const std::uint64_t> sequences) {
  std::vector<std::uint32_t> narrowed(sequences.size());
  std::transform(sequences.begin(), sequences.end(), narrowed.begin(), narrow);
  bits_.addMany(narrowed.size(), narrowed.data());
}

SequenceSet SequenceSet::range(std::uint64_t first, std::uint64_t end) {
  SequenceSet out;
  end = std::min(end, sequence_limit);
  if (first < end) out.bits_.addRange(first, end);
  return out;
}

void SequenceSet::add(std::uint64_t sequence) {
  bits_.add(narrow(sequence));
}

void SequenceSet::remove(std::uint64_t sequence) {
  if (sequence < sequence_limit) bits_.remove(narrow(sequence));
}

bool SequenceSet::contains(std::uint64_t sequence) const {
  return sequence < sequence_limit && bits_.contains(narrow(sequence));
}

SequenceSet& SequenceSet::operator&=(const SequenceSet& other) {
  bits_ &= other.bits_;
  return *this;
}
SequenceSet& SequenceSet::operator|=(const SequenceSet& other) {
  bits_ |= other.bits_;
  return *this;
}
SequenceSet& SequenceSet::operator-=(const SequenceSet& other) {
  bits_ -= other.bits_;
  return *this;
}

std::vector<std::uint64_t> SequenceSet::to_vector() const {
  std::vector<std::uint32_t> narrowed(size());
  bits_.toUint32Array(narrowed.data());
  return {narrowed.begin(), narrowed.end()};
}

std::vector<std::uint64_t> SequenceSet::between(std::uint64_t first, std::uint64_t end) const {
  std::vector<std::uint64_t> out;
  if (empty() || first >= sequence_limit) return out;
  auto at = bits_.begin();
  at.equalorlarger(narrow(first));
  for (; at.i.has_value && *at < end; ++at) out.push_back(*at);
  return out;
}

bool SequenceSet::contains_range(std::uint64_t first, std::uint64_t end) const {
  return end <= sequence_limit && bits_.containsRange(first, end);
}

std::optional<std::uint64_t> SequenceSet::last() const {
  return empty() ? std::nullopt : std::optional<std::uint64_t>(bits_.maximum());
}

std::uint64_t SequenceSet::shared_with(const SequenceSet& other) const {
  return bits_.and_cardinality(other.bits_);
}

std::optional<std::uint64_t> SequenceSet::next_after(std::uint64_t sequence) const {
  if (empty() || sequence + 1 >= sequence_limit) return std::nullopt;
  auto at = bits_.begin();
  at.equalorlarger(narrow(sequence + 1));
  if (!at.i.has_value) return std::nullopt;
  return *at;
}

std::optional<std::uint64_t> SequenceSet::last_before(std::uint64_t sequence) const {
  if (sequence == 0) return std::nullopt;
  const std::uint64_t top = std::min(sequence, sequence_limit) - 1;
  const std::uint64_t below = bits_.rank(narrow(top));
  std::uint32_t out = 0;
  if (below == 0 || !bits_.select(static_cast<std::uint32_t>(below - 1), &out)) return std::nullopt;
  return out;
}

std::string SequenceSet::serialise() const {
  Roaring packed = bits_;
  packed.runOptimize();
  std::string out(packed.getSizeInBytes(), '\0');
  packed.write(out.data());
  return out;
}

std::optional<SequenceSet> SequenceSet::parse(std::string_view bytes) {
  if (!is_portable(bytes)) return std::nullopt;
  SequenceSet out;
  out.bits_ = Roaring::readSafe(bytes.data(), bytes.size());
  return out;
}

}  // namespace mbe
