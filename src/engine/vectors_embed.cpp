// Vectors: from pending blocks to vectors in the index.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <system_error>
#include <thread>

#include "embed/windows.h"
#include "engine/vectors.h"

namespace mbe {

namespace {

constexpr std::size_t blocks_a_batch = 64;
constexpr std::size_t context_before = 2;  ///< turns the model reads before one
constexpr std::size_t context_after = 1;
constexpr std::size_t surely_short_bytes = 300;
constexpr std::size_t context_text_bytes_max = 500;  ///< about 128 tokens

/// In a thread of its own, so that the caller, who may hold what others wait for, is not slowed
/// down. Not idle priority: on a busy machine such a thread stands still, and with it whoever waits
/// for a lock that it happens to hold. Failure to lower it only costs priority.
Result<EmbeddingRows> at_lowest_priority(const std::function<Result<EmbeddingRows>()>& work) {
  constexpr int lowest = 19;
  std::optional<Result<EmbeddingRows>> out;
  try {
    std::thread([&] {
      static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), lowest));
      out = work();
    }).join();
  } catch (const std::system_error&) {  // no thread can be had
    out = work();
  }
  return *std::move(out);
}

}  // namespace

/// Texts on their way to the model, and where their vectors belong.
struct Vectors::Batch {
  std::vector<VectorEntry> entries;  ///< of texts, then of contexts
  std::vector<std::string> texts;
  std::vector<VectorEntry> context_entries;
  std::vector<ContextText> contexts;
  std::vector<VectorEntry> copied_entries;
  std::vector<float> copied;  ///< rows that need no model
  std::size_t erasures = 0;   ///< in the log when it was begun
  Effort effort = Effort::now;
};

Result<std::uint64_t> Vectors::embed_pending(std::uint64_t blocks_max, Reach reach,
                                             const Progress& progress) {
  if (options_.embedder == nullptr) {
    return fail(ErrorCode::unavailable, "no embedding model: {}",
                options_.model_note ? options_.model_note->message() : "");
  }
  const std::lock_guard one_at_a_time(embedding_);
  return embed_in_turn(blocks_max, reach, Effort::now, progress);
}

Result<std::uint64_t> Vectors::embed_in_turn(std::uint64_t blocks_max, Reach reach, Effort effort,
                                             const Progress& progress) {
  MBE_TRY(ensure_index());
  std::uint64_t done = 0;
  for (;;) {
    MBE_TRY(derived_.follow());
    const DerivedSnapshot indexes = derived_.snapshot();
    MBE_ASSIGN(const SequenceSet waiting, pending(indexes));
    SequenceSet contexts;
    if (reach == Reach::own_and_context) {
      MBE_ASSIGN(contexts, pending_contexts(indexes));
    }
    const std::uint64_t left = waiting.size() + contexts.size();
    if (left == 0 && reach == Reach::own_and_context) MBE_TRY(finish_switch());
    if (left == 0 || done >= blocks_max) return left;
    std::vector<std::uint64_t> part = (waiting.empty() ? contexts : waiting).to_vector();
    const auto size = std::min<std::uint64_t>({part.size(), blocks_max - done, blocks_a_batch});
    part.erase(part.begin(), part.end() - static_cast<std::ptrdiff_t>(size));
    MBE_TRY(waiting.empty() ? embed_contexts(part, indexes, effort) : embed_blocks(part, effort));
    done += part.size();
    if (progress && !progress(done, done + left - part.size())) return left - part.size();
  }
}

Result<void> Vectors::embed_blocks(const std::vector<std::uint64_t>& sequences, Effort effort) {
  Batch batch;
  batch.effort = effort;
  batch.erasures = chain_.erasures().size();
  for (const std::uint64_t sequence : sequences) MBE_TRY(gather(sequence, batch));
  return run_batch(batch);
}

Result<void> Vectors::embed_contexts(const std::vector<std::uint64_t>& sequences,
                                     const DerivedSnapshot& indexes, Effort effort) {
  Batch batch;
  batch.effort = effort;
  batch.erasures = chain_.erasures().size();
  for (const std::uint64_t sequence : sequences) {
    MBE_TRY(gather_context(sequence, indexes, batch));
  }
  return run_batch(batch);
}

Result<void> Vectors::gather(std::uint64_t sequence, Batch& batch) {
  MBE_ASSIGN(const Block block, chain_.read(sequence));
  if (block.state != BlockState::ok) return note_unreadable(sequence), Result<void>();
  const std::string& text = block.payload.text;
  const auto count = [&](std::string_view piece) { return options_.embedder->count_tokens(piece); };
  // A byte is at least a token only for the rarest texts; a short one need not be counted.
  std::vector<TextSpan> windows{{0, static_cast<std::uint32_t>(text.size())}};
  if (text.size() > surely_short_bytes) {
    MBE_ASSIGN(windows, embedding_windows(text, count));
  }
  const auto kind = windows.size() == 1 ? VectorKind::turn : VectorKind::text_window;
  for (const TextSpan& window : windows) {
    batch.entries.push_back({sequence, kind, window.begin, window.end});
    batch.texts.push_back(text.substr(window.begin, window.end - window.begin));
  }
  return {};
}

Result<void> Vectors::gather_context(std::uint64_t sequence, const DerivedSnapshot& indexes,
                                     Batch& batch) {
  const auto said = [&](std::uint64_t at) -> Result<std::string> {
    MBE_ASSIGN(const Block block, chain_.read(at));
    if (block.state != BlockState::ok) return std::string();
    const Payload& payload = block.payload;
    return payload.speaker.empty() ? payload.text : payload.speaker + ": " + payload.text;
  };
  MBE_ASSIGN(const Neighbours beside, indexes.attributes->neighbours(sequence, context_before));
  ContextText text;
  MBE_ASSIGN(text.text, said(sequence));
  if (text.text.empty()) return note_unreadable(sequence), Result<void>();
  if (text.text.size() > context_text_bytes_max) return copy_own(sequence, batch);
  for (const std::uint64_t before : beside.before) {  // nearest first
    MBE_ASSIGN(std::string part, said(before));
    if (!part.empty()) text.before.insert(text.before.begin(), std::move(part));
  }
  for (std::size_t i = 0; i < std::min(beside.after.size(), context_after); ++i) {
    MBE_ASSIGN(std::string part, said(beside.after[i]));
    if (!part.empty()) text.after.push_back(std::move(part));
  }
  batch.context_entries.push_back({sequence, VectorKind::window_context, 0, 0});
  batch.contexts.push_back(std::move(text));
  return {};
}

/// Damaged, or erased by another process just now: whoever waits for its vector waits for ever.
void Vectors::note_unreadable(std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  unreadable_.add(sequence);
}

/// A long turn says enough by itself: its context vector is its own.
Result<void> Vectors::copy_own(std::uint64_t sequence, Batch& batch) {
  const auto vectors = snapshot();
  if (vectors == nullptr) return {};
  MBE_ASSIGN(const auto stored, vectors->vectors(sequence));
  for (const auto& one : stored) {
    if (one.entry.kind != VectorKind::turn) continue;
    batch.copied_entries.push_back({sequence, VectorKind::window_context, 0, 0});
    batch.copied.insert(batch.copied.end(), one.values.begin(), one.values.end());
  }
  return {};
}

/// What the model says to the texts, then to the contexts.
Result<EmbeddingRows> Vectors::rows_of(const Batch& batch) {
  const std::vector<std::string_view> texts(batch.texts.begin(), batch.texts.end());
  EmbeddingRows rows;
  if (!texts.empty()) {
    MBE_ASSIGN(rows, options_.embedder->embed(texts, TextRole::passage));
  }
  if (batch.contexts.empty()) return rows;
  MBE_ASSIGN(const auto more, options_.embedder->embed_in_context(batch.contexts));
  rows.values.insert(rows.values.end(), more.values.begin(), more.values.end());
  return rows;
}

Result<void> Vectors::run_batch(Batch& batch) {
  // Loaded before anything is slowed down: a question may wait for that too.
  MBE_TRY(options_.embedder->count_tokens(""));
  MBE_ASSIGN(EmbeddingRows rows, batch.effort == Effort::lowest
                                     ? at_lowest_priority([&] { return rows_of(batch); })
                                     : rows_of(batch));
  batch.entries.insert(batch.entries.end(), batch.context_entries.begin(),
                       batch.context_entries.end());
  rows.values.insert(rows.values.end(), batch.copied.begin(), batch.copied.end());
  batch.entries.insert(batch.entries.end(), batch.copied_entries.begin(),
                       batch.copied_entries.end());
  const Head head = chain_.head();
  const std::lock_guard lock(mutex_);
  // What was erased while the model ran must not come back, nor a context that held it: all of the
  // batch is pending still, without the erased.
  if (chain_.erasures().size() != batch.erasures || index_ == nullptr) return {};
  return index_->append(batch.entries, rows.values, {head.sequence, head.hash});
}

}  // namespace mbe
