#include "analyse/user_dictionary.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/assert.h"

namespace mbe::analyse {
namespace {

constexpr std::uint32_t magic_mask = 0xEF718F77U;
constexpr std::uint32_t format_version = 102;
constexpr std::uint32_t user_type = 1;
constexpr std::size_t charset_bytes = 32;

struct Unit {
  std::int32_t base = 0;
  std::uint32_t check = 0;
};

struct Key {
  std::string_view bytes;
  std::int32_t value;
};

/// Double array over sorted distinct keys, in the reading order of Darts: from base b the end mark
/// is unit b itself, byte x leads to unit b + x + 1, and a unit belongs to b if its check says so.
class DoubleArray {
 public:
  explicit DoubleArray(std::span<const Key> keys) {
    reserve(0);
    used_[0] = true;
    units_[0].base = place(keys, 0);
    units_.resize(units_.size() + 257);
  }
  [[nodiscard]] const std::vector<Unit>& units() const { return units_; }

 private:
  void reserve(std::size_t index) {
    if (index < units_.size()) return;
    units_.resize(index + 1);
    used_.resize(index + 1, false);
    base_taken_.resize(index + 1, false);
  }

  /// Labels (0 = end, byte + 1 otherwise) of the children of a range at `depth`.
  static std::vector<std::size_t> labels(std::span<const Key> keys, std::size_t depth) {
    std::vector<std::size_t> out;
    for (const auto& key : keys) {
      const auto label = key.bytes.size() == depth
                             ? std::size_t{0}
                             : std::size_t{static_cast<unsigned char>(key.bytes[depth])} + 1;
      if (out.empty() || out.back() != label) out.push_back(label);
    }
    return out;
  }

  std::size_t free_base(const std::vector<std::size_t>& children) {
    for (std::size_t base = 1;; ++base) {
      reserve(base + 256);
      if (base_taken_[base]) continue;
      const auto fits = [&](std::size_t label) { return !used_[base + label]; };
      if (std::all_of(children.begin(), children.end(), fits)) return base;
    }
  }

  std::int32_t place(std::span<const Key> keys, std::size_t depth) {
    const auto children = labels(keys, depth);
    const auto base = free_base(children);
    base_taken_[base] = true;
    for (const auto label : children) {
      used_[base + label] = true;
      units_[base + label].check = static_cast<std::uint32_t>(base);
    }
    std::size_t from = 0;
    for (const auto label : children) {
      auto to = from;
      while (to < keys.size() && label_of(keys[to], depth) == label) ++to;
      const auto child =
          label == 0 ? -keys[from].value - 1 : place(keys.subspan(from, to - from), depth + 1);
      units_[base + label].base = child;
      from = to;
    }
    return static_cast<std::int32_t>(base);
  }

  static std::size_t label_of(const Key& key, std::size_t depth) {
    if (key.bytes.size() == depth) return 0;
    return std::size_t{static_cast<unsigned char>(key.bytes[depth])} + 1;
  }

  std::vector<Unit> units_;
  std::vector<bool> used_;
  std::vector<bool> base_taken_;
};

struct TokenRecord {
  std::uint16_t left;
  std::uint16_t right;
  std::uint16_t posid;
  std::int16_t cost;
  std::uint32_t feature;
  std::uint32_t compound;
};
static_assert(sizeof(TokenRecord) == 16);

void put32(std::string& out, std::uint32_t value) {
  char bytes[4];
  std::memcpy(bytes, &value, 4);
  out.append(bytes, 4);
}

}  // namespace

std::string build_user_dictionary(std::vector<DictionaryEntry> entries,
                                  const DictionarySizes& sizes) {
  MBE_ASSERT(!entries.empty() && sizes.charset.size() < charset_bytes);
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.surface < b.surface; });
  std::vector<Key> keys;
  std::string tokens;
  std::string features;
  for (std::size_t i = 0; i < entries.size();) {
    auto j = i;
    for (; j < entries.size() && entries[j].surface == entries[i].surface; ++j) {
      const auto& e = entries[j];
      const TokenRecord record{
          e.left, e.right, e.posid, e.cost, static_cast<std::uint32_t>(features.size()), 0};
      tokens.append(reinterpret_cast<const char*>(&record), sizeof record);
      features.append(e.feature).push_back('\0');
    }
    MBE_ASSERT(j - i < 256);
    keys.push_back({entries[i].surface, static_cast<std::int32_t>((i << 8U) + (j - i))});
    i = j;
  }
  const DoubleArray array(keys);
  std::string out;
  const auto array_bytes = array.units().size() * sizeof(Unit);
  const auto total = 10 * 4 + charset_bytes + array_bytes + tokens.size() + features.size();
  put32(out, static_cast<std::uint32_t>(total) ^ magic_mask);
  for (const auto value : {format_version, user_type, static_cast<std::uint32_t>(entries.size()),
                           sizes.left, sizes.right, static_cast<std::uint32_t>(array_bytes),
                           static_cast<std::uint32_t>(tokens.size()),
                           static_cast<std::uint32_t>(features.size()), std::uint32_t{0}}) {
    put32(out, value);
  }
  auto charset = sizes.charset;
  charset.resize(charset_bytes, '\0');
  out.append(charset);
  out.append(reinterpret_cast<const char*>(array.units().data()), array_bytes);
  return out.append(tokens).append(features);
}

}  // namespace mbe::analyse
