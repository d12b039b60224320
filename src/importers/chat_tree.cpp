#include "importers/chat_tree.h"

#include <algorithm>

namespace mbe::importers {

namespace {

std::string latest(const ChatTree& tree) {
  std::string out;
  std::optional<TimeMs> newest;
  for (const auto& [id, node] : tree.nodes.items()) {
    const auto time = tree.time(node);
    if (out.empty() || (time && (!newest || *time > *newest))) {
      out = id;
      newest = time;
    }
  }
  return out;
}

/// The first message says that it answers none; only a node without a message may say nothing.
bool is_root(const ChatTree& tree, const std::string& id) {
  const Json& node = tree.nodes[id];
  return node.contains(tree.parent_key) || (node.contains("message") && node["message"].is_null());
}

}  // namespace

ChatPath path_to(const ChatTree& tree, const std::string& newest) {
  ChatPath out;
  std::unordered_set<std::string> seen;  // a damaged tree may run in a circle
  std::string at = newest;
  if (!tree.nodes.contains(at)) {
    at = latest(tree);
    out.sound = newest.empty();
  }
  while (tree.nodes.contains(at) && seen.insert(at).second) {
    out.ids.push_back(at);
    at = text_of(tree.nodes[at], tree.parent_key);
  }
  out.sound = out.sound && at.empty() && (out.ids.empty() || is_root(tree, out.ids.back()));
  std::ranges::reverse(out.ids);
  return out;
}

}  // namespace mbe::importers
