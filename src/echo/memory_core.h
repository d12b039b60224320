// memory_core: what Echo does with an exchange. It goes into the log and into the transcript of the
// person it belongs to; a repeat is counted instead of written; raw originals are kept; insight and
// reflection are made from the log alone. Invariant: the log comes first, and a transcript says
// what the log says: what a crash left out is added by repair(), at the latest before the next
// line. Any thread; several processes may use one home. Guide: docs/guide/echo.md; decisions:
// docs/design/0010 and 0013.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "echo/reflect.h"
#include "mbe/engine.h"
#include "people/people.h"
#include "transcript/raw_originals.h"

namespace mbe {

struct MemoryCoreOptions {
  /// Minutes east of UTC at a moment: where a day begins. The same as BootOptions has.
  std::function<int(TimeMs)> utc_offset_minutes = [](TimeMs) { return 0; };
  const Clock* clock = nullptr;  ///< null: the machine's
  FileSystem* files = nullptr;   ///< null: the machine's
};

/// What one said, and what Echo answered.
struct Exchange {
  std::string chain = "main";          ///< whose memory: Principal::own_chain()
  std::string speaker;                 ///< as the transcript names them: 오리진, mina
  std::string text;                    ///< empty: what was said is saved already
  std::string answer;                  ///< empty: none yet
  std::string answer_kind = "answer";  ///< or creation
  std::string data;                    ///< evidence for the answer: a JSON object, or empty
  std::string echo = "에코";           ///< how the transcript names Echo
  bool retold = false;                 ///< the answer only repeats memories, or says nothing new
  std::vector<std::uint64_t> used;     ///< blocks the answer rests on: it is forgotten with them
  std::string conversation;            ///< goes into its short-term memory too; empty: it does not
  std::string writer;                  ///< account or agent
  std::string trust = "owner";         ///< Principal::trust()
  std::optional<TimeMs> said_ms, answered_ms;  ///< nothing: now
  std::string raw;                             ///< as it came in, for backup_raw; empty: not kept
};

/// Where a line went.
struct SavedLine {
  std::uint64_t block_index = 0;
  std::uint64_t turn = 0;     ///< of its conversation: the block, of a repeat the mark
  bool is_repeat = false;     ///< it was said that day already: counted at that block
  std::uint64_t repeats = 0;  ///< how often besides the first time
};

struct Saved {
  SavedLine utterance;  ///< block 0: nothing was to be saved
  std::optional<SavedLine> answer;
  /// Why the transcript lacks it for now; repair() adds it. It is in the log. Or why there is no
  /// raw original of it.
  std::optional<Error> transcript_error;
};

class MemoryCore {
 public:
  /// Touches no file yet. Both must outlive it.
  MemoryCore(Engine& engine, People& people, MemoryCoreOptions options);
  ~MemoryCore();

  /// One exchange into log and transcript; on disk when it returns. A repeat of the same day, by
  /// the same speaker, in the same words (normal form, case, blanks apart) adds no line: it is
  /// counted. Cost: two appends to the log, one to the transcript.
  /// Errors: invalid_argument (nothing said, no speaker, a name with a colon and a blank), limit,
  /// denied (a refused statement), busy, io - then nothing of what failed was saved.
  [[nodiscard]] Result<Saved> save_memory(const Exchange& exchange);

  /// Keeps bytes as they came in, once: HOME/memory_backup/[USER/]YYYYMMDD-<digest>.raw.
  /// Errors: invalid_argument (empty; the chain is nobody's own), limit (64 MiB), busy, io.
  [[nodiscard]] Result<KeptRaw> backup_raw(const std::string& chain, std::string_view bytes);

  /// A day (YYYY-MM-DD), or with an empty one the whole, from the log alone; written to
  /// insight.json where the chain has a folder. Errors: invalid_argument (no date), not_found
  /// (nothing was said then), io.
  [[nodiscard]] Result<Json> generate_insight(const std::string& chain, const std::string& day);

  /// What is close in word or context: reflect.h.
  [[nodiscard]] Result<Reflection> reflect_from_memory(const std::string& chain,
                                                       const std::string& text);

  /// Makes the transcripts of a chain say what its log says: adds what a crash or a person took
  /// away, mends a torn end. The first save does it too. Errors: io, busy.
  [[nodiscard]] Result<void> repair(const std::string& chain);
  /// The same for `main` and everybody who has a folder.
  [[nodiscard]] Result<void> repair_all();

 private:
  struct Talk;
  class Saving;
  [[nodiscard]] Talk& talk_of(const std::string& chain);
  [[nodiscard]] Result<std::optional<std::string>> folder_of(const std::string& chain);
  /// The exchange as it came in, into the day's raw original. Errors: busy, io.
  [[nodiscard]] Result<void> keep_as_it_came(const Exchange& exchange, const Saved& saved,
                                             const std::string& user);
  [[nodiscard]] Result<void> repair_talk(Talk& talk, Memory& memory, const std::string& chain);
  [[nodiscard]] std::string transcripts() const { return engine_.home().string() + "/memory"; }

  Engine& engine_;
  People& people_;
  MemoryCoreOptions options_;
  FileSystem& files_;
  const Clock& clock_;
  std::mutex mutex_;  ///< of talks_
  std::map<std::string, std::unique_ptr<Talk>> talks_;
};

/// {"utterance": {"block_index", "repeat", "repeats"}, "answer": … or null, "transcript": note or
/// null}.
[[nodiscard]] Json saved_json(const Saved& saved);

}  // namespace mbe
