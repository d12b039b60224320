#include "ui/json_line.h"

namespace mbe::app {
namespace {

using nlohmann::json;

Result<std::string> text_named(const json& object, const char* key) {
  MBE_ASSIGN(std::string text, text_member(object, key));
  MBE_TRY(check_text(text));
  return text;
}

}  // namespace

Result<QueryLine> parse_query_line(std::string_view line, const std::string& chain) {
  MBE_ASSIGN(const json object, parse_json_line(line));
  QueryLine query;
  MBE_ASSIGN(query.id, id_member(object, object.contains("query_id") ? "query_id" : "id"));
  MBE_ASSIGN(query.chain, chain_member(object, chain.empty() ? "main" : chain));
  MBE_ASSIGN(query.text, text_named(object, "text"));
  const auto exclude = object.find("exclude");
  if (exclude == object.end() || exclude->is_null()) return query;
  if (!exclude->is_array()) {
    return fail(ErrorCode::invalid_argument, "\"{}\" is not a list", "exclude");
  }
  for (const json& id : *exclude) {
    if (!id.is_string() && !id.is_number_integer()) {
      return fail(ErrorCode::invalid_argument, "\"{}\" holds something that is no id", "exclude");
    }
    query.exclude.push_back(id.is_string() ? id.get<std::string>() : id.dump());
  }
  return query;
}

Result<PairLine> parse_pair_line(std::string_view line) {
  MBE_ASSIGN(const json object, parse_json_line(line));
  PairLine pair;
  MBE_ASSIGN(pair.id, id_member(object, object.contains("query_id") ? "query_id" : "id"));
  MBE_ASSIGN(pair.text_a, text_named(object, "text_a"));
  MBE_ASSIGN(pair.text_b, text_named(object, "text_b"));
  return pair;
}

Result<TextLine> parse_text_line(std::string_view line) {
  MBE_ASSIGN(const json object, parse_json_line(line));
  TextLine text;
  MBE_ASSIGN(text.id, id_member(object, object.contains("query_id") ? "query_id" : "id"));
  MBE_ASSIGN(text.text, text_named(object, "text"));
  return text;
}

}  // namespace mbe::app
