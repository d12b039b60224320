// The vectors of one chain: which blocks still lack one, embedding them, and the query's side.
// Invariant: a block is pending exactly if it says something, can be read, and has no vector of the
// model in use; nothing else is remembered, so a crash or an erasure leaves no queue to repair.
// Embedding never stands on the write path. Any thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "embed/embedder.h"
#include "embed/emotion_head.h"
#include "embed/query_cache.h"
#include "engine/derived.h"
#include "index/vector/index.h"
#include "mbe/types.h"

namespace mbe {

class Vectors {
 public:
  struct Options {
    std::string directory;  ///< of the chain
    bool may_write = true;
    bool background = false;  ///< embed in a thread of its own, at the lowest priority
    /// An installed model by its id, or null: the one whose vectors are still there.
    std::function<std::shared_ptr<Embedder>(const std::string& model_id)> model_by_id;
    std::shared_ptr<Embedder> embedder;       ///< null: no model at hand
    std::shared_ptr<const EmotionHead> head;  ///< null: none for this model
    std::optional<Message> model_note;        ///< why there is no model
  };

  /// A cue's vector and the view to search it in. Without a model: no vector, and a note.
  struct Query {
    std::vector<float> vector;
    std::shared_ptr<const VectorSnapshot> snapshot;
    std::string model_id;  ///< whose vectors these are
    std::uint64_t pending = 0;
    std::optional<Message> note;
  };

  /// Opens the index of the model in use; a damaged one is deleted and embedded anew. Errors: io.
  [[nodiscard]] static Result<std::unique_ptr<Vectors>> open(FileSystem& files, Chain& chain,
                                                             Derived& derived, Options options);
  ~Vectors();

  /// Embeds up to pending_before_query pending blocks, unless somebody embeds already, then the
  /// cue. While the blocks are being embedded anew for another model, the old one's vectors answer.
  /// Never fails: what goes wrong is said in the note, and recall goes on without vectors.
  [[nodiscard]] Query query(const std::string& cue);

  /// Blocks that say something and have no vector of their own yet. Errors: corrupt.
  [[nodiscard]] Result<SequenceSet> pending(const DerivedSnapshot& indexes) const;
  /// Blocks of a session that have that one but none among their neighbours, and whose neighbours
  /// are known: the next turn is there, or the log has gone on without one. Errors: corrupt.
  [[nodiscard]] Result<SequenceSet> pending_contexts(const DerivedSnapshot& indexes) const;

  /// Which vectors a call of embed_pending makes: a query waits for the blocks' own alone.
  enum class Reach : std::uint8_t { own, own_and_context };
  /// Embeds at most `blocks_max` pending blocks, the newest first: what was said today does not
  /// wait behind an import of years. Returns how many within reach are left.
  /// Errors: unavailable (no model), corrupt (model), io.
  Result<std::uint64_t> embed_pending(std::uint64_t blocks_max, Reach reach,
                                      const Progress& progress);

  /// The block's own vector (of a long text the first window's), if it has one.
  [[nodiscard]] Result<std::optional<std::vector<float>>> of_block(std::uint64_t sequence) const;
  /// Emotion labels read from a vector; empty without a head.
  [[nodiscard]] std::vector<std::string> emotions(const std::vector<float>& vector) const;

  /// Drops every vector; all blocks are pending again.
  Result<void> start_over();
  Result<void> flush();
  /// Tells the background thread that there may be work.
  void wake();
  /// Ends the background thread; called before anything it uses goes.
  void stop();

  /// Number of vectors in the index, and bytes of its files on disk; 0 without a model.
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] std::uint64_t bytes() const;
  /// The model that makes the vectors; empty if there is none.
  [[nodiscard]] std::string model_id() const;

  static constexpr std::uint64_t pending_before_query = 64;

 private:
  struct Batch;
  /// With which priority the model runs: somebody waits, or nobody does.
  enum class Effort : std::uint8_t { now, lowest };
  Vectors(FileSystem& files, Chain& chain, Derived& derived, Options options);
  Result<void> open_index();
  Result<void> ensure_index();
  Result<void> open_former();
  Result<void> finish_switch();
  /// Null where there is no index.
  [[nodiscard]] std::shared_ptr<const VectorSnapshot> snapshot() const;
  Result<void> embed_blocks(const std::vector<std::uint64_t>& sequences, Effort effort);
  Result<void> embed_contexts(const std::vector<std::uint64_t>& sequences,
                              const DerivedSnapshot& indexes, Effort effort);
  Result<void> gather(std::uint64_t sequence, Batch& batch);
  Result<void> gather_context(std::uint64_t sequence, const DerivedSnapshot& indexes, Batch& batch);
  Result<void> copy_own(std::uint64_t sequence, Batch& batch);
  void note_unreadable(std::uint64_t sequence);
  Result<EmbeddingRows> rows_of(const Batch& batch);
  Result<void> run_batch(Batch& batch);
  /// Removes the vectors of the erased blocks, and of the turns whose context held them, from disk
  /// too; the latter are pending again. Where those turns are not known any more, all go.
  Result<void> forget(const ErasedBlocks& erased);
  /// embed_pending for a caller that holds embedding_.
  Result<std::uint64_t> embed_in_turn(std::uint64_t blocks_max, Reach reach, Effort effort,
                                      const Progress& progress);
  void run(const std::stop_token& stop);

  FileSystem& files_;
  Chain& chain_;
  Derived& derived_;
  Options options_;
  std::unique_ptr<QueryCache> cache_;

  std::mutex embedding_;      ///< one caller embeds at a time, so that nothing is embedded twice
  mutable std::mutex mutex_;  ///< one writer of the index at a time
  std::unique_ptr<VectorIndex> index_;  ///< guarded by mutex_; null without a model
  SequenceSet unreadable_;  ///< nothing there to embed, so nothing to wait for; guarded by mutex_

  /// The model that answered before, while its successor's vectors are not complete.
  struct Former {
    std::shared_ptr<Embedder> embedder;
    std::unique_ptr<QueryCache> cache;
    std::unique_ptr<VectorIndex> index;
  };
  std::shared_ptr<const Former> former_;  ///< the pointer is guarded by mutex_

  std::mutex wake_mutex_;
  std::condition_variable_any wake_condition_;
  bool work_waits_ = true;
  std::jthread thread_;  ///< last: it uses all of the above
};

}  // namespace mbe
