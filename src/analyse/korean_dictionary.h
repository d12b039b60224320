// mecab-ko-dic as it lies on disk - words, unknown words, character classes, connection costs -
// and words of our own beside it, read in place. Layout of a word list:
// docs/format/user_dictionary.md. Invariant: every number that is followed was checked, so that a
// damaged dictionary gives other words but no wild read. Immutable after open(); any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe::analyse {

/// One reading of a word, as it is stored.
struct DictionaryToken {
  std::uint16_t left = 0;   ///< context id towards the word before
  std::uint16_t right = 0;  ///< towards the word after
  std::uint16_t posid = 0;
  std::int16_t cost = 0;
  std::uint32_t feature = 0;  ///< where its feature line begins
  std::uint32_t compound = 0;
};
static_assert(sizeof(DictionaryToken) == 16);

/// A word list: surfaces in a double array, each with its readings.
class WordList {
 public:
  /// Views `bytes`, which must outlive it and begin at a multiple of 8.
  /// Errors: corrupt (`name` is named).
  [[nodiscard]] static Result<WordList> read(std::string_view bytes, const std::string& name);

  /// A place in the double array; what ends there, if anything does.
  struct State {
    std::int32_t base = 0;    ///< 0: no word goes on
    std::int32_t value = -1;  ///< of readings(); −1: no word ends here
  };
  [[nodiscard]] State root() const { return {unit(0).base, -1}; }
  /// From a base by the bytes of one character. O(bytes).
  [[nodiscard]] State step(std::int32_t base, std::string_view character) const;
  [[nodiscard]] std::span<const DictionaryToken> readings(std::int32_t value) const;
  /// POS, meaning, final consonant, reading, type …, ended by a NUL.
  [[nodiscard]] const char* feature(const DictionaryToken& token) const {
    return features_.data() + (token.feature < features_.size() ? token.feature : 0);
  }
  [[nodiscard]] std::uint32_t left_size() const { return left_size_; }
  [[nodiscard]] std::uint32_t right_size() const { return right_size_; }

 private:
  struct Unit {
    std::int32_t base;
    std::uint32_t check;
  };
  [[nodiscard]] Unit unit(std::size_t at) const { return at < units_.size() ? units_[at] : Unit{}; }

  std::span<const Unit> units_;
  std::span<const DictionaryToken> tokens_;
  std::string_view features_;
  std::uint32_t left_size_ = 0;
  std::uint32_t right_size_ = 0;
};

/// What a character is for words that no list has: bits as in mecab's char.bin.
struct CharacterClass {
  std::uint32_t bits = 0;
  [[nodiscard]] std::uint32_t kinds() const { return bits & 0x3FFFFU; }
  [[nodiscard]] std::uint32_t main() const { return bits >> 18U & 0xFFU; }
  [[nodiscard]] std::uint32_t length_max() const { return bits >> 26U & 0xFU; }
  [[nodiscard]] bool grouped() const { return (bits >> 30U & 1U) != 0; }
  [[nodiscard]] bool always() const { return (bits >> 31U) != 0; }
  [[nodiscard]] bool shares(CharacterClass other) const { return (kinds() & other.kinds()) != 0; }
};

class KoreanDictionary {
 public:
  /// Maps sys.dic, unk.dic, char.bin and matrix.bin. Errors: unavailable (no sys.dic), corrupt.
  [[nodiscard]] static Result<KoreanDictionary> open(const std::filesystem::path& directory);
  KoreanDictionary(KoreanDictionary&& other) noexcept;
  KoreanDictionary& operator=(KoreanDictionary&& other) noexcept;
  ~KoreanDictionary();

  /// Adds a user dictionary's bytes. Errors: corrupt.
  [[nodiscard]] Result<void> add(std::string bytes);

  /// The system's words first, then those that were added.
  [[nodiscard]] std::span<const WordList> lists() const { return lists_; }
  [[nodiscard]] const WordList& unknown() const { return unknown_; }
  /// Readings of an unknown word of that main class.
  [[nodiscard]] std::span<const DictionaryToken> unknown_readings(std::uint32_t main) const;
  /// Of the first character of `text`, which is not empty.
  [[nodiscard]] CharacterClass character(std::string_view text) const;
  /// Costs of what may stand before a word of this left id, by right id.
  [[nodiscard]] std::span<const std::int16_t> connections(std::uint16_t left) const {
    return costs_.subspan(std::size_t{left} * left_size_, left_size_);
  }
  /// Whether its context ids are within the matrix.
  [[nodiscard]] bool connects(const DictionaryToken& token) const {
    return token.left < right_size_ && token.right < left_size_;
  }
  [[nodiscard]] std::size_t left_size() const { return left_size_; }
  [[nodiscard]] std::size_t right_size() const { return right_size_; }

 private:
  class File;
  KoreanDictionary();
  [[nodiscard]] Result<void> read_matrix(std::string_view bytes);
  [[nodiscard]] Result<void> read_characters(std::string_view bytes);

  std::string path_;
  std::vector<std::unique_ptr<File>> files_;
  std::vector<std::unique_ptr<std::string>> added_;
  std::vector<WordList> lists_;
  WordList unknown_;
  std::vector<std::span<const DictionaryToken>> unknown_readings_;  ///< by main class
  std::span<const std::uint32_t> characters_;                       ///< by UCS-2 character
  std::span<const std::int16_t> costs_;
  std::size_t left_size_ = 0;   ///< right ids are below it, as mecab names it
  std::size_t right_size_ = 0;  ///< left ids are below it
};

}  // namespace mbe::analyse
