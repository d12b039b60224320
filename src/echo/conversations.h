// The conversations of one memory: listed, searched, read with their branches, renamed, deleted,
// exported. Nothing of its own is stored beside blocks: a turn is a block with the session, or the
// mark of a repeat; a name and where a branch begins are audit blocks of the channel
// `conversation`, forgotten with the first turn. Any thread. Guide: docs/guide/ask.md; decision:
// docs/design/0015-a-branch-is-a-conversation.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "mbe/engine.h"

namespace mbe {

/// One thing that was said, where it was said.
struct ConversationTurn {
  std::uint64_t id = 0;      ///< its block; of a repeat the mark's
  std::string conversation;  ///< in which it was said: a branch shows turns of what it is one of
  BlockView block;           ///< what was said; of a repeat, the first time
  bool is_repeat = false;
  TimeMs time_ms = 0;
  /// Conversations that go on differently from here, this one among them, in the order they began;
  /// empty if there is one alone.
  std::vector<std::string> versions;
};

struct ConversationTree {
  std::string conversation, title;
  std::string of;  ///< what it branches off; empty: nothing
  std::vector<ConversationTurn> turns;
};

struct ConversationInfo {
  std::string conversation, title, of;
  std::size_t turns = 0;  ///< of the last thousand in all conversations
  TimeMs first_ms = 0, last_ms = 0;
  std::optional<BlockView> match;  ///< what a search found in it
};

/// Where a question is edited: the conversation and the turn that both ways lead from.
struct BranchPoint {
  std::string of;
  std::uint64_t at = 0;
  std::vector<std::uint64_t> before;  ///< blocks that were said up to it
};

class Conversations {
 public:
  /// Both must outlive it.
  Conversations(Engine& engine, Memory& memory) : engine_(engine), memory_(memory) {}

  /// Those in which was talked lately, the newest first, at most 50. Errors: io.
  [[nodiscard]] Result<std::vector<ConversationInfo>> list();
  /// Those in which all of the words were said, in whatever form, the best first; then those of
  /// which they are in the title. Errors: invalid_argument, limit (the words), io.
  [[nodiscard]] Result<std::vector<ConversationInfo>> search(const std::string& words);
  /// The last thousand turns, those before a branch included. Errors: not_found, io.
  [[nodiscard]] Result<ConversationTree> tree(const std::string& conversation);
  /// What was said last, at most `most` blocks, oldest first: for Memory::resume. Errors: io.
  [[nodiscard]] Result<std::vector<std::uint64_t>> said(const std::string& conversation,
                                                        std::size_t most);

  /// Where an edit of turn `id` of the conversation branches off. Errors: not_found (no such turn),
  /// invalid_argument (it is an answer), io.
  [[nodiscard]] Result<BranchPoint> branch_point(const std::string& conversation, std::uint64_t id);
  /// Keeps that `conversation` branches off there; `question`: its first block. Errors: busy, io.
  [[nodiscard]] Result<void> keep_branch(const std::string& conversation, const BranchPoint& point,
                                         std::uint64_t question);
  /// An empty title: called by how it began again. Errors: not_found, limit (over 200 bytes),
  /// invalid_argument (not UTF-8), busy, io.
  [[nodiscard]] Result<void> rename(const std::string& conversation, const std::string& title);
  /// What deleting it forgets: its own turns, repeats and title; not those it branches off.
  /// Errors: not_found, io.
  [[nodiscard]] Result<ForgetTarget> deletion(const std::string& conversation);

  /// A name no conversation has.
  [[nodiscard]] static std::string new_name();

 private:
  struct Branch {
    std::string conversation, of;
    std::uint64_t at = 0;
  };
  /// What is kept about conversations besides what was said in them.
  struct Notes {
    std::map<std::string, std::string> titles;
    std::vector<Branch> branches;  ///< as they began
    [[nodiscard]] const Branch* branch(const std::string& conversation) const;
  };
  [[nodiscard]] Result<Notes> notes();
  [[nodiscard]] Result<std::vector<ConversationTurn>> own_turns(const std::string& conversation,
                                                                std::size_t most);
  [[nodiscard]] Result<std::vector<ConversationTurn>> all_turns(const Notes& notes,
                                                                const std::string& conversation,
                                                                std::size_t most);
  [[nodiscard]] Result<ConversationInfo> info_of(const Notes& notes,
                                                 const std::string& conversation);
  [[nodiscard]] Result<std::vector<BlockView>> matches(const std::string& words);
  [[nodiscard]] Result<std::vector<std::string>> conversations_with(const BlockView& block);

  Engine& engine_;
  Memory& memory_;
};

/// {"conversation", "title", "of", "turns", "first", "last", "match"}; a missing one null.
[[nodiscard]] Json conversation_json(const ConversationInfo& info);
/// {"conversation", "title", "of", "turns": [{"id", "conversation", "block_index", "kind",
/// "speaker", "text", "time", "repeat", "retold", "trust", "tags", "pinned", "superseded_by",
/// "refs", "versions"}]}.
[[nodiscard]] Json tree_json(const ConversationTree& tree);
/// The same for people: a heading, and each turn with speaker and time.
[[nodiscard]] std::string tree_markdown(const ConversationTree& tree, int utc_offset_minutes);

}  // namespace mbe
