// Memory: bulk import. The indexes take in one part while the next is analysed, sealed and synced.
#include <future>
#include <system_error>
#include <unordered_set>

#include "engine/memory_parts.h"

namespace mbe {

namespace {

constexpr std::size_t part_items = 4'096;

/// The part of an import that is prepared while the part before it is written.
struct Prepared {
  std::vector<RememberRequest> requests;
  std::vector<std::uint64_t> lines;
};

RememberRequest request_of(const ImportItem& item) {
  RememberRequest out;
  out.text = item.text;
  out.speaker = item.speaker;
  out.session = item.session;
  out.source = item.id;
  out.channel = item.channel;
  out.kind = item.kind;
  out.trust = item.trust;
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

}  // namespace

Result<ImportReport> Memory::import(std::span<const ImportItem> items, const Progress& progress) {
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  ImportReport report;
  std::unordered_set<std::string_view> seen;
  Indexing indexing(*parts_->derived);
  const bool refuses = parts_->chain->refuses_texts();
  for (std::size_t from = 0; from < items.size() && !report.stopped; from += part_items) {
    const auto part = items.subspan(from, std::min(part_items, items.size() - from));
    Prepared prepared;
    for (const ImportItem& item : part) {
      MBE_ASSIGN(const SequenceSet there,
                 item.id.empty() ? Result<SequenceSet>(SequenceSet{})
                                 : indexes.attributes->with_value(Field::source, item.id));
      const bool repeated = !item.id.empty() && !seen.insert(item.id).second;
      const bool forgotten =
          refuses && !item.id.empty() && parts_->chain->is_refused(folded_source(item.id));
      if (!there.empty() || repeated || forgotten) {
        ++report.skipped;
        continue;
      }
      prepared.requests.push_back(request_of(item));
      prepared.lines.push_back(item.line);
    }
    MBE_ASSIGN(const auto receipts, remember_many(prepared.requests));
    for (std::size_t i = 0; i < receipts.size(); ++i) {
      if (receipts[i].ok()) {
        ++report.imported;
      } else {
        report.refused.emplace_back(prepared.lines[i], receipts[i].error());
      }
    }
    MBE_TRY(indexing.start());
    report.stopped = progress && !progress(from + part.size(), items.size());
  }
  MBE_TRY(indexing.finish());
  MBE_TRY(parts_->derived->follow());
  MBE_TRY(parts_->derived->flush());
  return report;
}

}  // namespace mbe
