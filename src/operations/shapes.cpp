#include "operations/shapes.h"

namespace mbe {

Json object_shape(std::initializer_list<std::pair<std::string, Json>> members) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const auto& [name, shape] : members) {
    properties[name] = shape;
    required.push_back(name);
  }
  return {{"type", "object"}, {"properties", std::move(properties)}, {"required", required}};
}

Json list_shape(Json item) {
  return {{"type", "array"}, {"items", std::move(item)}};
}

Json map_shape(Json value) {
  return {{"type", "object"}, {"additionalProperties", std::move(value)}};
}

Json or_null_shape(Json shape) {
  shape["type"] = {shape["type"], "null"};
  return shape;
}

Json text_shape() {
  return {{"type", "string"}};
}

Json flag_shape() {
  return {{"type", "boolean"}};
}

Json count_shape() {
  return {{"type", "integer"}, {"minimum", 0}};
}

Json number_shape() {
  return {{"type", "number"}};
}

Json block_shape(bool with_embedding) {
  Json out = object_shape({{"block_index", count_shape()},
                           {"timestamp", text_shape()},
                           {"context", text_shape()},
                           {"keywords", list_shape(text_shape())},
                           {"tags", list_shape(text_shape())},
                           {"importance", number_shape()},
                           {"hash", text_shape()},
                           {"prev_hash", text_shape()},
                           {"state", text_shape()},
                           {"recorded", text_shape()},
                           {"event_time", or_null_shape(text_shape())},
                           {"kind", text_shape()},
                           {"trust", text_shape()},
                           {"speaker", or_null_shape(text_shape())},
                           {"session", or_null_shape(text_shape())},
                           {"source", or_null_shape(text_shape())},
                           {"channel", or_null_shape(text_shape())},
                           {"writer", or_null_shape(text_shape())},
                           {"refs", list_shape(count_shape())},
                           {"keywords_now", list_shape(text_shape())},
                           {"tags_now", list_shape(text_shape())},
                           {"tags_derived", list_shape(text_shape())},
                           {"pinned", flag_shape()},
                           {"hidden", flag_shape()},
                           {"retold", flag_shape()},
                           {"superseded_by", or_null_shape(count_shape())}});
  if (with_embedding) {
    out["properties"]["embedding"] = or_null_shape(list_shape(number_shape()));
    out["required"].push_back("embedding");
  }
  return out;
}

Json hit_shape() {
  Json out = block_shape(false);
  const Json more = object_shape(
      {{"score", number_shape()},
       {"arms", list_shape(object_shape(
                    {{"arm", text_shape()}, {"rank", count_shape()}, {"share", number_shape()}}))},
       {"confidence", number_shape()},
       {"corroborated_by", list_shape(object_shape({{"block_index", count_shape()},
                                                    {"writer", text_shape()},
                                                    {"trust", text_shape()},
                                                    {"share", number_shape()}}))},
       {"span", list_shape(count_shape())},
       {"neighbours", list_shape(block_shape(false))}});
  out["properties"].update(more["properties"]);
  for (const Json& name : more["required"]) out["required"].push_back(name);
  return out;
}

Json recall_shape() {
  return object_shape({{"hits", list_shape(hit_shape())},
                       {"threshold", number_shape()},
                       {"below_threshold", count_shape()},
                       {"vectors_pending", count_shape()},
                       {"vectors_note", or_null_shape(text_shape())},
                       {"embed_us", count_shape()},
                       {"search_us", count_shape()}});
}

Json waypoints_shape() {
  const Json point = object_shape({{"block_index", count_shape()},
                                   {"relevance", number_shape()},
                                   {"keyword", number_shape()},
                                   {"tag", number_shape()},
                                   {"vector", number_shape()},
                                   {"context", text_shape()}});
  return object_shape({{"current_context", text_shape()}, {"waypoints", list_shape(point)}});
}

Json turns_shape() {
  const Json turn = object_shape({{"speaker", or_null_shape(text_shape())},
                                  {"text", text_shape()},
                                  {"from_assistant", flag_shape()},
                                  {"time", text_shape()},
                                  {"expires", text_shape()},
                                  {"block_index", or_null_shape(count_shape())}});
  return object_shape({{"conversation", text_shape()}, {"turns", list_shape(turn)}});
}

Json analysis_shape() {
  const Json texts = list_shape(text_shape());
  return object_shape({{"language", text_shape()},
                       {"keywords", texts},
                       {"keyword_ids", texts},
                       {"tags", texts},
                       {"tag_ids", texts},
                       {"importance", number_shape()},
                       {"is_question", flag_shape()},
                       {"dates", texts},
                       {"intentions", texts},
                       {"terms", texts}});
}

Json stats_shape() {
  return object_shape({{"blocks", count_shape()},
                       {"memories", count_shape()},
                       {"erased", count_shape()},
                       {"pinned", count_shape()},
                       {"hidden", count_shape()},
                       {"vectors", count_shape()},
                       {"vectors_pending", count_shape()},
                       {"log_bytes", count_shape()},
                       {"keyword_bytes", count_shape()},
                       {"attribute_bytes", count_shape()},
                       {"vector_bytes", count_shape()},
                       {"chain", text_shape()},
                       {"model", or_null_shape(text_shape())},
                       {"head_hash", text_shape()}});
}

Json verify_shape() {
  return object_shape({{"chain", text_shape()},
                       {"ok", flag_shape()},
                       {"blocks", count_shape()},
                       {"bytes", count_shape()},
                       {"erased", count_shape()},
                       {"first_bad", or_null_shape(count_shape())},
                       {"problems", list_shape(text_shape())}});
}

}  // namespace mbe
