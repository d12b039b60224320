#include <algorithm>
#include <cmath>

#include "recall/recall.h"

namespace mbe {

namespace {

// E5 vectors crowd in a narrow cone. The curve spreads it over 0 … 1 and keeps the order of the
// cosines, which alone ranked sentence pairs better than any mixture with shared words.
constexpr float cosine_middle = 0.88F;
constexpr float cosine_slope = 30;

float dot(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Dice (1945) over distinct terms of all kinds.
float term_overlap(const Analysis& a, const Analysis& b) {
  std::size_t common = 0;
  for (const Term& term : a.terms) {
    const bool shared = std::ranges::any_of(b.terms, [&](const Term& other) {
      return other.kind == term.kind && other.text == term.text;
    });
    if (shared) ++common;
  }
  const std::size_t total = a.terms.size() + b.terms.size();
  return total > 0 ? 2 * static_cast<float>(common) / static_cast<float>(total) : 0;
}

}  // namespace

float Ranker::similarity(const Analysis& a, const Analysis& b, std::span<const float> vector_a,
                         std::span<const float> vector_b) const {
  if (vector_a.empty() || vector_a.size() != vector_b.size()) return term_overlap(a, b);
  return 1 / (1 + std::exp(-cosine_slope * (dot(vector_a, vector_b) - cosine_middle)));
}

}  // namespace mbe
