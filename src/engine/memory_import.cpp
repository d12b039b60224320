// Memory: bulk import. While one part is analysed, sealed and synced, the indexes take in the part
// before it and the caller makes the next one.
#include <future>
#include <system_error>

#include "engine/import_stream.h"
#include "engine/imported_ids.h"
#include "engine/memory_parts.h"

namespace mbe {

namespace {

constexpr std::size_t part_items = 8'192;

RememberRequest request_of(ImportItem&& item) {
  RememberRequest out;
  out.text = std::move(item.text);
  out.speaker = std::move(item.speaker);
  out.session = std::move(item.session);
  out.source = std::move(item.id);
  out.channel = std::move(item.channel);
  out.kind = std::move(item.kind);
  out.trust = std::move(item.trust);
  out.event_ms = item.time_ms;
  out.utc_offset_minutes = item.utc_offset_minutes;
  return out;
}

/// The indexes follow the log in a thread of their own.
class Indexing {
 public:
  explicit Indexing(Derived& derived) : derived_(derived) {}
  /// Waits for the run before. Errors: those of follow().
  Result<void> start() {
    MBE_TRY(finish());
    try {
      running_ = std::async(std::launch::async, [this] { return derived_.follow(); });
    } catch (const std::system_error&) {  // the system is out of threads
      return derived_.follow();
    }
    return {};
  }
  Result<void> finish() { return running_.valid() ? running_.get() : Result<void>(); }

 private:
  Derived& derived_;
  std::future<Result<void>> running_;
};

/// One import: what is there already is left out, the rest is written part by part.
class Import {
 public:
  Import(Memory& memory, std::uint64_t expected)
      : memory_(memory),
        parts_(memory.parts()),
        ids_(parts_, expected),
        indexing_(*parts_.derived),
        refuses_(parts_.chain->refuses_texts()) {}

  /// Begins to write a part; the one before it must be finished.
  Result<void> start(std::vector<ImportItem> items) {
    MBE_TRY(ids_.follow());
    for (ImportItem& item : items) {
      MBE_ASSIGN(const bool there, is_there(item.id));
      if (there) {
        ++report_.skipped;
        continue;
      }
      lines_.push_back(item.line);
      requests_.push_back(request_of(std::move(item)));
    }
    if (!requests_.empty()) {
      writing_ =
          std::async(std::launch::async, [this] { return memory_.remember_many(requests_); });
    }
    return {};
  }

  /// Waits until the part is on disk; then the indexes follow.
  Result<void> finish() {
    if (!writing_.valid()) return {};
    MBE_ASSIGN(const auto receipts, writing_.get());
    for (std::size_t i = 0; i < receipts.size(); ++i) {
      if (receipts[i].ok()) {
        ++report_.imported;
        ids_.leave_out(receipts[i]->block_index);
      } else {
        report_.refused.emplace_back(lines_[i], receipts[i].error());
      }
    }
    requests_.clear();
    lines_.clear();
    return indexing_.start();
  }

  /// When the last part is finished.
  Result<ImportReport> close() {
    MBE_TRY(indexing_.finish());
    MBE_TRY(parts_.derived->follow());
    MBE_TRY(parts_.derived->flush());
    return std::move(report_);
  }

 private:
  Result<bool> is_there(const std::string& id) {
    if (id.empty()) return false;
    MBE_ASSIGN(const bool there, ids_.contains_or_add(id));
    return there || (refuses_ && parts_.chain->is_refused(folded_source(id)));
  }

  Memory& memory_;
  const Memory::Parts& parts_;
  ImportReport report_;
  ImportedIds ids_;
  Indexing indexing_;
  bool refuses_;
  std::vector<RememberRequest> requests_;  ///< of the part that is being written
  std::vector<std::uint64_t> lines_;
  std::future<Result<std::vector<Result<RememberReceipt>>>> writing_;  ///< last: it uses requests_
};

}  // namespace

Result<ImportReport> import_stream(Memory& memory, const ImportSource& next,
                                   std::uint64_t expected) {
  Import import(memory, expected);
  for (;;) {
    std::vector<ImportItem> items = next();  // while the part before is written
    MBE_TRY(import.finish());
    if (items.empty()) return import.close();
    MBE_TRY(import.start(std::move(items)));
  }
}

Result<ImportReport> Memory::import(std::span<const ImportItem> items, const Progress& progress) {
  std::size_t done = 0;
  bool stopped = false;
  const auto next = [&] {
    stopped = done > 0 && progress && !progress(done, items.size());
    const auto part = items.subspan(done, stopped ? 0 : std::min(part_items, items.size() - done));
    done += part.size();
    return std::vector<ImportItem>(part.begin(), part.end());
  };
  MBE_ASSIGN(ImportReport report, import_stream(*this, next, items.size()));
  report.stopped = stopped;
  return report;
}

}  // namespace mbe
