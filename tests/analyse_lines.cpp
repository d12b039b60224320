// Prints what the analyser makes of each line of standard input: for tools/measure_lemmas.py,
// tools/score_labels.py and bench scripts.
// Usage: mbe_analyse_lines [--lemmas | --speed | --keys] [--event-time YYYY-MM-DD]
// --keys: each line is a Korean phrase; prints it as a row of data/lexicon/ko.tsv needs it:
// dictionary forms without particles (잠이 안 와 -> 잠 안 오다).
// Needs MBE_MECAB_DIC and MBE_LEXICON, or the places of base/resources.h.
#include <fmt/core.h>

#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>

#include "analyse/analyser.h"
#include "analyse/korean.h"
#include "analyse/normal_text.h"
#include "analyse/spelling.h"
#include "base/datetime.h"
#include "base/json.h"
#include "base/resources.h"

namespace {

using mbe::Analysis;

std::filesystem::path place(const char* variable, std::string_view resource) {
  if (const char* given = std::getenv(variable)) return given;
  const auto found = mbe::find_resource(resource);
  return found.ok() ? *found : std::filesystem::path(resource);
}

nlohmann::json to_json(const std::string& line, const Analysis& analysis) {
  constexpr std::array<std::string_view, 6> kinds{"lemma",  "stem", "bigram",
                                                  "number", "date", "concept"};
  constexpr std::array<std::string_view, 3> states{"intended", "done", "dropped"};
  auto out = nlohmann::json::object();
  out["text"] = line;
  out["keywords"] = nlohmann::json::array();
  for (const auto& keyword : analysis.keywords) {
    out["keywords"].push_back({{"id", keyword.id},
                               {"label", keyword.label},
                               {"concept", keyword.is_concept},
                               {"asserted", keyword.asserted}});
  }
  out["tags"] = analysis.tags;
  out["importance"] = analysis.importance;
  out["question"] = analysis.is_question;
  out["chatter"] = analysis.is_chatter;
  for (const auto& term : analysis.terms) {
    out["terms"][std::string(kinds[static_cast<std::size_t>(term.kind)])].push_back(term.text);
  }
  for (const auto& date : analysis.dates) {
    out["dates"].push_back({{"text", date.text},
                            {"from", mbe::format_time(date.from_ms)},
                            {"until", mbe::format_time(date.until_ms)}});
  }
  for (const auto& intention : analysis.intentions) {
    out["intentions"].push_back({{"state", states[static_cast<std::size_t>(intention.state)]},
                                 {"text", intention.text},
                                 {"concepts", intention.concepts}});
  }
  return out;
}

std::string lemmas(const Analysis& analysis) {
  std::string out;
  for (const auto& term : analysis.terms) {
    if (term.kind != mbe::TermKind::lemma) continue;
    if (!out.empty()) out += '\t';
    out += term.text;
  }
  return out;
}

/// The words of a phrase as the lexicon's keys spell them.
std::string key_of(const std::vector<mbe::analyse::Token>& tokens) {
  using mbe::analyse::Form;
  std::string key;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& token = tokens[i];
    const bool last = i + 1 == tokens.size();
    if (!key.empty()) key += ' ';
    const bool negator = !last && (token.lemma == "안" || token.lemma == "못");
    if (last && token.has(Form::negated)) key += token.has(Form::could_not) ? "못 " : "안 ";
    key += last || negator || token.root.empty() || !token.predicate ? token.lemma : token.root;
    if (last && token.has(Form::wish)) key += " 싶다";
  }
  return key;
}

int print_keys(const std::filesystem::path& dictionary, const std::filesystem::path& lexicon) {
  using namespace mbe::analyse;
  std::vector<ExtraWord> words;
  const auto rows = read_table(lexicon / "ko_words.tsv", 2, 2);
  if (rows.ok()) {
    for (const auto& row : *rows) words.push_back({row.columns[0], row.columns[1]});
  }
  const auto tagger = KoreanTagger::open(dictionary, words);
  const auto reader = KoreanReader::open(lexicon);
  if (!tagger.ok() || !reader.ok()) {
    fmt::print(stderr, "{}\n", (tagger.ok() ? reader.error() : tagger.error()).message());
    return 1;
  }
  auto session = tagger->borrow();
  for (std::string line; std::getline(std::cin, line);) {
    std::vector<Token> tokens;
    reader->read(line, session.tag(line), tokens);
    fmt::print("{}\n", key_of(tokens));
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  std::string mode;
  mbe::TimeMs event_time = 0;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--event-time" && i + 1 < count) {
      event_time = mbe::parse_time(arguments[++i]).value_or(0);
    } else {
      mode = argument;
    }
  }
  const auto dictionary = place("MBE_MECAB_DIC", mbe::korean_dictionary_resource);
  const auto lexicon = place("MBE_LEXICON", "lexicon");
  if (mode == "--keys") return print_keys(dictionary, lexicon);
  const auto analyser = mbe::Analyser::open({dictionary, lexicon});
  if (!analyser.ok()) {
    fmt::print(stderr, "{}\n", analyser.error().message());
    return 1;
  }
  std::string line;
  std::vector<std::string> lines;
  while (std::getline(std::cin, line)) lines.push_back(line);
  const auto begin = std::clock();
  std::size_t terms = 0;
  for (const auto& text : lines) {
    const auto analysis = analyser->analyse(text, event_time, 0);
    terms += analysis.terms.size();
    if (mode == "--lemmas") fmt::print("{}\n", lemmas(analysis));
    if (mode.empty()) fmt::print("{}\n", to_json(text, analysis).dump());
  }
  const double took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  if (mode == "--speed") {
    fmt::print("{} lines, {} terms, {:.3f} CPU s, {:.0f} lines/s\n", lines.size(), terms, took,
               static_cast<double>(lines.size()) / took);
  }
  return 0;
}
