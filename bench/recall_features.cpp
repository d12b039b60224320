// What evidence does recall see? Prints one JSON line a question with the features of every
// candidate; tools/fit_recall.py fits the weights of data/recall/weights.json from it.
//   recall_features HOME QUERIES.jsonl [QUESTIONS_MAX]
// A question: {"id","namespace","text","exclude"}. Of more than QUESTIONS_MAX every n-th is taken.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "base/json.h"
#include "engine/recaller.h"
#include "mbe/engine.h"

namespace {

using nlohmann::json;

int print_error(const mbe::Error& error) {
  fmt::print(stderr, "{}\n", error.message());
  return 1;
}

mbe::Result<std::string> line_of(mbe::Engine& engine, const json& question) {
  MBE_ASSIGN(mbe::Memory* const memory, engine.chain(question.at("namespace"), false));
  const mbe::Recaller recaller(memory->parts());
  mbe::RankedCue recalled;
  MBE_ASSIGN(const mbe::FeatureTable table,
             recaller.features({.cue = question.at("text")}, recalled));
  std::string out = fmt::format("{{\"id\":{},\"best\":{:.5g},\"hub\":{:.5g},\"candidates\":[",
                                question.at("id").dump(), table.best_cosines, table.hub_cosine);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    MBE_ASSIGN(const auto record, recalled.indexes.attributes->record(table.sequences[i]));
    out += fmt::format("{}[{}", i == 0 ? "" : ",", json(record ? record->source : "").dump());
    for (const float value : table.rows[i]) out += fmt::format(",{:.5g}", value);
    out += "]";
  }
  return out + "]}";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: recall_features HOME QUERIES.jsonl [QUESTIONS_MAX]\n");
    return 2;
  }
  auto engine = mbe::Engine::open({.home = argv[1]});
  if (!engine.ok()) return print_error(engine.error());
  std::vector<json> questions;
  std::ifstream in(argv[2]);
  for (std::string line; std::getline(in, line);) questions.push_back(json::parse(line));
  const std::size_t most = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : questions.size();
  const std::size_t step =
      std::max<std::size_t>(1, questions.size() / std::max<std::size_t>(1, most));
  for (std::size_t i = 0; i < questions.size(); i += step) {
    const auto line = line_of(**engine, questions[i]);
    if (!line.ok()) return print_error(line.error());
    std::cout << *line << '\n';
  }
  return 0;
}
