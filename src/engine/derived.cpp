#include "engine/derived.h"

#include <algorithm>

#include "engine/files.h"
#include "engine/records.h"

namespace mbe {

namespace {

constexpr std::size_t batch_blocks = 8'192;
constexpr std::uint64_t flush_tail_blocks = 512;
constexpr std::size_t context_turns = 2;  ///< on either side, that may hold an erased block's trace
constexpr std::uint64_t version_bytes_max = 32;

bool lies_beyond(const std::optional<Watermark>& covered, std::uint64_t sequence) {
  return !covered || sequence > covered->sequence;
}

}  // namespace

/// Documents and records waiting to be stored together.
struct Derived::Batch {
  std::vector<KeywordDocument> documents;
  std::vector<AttributeRecord> records;
  Watermark covered;
  [[nodiscard]] bool empty() const { return covered.sequence == 0; }
};

Derived::Derived(FileSystem& files, std::string directory, Chain& chain, const Analyser& analyser,
                 const CueWords& words)
    : files_(files),
      directory_(std::move(directory)),
      chain_(chain),
      analyser_(analyser),
      words_(words) {}

Result<std::unique_ptr<Derived>> Derived::open(FileSystem& files, const std::string& directory,
                                               Chain& chain, const Analyser& analyser,
                                               const CueWords& words, bool read_only) {
  std::unique_ptr<Derived> out(new Derived(files, directory + "/derived", chain, analyser, words));
  if (!read_only) {
    MBE_TRY(files.make_directories(out->directory_));
    MBE_ASSIGN(auto lock, files.open(out->directory_ + "/lock", OpenMode::create));
    MBE_ASSIGN(const bool taken, lock->try_lock(0));
    if (taken) out->lock_ = std::move(lock);
  }
  MBE_ASSIGN(const bool same, out->same_analysis());
  if (!same && out->may_write()) {
    MBE_TRY(out->discard());
    MBE_TRY(replace_file(files, out->directory_ + "/analysis",
                         std::to_string(analyser.version()) + "\n"));
  }
  MBE_TRY(out->open_indexes());
  return out;
}

/// Whether the indexes hold what today's analyser finds; another one's are made anew.
Result<bool> Derived::same_analysis() const {
  const auto known = read_file(files_, directory_ + "/analysis", version_bytes_max);
  if (known.ok()) return *known == std::to_string(analyser_.version()) + "\n";
  const ErrorCode code = known.error().code();
  if (code == ErrorCode::not_found || code == ErrorCode::limit) return false;
  return known.error();
}

Result<void> Derived::open_indexes() {
  auto keyword = KeywordIndex::open(files_, directory_ + "/keyword");
  auto attributes = AttributeIndex::open(files_, directory_ + "/attribute");
  for (const Error* error : {keyword.ok() ? nullptr : &keyword.error(),
                             attributes.ok() ? nullptr : &attributes.error()}) {
    if (error == nullptr) continue;
    if (error->code() != ErrorCode::corrupt || !may_write()) return *error;
    MBE_TRY(discard());
    return open_indexes();
  }
  keyword_ = std::move(*keyword);
  attributes_ = std::move(*attributes);
  if (!may_write()) {
    keyword_->keep_private();
    attributes_->keep_private();
  }
  current_ = {keyword_->snapshot(), attributes_->snapshot()};
  return {};
}

Result<void> Derived::discard() {
  keyword_.reset();
  attributes_.reset();
  for (const char* index : {"/keyword", "/attribute"}) {
    MBE_TRY(remove_directory(files_, directory_ + index));
  }
  return {};
}

void Derived::offer(const Receipt& receipt, Payload payload, Analysis analysis) {
  payload.recorded_ms = receipt.recorded_ms;
  payload.clock_stepped_back = receipt.clock_stepped_back;
  const std::lock_guard lock(offers_mutex_);
  if (offers_.size() >= offers_max) return;
  offers_[receipt.sequence] = {receipt.hash, std::move(payload), std::move(analysis)};
}

std::optional<Derived::Offer> Derived::take_offer(std::uint64_t sequence) {
  const std::lock_guard lock(offers_mutex_);
  auto node = offers_.extract(sequence);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

bool Derived::has_offer(std::uint64_t sequence) const {
  const std::lock_guard lock(offers_mutex_);
  return offers_.contains(sequence);
}

/// Both ends included.
void Derived::drop_offers(std::uint64_t first, std::uint64_t last) {
  const std::lock_guard lock(offers_mutex_);
  std::erase_if(offers_,
                [&](const auto& offer) { return first <= offer.first && offer.first <= last; });
}

/// Whether the log has that block: else the index followed another log.
Result<bool> Derived::fits(const std::optional<Watermark>& covered) const {
  if (!covered) return true;
  if (covered->sequence > chain_.head().sequence) return false;
  MBE_ASSIGN(const Digest hash, chain_.hash_of(covered->sequence));
  return hash == covered->hash;
}

/// The first sequence that one of the indexes lacks. They stop at different blocks when a crash
/// came between their flushes, or a writer flushed while this process opened them; store() gives
/// each only what is new to it. If the log is not the one they followed they start anew.
Result<std::uint64_t> Derived::first_missing() {
  const auto keyword = keyword_->covered();
  const auto attributes = attributes_->covered();
  MBE_ASSIGN(const bool keyword_fits, fits(keyword));
  MBE_ASSIGN(const bool attributes_fit, fits(attributes));
  if (keyword_fits && attributes_fit) {
    const bool none = !keyword || !attributes;  // genesis is in no index
    return none ? 1 : std::min(keyword->sequence, attributes->sequence) + 1;
  }
  if (!may_write()) {
    return fail(ErrorCode::busy, "another process is rebuilding the indexes in {}; try again",
                directory_);
  }
  MBE_TRY(discard());
  MBE_TRY(open_indexes());
  return 1;
}

Result<void> Derived::add(Batch& batch, std::uint64_t sequence, const Digest& hash,
                          const Payload& payload, const Analysis& analysis) {
  batch.covered = {sequence, hash};
  batch.records.push_back(attribute_record(sequence, payload, analysis, words_));
  if (is_memory_kind(payload.kind)) batch.documents.push_back({sequence, analysis.terms});
  if (!lies_beyond(attributes_->covered(), sequence)) return {};
  for (const FlagChange& change : flag_changes(payload)) {
    MBE_TRY(attributes_->set_flag(change.sequence, change.flag, change.value, sequence));
  }
  return {};
}

Result<void> Derived::store(Batch& batch) {
  if (batch.empty()) return {};
  const auto keyword = keyword_->covered();
  if (lies_beyond(keyword, batch.covered.sequence)) {
    std::erase_if(batch.documents,
                  [&](const auto& one) { return !lies_beyond(keyword, one.sequence); });
    MBE_TRY(keyword_->append(batch.documents, batch.covered));
  }
  const auto attributes = attributes_->covered();
  if (lies_beyond(attributes, batch.covered.sequence)) {
    std::erase_if(batch.records,
                  [&](const auto& one) { return !lies_beyond(attributes, one.sequence); });
    MBE_TRY(attributes_->append(batch.records, batch.covered));
  }
  batch = {};
  return {};
}

Result<void> Derived::take_offers(std::uint64_t& next, Batch& batch) {
  while (const std::optional<Offer> offer = take_offer(next)) {
    MBE_TRY(add(batch, next, offer->hash, offer->payload, offer->analysis));
    ++next;
    if (batch.records.size() >= batch_blocks) MBE_TRY(store(batch));
  }
  return {};
}

/// What the erasure names leaves everything derived, for good, before the watermark passes it.
Result<void> Derived::carry_out(const Block& erase_block, Batch& batch) {
  for (const SequenceRange& range : erase_block.header.erases) {
    drop_offers(range.first, range.last);
  }
  MBE_TRY(store(batch));
  const auto attributes = attributes_->snapshot();
  ErasedBlocks erased{erase_block.header.erases, {}, {}};
  for (const SequenceRange& range : erased.ranges) {
    erased.known |= SequenceSet::range(range.first, range.last + 1);
  }
  erased.known &= attributes->all();
  MBE_ASSIGN(const auto turns, attributes->turns(erased.known.to_vector(), context_turns));
  for (const auto& turn : turns) {
    if (!turn) continue;
    for (const auto* side : {&turn->beside.before, &turn->beside.after}) {
      erased.beside.insert(erased.beside.end(), side->begin(), side->end());
    }
  }
  MBE_TRY(on_erased_(erased));
  // Where the attributes have passed the erasure already, the keywords alone still hold it.
  const bool passed = !lies_beyond(attributes_->covered(), erase_block.sequence);
  const std::vector<std::uint64_t> sequences =
      passed ? sequences_of(erased.ranges) : erased.known.to_vector();
  if (sequences.empty()) return {};
  keyword_->remove(sequences);
  attributes_->remove(sequences);
  if (!may_write()) return {};
  MBE_TRY(keyword_->purge());
  return attributes_->purge();
}

Result<void> Derived::follow(const Progress& progress) {
  const std::lock_guard lock(mutex_);
  if (keyword_ == nullptr) MBE_TRY(open_indexes());  // making them anew failed half way
  MBE_TRY(chain_.refresh());
  MBE_ASSIGN(std::uint64_t next, first_missing());
  const std::uint64_t head = chain_.head().sequence;
  if (next > head) return {};
  Batch batch;
  while (next <= head) {
    MBE_TRY(take_offers(next, batch));
    if (next > head) break;
    Result<void> added;
    bool stopped = false;
    MBE_TRY(chain_.scan(next, head, [&](const Block& block) {
      const bool erases = block.header.block_class == BlockClass::erase;
      if (erases && block.state == BlockState::ok) added = carry_out(block, batch);
      if (!added.ok()) return false;
      if (block.state == BlockState::ok) {
        const Analysis analysis = analyse_payload(analyser_, block.payload);
        added = add(batch, block.sequence, block.hash, block.payload, analysis);
      } else {
        batch.covered = {block.sequence, block.hash};
      }
      if (added.ok() && batch.records.size() >= batch_blocks) {
        added = store(batch);
        stopped = progress && !progress(block.sequence, head);
      }
      next = block.sequence + 1;
      return added.ok() && !stopped && !has_offer(next);
    }));
    if (!added.ok()) return added.error();
    if (stopped) break;
  }
  MBE_TRY(store(batch));
  drop_offers(0, next - 1);
  current_ = {keyword_->snapshot(), attributes_->snapshot()};
  return {};
}

DerivedSnapshot Derived::snapshot() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

bool Derived::holds_erased() const {
  const std::lock_guard lock(mutex_);
  if (attributes_ == nullptr) return false;
  const auto covered = attributes_->covered();
  const std::vector<Erasure> erasures = chain_.erasures();
  return may_write() && covered && !erasures.empty() &&
         erasures.back().sequence > covered->sequence;
}

Result<void> Derived::flush() {
  const std::lock_guard lock(mutex_);
  if (!may_write() || keyword_ == nullptr) return {};
  if (keyword_->tail_documents() + attributes_->tail_records() == 0) return {};
  // A short tail is cheaper to analyse again than to write as files of its own.
  if (attributes_->tail_records() < flush_tail_blocks) return {};
  MBE_TRY(keyword_->flush());
  return attributes_->flush();
}

Result<void> Derived::rebuild(const Progress& progress) {
  if (!may_write()) {
    return fail(ErrorCode::busy, "another process writes {}; stop it, then rebuild", directory_);
  }
  {
    const std::lock_guard lock(mutex_);
    MBE_TRY(discard());
    MBE_TRY(open_indexes());
  }
  MBE_TRY(follow(progress));
  const std::lock_guard lock(mutex_);
  if (keyword_ == nullptr) return {};  // somebody else begins anew
  MBE_TRY(keyword_->flush());
  return attributes_->flush();
}

std::uint64_t Derived::keyword_bytes() const {
  const std::lock_guard lock(mutex_);
  return keyword_ == nullptr ? 0 : keyword_->bytes_on_disk();
}
std::uint64_t Derived::attribute_bytes() const {
  const std::lock_guard lock(mutex_);
  return attributes_ == nullptr ? 0 : attributes_->bytes_on_disk();
}

}  // namespace mbe
