#include "operations/read_views.h"

#include "base/datetime.h"

namespace mbe {

namespace {

template <class T>
std::optional<T> some(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional<T>(json.get<T>());
}

std::string text_or_empty(const Json& json) {
  return json.is_null() ? "" : json.get<std::string>();
}

TimeMs time_of(const Json& json) {
  return parse_time(json.get<std::string>()).value_or(0);
}

RecallHit read_hit(const Json& json) {
  RecallHit out;
  out.block = read_block(json);
  out.score = json.at("score").get<float>();
  for (const Json& arm : json.at("arms")) {
    out.arms.push_back({arm.at("arm").get<std::string>(), arm.at("rank").get<std::uint32_t>(),
                        arm.at("share").get<float>()});
  }
  json.at("confidence").get_to(out.confidence);
  for (const Json& other : json.at("corroborated_by")) {
    out.corroborated_by.push_back(
        {other.at("block_index").get<std::uint64_t>(), other.at("writer").get<std::string>(),
         other.at("trust").get<std::string>(), other.at("share").get<float>()});
  }
  out.span_begin = json.at("span").at(0).get<std::uint32_t>();
  out.span_end = json.at("span").at(1).get<std::uint32_t>();
  for (const Json& beside : json.at("neighbours")) out.neighbours.push_back(read_block(beside));
  return out;
}

}  // namespace

BlockView read_block(const Json& json) {
  BlockView out;
  json.at("block_index").get_to(out.block_index);
  json.at("state").get_to(out.state);
  out.timestamp_ms = time_of(json.at("timestamp"));
  out.recorded_ms = time_of(json.at("recorded"));
  if (!json.at("event_time").is_null()) out.event_ms = time_of(json.at("event_time"));
  json.at("context").get_to(out.context);
  json.at("keywords").get_to(out.keywords);
  json.at("tags").get_to(out.tags);
  if (json.contains("embedding")) out.embedding = some<std::vector<float>>(json["embedding"]);
  json.at("importance").get_to(out.importance);
  json.at("hash").get_to(out.hash);
  json.at("prev_hash").get_to(out.prev_hash);
  json.at("kind").get_to(out.kind);
  json.at("trust").get_to(out.trust);
  out.speaker = text_or_empty(json.at("speaker"));
  out.session = text_or_empty(json.at("session"));
  out.source = text_or_empty(json.at("source"));
  out.channel = text_or_empty(json.at("channel"));
  out.writer = text_or_empty(json.at("writer"));
  json.at("refs").get_to(out.refs);
  json.at("keywords_now").get_to(out.keywords_now);
  json.at("tags_now").get_to(out.tags_now);
  json.at("tags_derived").get_to(out.tags_derived);
  json.at("pinned").get_to(out.pinned);
  json.at("hidden").get_to(out.hidden);
  out.superseded_by = some<std::uint64_t>(json.at("superseded_by"));
  return out;
}

RecallResult read_recall(const Json& json) {
  RecallResult out;
  for (const Json& hit : json.at("hits")) out.hits.push_back(read_hit(hit));
  json.at("threshold").get_to(out.threshold);
  json.at("below_threshold").get_to(out.below_threshold);
  json.at("vectors_pending").get_to(out.vectors_pending);
  if (const auto why = some<std::string>(json.at("vectors_note"))) {
    out.vectors_note = Message("{}", {*why});
  }
  json.at("embed_us").get_to(out.embed_us);
  json.at("search_us").get_to(out.search_us);
  return out;
}

ObserveResult read_observe(const Json& json) {
  ObserveResult out;
  out.block_index = some<std::uint64_t>(json.at("block_index"));
  for (const Json& point : json.at("waypoints")) {
    out.waypoints.push_back({point.at("block_index").get<std::uint64_t>(),
                             point.at("relevance").get<float>(), point.at("keyword").get<float>(),
                             point.at("tag").get<float>(), point.at("vector").get<float>(),
                             point.at("context").get<std::string>()});
  }
  return out;
}

ComposeResult read_prompt(const Json& json) {
  return {json.at("prompt").get<std::string>(), json.at("tokens").get<std::size_t>(),
          json.at("included").get<std::vector<std::uint64_t>>(),
          json.at("cut").get<std::vector<std::uint64_t>>(),
          json.at("left_out").get<std::vector<std::uint64_t>>()};
}

}  // namespace mbe
