#include "index/vector/index.h"

#include <algorithm>
#include <cmath>

#include "base/digest.h"
#include "index/common/checksum.h"
#include "index/common/encoding.h"
#include "index/common/segment_stack.h"
#include "index/vector/segment.h"
#include "index/vector/snapshot.h"

namespace mbe {
namespace {

constexpr SegmentLimits limits{.items_max = vectors_per_segment_max, .tail_max = 4096};
constexpr std::size_t batch_vectors = 1024;
constexpr std::size_t model_id_max = 255;
constexpr double length_tolerance = 0.01;
constexpr std::string_view active_magic = "MBEVACTV";
constexpr std::size_t active_bytes_max = 4096;
constexpr std::size_t generation_digits = 16;

std::string active_path(const std::string& directory) {
  return directory + "/active";
}

/// Name of a model's folder: the start of a digest of its id and dim.
std::string generation(const VectorModel& model) {
  const Digest digest = sha256({model.id, std::string_view("\0", 1), fmt::format("{}", model.dim)});
  return to_hex(view(digest)).substr(0, generation_digits);
}

Result<void> check(const VectorModel& model) {
  if (model.id.empty() || model.id.size() > model_id_max) {
    return fail(ErrorCode::invalid_argument, "a model id has 1 … {} bytes, this one has {}",
                model_id_max, model.id.size());
  }
  if (model.dim == 0 || model.dim > vector_dim_max) {
    return fail(ErrorCode::invalid_argument, "a model has 1 … {} dimensions, {} has {}",
                vector_dim_max, model.id, model.dim);
  }
  return {};
}

std::string serialise_active(const VectorModel& model) {
  std::string out(active_magic);
  append_number(out, model.dim);
  out += model.id;
  append_number(out, checksum64(out));
  return out;
}

Result<void> remove_files(FileSystem& fs, const std::string& directory) {
  auto names = fs.list(directory);
  if (!names.ok()) {
    return names.error().code() == ErrorCode::not_found ? Result<void>{} : names.error();
  }
  for (const std::string& name : *names) MBE_TRY(fs.remove(directory + "/" + name));
  return names->empty() ? Result<void>{} : fs.sync_directory(directory);
}

class SegmentedVectorIndex final : public VectorIndex {
 public:
  SegmentedVectorIndex(FileSystem& fs, std::string directory, VectorModel model,
                       VectorOptions options, SegmentStack<VectorSegment> stack)
      : fs_(fs),
        directory_(std::move(directory)),
        model_(std::move(model)),
        options_(options),
        stack_(std::move(stack)) {}

  Result<void> append(std::span<const VectorEntry> entries, std::span<const float> values,
                      const Watermark& covered) override {
    MBE_TRY(check_all(entries, values, covered));
    for (std::size_t at = 0; at < entries.size(); at += batch_vectors) {
      const std::size_t count = std::min(batch_vectors, entries.size() - at);
      MBE_TRY(stack_.push(VectorSegment::build(
          to_rows(entries.subspan(at, count), values.subspan(at * model_.dim)))));
    }
    return stack_.finish(covered);
  }

  void remove(std::span<const std::uint64_t> sequences) override { stack_.remove(sequences); }
  Result<void> purge() override { return stack_.purge(); }
  Result<void> flush() override { return stack_.flush(); }
  Result<void> activate() override;
  void keep_private() override { stack_.keep_private(); }
  [[nodiscard]] Result<void> verify() const override { return stack_.verify(); }

  [[nodiscard]] std::shared_ptr<const VectorSnapshot> snapshot() const override {
    return std::make_shared<SegmentedVectorSnapshot>(stack_.state(), model_, options_);
  }
  [[nodiscard]] const VectorModel& model() const override { return model_; }
  [[nodiscard]] std::optional<Watermark> covered() const override { return stack_.covered(); }
  [[nodiscard]] std::optional<Watermark> persisted() const override { return stack_.persisted(); }
  [[nodiscard]] std::uint64_t bytes_on_disk() const override { return stack_.bytes_on_disk(); }
  [[nodiscard]] std::uint64_t tail_vectors() const override { return stack_.tail_items(); }

 private:
  [[nodiscard]] Result<void> check_all(std::span<const VectorEntry> entries,
                                       std::span<const float> values,
                                       const Watermark& covered) const;
  [[nodiscard]] VectorRows to_rows(std::span<const VectorEntry> entries,
                                   std::span<const float> values) const;

  FileSystem& fs_;
  std::string directory_;  ///< of all generations
  VectorModel model_;
  VectorOptions options_;
  SegmentStack<VectorSegment> stack_;
};

Result<void> SegmentedVectorIndex::check_all(std::span<const VectorEntry> entries,
                                             std::span<const float> values,
                                             const Watermark& covered) const {
  if (values.size() != entries.size() * model_.dim) {
    return fail(ErrorCode::invalid_argument, "{} vectors of {} dimensions need {} floats, not {}",
                entries.size(), model_.dim, entries.size() * model_.dim, values.size());
  }
  if (stack_.covered() && covered.sequence < stack_.covered()->sequence) {
    return fail(ErrorCode::invalid_argument,
                "the vector index cannot step back to block {}; embed again", covered.sequence);
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].sequence >= sequence_limit) {
      return fail(ErrorCode::limit, "block {} is over the index's limit of {}", entries[i].sequence,
                  sequence_limit - 1);
    }
    if (entries[i].span_end < entries[i].span_begin) {
      return fail(ErrorCode::invalid_argument, "a vector of block {} has a span that ends early",
                  entries[i].sequence);
    }
    double norm = 0;
    for (const float value : values.subspan(i * model_.dim, model_.dim)) {
      norm += static_cast<double>(value) * static_cast<double>(value);
    }
    if (!(std::abs(std::sqrt(norm) - 1) <= length_tolerance)) {
      return fail(ErrorCode::invalid_argument, "a vector of block {} has length {}, not 1",
                  entries[i].sequence, std::sqrt(norm));
    }
  }
  return {};
}

VectorRows SegmentedVectorIndex::to_rows(std::span<const VectorEntry> entries,
                                         std::span<const float> values) const {
  const std::size_t width = padded_dim(model_.dim);
  VectorRows out{.model = model_, .entries = {}, .halves = {}};
  out.halves.assign(entries.size() * width, Half{0});
  for (std::size_t i = 0; i < entries.size(); ++i) {
    out.entries.push_back({.sequence = static_cast<std::uint32_t>(entries[i].sequence),
                           .span_begin = entries[i].span_begin,
                           .span_end = entries[i].span_end,
                           .kind = static_cast<std::uint32_t>(entries[i].kind)});
    std::ranges::transform(values.subspan(i * model_.dim, model_.dim),
                           out.halves.begin() + static_cast<std::ptrdiff_t>(i * width), to_half);
  }
  return out;
}

Result<void> SegmentedVectorIndex::activate() {
  MBE_TRY(flush());
  MBE_TRY(fs_.make_directories(directory_));
  MBE_TRY(replace_file(fs_, active_path(directory_), serialise_active(model_)));
  MBE_ASSIGN(const std::vector<std::string> names, fs_.list(directory_));
  for (const std::string& name : names) {
    if (name.size() != generation_digits || name == generation(model_)) continue;
    MBE_TRY(remove_files(fs_, directory_ + "/" + name));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<VectorIndex>> VectorIndex::open(FileSystem& fs, const std::string& directory,
                                                       const VectorModel& model,
                                                       const VectorOptions& options) {
  MBE_TRY(check(model));
  const std::string own = directory + "/" + generation(model);
  MBE_ASSIGN(auto stack, SegmentStack<VectorSegment>::open(fs, own, limits));
  for (const auto& segment : stack.state()->segments) {
    if (segment->model() != model) return segment->file().corrupt("another model");
  }
  return std::unique_ptr<VectorIndex>(
      std::make_unique<SegmentedVectorIndex>(fs, directory, model, options, std::move(stack)));
}

Result<std::optional<VectorModel>> VectorIndex::active(FileSystem& fs,
                                                       const std::string& directory) {
  const std::string path = active_path(directory);
  const auto bytes = read_file(fs, path, active_bytes_max);
  if (!bytes.ok() && bytes.error().code() == ErrorCode::not_found) {
    return std::optional<VectorModel>{};
  }
  if (!bytes.ok()) return bytes.error();
  ByteReader reader(*bytes);
  const bool known = reader.bytes(active_magic.size()) == active_magic;
  VectorModel model;
  model.dim = reader.number<std::uint32_t>();
  model.id = reader.left() > 8 ? reader.bytes(reader.left() - 8) : std::string_view{};
  if (!known || !check(model).ok() || serialise_active(model) != *bytes) {
    return fail(ErrorCode::corrupt,
                "index file {} is damaged ({}); delete the index and rebuild it", path, "content");
  }
  return std::optional(std::move(model));
}

Result<void> VectorIndex::drop(FileSystem& fs, const std::string& directory,
                               const VectorModel& model) {
  return remove_files(fs, directory + "/" + generation(model));
}

}  // namespace mbe
