// Memory: many blocks at once. Threads analyse ahead while this one seals and syncs what is ready.
#include <algorithm>
#include <atomic>
#include <optional>
#include <semaphore>
#include <system_error>
#include <thread>

#include "engine/memory_parts.h"

namespace mbe {

namespace {

constexpr std::size_t part_requests = 256;  ///< a commit group of the log
constexpr std::ptrdiff_t parts_ahead = 32;
constexpr std::size_t analysts_max = 4;

struct Analysed {
  Result<Payload> payload = Payload{};
  Analysis analysis;
};

/// Requests become payloads, part by part, in threads that keep ahead of whoever takes them.
class AnalysisAhead {
 public:
  AnalysisAhead(const Memory::Parts& memory, std::span<const RememberRequest> requests)
      : memory_(memory),
        requests_(requests),
        parts_((requests.size() + part_requests - 1) / part_requests),
        ready_(parts_.size()) {
    const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t count = std::min({processors, analysts_max, parts_.size()});
    try {
      while (threads_.size() < count) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {  // the system is out of threads: fewer will do
    }
  }
  ~AnalysisAhead() {
    next_ = parts_.size();
    room_.release(static_cast<std::ptrdiff_t>(threads_.size()));
  }
  AnalysisAhead(const AnalysisAhead&) = delete;
  AnalysisAhead& operator=(const AnalysisAhead&) = delete;

  [[nodiscard]] std::size_t parts() const { return parts_.size(); }
  /// Each part once, in order. Waits until it is there.
  [[nodiscard]] std::vector<Analysed> take(std::size_t part) {
    if (threads_.empty()) return analysed(part);
    ready_[part].wait(false);
    room_.release();
    return std::move(parts_[part]);
  }

 private:
  [[nodiscard]] std::vector<Analysed> analysed(std::size_t part) const {
    const std::size_t from = part * part_requests;
    std::vector<Analysed> out(std::min(part_requests, requests_.size() - from));
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].payload = memory_.payload_of(requests_[from + i], out[i].analysis);
    }
    return out;
  }
  void work() {
    for (;;) {
      room_.acquire();
      const std::size_t part = next_++;
      if (part >= parts_.size()) return;
      parts_[part] = analysed(part);
      ready_[part].test_and_set();
      ready_[part].notify_one();
    }
  }

  const Memory::Parts& memory_;
  std::span<const RememberRequest> requests_;
  std::vector<std::vector<Analysed>> parts_;
  std::vector<std::atomic_flag> ready_;  ///< parts_[i] is written
  std::counting_semaphore<> room_{parts_ahead};
  std::atomic<std::size_t> next_ = 0;
  std::vector<std::jthread> threads_;  ///< last: they use all of the above
};

/// Appends one part and hands it to the indexes; writes one result for each request.
/// Errors: those of append_many, where nothing of the part was acknowledged.
Result<void> append_part(const Memory::Parts& memory, std::vector<Analysed> part,
                         std::span<Result<RememberReceipt>> out) {
  std::vector<Payload> payloads;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i].payload.ok()) {
      payloads.push_back(std::move(*part[i].payload));
      places.push_back(i);
    } else {
      out[i] = part[i].payload.error();
    }
  }
  MBE_ASSIGN(const auto receipts, memory.chain->append_many(payloads));
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    Result<RememberReceipt>& answer = out[places[i]];
    if (!receipts[i].ok()) {
      answer = receipts[i].error();
      continue;
    }
    const Receipt& receipt = *receipts[i];
    answer = RememberReceipt{receipt.sequence, to_hex(view(receipt.hash))};
    memory.derived->offer(receipt, std::move(payloads[i]), std::move(part[places[i]].analysis));
  }
  return {};
}

}  // namespace

Result<std::vector<Result<RememberReceipt>>> Memory::remember_many(
    std::span<const RememberRequest> requests) {
  std::vector<Result<RememberReceipt>> out(requests.size(), RememberReceipt{});
  AnalysisAhead ahead(*parts_, requests);
  for (std::size_t part = 0; part < ahead.parts(); ++part) {
    std::vector<Analysed> analysed = ahead.take(part);
    const auto answers = std::span(out).subspan(part * part_requests, analysed.size());
    const Result<void> appended = append_part(*parts_, std::move(analysed), answers);
    if (appended.ok()) continue;
    if (part == 0) return appended.error();
    // What was acknowledged before stays told; the rest has this error.
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(part * part_requests), out.end(),
              Result<RememberReceipt>(appended.error()));
    break;
  }
  parts_->vectors->wake();
  return out;
}

}  // namespace mbe
