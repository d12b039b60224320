#include "analyse/stemmer.h"

#include <libstemmer.h>

#include "base/assert.h"

namespace mbe::analyse {
namespace {
constexpr std::size_t cache_words_max = 1U << 15U;
}

Stemmer::Stemmer() : stemmer_(sb_stemmer_new("english", "UTF_8")) {
  MBE_ASSERT(stemmer_ != nullptr);
}
Stemmer::~Stemmer() {
  sb_stemmer_delete(stemmer_);
}

const std::string& Stemmer::stem(std::string_view word) {
  if (const auto found = cache_.find(word); found != cache_.end()) return found->second;
  if (cache_.size() >= cache_words_max) cache_.clear();
  const auto* bytes = reinterpret_cast<const sb_symbol*>(word.data());
  const auto* stem = sb_stemmer_stem(stemmer_, bytes, static_cast<int>(word.size()));
  const auto length = static_cast<std::size_t>(sb_stemmer_length(stemmer_));
  std::string text(reinterpret_cast<const char*>(stem), length);
  return cache_.emplace(std::string(word), std::move(text)).first->second;
}

}  // namespace mbe::analyse
