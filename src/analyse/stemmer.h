// Snowball English (Porter 2) stems, one stemmer per session, with a bounded cache.
// Not thread-safe; each session owns one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "analyse/table.h"

struct sb_stemmer;

namespace mbe::analyse {

class Stemmer {
 public:
  Stemmer();
  ~Stemmer();
  Stemmer(const Stemmer&) = delete;
  Stemmer& operator=(const Stemmer&) = delete;
  /// Stem of one lower-case word. Source: M. F. Porter, Snowball.
  [[nodiscard]] const std::string& stem(std::string_view word);

 private:
  sb_stemmer* stemmer_;
  StringMap<std::string> cache_;
};

}  // namespace mbe::analyse
