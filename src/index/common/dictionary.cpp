#include "index/common/dictionary.h"

#include <algorithm>

#include "index/common/encoding.h"

namespace mbe {
namespace {

constexpr std::uint64_t group_keys = 16;

std::uint64_t prefix_of(std::string_view key) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    out = out << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0u);
  }
  return out;
}

// An entry as it lies in its group.
struct Stored {
  std::uint64_t shared = 0;  ///< bytes of the key before that this one begins with
  std::string_view rest;
  DictionaryEntry entry;
};

// The entry at the front of `left`, which then begins after it; `key_size` of the key before.
bool read_stored(std::string_view& left, std::size_t key_size, std::uint64_t& postings,
                 Stored& out) {
  ByteReader reader(left);
  out.shared = reader.varint();
  out.rest = reader.bytes(reader.varint());
  DictionaryEntry& entry = out.entry = {};
  entry.count = reader.varint();
  const std::uint64_t value = reader.varint();
  if (!reader.ok() || out.shared > key_size || out.shared + out.rest.size() > dictionary_key_max ||
      entry.count == 0) {
    return false;
  }
  if (entry.count == 1) {
    entry.single = value;
  } else {
    entry.offset = postings;
    entry.size = value;
    postings += value;
  }
  left.remove_prefix(left.size() - reader.left());
  return true;
}

// The same with the whole key: `key` holds the one before and becomes this one.
bool read_entry(std::string_view& left, std::string& key, std::uint64_t& postings,
                DictionaryEntry& entry) {
  Stored stored;
  if (!read_stored(left, key.size(), postings, stored)) return false;
  key.resize(stored.shared);
  key += stored.rest;
  entry = stored.entry;
  return true;
}

std::size_t common_bytes(std::string_view a, std::string_view b) {
  const auto differs = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(differs.first - a.begin());
}

}  // namespace

void DictionaryBuilder::add(std::string_view key, std::uint64_t count, std::uint64_t value,
                            std::uint64_t size) {
  MBE_ASSERT(key.size() <= dictionary_key_max && (added_ == 0 || key > last_));
  std::size_t shared = 0;
  if (added_ % group_keys == 0) {
    append_number(heads_, prefix_of(key));
    append_number(heads_, postings_);
    append_number(heads_, std::uint64_t{groups_.size()});
  } else {
    shared = common_bytes(key, last_);
  }
  append_varint(groups_, shared);
  append_varint(groups_, key.size() - shared);
  groups_ += key.substr(shared);
  append_varint(groups_, count);
  append_varint(groups_, value);
  postings_ += size;
  last_ = key;
  ++added_;
}

Result<Dictionary> Dictionary::open(const SegmentFile& file, std::uint32_t groups_section,
                                    std::uint32_t heads_section) {
  Dictionary out;
  out.file_ = &file;
  out.groups_ = file.section(groups_section);
  MBE_ASSIGN(out.heads_, file.checked(heads_section));
  if (out.heads_.size() % sizeof(Head) != 0) return file.corrupt("dictionary heads");
  std::uint64_t floor = 0;
  for (std::size_t i = 0; i < out.groups(); ++i) {
    const Head head = out.head(i);
    if (head.offset < floor || head.offset > out.groups_.size()) {
      return file.corrupt("dictionary heads");
    }
    floor = head.offset;
  }
  return out;
}

Dictionary::Head Dictionary::head(std::size_t group) const {
  return load_number<Head>(heads_.data() + group * sizeof(Head));
}

std::string_view Dictionary::group_bytes(std::size_t group) const {
  const std::uint64_t begin = head(group).offset;
  const std::uint64_t end = group + 1 < groups() ? head(group + 1).offset : groups_.size();
  return groups_.substr(begin, end - begin);
}

Result<bool> Dictionary::starts_after(std::size_t group, std::string_view key) const {
  const std::uint64_t mine = head(group).prefix;
  const std::uint64_t wanted = prefix_of(key);
  if (mine != wanted) return mine > wanted;
  const std::string_view bytes = group_bytes(group);
  if (!file_->check(bytes)) return file_->corrupt("page checksum");
  ByteReader reader(bytes);
  (void)reader.varint();
  const std::string_view first = reader.bytes(reader.varint());
  if (!reader.ok()) return file_->corrupt("dictionary");
  return first > key;
}

Result<std::size_t> Dictionary::groups_upto(std::string_view key) const {
  std::size_t low = 0;
  std::size_t high = groups();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    MBE_ASSIGN(const bool after, starts_after(middle, key));
    if (after) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

Result<Dictionary::Iterator> Dictionary::near(std::string_view key) const {
  MBE_ASSIGN(const std::size_t upto, groups_upto(key));
  Iterator out(*this);
  out.group_ = upto == 0 ? 0 : upto - 1;
  return out;
}

Result<Dictionary::Item> Dictionary::at(std::size_t number) const {
  const std::size_t group = number / group_keys;
  if (group >= groups()) return file_->corrupt("dictionary");
  std::string_view left = group_bytes(group);
  if (!file_->check(left)) return file_->corrupt("page checksum");
  std::uint64_t postings = head(group).postings;
  Item out;
  for (std::size_t i = 0; i <= number % group_keys; ++i) {
    if (left.empty() || !read_entry(left, out.key, postings, out.entry)) {
      return file_->corrupt("dictionary");
    }
  }
  return out;
}

// Keys rise and say how much they share with the one before, so that no key needs to be put
// together: what shares more with its predecessor than the wanted key does stands before it too.
Result<std::optional<DictionaryEntry>> Dictionary::find(std::string_view key) const {
  MBE_ASSIGN(const std::size_t low, groups_upto(key));
  if (low == 0) return std::optional<DictionaryEntry>{};
  std::string_view left = group_bytes(low - 1);
  if (!file_->check(left)) return file_->corrupt("page checksum");
  std::uint64_t postings = head(low - 1).postings;
  std::size_t size = 0;
  std::size_t matched = 0;  ///< bytes that the entry before has in common with `key`
  for (Stored at; !left.empty();) {
    if (!read_stored(left, size, postings, at)) return file_->corrupt("dictionary");
    size = at.shared + at.rest.size();
    if (at.shared > matched) continue;
    if (at.shared < matched) break;
    const std::string_view wanted = key.substr(matched);
    const std::size_t more = common_bytes(at.rest, wanted);
    matched += more;
    if (more == at.rest.size() && more == wanted.size()) return std::optional(at.entry);
    if (more == wanted.size()) break;  // the key and more
    if (more < at.rest.size() &&
        static_cast<unsigned char>(at.rest[more]) > static_cast<unsigned char>(wanted[more])) {
      break;
    }
  }
  return std::optional<DictionaryEntry>{};
}

Result<bool> Dictionary::Iterator::next() {
  last_ = key_;
  const bool is_first = group_ == 0 && left_.empty();
  if (left_.empty()) {
    if (group_ == dictionary_->groups()) return false;
    left_ = dictionary_->group_bytes(group_);
    if (!dictionary_->file_->check(left_)) return dictionary_->file_->corrupt("page checksum");
    postings_ = dictionary_->head(group_).postings;
    ++group_;
    key_.clear();
  }
  if (left_.empty() || !read_entry(left_, key_, postings_, entry_) ||
      (!is_first && key_ <= last_)) {
    return dictionary_->file_->corrupt("dictionary");
  }
  return true;
}

}  // namespace mbe
