// The words by which a creation command is known: data/echo/creation.tsv (its head says what each
// section holds). Invariant: every row has a known section, language and value, and none stands
// twice. Immutable after open(); any thread. English slips of one letter (wirte, peom) are found
// too.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "analyse/table.h"
#include "base/result.h"

namespace mbe {

/// What is asked for, which decides how it is saved.
enum class CreationKind : std::uint8_t { text, code, document, drawing, other };

/// The name of a kind: text, code, document, drawing, other.
[[nodiscard]] std::string_view creation_kind_name(CreationKind kind);

namespace creation {

/// What a verb's object must be for the sentence to ask for an artefact.
enum class Object : std::uint8_t {
  any,     ///< whatever is not listed as none
  listed,  ///< a listed artefact
  fresh,   ///< a listed artefact that is not a particular one: give me a poem
  into,    ///< a listed artefact that something is turned into: 표로 바꿔줘
  noun,    ///< the noun before it decides (작성 + 해줘)
};

/// One row.
struct Word {
  std::string word;  ///< Korean without blanks
  Object object = Object::any;
  CreationKind kind = CreationKind::other;
  std::string stem;  ///< Korean verbs: 쓰 of 써; English: none
  std::string form;  ///< English section `ask`: base, ing, thing …
};

/// Sections of the file, by language.
enum class Section : std::uint8_t {
  artefact,
  not_object,
  verb,
  making,
  give,
  give_open,
  attempt,
  stem,
  helper,
  transfer,
  help,
  quoting,
  beg,
  need,
  hand,
  count,
  unit,
  listener,
  person,
  speaker,
  habit,
  asking,
  existing,
  general,
  urging,
  particle,
  ask,
  filler,
  lead,
  spell,
  indefinite,
  definite,
  pronoun,
  quantity,
  boundary,
  complement,
  benefactor,
  saying,
  negation,
  thanks,
  past,
  opener,
  self,
  intent,
  end_,
};

class Words {
 public:
  /// Errors: io (unreadable), corrupt (an unknown section, language or value, or a row given
  /// twice; file and line are named).
  [[nodiscard]] static Result<Words> open(const std::filesystem::path& file);

  /// One language's words.
  class Side {
   public:
    /// The row of that word, or null.
    [[nodiscard]] const Word* find(Section section, std::string_view word) const;
    [[nodiscard]] bool has(Section section, std::string_view word) const {
      return find(section, word) != nullptr;
    }
    /// All rows of a section, longest word first.
    [[nodiscard]] const std::vector<Word>& all(Section section) const {
      return lists_[static_cast<std::size_t>(section)];
    }
    /// Places in all(section) of the English rows whose first word that is, longest row first.
    [[nodiscard]] const std::vector<std::uint32_t>& beginning(Section section,
                                                              std::string_view word) const;
    /// Whether that verb takes the object without making an artefact.
    [[nodiscard]] bool takes_no_artefact(std::string_view verb, std::string_view object) const;

   private:
    friend class Words;
    std::array<std::vector<Word>, static_cast<std::size_t>(Section::end_)> lists_;
    std::array<analyse::StringMap<std::size_t>, static_cast<std::size_t>(Section::end_)> index_;
    std::array<analyse::StringMap<std::vector<std::uint32_t>>,
               static_cast<std::size_t>(Section::end_)>
        first_words_;
    [[nodiscard]] bool add(Section section, Word word);
    void sort();
  };

  [[nodiscard]] const Side& korean() const { return korean_; }
  [[nodiscard]] const Side& english() const { return english_; }

  /// The English word that a slip of one letter stands for: two letters exchanged, one missing or
  /// doubled; the word itself if it is no such slip.
  [[nodiscard]] std::string_view mended(std::string_view word) const;

 private:
  void add_slips();
  [[nodiscard]] bool knows(std::string_view word) const;

  Side korean_;
  Side english_;
  analyse::StringMap<std::string> slips_;
};

}  // namespace creation
}  // namespace mbe
