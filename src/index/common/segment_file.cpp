#include "index/common/segment_file.h"

#include <algorithm>

#include "index/common/checksum.h"
#include "index/common/encoding.h"

namespace mbe {
namespace {

constexpr std::size_t magic_bytes = 8;
constexpr std::size_t head_bytes = 64;
constexpr std::size_t checksum_at = 56;
constexpr std::size_t section_entry_bytes = 24;
constexpr std::size_t alignment = 64;
constexpr std::size_t page_bytes = 65536;
constexpr std::uint32_t sections_max = 64;

std::size_t pages_of(std::uint64_t bytes) {
  return (bytes + page_bytes - 1) / page_bytes;
}

void pad(std::string& out) {
  out.resize((out.size() + alignment - 1) / alignment * alignment);
}

// The head's own checksum covers head (with that field zero), section table and page checksums.
std::uint64_t head_checksum(std::string_view front, std::string_view page_table) {
  std::string joined(front);
  std::fill_n(joined.begin() + checksum_at, 8, '\0');
  joined += page_table;
  return checksum64(joined);
}

}  // namespace

std::string SegmentBuilder::finish() const {
  MBE_ASSERT(form_.magic.size() == magic_bytes && sections_.size() <= sections_max);
  std::string out(head_bytes + sections_.size() * section_entry_bytes, '\0');
  pad(out);
  const std::size_t data_begin = out.size();
  std::string table;
  for (const auto& [id, bytes] : sections_) {
    append_number(table, id);
    append_number(table, std::uint32_t{0});
    append_number(table, std::uint64_t{out.size()});
    append_number(table, std::uint64_t{bytes.size()});
    out += bytes;
    out.resize(out.size() + packed_slack);
    pad(out);
  }
  const std::uint64_t data_end = out.size();
  std::string page_table;
  for (std::size_t at = data_begin; at < data_end; at += page_bytes) {
    const std::size_t size = std::min<std::size_t>(page_bytes, data_end - at);
    append_number(page_table, checksum64(std::string_view(out).substr(at, size)));
  }
  std::string head(form_.magic);
  append_number(head, form_.version);
  append_number(head, static_cast<std::uint32_t>(sections_.size()));
  append_number(head, std::uint64_t{data_end + page_table.size()});
  append_number(head, data_end);
  append_number(head, info_.items);
  append_number(head, info_.first_sequence);
  append_number(head, info_.last_sequence);
  head += table;
  std::copy(head.begin(), head.begin() + checksum_at, out.begin());
  std::copy(table.begin(), table.end(), out.begin() + head_bytes);
  std::string sum;
  append_number(sum, head_checksum(std::string_view(out).substr(0, data_begin), page_table));
  std::copy(sum.begin(), sum.end(), out.begin() + checksum_at);
  return out + page_table;
}

Result<std::shared_ptr<const SegmentFile>> SegmentFile::from_memory(FileForm form,
                                                                    std::string bytes) {
  std::shared_ptr<SegmentFile> out(new SegmentFile);
  out->name_ = "(memory)";
  out->memory_ = std::move(bytes);
  out->bytes_ = out->memory_;
  MBE_TRY(out->parse(form));
  out->page_known_.reset();
  return std::shared_ptr<const SegmentFile>(std::move(out));
}

Result<std::shared_ptr<const SegmentFile>> SegmentFile::map(FileSystem& fs, const std::string& path,
                                                            FileForm form) {
  std::shared_ptr<SegmentFile> out(new SegmentFile);
  out->name_ = path;
  MBE_ASSIGN(out->file_, fs.open(path, OpenMode::read));
  MBE_ASSIGN(const std::uint64_t size, out->file_->size());
  if (size < head_bytes) return out->corrupt("too short");
  MBE_ASSIGN(out->mapping_, out->file_->map(size));
  out->bytes_ = out->mapping_->view(0, size);
  out->file_.reset();
  MBE_TRY(out->parse(form));
  return std::shared_ptr<const SegmentFile>(std::move(out));
}

Error SegmentFile::corrupt(std::string_view what) const {
  return fail(ErrorCode::corrupt, "index file {} is damaged ({}); delete the index and rebuild it",
              name_, what);
}

Result<void> SegmentFile::parse(FileForm form) {
  ByteReader head(bytes_.substr(0, std::min(bytes_.size(), head_bytes)));
  if (head.bytes(magic_bytes) != form.magic) return corrupt("magic");
  if (head.number<std::uint32_t>() != form.version) return corrupt("version");
  const auto count = head.number<std::uint32_t>();
  const auto size = head.number<std::uint64_t>();
  data_end_ = head.number<std::uint64_t>();
  info_.items = head.number<std::uint64_t>();
  info_.first_sequence = head.number<std::uint64_t>();
  info_.last_sequence = head.number<std::uint64_t>();
  const auto sum = head.number<std::uint64_t>();
  std::size_t front = head_bytes + std::size_t{count} * section_entry_bytes;
  front = (front + alignment - 1) / alignment * alignment;
  data_begin_ = front;
  if (!head.ok() || count > sections_max || size != bytes_.size() || data_end_ > size ||
      front > data_end_ || size - data_end_ != pages_of(data_end_ - front) * 8) {
    return corrupt("size");
  }
  if (head_checksum(bytes_.substr(0, front), bytes_.substr(data_end_)) != sum) {
    return corrupt("head checksum");
  }
  ByteReader table(bytes_.substr(head_bytes, count * section_entry_bytes));
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto id = table.number<std::uint32_t>();
    (void)table.number<std::uint32_t>();
    const auto offset = table.number<std::uint64_t>();
    const auto length = table.number<std::uint64_t>();
    if (offset < front || offset > data_end_ || offset % alignment != 0 ||
        length > data_end_ - offset || data_end_ - offset - length < packed_slack) {
      return corrupt("section table");
    }
    sections_.emplace_back(id, bytes_.substr(offset, length));
  }
  page_known_ = std::make_unique<std::atomic<bool>[]>(pages_of(data_end_ - front));
  return {};
}

std::string_view SegmentFile::section(std::uint32_t id) const {
  for (const auto& [known, bytes] : sections_) {
    if (known == id) return bytes;
  }
  return {};
}

bool SegmentFile::page_fits(std::size_t page) const {
  const std::uint64_t begin = data_begin_ + page * page_bytes;
  const std::uint64_t size = std::min<std::uint64_t>(page_bytes, data_end_ - begin);
  return checksum64(bytes_.substr(begin, size)) ==
         load_number<std::uint64_t>(bytes_.data() + data_end_ + page * 8);
}

bool SegmentFile::check(std::string_view part) const {
  if (page_known_ == nullptr || part.empty()) return true;
  const auto begin = static_cast<std::uint64_t>(part.data() - bytes_.data());
  MBE_ASSERT(begin >= data_begin_ && begin + part.size() <= data_end_);
  const std::size_t last = (begin + part.size() - 1 - data_begin_) / page_bytes;
  for (std::size_t page = (begin - data_begin_) / page_bytes; page <= last; ++page) {
    if (page_known_[page].load(std::memory_order_relaxed)) continue;
    if (!page_fits(page)) return false;
    page_known_[page].store(true, std::memory_order_relaxed);
  }
  return true;
}

Result<std::string_view> SegmentFile::checked(std::uint32_t id) const {
  const std::string_view part = section(id);
  if (!check(part)) return corrupt("page checksum");
  return part;
}

Result<std::string_view> SegmentFile::checked(std::uint32_t id, std::uint64_t size) const {
  const std::string_view part = section(id);
  if (part.size() != size) return corrupt("section size");
  return checked(id);
}

Result<void> SegmentFile::verify() const {
  for (std::size_t page = 0; page < pages_of(data_end_ - data_begin_); ++page) {
    if (!page_fits(page)) return corrupt("page checksum");
  }
  return {};
}

}  // namespace mbe
