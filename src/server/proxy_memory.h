// What a proxied conversation is to memory: what comes to mind for its newest words, and what of it
// is remembered - each side once, however often a client sends the same history again. Nothing here
// forwards anything. Any thread. Decisions: docs/design/0020; forms: docs/guide/proxy.md.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "mbe/engine.h"
#include "people/access.h"
#include "proxy/answer_reader.h"
#include "proxy/wire.h"

namespace mbe {

/// Whose words were heard, in which memory and conversation.
struct Heard {
  Memory* memory = nullptr;
  Principal who;
  std::string chain, conversation;
  bool writes = false;
  std::string said;                ///< the newest words of the person
  std::vector<std::string> shown;  ///< everything the request says: it needs no reminding of that
  std::string turn;                ///< of who, where, and all that was said up to `said`
};

/// What came to mind.
struct Recalled {
  std::string text;  ///< in its fence; empty: nothing
  std::vector<std::uint64_t> blocks;
  std::size_t tokens = 0;
};

/// What of an exchange was remembered.
struct Remembered {
  std::optional<std::uint64_t> question, answer;  ///< nothing: it was there, or could not be
  std::string words, speaker;                     ///< of the answer, as they were saved
  bool partial = false;                           ///< the answer broke off
  std::optional<Error> error;
};

class ProxyMemory {
 public:
  struct Options {
    std::size_t budget_tokens = 1'024;
    std::function<int(TimeMs)> utc_offset_minutes = [](TimeMs) { return 0; };
    const Clock& clock = system_clock();
  };
  explicit ProxyMemory(Options options) : options_(std::move(options)) {}

  /// Fills who, where and what of the words of a request. Its newest words must exist.
  [[nodiscard]] static Heard heard(const WireRequest& request, const Principal& who,
                                   const std::string& chain, const std::string& conversation);
  /// The name of a conversation where the client gives none: by its first words, which a client
  /// sends again each time; by what the request says it goes on from.
  [[nodiscard]] std::string conversation_of(const WireRequest& request, const Principal& who);

  /// The same for the same turn for an hour, byte for byte, unless something was forgotten since:
  /// a client that goes on after its tools sends the same beginning. Errors: Memory::compose's.
  [[nodiscard]] Result<Recalled> recall(const Heard& heard);
  /// Both sides; the person's once an hour for the same turn, an answer once for the same words.
  /// Cost: two appends.
  [[nodiscard]] Remembered save(const Heard& heard, const Recalled& recalled,
                                const ProxiedAnswer& answer);
  /// What was saved, into short-term memory and waypoints: several files are written for each
  /// side, so nobody should wait for it. Errors: Memory::observe's.
  [[nodiscard]] static Result<void> take_in(const Heard& heard, const Remembered& saved);

  static constexpr std::size_t turns_kept_max = 1'024;
  static constexpr TimeMs turns_kept_ms = 3'600'000;

 private:
  struct Turn {
    Recalled recalled;
    bool composed = false;
    std::uint64_t erasures = 0;  ///< of the memory when it was composed
    std::optional<std::uint64_t> question;
    std::string answer;  ///< a digest of the last
    TimeMs used_ms = 0;
    std::uint64_t use = 0;
  };

  [[nodiscard]] std::optional<Turn> known(const std::string& turn);
  void keep(const std::string& name, Turn turn);
  [[nodiscard]] Result<std::optional<std::uint64_t>> stored_before(const Heard& heard);
  [[nodiscard]] Result<std::uint64_t> save_question(const Heard& heard);
  [[nodiscard]] static Result<std::uint64_t> save_answer(const Heard& heard,
                                                         const Recalled& recalled,
                                                         std::uint64_t question, bool partial,
                                                         const Remembered& saved);
  void note_response(const Heard& heard, const std::string& id);

  const Options options_;
  std::mutex mutex_;
  std::map<std::string, Turn> turns_;                 ///< this and what follows: guarded by mutex_
  std::map<std::string, std::string> conversations_;  ///< by account and response id
  std::uint64_t uses_ = 0;
  std::array<std::mutex, 16> saving_;  ///< by turn: two requests of one turn save one by one
};

}  // namespace mbe
