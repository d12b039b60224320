#include "embed/llama_embedder.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <string>
#include <thread>

#include "base/parallel.h"
#include "base/utf8.h"
#include "embed/normalise.h"

namespace mbe {
namespace {

/// No model looks at more of a text than so many bytes a token.
constexpr std::size_t token_bytes_max = 64;

/// Contexts that only questions use: none waits until a batch of passages is done.
constexpr std::size_t for_queries = 1;

/// Idle workers whose threads a query takes too: somebody waits for it. More threads would wait for
/// each other longer than they work.
constexpr std::size_t borrowed_max = 1;

/// Whether a processor has nothing to do at this moment. Threads of one text wait for each other at
/// every step: on a busy machine two of them take ten times as long as one.
bool some_processor_is_idle() {
  std::ifstream in("/proc/loadavg");  // "0.52 0.58 0.59 2/345 6789": 2 run, this thread among them
  std::string minutes;
  for (int i = 0; i < 3; ++i) in >> minutes;
  std::size_t running = 0;
  return in >> running && running < std::thread::hardware_concurrency();
}

std::size_t worker_count(std::size_t wanted) {
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  return std::min(wanted == 0 ? processors : wanted, LlamaEmbedder::workers_max);
}

/// How many of `texts` go into one batch: at least one, at most what the limits allow.
std::size_t batch_size(std::span<const LlamaModel::Tokens> texts) {
  std::size_t tokens = 0;
  std::size_t count = 0;
  while (count < texts.size() && count < batch_texts_max) {
    tokens += texts[count].size();
    if (count > 0 && tokens > batch_tokens) break;
    ++count;
  }
  return count;
}

}  // namespace

LlamaEmbedder::LlamaEmbedder(ModelManifest manifest, const LlamaEmbedderOptions& options)
    : manifest_(std::move(manifest)),
      model_id_(manifest_.model_id()),
      workers_(worker_count(options.workers)),
      turns_(workers_ + for_queries, options.waiting_max, for_queries) {}

Result<std::unique_ptr<LlamaEmbedder>> LlamaEmbedder::open(const std::filesystem::path& folder,
                                                           const LlamaEmbedderOptions& options) {
  MBE_ASSIGN(auto manifest, read_model_manifest(folder));
  return std::unique_ptr<LlamaEmbedder>(new LlamaEmbedder(std::move(manifest), options));
}

Result<void> LlamaEmbedder::load() {
  const std::lock_guard lock(load_mutex_);
  if (model_) return {};
  if (damage_) return *damage_;
  auto checked = check_model_weights(manifest_);
  if (!checked.ok()) {
    if (checked.error().code() == ErrorCode::corrupt) damage_ = checked.error();
    return checked;
  }
  auto model = LlamaModel::load(manifest_, workers_ + for_queries);
  if (!model.ok()) {
    damage_ = model.error();
    return model.error();
  }
  model_ = std::move(model).value();
  return {};
}

LlamaModel::Tokens LlamaEmbedder::tokenise(std::string_view text, TextRole role) const {
  const auto head = utf8_prefix(text, manifest_.tokens_max * token_bytes_max);
  const auto& prefix = role == TextRole::query ? manifest_.query_prefix : manifest_.passage_prefix;
  auto tokens = model_->tokenise(prefix + normalise_for_model(head, manifest_.normal));
  if (tokens.size() > manifest_.tokens_max) {
    const auto end_mark = tokens.back();
    tokens.resize(manifest_.tokens_max);
    tokens.back() = end_mark;
  }
  return tokens;
}

Result<std::size_t> LlamaEmbedder::count_tokens(std::string_view text) {
  MBE_TRY(load());
  const auto marks = model_->tokenise("").size();
  return model_->tokenise(normalise_for_model(text, manifest_.normal)).size() - marks;
}

Result<EmbeddingRows> LlamaEmbedder::run(std::span<const LlamaModel::Tokens> tokens,
                                         std::span<const LlamaModel::Pooled> pooled,
                                         TextRole role) {
  EmbeddingRows rows{manifest_.dim, std::vector<float>(tokens.size() * manifest_.dim)};
  const auto run_batch = [&](std::size_t begin, std::size_t count) -> Result<void> {
    MBE_ASSIGN(const auto turn, turns_.take(role));
    const bool borrows = role == TextRole::query && some_processor_is_idle();
    const auto borrowed = turns_.take_idle(borrows ? borrowed_max : 0);
    return model_->embed(
        turn.worker(), 1 + borrowed.size(), tokens.subspan(begin, count),
        pooled.empty() ? pooled : pooled.subspan(begin, count),
        std::span(rows.values).subspan(begin * manifest_.dim, count * manifest_.dim));
  };
  std::mutex mutex;
  std::size_t begun = 0;  // guarded by mutex, as is failure
  std::optional<Error> failure;
  const auto work = [&] {
    while (true) {
      std::unique_lock lock(mutex);
      if (failure || begun == tokens.size()) return;
      const auto begin = begun;
      const auto count = batch_size(tokens.subspan(begin));
      begun += count;
      lock.unlock();
      const auto done = run_batch(begin, count);
      if (done.ok()) continue;
      lock.lock();
      failure = done.error();
    }
  };
  {
    const auto batches_least = tokens.size() / batch_texts_max;
    std::deque<ParallelTask> helpers;
    while (helpers.size() + 1 < std::min(workers_, batches_least)) helpers.emplace_back(work);
    work();
  }
  if (failure) return *failure;
  return rows;
}

Result<EmbeddingRows> LlamaEmbedder::embed(std::span<const std::string_view> texts, TextRole role) {
  MBE_TRY(load());
  std::vector<LlamaModel::Tokens> tokens;
  tokens.reserve(texts.size());
  for (const auto text : texts) tokens.push_back(tokenise(text, role));
  return run(tokens, {}, role);
}

std::optional<LlamaEmbedder::Read> LlamaEmbedder::read_in_context(const ContextText& text) const {
  if (manifest_.pooling != Pooling::mean) return std::nullopt;
  const auto marks = model_->tokenise("");
  if (marks.size() != 2) return std::nullopt;
  Read out;
  out.tokens.push_back(marks.front());
  const auto add = [&](std::string_view part) {
    const auto head = utf8_prefix(part, manifest_.tokens_max * token_bytes_max);
    const auto tokens = model_->tokenise(normalise_for_model(head, manifest_.normal));
    out.tokens.insert(out.tokens.end(), tokens.begin() + 1, tokens.end() - 1);
  };
  std::string_view prefix = manifest_.passage_prefix;
  while (prefix.ends_with(' ')) prefix.remove_suffix(1);
  if (!prefix.empty()) add(prefix);
  for (const auto& part : text.before) add(part);
  out.pooled.begin = out.tokens.size();
  add(text.text);
  out.pooled.end = out.tokens.size();
  for (const auto& part : text.after) add(part);
  out.tokens.push_back(marks.back());
  const bool fits = out.tokens.size() <= manifest_.tokens_max;
  if (!fits || out.pooled.begin == out.pooled.end) return std::nullopt;
  return out;
}

Result<EmbeddingRows> LlamaEmbedder::embed_in_context(std::span<const ContextText> texts) {
  MBE_TRY(load());
  std::vector<LlamaModel::Tokens> tokens;
  std::vector<LlamaModel::Pooled> pooled;
  for (const auto& text : texts) {
    auto read = read_in_context(text);
    if (!read) {
      // Averaging everything is what embed() does.
      auto whole = tokenise(text.text, TextRole::passage);
      read = Read{std::move(whole), {}};
      read->pooled = {0, read->tokens.size()};
    }
    tokens.push_back(std::move(read->tokens));
    pooled.push_back(read->pooled);
  }
  const bool averages = manifest_.pooling == Pooling::mean;
  return run(tokens,
             averages ? std::span<const LlamaModel::Pooled>(pooled)
                      : std::span<const LlamaModel::Pooled>(),
             TextRole::passage);
}

}  // namespace mbe
