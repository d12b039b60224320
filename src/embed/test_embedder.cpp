#include "embed/test_embedder.h"

#include <cmath>
#include <cstdint>
#include <tuple>

#include "base/assert.h"
#include "base/utf8.h"
#include "embed/model_manifest.h"

namespace mbe {
namespace {

/// FNV-1a, 64 bits: the same on every machine. Source: Fowler, Noll, Vo.
std::uint64_t hash(std::string_view bytes) {
  std::uint64_t value = 14695981039346656037U;
  for (const char c : bytes) {
    value = (value ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return value;
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}

/// The words of a text in lower case (ASCII only).
std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (!is_blank(c)) {
      out.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!out.back().empty()) {
      out.emplace_back();
    }
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

void add_feature(std::span<float> row, std::string_view feature, float weight) {
  const auto value = hash(feature);
  row[value % row.size()] += (value >> 63) != 0 ? weight : -weight;
}

void add_word(std::span<float> row, std::string_view word, float weight = 1) {
  add_feature(row, word, weight);
  std::size_t first = 0;
  std::size_t second = 0;
  std::ignore = next_code_point(word, second);
  while (second < word.size()) {
    auto end = second;
    std::ignore = next_code_point(word, end);
    add_feature(row, word.substr(first, end - first), weight / 2);
    first = second;
    second = end;
  }
}

void make_unit(std::span<float> row) {
  double square = 0;
  for (const float value : row) square += double{value} * double{value};
  if (square == 0) {
    row[0] = 1;
    return;
  }
  for (float& value : row) value = static_cast<float>(value / std::sqrt(square));
}

}  // namespace

TestEmbedder::TestEmbedder(std::size_t dim)
    : dim_(dim), model_id_("test-hash@" + std::to_string(dim)) {
  MBE_ASSERT(dim >= 1 && dim <= dim_max);
}

Result<std::size_t> TestEmbedder::count_tokens(std::string_view text) {
  if (auto error = failure()) return *error;
  return words(text).size();
}

Result<EmbeddingRows> TestEmbedder::embed(std::span<const std::string_view> texts,
                                          TextRole /*role*/) {
  if (auto error = failure()) return *error;
  EmbeddingRows rows{dim_, std::vector<float>(texts.size() * dim_)};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto row = std::span(rows.values).subspan(i * dim_, dim_);
    for (const auto& word : words(texts[i])) add_word(row, word);
    make_unit(row);
  }
  texts_embedded_ += texts.size();
  return rows;
}

Result<EmbeddingRows> TestEmbedder::embed_in_context(std::span<const ContextText> texts) {
  if (auto error = failure()) return *error;
  EmbeddingRows rows{dim_, std::vector<float>(texts.size() * dim_)};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto row = std::span(rows.values).subspan(i * dim_, dim_);
    for (const auto& word : words(texts[i].text)) add_word(row, word);
    for (const auto* side : {&texts[i].before, &texts[i].after}) {
      for (const auto& part : *side) {
        for (const auto& word : words(part)) add_word(row, word, 0.25F);
      }
    }
    make_unit(row);
  }
  return rows;
}

void TestEmbedder::set_failure(std::optional<Error> failure) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
}

std::optional<Error> TestEmbedder::failure() {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace mbe
