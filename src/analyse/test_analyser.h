// For tests: one Analyser over the real dictionary and data/lexicon, opened once per program.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "analyse/analyser.h"
#include "base/resources.h"

namespace mbe {

/// Throws if the data is absent; loads once, about 80 ms.
inline const Analyser& test_analyser() {
  static const Analyser analyser = [] {
    const auto dictionary = find_resource(korean_dictionary_resource);
    if (!dictionary.ok()) throw std::runtime_error(dictionary.error().message());
    auto opened =
        Analyser::open({*dictionary, std::filesystem::path(MBE_SOURCE_DIR) / "data/lexicon"});
    if (!opened.ok()) throw std::runtime_error(opened.error().message());
    return std::move(*opened);
  }();
  return analyser;
}

/// Analysis of an utterance on Sunday 2026-11-22, 12:00 UTC.
inline Analysis test_analysis(std::string_view text) {
  constexpr TimeMs sunday_noon = 1'795'348'800'000;  // 2026-11-22T12:00:00Z
  return test_analyser().analyse(text, sunday_noon, 0);
}

/// Keyword ids of a text, sorted and joined by blanks.
inline std::string keywords_of(std::string_view text) {
  std::vector<std::string> ids;
  for (const auto& keyword : test_analysis(text).keywords) ids.push_back(keyword.id);
  std::sort(ids.begin(), ids.end());
  std::string out;
  for (const auto& id : ids) out += (out.empty() ? "" : " ") + id;
  return out;
}

/// Tag ids of a text, polarity first, joined by blanks.
inline std::string tags_of(std::string_view text) {
  std::string out;
  for (const auto& tag : test_analysis(text).tags) out += (out.empty() ? "" : " ") + tag;
  return out;
}

}  // namespace mbe
