#include "working/conversation.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/utf8.h"

namespace mbe {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// Two or three decimals: enough for a person, stable in a file.
double rounded(float value) {
  return std::round(static_cast<double>(value) * 1000) / 1000;
}

ordered_json turn_json(const Turn& turn) {
  ordered_json out = {{"speaker", turn.speaker},
                      {"text", turn.text},
                      {"from_assistant", turn.from_assistant},
                      {"time_ms", turn.time_ms},
                      {"expires_ms", turn.expires_ms}};
  if (turn.block_index) out["block_index"] = *turn.block_index;
  return out;
}

Turn turn_from(const json& in) {
  Turn turn{in.at("speaker"), in.at("text"),       in.at("from_assistant"),
            in.at("time_ms"), in.at("expires_ms"), std::nullopt};
  if (in.contains("block_index")) turn.block_index = in.at("block_index").get<std::uint64_t>();
  return turn;
}

ordered_json waypoint_json(const Waypoint& waypoint) {
  return {{"block_index", waypoint.block_index},
          {"relevance", rounded(waypoint.relevance)},
          {"keyword", rounded(waypoint.keyword)},
          {"tag", rounded(waypoint.tag)},
          {"vector", rounded(waypoint.vector)}};
}

Waypoint waypoint_from(const json& in) {
  return {in.at("block_index"), in.at("relevance"), in.at("keyword"), in.at("tag"),
          in.at("vector")};
}

std::size_t text_bytes(const std::vector<Turn>& turns) {
  std::size_t bytes = 0;
  for (const Turn& turn : turns) bytes += turn.text.size();
  return bytes;
}

}  // namespace

void Conversation::add(Turn turn, const ShortTermLimits& limits) {
  seen_ms = std::max(seen_ms, turn.time_ms);
  turn.expires_ms = seen_ms + limits.ttl_ms;
  turn.text = std::string(utf8_prefix(turn.text, limits.bytes_max));
  turns.push_back(std::move(turn));
  std::size_t bytes = text_bytes(turns);
  std::size_t drop = turns.size() > limits.turns_max ? turns.size() - limits.turns_max : 0;
  for (std::size_t i = 0; i < drop; ++i) bytes -= turns[i].text.size();
  while (bytes > limits.bytes_max) bytes -= turns[drop++].text.size();
  turns.erase(turns.begin(), turns.begin() + static_cast<std::ptrdiff_t>(drop));
}

void Conversation::expire(TimeMs now) {
  seen_ms = std::max(seen_ms, now);
  std::erase_if(turns, [&](const Turn& turn) { return turn.expires_ms <= seen_ms; });
}

void Conversation::forget(const std::vector<std::uint64_t>& blocks,
                          const std::vector<std::string>& texts) {
  const auto named = [&](std::uint64_t block) {
    return std::ranges::find(blocks, block) != blocks.end();
  };
  const auto said = [&](const std::string& text) {
    return std::ranges::find(texts, text) != texts.end();
  };
  std::erase_if(turns, [&](const Turn& turn) {
    return (turn.block_index && named(*turn.block_index)) || said(turn.text);
  });
  std::erase_if(waypoints, [&](const Waypoint& waypoint) { return named(waypoint.block_index); });
  current_context.clear();  // it may quote what is forgotten; the next utterance renews it
}

std::vector<Waypoint> spread(const std::vector<Waypoint>& earlier,
                             const std::vector<Waypoint>& fresh) {
  std::vector<Waypoint> out = fresh;
  for (Waypoint old : earlier) {
    for (float* part : {&old.relevance, &old.keyword, &old.tag, &old.vector}) {
      *part *= waypoint_decay;
    }
    const auto again = std::ranges::find(out, old.block_index, &Waypoint::block_index);
    if (again == out.end()) {
      out.push_back(old);
    } else {
      again->relevance = 1 - (1 - again->relevance) * (1 - old.relevance);
    }
  }
  std::erase_if(out, [](const Waypoint& w) { return w.relevance < waypoint_relevance_min; });
  std::ranges::sort(out, [](const Waypoint& a, const Waypoint& b) {
    return a.relevance != b.relevance ? a.relevance > b.relevance : a.block_index < b.block_index;
  });
  if (out.size() > waypoints_max) out.resize(waypoints_max);
  return out;
}

std::string serialise(const Conversation& conversation) {
  ordered_json out = {{"name", conversation.name},
                      {"seen_ms", conversation.seen_ms},
                      {"current_context", conversation.current_context},
                      {"turns", ordered_json::array()},
                      {"waypoints", ordered_json::array()}};
  for (const Turn& turn : conversation.turns) out["turns"].push_back(turn_json(turn));
  for (const Waypoint& point : conversation.waypoints) {
    out["waypoints"].push_back(waypoint_json(point));
  }
  return out.dump(1) + "\n";
}

Result<Conversation> parse_conversation(std::string_view text) {
  // nlohmann reports a missing or mistyped member by exception; it ends here.
  try {
    const json in = json::parse(text);
    Conversation out;
    out.name = in.at("name");
    out.seen_ms = in.at("seen_ms");
    out.current_context = in.at("current_context");
    for (const json& turn : in.at("turns")) out.turns.push_back(turn_from(turn));
    for (const json& point : in.at("waypoints")) out.waypoints.push_back(waypoint_from(point));
    return out;
  } catch (const json::exception&) {
    return fail(ErrorCode::corrupt, "a file of short-term memory is not what was written");
  }
}

std::string context_cache_json(const Conversation& conversation) {
  ordered_json out = {{"current_context", conversation.current_context},
                      {"waypoints", ordered_json::array()}};
  for (const Waypoint& point : conversation.waypoints) {
    out["waypoints"].push_back(
        ordered_json{{"block_index", point.block_index}, {"relevance", rounded(point.relevance)}});
  }
  return out.dump() + "\n";
}

}  // namespace mbe
