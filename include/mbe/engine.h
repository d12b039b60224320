// The engine: one home, many chains (memories). Everything a program may do with a memory is a
// member here; the command line, servers and bindings add nothing of their own. Invariant: what
// remember() acknowledged is on disk and stays readable until it is forgotten. Any thread may call
// any member; several processes may use one home at the same time. Start: Engine::open.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mbe/types.h"

namespace mbe {

class Embedder;
class FileSystem;

struct EngineOptions {
  std::filesystem::path home;  ///< empty: $MBE_HOME, else $XDG_DATA_HOME/mbe
  bool read_only = false;
  /// For long-lived processes: one thread embeds what is pending, at the lowest priority; another
  /// checkpoints what has been still for a second and overwrites what was erased a minute ago.
  bool background = false;
  const Clock* clock = nullptr;        ///< null: the machine's
  FileSystem* files = nullptr;         ///< null: the machine's
  std::shared_ptr<Embedder> embedder;  ///< null: the home's configured model
};

class Memory;

class Engine {
 public:
  /// Opens the home and makes it on first use (unless read_only). Errors: io, denied (root key),
  /// corrupt (a file of the home), unavailable (a newer format, the dictionary is missing).
  [[nodiscard]] static Result<std::unique_ptr<Engine>> open(EngineOptions options = {});
  ~Engine();

  /// The home's folder.
  [[nodiscard]] const std::filesystem::path& home() const;
  /// What config.toml says of transcripts.
  [[nodiscard]] const TranscriptSettings& transcripts() const;
  /// Names of the chains, sorted.
  [[nodiscard]] Result<std::vector<std::string>> chains();
  /// The chain of that name; made if absent and `create`. Lives as long as the engine.
  /// Errors: not_found, invalid_argument (name: 1 … 128 bytes of text without control characters).
  [[nodiscard]] Result<Memory*> chain(const std::string& name, bool create = true);

  /// What remembering the text would find in it; stores nothing. Relative dates count from
  /// `event_ms` at `utc_offset_minutes` east of UTC. Errors: invalid_argument (empty, not UTF-8,
  /// NUL), limit (over 1 MiB).
  [[nodiscard]] Result<AnalysisView> analyse(const std::string& text, TimeMs event_ms,
                                             int utc_offset_minutes = 0);
  /// 0 … 1. Uses vectors if a model is there.
  [[nodiscard]] Result<float> similarity(const std::string& a, const std::string& b);
  /// For many pairs in one go; order kept.
  [[nodiscard]] Result<std::vector<float>> similarities(
      std::span<const std::pair<std::string, std::string>> pairs);

  /// Emotions the linear head reads from each text's embedding (44 Korean labels of KOTE).
  /// Errors: unavailable (no model or no head).
  [[nodiscard]] Result<std::vector<std::vector<std::string>>> emotions(
      std::span<const std::string> texts);

  /// Embedding models at hand, the active one first.
  [[nodiscard]] Result<std::vector<ModelView>> models();
  /// Copies a GGUF embedding model into the home, checks it and makes it the active one; blocks are
  /// embedded anew by reembed(). Errors: corrupt (not a sound GGUF), invalid_argument, io.
  [[nodiscard]] Result<ModelView> add_model(const std::filesystem::path& gguf,
                                            const AddModelRequest& request);

  /// $MBE_HOME, else $XDG_DATA_HOME/mbe, else $HOME/.local/share/mbe. Errors: unavailable.
  [[nodiscard]] static Result<std::filesystem::path> default_home();

  struct Parts;

 private:
  explicit Engine(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

class Memory {
 public:
  ~Memory();

  // -- writing ------------------------------------------------------------------------------
  /// Analyses, seals and appends; on disk when it returns. Errors: invalid_argument (empty, not
  /// UTF-8, NUL), limit (over 1 MiB), denied (refused statement, read-only home), busy, io.
  Result<RememberReceipt> remember(const RememberRequest& request);
  /// Many at once, one fsync a group. An entry refused does not stop the others.
  Result<std::vector<Result<RememberReceipt>>> remember_many(
      std::span<const RememberRequest> requests);
  /// A turn of a conversation into short-term memory, and into long-term memory by policy; renews
  /// the conversation's waypoints.
  Result<ObserveResult> observe(const ObserveRequest& request);
  /// A later statement that takes the place of block `index`; the earlier one stays readable.
  Result<RememberReceipt> update(std::uint64_t index, const RememberRequest& request);
  /// A block that recall passes over: list() with its kind finds it.
  /// Errors: invalid_argument (another kind, data that is no JSON object), limit, busy, io.
  Result<RememberReceipt> record(const RecordRequest& request);
  /// action: pin, unpin, hide, restore; repeat counts that the block was said once more, `where`
  /// it was. Errors: not_found, denied (erased), invalid_argument (another action).
  Result<RememberReceipt> mark(std::uint64_t index, const std::string& action,
                               const MarkRequest& where = {});
  /// What forget would erase. Errors: not_found, invalid_argument (nothing is named).
  Result<ForgetPreview> forget_preview(const ForgetTarget& target);
  /// Erases for good. `count`: the number the person confirmed; must equal the preview's.
  /// Errors: those of forget_preview, invalid_argument (count differs), io.
  Result<ForgetReport> forget(const ForgetTarget& target, std::size_t count);

  // -- derived ------------------------------------------------------------------------------
  /// Writes a summary block for each group that has none of just these blocks: the most telling of
  /// its own sentences, in their order. Kept out of recall unless its kind is asked for.
  /// Errors: invalid_argument (by, a number out of range), busy, io.
  Result<std::vector<DerivedBlock>> summarise(const SummaryRequest& request);
  /// Where a speaker said the same again, the latest stands for all: a merge block names them, and
  /// recall passes the earlier ones over until it is forgotten. Errors: busy, io.
  Result<std::vector<DerivedBlock>> merge_similar(const MergeRequest& request);
  /// Both as config.toml wants them: what a long-lived process does once a day.
  Result<void> derive_by_itself(const DerivedSettings& settings);
  /// Blocks that are at least so important, the most important first. Errors: invalid_argument.
  Result<std::vector<BlockView>> filter(const FilterRequest& request);
  /// Statements that speak against each other, the latest first; update() or forget() settles them.
  Result<std::vector<ConflictView>> conflicts(const RecallFilter& filter);

  // -- reading ------------------------------------------------------------------------------
  Result<RecallResult> recall(const RecallRequest& request);
  /// How block `index` stands to the cue, whether or not recall returns it.
  Result<RecallHit> explain(const RecallRequest& request, std::uint64_t index);
  Result<BlockView> show(std::uint64_t index, bool with_embedding = false);
  Result<std::vector<BlockView>> list(const ListRequest& request);
  Result<std::vector<DaySummary>> timeline(const RecallFilter& filter, int utc_offset_minutes = 0);
  Result<std::vector<GoalView>> goals();
  Result<std::vector<HistoryEntry>> history(std::uint64_t index);

  // -- working memory -----------------------------------------------------------------------
  Result<std::vector<TurnView>> short_term(const std::string& conversation = "default");
  Result<std::vector<WaypointView>> waypoints(const std::string& conversation = "default");
  /// Waypoints for an utterance that is not stored: update_cache(user_input).
  Result<std::vector<WaypointView>> update_waypoints(const std::string& conversation,
                                                     const std::string& utterance);
  /// A prompt inside the budget. Errors: limit (the input alone is too large), not_found (a
  /// waypoint that was given is no block).
  Result<ComposeResult> compose(const ComposeRequest& request);
  /// Puts what was said once, oldest first, into a conversation's short-term memory, if nothing is
  /// left there. Blocks that cannot be read are passed over. Errors: not_found (beyond the head),
  /// busy, io.
  Result<void> resume(const std::string& conversation, const std::vector<std::uint64_t>& blocks);

  // -- the whole chain ----------------------------------------------------------------------
  /// Imports items in order; an id that is there already, or was and is forgotten, is skipped.
  /// Resumable.
  Result<ImportReport> import(std::span<const ImportItem> items, const Progress& progress = {});
  Result<Stats> stats();
  /// How many erasures the log holds: what was read before the last of them may hold what is gone.
  Result<std::uint64_t> erasures();
  VerifyResult verify(const Progress& progress = {});
  /// Deletes the derived files and makes them anew from the log.
  Result<void> rebuild(const Progress& progress = {});
  /// Embeds what is pending, with `all` everything anew. Returns the number still pending.
  Result<std::uint64_t> reembed(bool all, const Progress& progress = {});
  /// Writes derived files and the head record; also done when the engine goes.
  Result<void> checkpoint();
  /// Overwrites the sealed characters of erased blocks (their keys are gone already). Copies each
  /// segment concerned, some 0.1 s for 64 MiB. Errors: io, busy, denied (read-only).
  Result<void> scrub();

  struct Parts;
  /// What it is made of (src/engine/memory_parts.h): for the measuring programs of this project.
  [[nodiscard]] const Parts& parts() const { return *parts_; }

 private:
  friend class Engine;
  explicit Memory(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace mbe
