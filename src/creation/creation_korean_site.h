// One Korean sentence under the rules: where a request stands, what it is about and who is asked.
// A value of one call; reads the sentence, changes nothing.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analyse/korean_tagger.h"
#include "creation/creation_clause.h"
#include "creation/creation_words.h"

namespace mbe::creation::korean {

/// A verb of making together with what makes it a request; places are bytes of the compact text.
struct Site {
  const Word* verb = nullptr;
  std::size_t unit = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool weak = false;  ///< an imperative without 주다: it counts only with a listed artefact
};

/// The artefact that a unit names.
[[nodiscard]] Thing thing_of(const Unit& unit);

class Reader {
 public:
  Reader(const Words::Side& words, std::string_view text,
         std::span<const analyse::Morpheme> morphemes, const std::optional<Thing>& earlier);

  [[nodiscard]] const Words::Side& words() const { return words_; }
  [[nodiscard]] std::span<const analyse::Morpheme> morphemes() const { return morphemes_; }
  [[nodiscard]] const std::vector<Unit>& units() const { return units_; }
  /// The compact place of a byte of the text, and the letters from there on.
  [[nodiscard]] std::size_t place(std::uint32_t byte) const { return compact_.place[byte]; }
  [[nodiscard]] std::string_view after(std::size_t at) const;
  [[nodiscard]] bool ends_word(std::size_t at) const { return compact_.ends_word(text_, at); }

  /// Where an ending of that section that begins at `at` ends its word; 0 if none does.
  [[nodiscard]] std::size_t ending(Section section, std::size_t at) const;
  /// The same for all requests with 주다.
  [[nodiscard]] std::size_t request_at(std::size_t at) const;
  /// The places at which the request may begin: at once, or behind a helper (써 놔 + 줘).
  [[nodiscard]] std::vector<std::size_t> helpers(std::size_t at) const;
  /// 서 보여줘: what was made is handed over on request.
  [[nodiscard]] bool handed_over(std::size_t unit, std::size_t at) const;
  /// 고 …해줘: the next predicate is the request.
  [[nodiscard]] bool goes_on(std::size_t unit, std::size_t at, std::string_view joint) const;
  /// 는 것 좀 도와줘: behind the request for help, 0 if there is none.
  [[nodiscard]] std::size_t helped(std::size_t at) const;
  /// Whether a bare imperative is meant: an urging word, a name called, or a mark of it.
  [[nodiscard]] bool urged(std::size_t unit) const;

  /// What the site asks for, if it asks the listener for an artefact. morpheme: where it begins.
  [[nodiscard]] std::optional<Thing> judge(const Site& site, std::size_t morpheme) const;
  /// What is asked for without a verb of making: 시 한 편 부탁해, 표가 하나 필요해, 이름 열 개만
  /// 줘.
  [[nodiscard]] std::optional<Thing> begged() const;

 private:
  struct Around;  ///< what stands before a site
  [[nodiscard]] Around look_back(std::size_t unit) const;
  void note_unit(std::size_t unit, Around& around) const;
  [[nodiscard]] bool somebody_else(std::size_t unit, bool weak) const;
  [[nodiscard]] bool is_person(const Unit& unit) const;
  [[nodiscard]] bool is(Section section, const Unit& unit) const;
  [[nodiscard]] std::string_view surface(const Unit& unit) const;
  [[nodiscard]] bool quoted(std::size_t end) const;
  [[nodiscard]] bool forbidden(std::size_t end) const;
  [[nodiscard]] bool declares(const Site& site, std::string_view said) const;
  [[nodiscard]] bool is_negated(std::size_t unit) const;
  [[nodiscard]] bool asks_ability(const Around& around, std::string_view said) const;
  [[nodiscard]] const Word* making_before(std::size_t unit, std::size_t morpheme,
                                          std::size_t& at) const;
  [[nodiscard]] bool is_to_be(const Unit& unit) const;
  [[nodiscard]] std::optional<Thing> decide(const Site& site, const Word& maker,
                                            const Around& around) const;
  [[nodiscard]] std::optional<Thing> named_in(std::string_view noun, std::string_view maker) const;
  [[nodiscard]] std::optional<Thing> decide_making(const Site& site, const Word& maker) const;
  [[nodiscard]] std::optional<Thing> thing_after(std::size_t unit) const;
  [[nodiscard]] std::optional<Thing> named_alone() const;
  [[nodiscard]] std::optional<Thing> begged_at(std::size_t unit) const;
  [[nodiscard]] std::optional<Thing> named_before(std::size_t unit, bool must_count, bool making,
                                                  std::string_view verb) const;

  const Words::Side& words_;
  std::string_view text_;
  std::span<const analyse::Morpheme> morphemes_;
  const std::optional<Thing>& earlier_;
  Compact compact_;
  std::vector<Unit> units_;
};

}  // namespace mbe::creation::korean
