#include "creation/creation_command.h"

#include <array>
#include <utility>
#include <vector>

#include "analyse/korean_tagger.h"
#include "analyse/normal_text.h"
#include "analyse/sentence.h"
#include "analyse/spelling.h"
#include "base/utf8.h"
#include "creation/creation_english.h"
#include "creation/creation_korean.h"

namespace mbe {

using creation::Thing;

struct CreationCommands::Parts {
  creation::Words words;
  analyse::Spelling spelling;
  analyse::KoreanTagger tagger;
};

namespace {

constexpr std::size_t quote_bytes_max = 600;  ///< a longer span between two marks is no quotation

struct Marks {
  std::string_view open;
  std::string_view close;
};
constexpr std::array<Marks, 6> quotes{
    {{"\"", "\""}, {"「", "」"}, {"『", "』"}, {"《", "》"}, {"〈", "〉"}, {"'", "'"}}};

bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return analyse::is_ascii_letter(byte) || analyse::is_digit(byte) || byte >= 0x80;
}

/// Where the quotation that opens at `at` ends, behind its mark; 0 if none opens there. An
/// apostrophe opens only before a word and closes only behind one.
std::size_t quotation_end(std::string_view text, std::size_t at, const Marks& marks) {
  if (!text.substr(at).starts_with(marks.open)) return 0;
  const bool apostrophe = marks.open == "'";
  if (apostrophe && at > 0 && is_letter(text[at - 1])) return 0;
  auto from = at + marks.open.size();
  while (true) {
    const auto close = text.find(marks.close, from);
    if (close == std::string_view::npos || close - at > quote_bytes_max) return 0;
    const auto end = close + marks.close.size();
    const bool inside = apostrophe && end < text.size() &&
                        analyse::is_ascii_letter(static_cast<unsigned char>(text[end]));
    if (!inside) return end;
    from = end;
  }
}

/// The text without what it quotes, unless it is one quotation as a whole: then without the marks.
std::string without_quotes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = 0;
    for (const auto& marks : quotes) {
      if ((end = quotation_end(text, at, marks)) == 0) continue;
      const auto inner =
          text.substr(at + marks.open.size(), end - at - marks.open.size() - marks.close.size());
      if (out.find_first_not_of(' ') == std::string::npos &&
          text.find_first_not_of(" .!?", end) == std::string_view::npos) {
        return std::string(inner);
      }
      out += "\"";
      at = end;
      break;
    }
    if (end == 0) out += text[at++];
  }
  return out;
}

}  // namespace

CreationCommands::CreationCommands(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CreationCommands::CreationCommands(CreationCommands&& other) noexcept = default;
CreationCommands& CreationCommands::operator=(CreationCommands&& other) noexcept = default;
CreationCommands::~CreationCommands() = default;

Result<CreationCommands> CreationCommands::open(const AnalyserPaths& paths,
                                                const std::filesystem::path& words) {
  MBE_ASSIGN(auto known, creation::Words::open(words));
  MBE_ASSIGN(auto spelling, analyse::Spelling::open(paths.lexicon / "ko_spelling.tsv"));
  MBE_ASSIGN(const auto rows, analyse::read_table(paths.lexicon / "ko_words.tsv", 2, 2));
  std::vector<analyse::ExtraWord> extra;
  for (const auto& row : rows) extra.push_back({row.columns[0], row.columns[1]});
  MBE_ASSIGN(auto tagger, analyse::KoreanTagger::open(paths.dictionary, extra));
  return CreationCommands(
      std::unique_ptr<Parts>(new Parts{std::move(known), std::move(spelling), std::move(tagger)}));
}

std::optional<CreationCommand> CreationCommands::find(std::string_view text) const {
  text = utf8_prefix(text, text_bytes_max);
  const auto plain = without_quotes(analyse::normalise(text).text);
  std::optional<Thing> found;
  std::optional<Thing> earlier;
  for (const auto& sentence : analyse::cut_sentences(plain)) {
    const auto piece =
        std::string_view(plain).substr(sentence.begin, sentence.end - sentence.begin);
    std::optional<Thing> thing;
    if (sentence.korean) {
      analyse::Laughter laughter;
      const auto spelt = parts_->spelling.correct(analyse::normalise(piece), laughter);
      auto session = parts_->tagger.borrow();
      thing = creation::find_korean(parts_->words.korean(), spelt.text, session.tag(spelt.text),
                                    earlier);
    } else if (sentence.english) {
      thing = creation::find_english(parts_->words, piece, earlier);
    }
    if (thing) found = std::move(thing);
  }
  if (!found) return std::nullopt;
  return CreationCommand{found->kind, std::move(found->noun)};
}

}  // namespace mbe
