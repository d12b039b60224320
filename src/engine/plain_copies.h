// What lies of a chain in the home in plain text, outside the seal: Echo's transcripts, raw
// originals, insight, creations. Forgetting reaches it from here, whatever door it came through;
// nothing else of the engine reads it. Invariant: after forgetting, no file of memory/,
// memory_backup/ and creations/ holds the words. Any thread. Decision:
// docs/design/0010-forgetting-reaches-plain-copies.md.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fs/file_system.h"
#include "mbe/types.h"
#include "transcript/line_id.h"

namespace mbe {

class PlainCopies {
 public:
  /// home: its folder; chain: the name.
  PlainCopies(FileSystem& files, std::string home, std::string chain);

  /// What a preview says of them: what is reached, and what is out of reach. Errors: io.
  [[nodiscard]] Result<std::vector<Message>> notes(const std::vector<BlockView>& blocks) const;

  /// Before the erasure, while the words are known: takes them out of raw originals. Returns what
  /// could not be searched, for people. Errors: busy, io.
  [[nodiscard]] Result<std::vector<std::string>> forget_raw(
      const std::vector<BlockView>& blocks) const;

  /// Removes what was made from these blocks, by their numbers, or is one of them; before the
  /// erasure, and again when one is gone on with. Errors: busy, io.
  [[nodiscard]] Result<void> forget_creations(const std::vector<std::uint64_t>& sequences,
                                              const std::vector<BlockView>& blocks) const;

  /// Step 3: replaces their lines in transcripts and removes the insight of their days and of the
  /// whole. Errors: busy, io.
  [[nodiscard]] Result<void> forget(const std::vector<BlockView>& blocks) const;
  /// The same when an erasure is gone on with and nobody knows any more what it named: every line
  /// whose source was refused; all insight.
  [[nodiscard]] Result<void> forget_refused(
      const std::function<bool(const std::string& source)>& refused) const;

 private:
  [[nodiscard]] std::string transcripts() const { return home_ + "/memory"; }
  /// Folders below `root` that belong to the chain. `unmarked`: also those that do not say.
  [[nodiscard]] Result<std::vector<std::string>> folders(const std::string& root,
                                                         bool unmarked) const;
  /// Removes insight.json of the whole and of each day for which `concerns` holds.
  [[nodiscard]] Result<void> drop_insight(
      const std::function<bool(const CivilDate& day)>& concerns) const;

  FileSystem& files_;
  std::string home_, chain_;
};

}  // namespace mbe
