#include "derive/summary.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace mbe {

namespace {

constexpr double same = 0.6;             ///< share of words above which two sentences say the same
constexpr std::size_t words_wanted = 4;  ///< a shorter sentence counts as if it had so many

using Words = std::set<std::string_view>;

/// Common words over those of the smaller set.
double shared(const Words& a, const Words& b) {
  const auto common = std::ranges::count_if(a, [&](const auto& word) { return b.contains(word); });
  const std::size_t smaller = std::min(a.size(), b.size());
  return smaller == 0 ? 0 : static_cast<double>(common) / static_cast<double>(smaller);
}

}  // namespace

std::vector<std::size_t> most_telling(std::span<const Telling> sentences, std::size_t count) {
  std::vector<Words> words;
  std::map<std::string_view, double> weights;
  for (const Telling& one : sentences) {
    const Words& own = words.emplace_back(one.words.begin(), one.words.end());
    for (const std::string_view word : own) weights[word] += 1;
  }
  for (auto& [word, weight] : weights) weight /= static_cast<double>(sentences.size());
  const auto score = [&](std::size_t i) {
    double sum = 0;
    for (const std::string_view word : words[i]) sum += weights[word];
    const std::size_t length = std::max(words[i].size(), words_wanted);
    return sum / static_cast<double>(length) * (1 + static_cast<double>(sentences[i].importance));
  };
  std::vector<std::size_t> picked;
  std::vector<bool> left(sentences.size(), true);
  while (picked.size() < count) {
    std::size_t best = sentences.size();
    double best_score = 0;
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      const double own = left[i] ? score(i) : 0;
      if (own <= best_score) continue;
      best = i;
      best_score = own;
    }
    if (best == sentences.size()) break;
    left[best] = false;
    const bool said = std::ranges::any_of(
        picked, [&](std::size_t other) { return shared(words[other], words[best]) > same; });
    if (said) continue;
    picked.push_back(best);
    for (const std::string_view word : words[best]) weights[word] *= weights[word];
  }
  std::ranges::sort(picked);
  return picked;
}

}  // namespace mbe
