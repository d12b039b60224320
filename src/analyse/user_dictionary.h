// Bytes of a mecab user dictionary (version 102: header, double array, tokens, features), so that
// words can be added without mecab's own compiler. Layout: docs/format/user_dictionary.md.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mbe::analyse {

/// One dictionary entry: a surface with its context ids, cost and feature line.
struct DictionaryEntry {
  std::string surface;  ///< not empty, no NUL
  std::uint16_t left = 0;
  std::uint16_t right = 0;
  std::uint16_t posid = 0;
  std::int16_t cost = 0;
  std::string feature;
};

/// What must agree with the system dictionary.
struct DictionarySizes {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  std::string charset;  ///< at most 31 bytes
};

/// The file's bytes. entries: at most 255 of one surface. O(total bytes × 256) at worst.
[[nodiscard]] std::string build_user_dictionary(std::vector<DictionaryEntry> entries,
                                                const DictionarySizes& sizes);

}  // namespace mbe::analyse
