// Korean morphemes by mecab-ko-dic, with words of our own (data/lexicon/ko_words.tsv) added as a
// user dictionary that is built in memory when the tagger opens.
// Invariant: the same text always gives the same morphemes; caches change speed only.
// Any thread may call tag(); each call borrows a lattice of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe::analyse {

/// Parts of speech of mecab-ko-dic (Sejong tags), and `unknown` for what it does not know.
enum class Tag : std::uint8_t {
  nng,
  nnp,
  nnb,
  nnbc,
  nr,
  np,
  vv,
  va,
  vx,
  vcp,
  vcn,
  mm,
  mag,
  maj,
  ic,
  jks,
  jkc,
  jkg,
  jko,
  jkb,
  jkv,
  jkq,
  jx,
  jc,
  ep,
  ef,
  ec,
  etn,
  etm,
  xpn,
  xsn,
  xsv,
  xsa,
  xr,
  sf,
  symbol,
  sl,
  sh,
  sn,
  unknown,
};

/// One morpheme. `form` lives as long as the call's Morphemes.
struct Morpheme {
  Tag tag = Tag::unknown;
  bool starts_word = false;  ///< white space, or the start of the text, is before it
  bool whole = true;         ///< false: shares its bytes with neighbours (했 = 하 + 았)
  std::uint32_t begin = 0;   ///< bytes of the tagged text
  std::uint32_t end = 0;
  std::int16_t cost = 0;  ///< the dictionary's word cost; high = rare
  std::string_view form;  ///< 하, 았, 프로젝트
};

/// A word to add: it behaves like `like` (a noun, or a verb whose last syllable is the same).
struct ExtraWord {
  std::string word;
  std::string like;
};

class KoreanTagger {
 public:
  /// Errors: unavailable (no dictionary at that path), corrupt (it does not load), invalid_argument
  /// (a word's model is not in the dictionary).
  [[nodiscard]] static Result<KoreanTagger> open(const std::filesystem::path& dictionary,
                                                 const std::vector<ExtraWord>& words);
  KoreanTagger(KoreanTagger&& other) noexcept;
  KoreanTagger& operator=(KoreanTagger&& other) noexcept;
  ~KoreanTagger();

  /// What one thread works with; obtained from borrow(), given back by its destructor.
  class Session {
   public:
    Session(Session&& other) noexcept;
    Session& operator=(Session&&) = delete;
    ~Session();
    /// Morphemes of `text`; views stay valid until the next call on this session.
    /// text: valid UTF-8; long texts are cut into pieces of at most piece_bytes_max at white space.
    const std::vector<Morpheme>& tag(std::string_view text);

   private:
    friend class KoreanTagger;
    struct State;
    Session(const KoreanTagger& owner, std::unique_ptr<State> state);
    const KoreanTagger* owner_;
    std::unique_ptr<State> state_;
  };
  [[nodiscard]] Session borrow() const;

  static constexpr std::size_t piece_bytes_max = 1500;

 private:
  struct Parts;
  explicit KoreanTagger(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace mbe::analyse
