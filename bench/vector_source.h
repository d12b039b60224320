// Vectors by the million for benches: real ones first, each once, then seeded perturbations of
// them; without real ones, clusters around shared directions as sentence embeddings are. One
// thread.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/random.h"
#include "bench_report.h"

namespace mbe {

/// The same seed gives the same vectors.
class VectorSource {
 public:
  static constexpr std::size_t dim = 384;

  /// real: rows of `dim` floats, unit length; may be empty.
  explicit VectorSource(std::vector<float> real) : random_(bench_seed), centres_(std::move(real)) {
    real_ = centres_.size() / dim;
    if (real_ == 0) make_clusters();
  }
  [[nodiscard]] std::size_t real() const { return real_; }

  /// Vector `number`: a real one while there are such, else one near a centre.
  void fill(std::size_t number, float* out) {
    const std::size_t rows = centres_.size() / dim;
    const std::size_t from = number < real_ ? number : random_.below(rows);
    const float wanted = real_ > 0 ? real_spread : cluster_spread;
    const float spread = number < real_ ? 0.0f : wanted / std::sqrt(static_cast<float>(dim));
    float norm = 0;
    for (std::size_t i = 0; i < dim; ++i) {
      out[i] = centres_[from * dim + i] + (spread > 0 ? spread * noise() : 0.0f);
      norm += out[i] * out[i];
    }
    for (std::size_t i = 0; i < dim; ++i) out[i] /= std::sqrt(norm);
  }
  void query(float* out) { fill(real_ + 1, out); }

  static constexpr float real_spread = 0.2f;  ///< length of what is added to a unit vector

 private:
  static constexpr float cluster_spread = 0.4f;

  // Sum of twelve uniform numbers less six: near enough to a Gaussian, and quick.
  float noise() {
    const std::uint64_t a = random_.next();
    const std::uint64_t b = random_.next();
    const std::uint64_t c = random_.next();
    std::uint64_t sum = 0;
    for (const std::uint64_t bits : {a, b, c}) {
      sum += (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
    }
    return static_cast<float>(static_cast<double>(sum) / 65536.0 - 6);
  }
  void make_clusters() {
    constexpr std::size_t clusters = 20'000;
    std::vector<float> common(dim);
    for (float& value : common) value = noise();
    centres_.resize(clusters * dim);
    for (std::size_t row = 0; row < clusters; ++row) {
      float* centre = centres_.data() + row * dim;
      float norm = 0;
      for (std::size_t i = 0; i < dim; ++i) {
        centre[i] = common[i] + 0.7f * noise();
        norm += centre[i] * centre[i];
      }
      for (std::size_t i = 0; i < dim; ++i) centre[i] /= std::sqrt(norm);
    }
  }

  SeededRandom random_;
  std::vector<float> centres_;
  std::size_t real_ = 0;
};

}  // namespace mbe
