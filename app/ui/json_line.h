// Lines of JSON that commands take in many at a time: questions, pairs, texts. Every refusal is an
// Error that says why, so that a caller can put the line's number before it. Pure functions.
// Format of the lines: docs/guide/cli.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "importers/input.h"
#include "importers/json_line.h"

namespace mbe::app {

using importers::chain_member;
using importers::check_text;
using importers::id_member;
using importers::line_bytes_max;
using importers::parse_block_memory_line;
using importers::parse_import_line;
using importers::parse_json_line;
using importers::text_member;

struct QueryLine {
  std::string id, chain, text;
  std::vector<std::string> exclude;
};
/// {"id" or "query_id","namespace","text","exclude"}; other keys are ignored.
[[nodiscard]] Result<QueryLine> parse_query_line(std::string_view line, const std::string& chain);

struct PairLine {
  std::string id, text_a, text_b;
};
/// {"id","text_a","text_b"}
[[nodiscard]] Result<PairLine> parse_pair_line(std::string_view line);

struct TextLine {
  std::string id, text;
};
/// {"id","text"}
[[nodiscard]] Result<TextLine> parse_text_line(std::string_view line);

}  // namespace mbe::app
