#include "embed/emotion_head.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "base/assert.h"
#include "embed/json_fields.h"
#include "embed/model_manifest.h"
#include "fs/file_system.h"

namespace mbe {
namespace {

constexpr std::uint64_t head_bytes_max = 256 * 1024;
constexpr std::int64_t head_format = 1;

Result<std::string> read(const std::filesystem::path& path, std::uint64_t bytes_max) {
  auto bytes = read_file(posix_file_system(), path.string(), bytes_max);
  if (bytes.ok()) return bytes;
  return fail(ErrorCode::unavailable, "the emotion file {} cannot be read: {}; run ./launch.sh",
              path.string(), bytes.error().message());
}

std::vector<EmotionLabel> read_labels(JsonFields& fields) {
  std::vector<EmotionLabel> labels;
  for (const auto& entry : fields.objects("labels", EmotionHead::labels_max)) {
    JsonFields label(entry);
    labels.push_back({label.text("ko"), label.text("en"), label.text("tag"),
                      static_cast<float>(label.fraction("threshold"))});
    if (labels.back().tag == "-") labels.back().tag.clear();
    if (label.first_bad()) fields.bad("labels");
  }
  if (labels.empty()) fields.bad("labels");
  return labels;
}

}  // namespace

Result<EmotionHead> EmotionHead::open(const std::filesystem::path& folder) {
  const auto path = folder / "head.json";
  MBE_ASSIGN(const std::string text, read(path, head_bytes_max));
  const auto json = parse_json_object(text);
  JsonFields fields(json);
  EmotionHead head;
  fields.number("format", head_format, head_format);
  head.model_id_ = fields.text("model");
  head.dim_ = fields.number("dim", 1, dim_max);
  const auto file = fields.file_name("weights");
  const auto digest = fields.digest("sha256");
  head.labels_ = read_labels(fields);
  if (fields.first_bad()) {
    return fail(ErrorCode::corrupt,
                "{}: \"{}\" is missing or not allowed; set the program up again", path.string(),
                *fields.first_bad());
  }
  const auto size = head.labels_.size() * (head.dim_ + 1);
  MBE_ASSIGN(const std::string bytes, read(folder / file, size * sizeof(float)));
  if (bytes.size() != size * sizeof(float) || sha256(bytes) != digest) {
    return fail(ErrorCode::corrupt, "{} is not the file that {} names; set the program up again",
                (folder / file).string(), path.string());
  }
  head.weights_.resize(size);
  std::memcpy(head.weights_.data(), bytes.data(), bytes.size());
  return head;
}

std::vector<float> EmotionHead::probabilities(std::span<const float> vector) const {
  MBE_ASSERT(vector.size() == dim_);
  std::vector<float> out(labels_.size());
  for (std::size_t label = 0; label < labels_.size(); ++label) {
    const float* weights = weights_.data() + label * (dim_ + 1);
    double sum = double{weights[dim_]};
    for (std::size_t i = 0; i < dim_; ++i) sum += double{weights[i]} * double{vector[i]};
    out[label] = static_cast<float>(1 / (1 + std::exp(-sum)));
  }
  return out;
}

std::vector<Emotion> EmotionHead::emotions(std::span<const float> vector) const {
  const auto probability = probabilities(vector);
  std::vector<Emotion> out;
  for (std::size_t label = 0; label < labels_.size(); ++label) {
    if (probability[label] >= labels_[label].threshold) out.push_back({label, probability[label]});
  }
  std::ranges::stable_sort(out, std::ranges::greater(), &Emotion::probability);
  return out;
}

}  // namespace mbe
