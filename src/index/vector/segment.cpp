#include "index/vector/segment.h"

#include <algorithm>
#include <numeric>

#include "index/common/encoding.h"
#include "index/vector/sketch.h"

namespace mbe {
namespace {

constexpr std::uint32_t section_model = 1;
constexpr std::uint32_t section_entries = 2;
constexpr std::uint32_t section_rows = 3;
constexpr std::uint32_t section_sum = 4;
constexpr std::uint32_t section_centre = 5;
constexpr std::uint32_t section_sketches = 6;
constexpr std::uint32_t section_factors = 7;
constexpr std::uint32_t section_offsets = 8;

template <class T>
std::span<const T> as_span(std::string_view bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}
template <class T>
std::string raw_bytes(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

bool before(const StoredEntry& a, const StoredEntry& b) {
  return std::tie(a.sequence, a.kind, a.span_begin, a.span_end) <
         std::tie(b.sequence, b.kind, b.span_begin, b.span_end);
}

std::size_t blocks_of(std::size_t count) {
  return (count + block_vectors - 1) / block_vectors;
}

void add_sketches(SegmentBuilder& out, std::span<const Half> rows, std::size_t count,
                  const std::vector<double>& sum) {
  std::vector<float> centre(sum.size());
  std::ranges::transform(sum, centre.begin(), [count](double value) {
    return static_cast<float>(value / static_cast<double>(count));
  });
  Sketches sketches = make_sketches(rows, count, centre);
  out.add(section_centre, raw_bytes(centre));
  out.add(section_sketches, std::move(sketches.blocks));
  out.add(section_factors, raw_bytes(sketches.factors));
  out.add(section_offsets, raw_bytes(sketches.offsets));
}

}  // namespace

std::string VectorSegment::build(const VectorRows& rows) {
  const std::size_t count = rows.entries.size();
  const std::size_t width = padded_dim(rows.model.dim);
  MBE_ASSERT(count > 0 && count <= vectors_per_segment_max && rows.halves.size() == count * width);
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(
      order, [&](auto a, auto b) { return before(rows.entries[a], rows.entries[b]); });
  std::vector<StoredEntry> entries;
  std::vector<Half> halves;
  halves.reserve(rows.halves.size());
  std::vector<double> sum(rows.model.dim, 0.0);
  for (const std::uint32_t from : order) {
    entries.push_back(rows.entries[from]);
    const Half* row = rows.halves.data() + from * width;
    halves.insert(halves.end(), row, row + width);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(from_half(row[i]));
  }
  SegmentBuilder out(form(), {.items = count,
                              .first_sequence = entries.front().sequence,
                              .last_sequence = entries.back().sequence});
  std::string model;
  append_number(model, rows.model.dim);
  out.add(section_model, model + rows.model.id);
  out.add(section_entries, raw_bytes(entries));
  out.add(section_sum, raw_bytes(sum));
  if (count >= sketch_from) add_sketches(out, halves, count, sum);
  out.add(section_rows, raw_bytes(halves));
  return out.finish();
}

Result<std::string> VectorSegment::merge(std::span<const Pointer> segments,
                                         const SequenceSet& without) {
  VectorRows rows;
  for (const Pointer& segment : segments) {
    if (&segment != &segments[0] && segment->model() != rows.model) {
      return segment->file().corrupt("another model");
    }
    rows.model = segment->model();
    const std::size_t count = segment->entries().size();
    MBE_ASSIGN(const Half* from, segment->rows(0, count));
    for (std::size_t i = 0; i < count; ++i) {
      const StoredEntry& entry = segment->entries()[i];
      if (!without.empty() && without.contains(entry.sequence)) continue;
      rows.entries.push_back(entry);
      rows.halves.insert(rows.halves.end(), from + i * segment->width(),
                         from + (i + 1) * segment->width());
    }
  }
  if (rows.entries.empty()) return std::string{};
  return build(rows);
}

Result<VectorSegment::Pointer> VectorSegment::parse(std::shared_ptr<const SegmentFile> file) {
  std::shared_ptr<VectorSegment> out(new VectorSegment);
  out->file_ = std::move(file);
  MBE_TRY(out->parse_sections());
  return Pointer(std::move(out));
}

Result<void> VectorSegment::parse_sections() {
  const std::uint64_t count = file_->info().items;
  if (count == 0 || count > vectors_per_segment_max) return file_->corrupt("vector count");
  MBE_ASSIGN(const std::string_view model, file_->checked(section_model));
  ByteReader reader(model);
  model_.dim = reader.number<std::uint32_t>();
  model_.id = reader.bytes(reader.left());
  if (model_.dim == 0 || model_.dim > vector_dim_max) return file_->corrupt("dim");
  MBE_ASSIGN(const auto entries, file_->checked(section_entries, count * sizeof(StoredEntry)));
  entries_ = as_span<StoredEntry>(entries);
  MBE_ASSIGN(const auto sum, file_->checked(section_sum, model_.dim * sizeof(double)));
  sum_ = as_span<double>(sum);
  rows_ = file_->section(section_rows);
  if (rows_.size() != count * width() * sizeof(Half)) return file_->corrupt("rows");
  const bool sorted = std::ranges::is_sorted(entries_, before);
  const bool known = std::ranges::all_of(entries_, [](auto& at) { return at.kind < vector_kinds; });
  if (!sorted || !known || entries_.front().sequence != file_->info().first_sequence ||
      entries_.back().sequence != file_->info().last_sequence) {
    return file_->corrupt("entries");
  }
  if (count < sketch_from) return {};
  MBE_ASSIGN(const auto centre, file_->checked(section_centre, model_.dim * sizeof(float)));
  centre_ = as_span<float>(centre);
  sketches_ = file_->section(section_sketches);
  factors_ = file_->section(section_factors);
  offsets_ = file_->section(section_offsets);
  const std::size_t blocks = blocks_of(count);
  if (sketches_.size() != blocks * sketch_block_bytes(model_.dim) ||
      factors_.size() != blocks * block_vectors * sizeof(float) ||
      offsets_.size() != factors_.size()) {
    return file_->corrupt("sketches");
  }
  return {};
}

bool VectorSegment::holds(const SequenceSet& any) const {
  const auto candidates =
      any.between(file_->info().first_sequence, file_->info().last_sequence + 1);
  return std::ranges::any_of(candidates, [this](auto at) { return !entries_of(at).empty(); });
}

std::span<const StoredEntry> VectorSegment::entries_of(std::uint64_t sequence,
                                                       std::size_t from) const {
  const auto of = [](const StoredEntry& at) { return std::uint64_t{at.sequence}; };
  const auto begin = std::ranges::lower_bound(entries_.subspan(from), sequence, {}, of);
  auto end = begin;
  while (end != entries_.end() && end->sequence == sequence) ++end;
  return {begin, end};
}

SequenceSet VectorSegment::sequences(std::uint8_t kinds) const {
  std::call_once(sets_made_, [this] {
    std::array<std::vector<std::uint64_t>, vector_kinds> found;
    for (const StoredEntry& entry : entries_) found[entry.kind].push_back(entry.sequence);
    for (std::size_t kind = 0; kind < vector_kinds; ++kind) sets_[kind] = SequenceSet(found[kind]);
  });
  SequenceSet out;
  for (std::size_t kind = 0; kind < vector_kinds; ++kind) {
    if ((kinds >> kind & 1u) != 0) out |= sets_[kind];
  }
  return out;
}

Result<const Half*> VectorSegment::rows(std::size_t first, std::size_t count) const {
  const std::size_t row_bytes = width() * sizeof(Half);
  const std::string_view part = rows_.substr(first * row_bytes, count * row_bytes);
  if (!file_->check(part)) return file_->corrupt("page checksum");
  return reinterpret_cast<const Half*>(part.data());
}

void VectorSegment::prefetch(std::size_t row) const {
  constexpr std::size_t cache_line = 64;
  const std::size_t row_bytes = width() * sizeof(Half);
  for (std::size_t at = 0; at < row_bytes; at += cache_line) {
    __builtin_prefetch(rows_.data() + row * row_bytes + at);
  }
}

Result<void> VectorSegment::estimate(const SketchQuery& query, std::vector<float>& out) const {
  for (const std::string_view part : {sketches_, factors_, offsets_}) {
    if (!file_->check(part)) return file_->corrupt("page checksum");
  }
  const std::size_t blocks = blocks_of(entries_.size());
  out.resize(blocks * block_vectors);
  estimate_blocks(query, reinterpret_cast<const std::uint8_t*>(sketches_.data()),
                  reinterpret_cast<const float*>(factors_.data()),
                  reinterpret_cast<const float*>(offsets_.data()), blocks, out.data());
  return {};
}

}  // namespace mbe
