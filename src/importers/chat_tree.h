// Conversations that branch: each message names the one it answers. ChatGPT and Open WebUI export
// them so; what one sees on their pages is the path from the newest message back to the first.
// Pure functions.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "importers/json_reader.h"

namespace mbe::importers {

/// Where a tree's messages stand.
struct ChatTree {
  const Json& nodes;  ///< an object: id → node
  const char* parent_key;
  /// The time of a node, for a tree that does not say which is its newest.
  std::optional<TimeMs> (*time)(const Json& node);
};

struct ChatPath {
  std::vector<std::string> ids;  ///< from the first to the newest
  bool sound = true;             ///< false: a node that it goes through is missing
};
/// Where `newest` is missing, the latest takes its place.
[[nodiscard]] ChatPath path_to(const ChatTree& tree, const std::string& newest);

/// Calls `take(node, id)` along the path, then `take` or `leave` for the others. Of a tree that is
/// damaged all are taken: nothing tells which of them were seen.
template <class Take, class Leave>
void walk(const ChatTree& tree, const std::string& newest, bool all_branches, const Take& take,
          const Leave& leave) {
  const ChatPath path = path_to(tree, newest);
  const std::unordered_set<std::string> on_path(path.ids.begin(), path.ids.end());
  for (const std::string& id : path.ids) take(tree.nodes[id], id);
  for (const auto& [id, node] : tree.nodes.items()) {
    if (on_path.contains(id)) continue;
    if (all_branches || !path.sound) {
      take(node, id);
    } else {
      leave(node);
    }
  }
}

}  // namespace mbe::importers
