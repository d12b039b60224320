#include "engine/vectors.h"

#include <algorithm>

#include "engine/files.h"
#include "engine/models.h"
#include "engine/records.h"

namespace mbe {

namespace {

constexpr std::uint64_t settled_after = 8;  ///< blocks after which a missing next turn is no turn
constexpr std::uint8_t own_kinds =
    static_cast<std::uint8_t>(kind_bit(VectorKind::turn) | kind_bit(VectorKind::text_window));
constexpr std::size_t background_blocks = 16;
constexpr auto background_retry = std::chrono::seconds(30);

}  // namespace

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
  derived.on_erased([raw = out.get()](const ErasedBlocks& erased) { return raw->forget(erased); });
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
  if (!former_ || !index_ || !options_.may_write) return {};
  MBE_TRY(index_->activate());
  former_.reset();
  return {};
}

std::shared_ptr<const VectorSnapshot> Vectors::snapshot() const {
  const std::lock_guard lock(mutex_);
  return index_ == nullptr ? nullptr : index_->snapshot();
}

/// Where starting over failed half way, it is tried again.
Result<void> Vectors::ensure_index() {
  const std::lock_guard lock(mutex_);
  return index_ == nullptr ? open_index() : Result<void>();
}

Result<SequenceSet> Vectors::pending(const DerivedSnapshot& indexes) const {
  AttributeFilter filter;
  for (int kind = 0; kind <= static_cast<int>(Kind::audit); ++kind) {
    if (is_memory_kind(static_cast<Kind>(kind))) filter.kinds.push_back(static_cast<Kind>(kind));
  }
  MBE_ASSIGN(SequenceSet out, indexes.attributes->select(filter));
  const auto vectors = snapshot();
  if (vectors == nullptr) return out;
  MBE_ASSIGN(const SequenceSet there, vectors->sequences(own_kinds));
  const std::lock_guard lock(mutex_);
  out -= unreadable_;
  return out -= there;
}

Result<SequenceSet> Vectors::pending_contexts(const DerivedSnapshot& indexes) const {
  const auto vectors = snapshot();
  if (vectors == nullptr) return SequenceSet();
  MBE_ASSIGN(SequenceSet out, vectors->sequences(kind_bit(VectorKind::turn)));
  MBE_ASSIGN(const SequenceSet there, vectors->sequences(kind_bit(VectorKind::window_context)));
  MBE_ASSIGN(const SequenceSet alone, indexes.attributes->with_value(Field::keyword, alone_mark));
  out -= there;
  out -= alone;
  {
    const std::lock_guard lock(mutex_);
    out -= unreadable_;
  }
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
  std::optional<Result<std::uint64_t>> left;
  // Whoever embeds in the background may be long; a question does not wait for it.
  if (const std::unique_lock turn(embedding_, std::try_to_lock); turn.owns_lock()) {
    left = embed_in_turn(pending_before_query, Reach::own, Effort::now, {});
  }
  if (left && left->ok()) {
    out.pending = **left;
  } else {
    if (left) out.note = left->error();
    if (const auto waiting = pending(derived_.snapshot()); waiting.ok()) {
      out.pending = waiting->size();
    }
  }
  std::shared_ptr<const Former> former;
  {
    const std::lock_guard lock(mutex_);
    if (out.pending > 0) former = former_;
    const VectorIndex* index = former == nullptr ? index_.get() : former->index.get();
    if (index != nullptr) out.snapshot = index->snapshot();
  }
  out.model_id = former == nullptr ? model_id() : former->embedder->model_id();
  auto vector = (former == nullptr ? cache_ : former->cache)->embed(cue);
  if (vector.ok()) out.vector = std::move(*vector);
  if (!vector.ok()) out.note = vector.error();
  if (out.vector.empty()) out.snapshot = nullptr;
  return out;
}

Result<std::optional<std::vector<float>>> Vectors::of_block(std::uint64_t sequence) const {
  const auto vectors = snapshot();
  if (vectors == nullptr) return std::optional<std::vector<float>>();
  MBE_ASSIGN(auto stored, vectors->vectors(sequence));
  for (auto& one : stored) {
    if (one.entry.kind != VectorKind::window_context) return std::optional(std::move(one.values));
  }
  return std::optional<std::vector<float>>();
}

std::vector<std::string> Vectors::emotions(const std::vector<float>& vector) const {
  return options_.head == nullptr ? std::vector<std::string>()
                                  : emotion_names(*options_.head, vector);
}

Result<void> Vectors::forget(const ErasedBlocks& erased) {
  if (cache_ != nullptr) cache_->clear();
  const std::lock_guard lock(mutex_);
  if (index_ == nullptr) {
    return options_.may_write ? remove_directory(files_, options_.directory) : Result<void>();
  }
  if (former_) former_->cache->clear();
  for (VectorIndex* index : {former_ ? former_->index.get() : nullptr, index_.get()}) {
    if (index == nullptr) continue;
    MBE_ASSIGN(const SequenceSet all, index->snapshot()->sequences());
    SequenceSet there;
    for (const SequenceRange& range : erased.ranges) {
      there |= all & SequenceSet::range(range.first, range.last + 1);
    }
    const bool neighbours_known = (there - erased.known).empty();
    std::vector<std::uint64_t> gone = neighbours_known ? there.to_vector() : all.to_vector();
    gone.insert(gone.end(), erased.beside.begin(), erased.beside.end());
    if (gone.empty()) continue;
    index->remove(gone);
    MBE_TRY(index->purge());
  }
  return {};
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
  unreadable_ = {};
  MBE_TRY(remove_directory(files_, options_.directory));
  return open_index();
}

Result<void> Vectors::flush() {
  if (!options_.may_write) return {};
  const std::lock_guard lock(mutex_);
  if (index_ == nullptr || index_->tail_vectors() == 0) return {};
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
  while (!stop.stop_requested()) {
    const auto left = [this] {
      const std::lock_guard one_at_a_time(embedding_);
      return embed_in_turn(background_blocks, Reach::own_and_context, Effort::lowest, {});
    }();
    std::unique_lock lock(wake_mutex_);
    if (left.ok() && *left > 0) continue;
    work_waits_ = false;
    // A broken model is tried again now and then: somebody may have put it in place.
    wake_condition_.wait_for(lock, stop, background_retry, [this] { return work_waits_; });
  }
}

std::uint64_t Vectors::count() const {
  const auto vectors = snapshot();
  return vectors == nullptr ? 0 : vectors->vector_count();
}

std::uint64_t Vectors::bytes() const {
  const std::lock_guard lock(mutex_);
  return index_ == nullptr ? 0 : index_->bytes_on_disk();
}

std::string Vectors::model_id() const {
  return options_.embedder == nullptr ? "" : options_.embedder->model_id();
}

}  // namespace mbe
