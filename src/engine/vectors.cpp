#include "engine/vectors.h"

#include <algorithm>

#include "embed/windows.h"
#include "engine/files.h"
#include "engine/idle_priority.h"
#include "engine/models.h"
#include "engine/records.h"

namespace mbe {

namespace {

constexpr std::size_t blocks_a_batch = 64;
constexpr std::size_t context_before = 2;  ///< turns the model reads before one
constexpr std::size_t context_after = 1;
constexpr std::uint64_t settled_after = 8;  ///< blocks after which a missing next turn is no turn
constexpr std::size_t surely_short_bytes = 300;
constexpr std::size_t context_text_bytes_max = 500;  ///< about 128 tokens
constexpr std::uint8_t own_kinds =
    static_cast<std::uint8_t>(kind_bit(VectorKind::turn) | kind_bit(VectorKind::text_window));
constexpr std::size_t background_blocks = 16;
constexpr auto background_retry = std::chrono::seconds(30);

}  // namespace

/// Texts on their way to the model, and where their vectors belong.
struct Vectors::Batch {
  std::vector<VectorEntry> entries;  ///< of texts, then of contexts
  std::vector<std::string> texts;
  std::vector<VectorEntry> context_entries;
  std::vector<ContextText> contexts;
  std::vector<VectorEntry> copied_entries;
  std::vector<float> copied;  ///< rows that need no model
};

Vectors::Vectors(FileSystem& files, Chain& chain, Derived& derived, Options options)
    : files_(files), chain_(chain), derived_(derived), options_(std::move(options)) {
  options_.directory += "/derived/vector";
}

Vectors::~Vectors() {
  stop();
}

Result<std::unique_ptr<Vectors>> Vectors::open(FileSystem& files, Chain& chain, Derived& derived,
                                               Options options) {
  std::unique_ptr<Vectors> out(new Vectors(files, chain, derived, std::move(options)));
  derived.on_erased([raw = out.get()](const ErasedBlocks& erased) {
    return raw->forget(erased.sequences, erased.beside);
  });
  if (out->options_.embedder == nullptr) return out;
  out->cache_ = std::make_unique<QueryCache>(*out->options_.embedder);
  MBE_TRY(out->open_index());
  if (out->options_.background && out->options_.may_write) {
    out->thread_ = std::jthread([raw = out.get()](const std::stop_token& stop) { raw->run(stop); });
  }
  return out;
}

Result<void> Vectors::open_index() {
  const VectorModel model{options_.embedder->model_id(),
                          static_cast<std::uint32_t>(options_.embedder->dim())};
  auto opened = VectorIndex::open(files_, options_.directory, model);
  if (!opened.ok() && opened.error().code() == ErrorCode::corrupt && options_.may_write) {
    MBE_TRY(remove_directory(files_, options_.directory));
    opened = VectorIndex::open(files_, options_.directory, model);
  }
  if (!opened.ok()) return opened.error();
  index_ = std::move(*opened);
  if (!options_.may_write) index_->keep_private();
  return open_former();
}

/// Whatever is wrong with the former generation, the one in the making is not in need of it.
Result<void> Vectors::open_former() {
  former_.reset();
  const auto active = VectorIndex::active(files_, options_.directory);
  if (!active.ok() || !*active || **active == index_->model() || !options_.model_by_id) return {};
  Former former;
  former.embedder = options_.model_by_id((*active)->id);
  if (former.embedder == nullptr) return {};
  auto index = VectorIndex::open(files_, options_.directory, **active);
  if (!index.ok() || (*index)->snapshot()->vector_count() == 0) return {};
  former.index = std::move(*index);
  if (!options_.may_write) former.index->keep_private();
  former.cache = std::make_unique<QueryCache>(*former.embedder);
  former_ = std::make_shared<const Former>(std::move(former));
  return {};
}

/// Nothing is pending: from now on the new model answers, and the former's vectors go.
Result<void> Vectors::finish_switch() {
  const std::lock_guard lock(mutex_);
  if (!former_ || !options_.may_write) return {};
  MBE_TRY(index_->activate());
  former_.reset();
  return {};
}

std::shared_ptr<const VectorSnapshot> Vectors::snapshot() const {
  const std::lock_guard lock(mutex_);
  return index_->snapshot();
}

Result<SequenceSet> Vectors::pending(const DerivedSnapshot& indexes) const {
  AttributeFilter filter;
  for (int kind = 0; kind <= static_cast<int>(Kind::audit); ++kind) {
    if (is_memory_kind(static_cast<Kind>(kind))) filter.kinds.push_back(static_cast<Kind>(kind));
  }
  MBE_ASSIGN(SequenceSet out, indexes.attributes->select(filter));
  if (index_ == nullptr) return out;
  MBE_ASSIGN(const SequenceSet there, snapshot()->sequences(own_kinds));
  return out -= there;
}

/// Blocks of a session that have a vector of their own but none among their neighbours, and whose
/// neighbours are known: the next turn is there, or the log has gone on without one.
Result<SequenceSet> Vectors::pending_contexts(const DerivedSnapshot& indexes) const {
  const auto vectors = snapshot();
  MBE_ASSIGN(SequenceSet out, vectors->sequences(kind_bit(VectorKind::turn)));
  MBE_ASSIGN(const SequenceSet there, vectors->sequences(kind_bit(VectorKind::window_context)));
  MBE_ASSIGN(const SequenceSet alone, indexes.attributes->with_value(Field::keyword, alone_mark));
  out -= there;
  out -= alone;
  const std::uint64_t head = chain_.head().sequence;
  for (std::uint64_t late = head - std::min(head, settled_after); late <= head; ++late) {
    if (!out.contains(late)) continue;
    MBE_ASSIGN(const Neighbours beside, indexes.attributes->neighbours(late, 1));
    if (beside.after.empty()) out.remove(late);
  }
  return out;
}

Vectors::Query Vectors::query(const std::string& cue) {
  Query out;
  if (options_.embedder == nullptr) {
    out.note = options_.model_note;
    return out;
  }
  const auto left = embed_pending(pending_before_query, Reach::own, {});
  if (left.ok()) {
    out.pending = *left;
  } else {
    out.note = left.error();
    if (const auto waiting = pending(derived_.snapshot()); waiting.ok()) {
      out.pending = waiting->size();
    }
  }
  std::shared_ptr<const Former> former;
  {
    const std::lock_guard lock(mutex_);
    if (out.pending > 0) former = former_;
    out.snapshot = former == nullptr ? index_->snapshot() : former->index->snapshot();
  }
  out.model_id = former == nullptr ? model_id() : former->embedder->model_id();
  auto vector = (former == nullptr ? cache_ : former->cache)->embed(cue);
  if (vector.ok()) out.vector = std::move(*vector);
  if (!vector.ok()) out.note = vector.error();
  if (out.vector.empty()) out.snapshot = nullptr;
  return out;
}

Result<std::uint64_t> Vectors::embed_pending(std::uint64_t blocks_max, Reach reach,
                                             const Progress& progress) {
  if (options_.embedder == nullptr) {
    return fail(ErrorCode::unavailable, "no embedding model: {}",
                options_.model_note ? options_.model_note->message() : "");
  }
  MBE_TRY(derived_.follow());
  const std::lock_guard one_at_a_time(embedding_);
  std::uint64_t done = 0;
  for (;;) {
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
    MBE_TRY(waiting.empty() ? embed_contexts(part, indexes) : embed_blocks(part));
    done += part.size();
    if (progress && !progress(done, done + left - part.size())) return left - part.size();
  }
}

Result<void> Vectors::embed_blocks(const std::vector<std::uint64_t>& sequences) {
  Batch batch;
  for (const std::uint64_t sequence : sequences) MBE_TRY(gather(sequence, batch));
  return run_batch(batch);
}

Result<void> Vectors::embed_contexts(const std::vector<std::uint64_t>& sequences,
                                     const DerivedSnapshot& indexes) {
  Batch batch;
  for (const std::uint64_t sequence : sequences) {
    MBE_TRY(gather_context(sequence, indexes, batch));
  }
  return run_batch(batch);
}

Result<void> Vectors::gather(std::uint64_t sequence, Batch& batch) {
  MBE_ASSIGN(const Block block, chain_.read(sequence));
  if (block.state != BlockState::ok) return {};
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
  if (text.text.empty()) return {};
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

/// A long turn says enough by itself: its context vector is its own.
Result<void> Vectors::copy_own(std::uint64_t sequence, Batch& batch) {
  MBE_ASSIGN(const auto stored, snapshot()->vectors(sequence));
  for (const auto& one : stored) {
    if (one.entry.kind != VectorKind::turn) continue;
    batch.copied_entries.push_back({sequence, VectorKind::window_context, 0, 0});
    batch.copied.insert(batch.copied.end(), one.values.begin(), one.values.end());
  }
  return {};
}

Result<void> Vectors::run_batch(Batch& batch) {
  const std::vector<std::string_view> texts(batch.texts.begin(), batch.texts.end());
  EmbeddingRows rows;
  if (!texts.empty()) {
    MBE_ASSIGN(rows, options_.embedder->embed(texts, TextRole::passage));
  }
  if (!batch.contexts.empty()) {
    MBE_ASSIGN(const auto more, options_.embedder->embed_in_context(batch.contexts));
    rows.values.insert(rows.values.end(), more.values.begin(), more.values.end());
    batch.entries.insert(batch.entries.end(), batch.context_entries.begin(),
                         batch.context_entries.end());
  }
  rows.values.insert(rows.values.end(), batch.copied.begin(), batch.copied.end());
  batch.entries.insert(batch.entries.end(), batch.copied_entries.begin(),
                       batch.copied_entries.end());
  const Head head = chain_.head();
  const std::lock_guard lock(mutex_);
  // What was erased while the model ran must not come back.
  std::vector<std::uint64_t> erased;
  for (const VectorEntry& entry : batch.entries) {
    if (chain_.is_erased(entry.sequence)) erased.push_back(entry.sequence);
  }
  MBE_TRY(index_->append(batch.entries, rows.values, {head.sequence, head.hash}));
  if (!erased.empty()) index_->remove(erased);
  return {};
}

Result<std::optional<std::vector<float>>> Vectors::of_block(std::uint64_t sequence) const {
  if (index_ == nullptr) return std::optional<std::vector<float>>();
  MBE_ASSIGN(auto stored, snapshot()->vectors(sequence));
  for (auto& one : stored) {
    if (one.entry.kind != VectorKind::window_context) return std::optional(std::move(one.values));
  }
  return std::optional<std::vector<float>>();
}

std::vector<std::string> Vectors::emotions(const std::vector<float>& vector) const {
  return options_.head == nullptr ? std::vector<std::string>()
                                  : emotion_names(*options_.head, vector);
}

Result<void> Vectors::forget(const std::vector<std::uint64_t>& sequences,
                             const std::vector<std::uint64_t>& read_beside) {
  if (cache_ != nullptr) cache_->clear();
  if (index_ == nullptr) {
    return options_.may_write ? remove_directory(files_, options_.directory) : Result<void>();
  }
  std::vector<std::uint64_t> all = sequences;
  all.insert(all.end(), read_beside.begin(), read_beside.end());
  const std::lock_guard lock(mutex_);
  if (former_) {
    former_->cache->clear();
    former_->index->remove(all);
    MBE_TRY(former_->index->purge());
  }
  index_->remove(all);
  return index_->purge();
}

Result<void> Vectors::start_over() {
  if (options_.embedder == nullptr) return {};
  if (!options_.may_write) {
    return fail(ErrorCode::busy, "another process writes {}; stop it, then embed anew",
                options_.directory);
  }
  const std::lock_guard lock(mutex_);
  index_.reset();
  former_.reset();
  MBE_TRY(remove_directory(files_, options_.directory));
  return open_index();
}

Result<void> Vectors::flush() {
  if (index_ == nullptr || !options_.may_write) return {};
  const std::lock_guard lock(mutex_);
  if (index_->tail_vectors() == 0) return {};
  return former_ ? index_->flush() : index_->activate();
}

void Vectors::wake() {
  {
    const std::lock_guard lock(wake_mutex_);
    work_waits_ = true;
  }
  wake_condition_.notify_one();
}

void Vectors::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  wake_condition_.notify_one();
  thread_.join();
}

void Vectors::run(const std::stop_token& stop) {
  lower_priority();
  while (!stop.stop_requested()) {
    const auto left = embed_pending(background_blocks, Reach::own_and_context, {});
    std::unique_lock lock(wake_mutex_);
    if (left.ok() && *left > 0) continue;
    work_waits_ = false;
    // A broken model is tried again now and then: somebody may have put it in place.
    wake_condition_.wait_for(lock, stop, background_retry, [this] { return work_waits_; });
  }
}

std::uint64_t Vectors::count() const {
  return index_ == nullptr ? 0 : snapshot()->vector_count();
}

std::uint64_t Vectors::bytes() const {
  return index_ == nullptr ? 0 : index_->bytes_on_disk();
}

std::string Vectors::model_id() const {
  return options_.embedder == nullptr ? "" : options_.embedder->model_id();
}

}  // namespace mbe
