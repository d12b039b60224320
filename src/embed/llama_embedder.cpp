#include "embed/llama_embedder.h"

#include <algorithm>
#include <thread>

#include "base/utf8.h"
#include "embed/normalise.h"

namespace mbe {
namespace {

/// No model looks at more of a text than so many bytes a token.
constexpr std::size_t token_bytes_max = 64;

unsigned thread_count(unsigned wanted) {
  const auto processors = std::max(1U, std::thread::hardware_concurrency());
  return std::min(wanted == 0 ? processors : wanted, LlamaEmbedder::threads_max);
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
      threads_(thread_count(options.threads)),
      turns_(options.waiting_max) {}

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
  auto model = LlamaModel::load(manifest_, threads_);
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

Result<void> LlamaEmbedder::embed_batch(std::span<const LlamaModel::Tokens> texts, TextRole role,
                                        std::span<float> out) {
  MBE_ASSIGN(const auto turn, turns_.take(role));
  return model_->embed(texts, out);
}

Result<EmbeddingRows> LlamaEmbedder::embed(std::span<const std::string_view> texts, TextRole role) {
  MBE_TRY(load());
  EmbeddingRows rows{manifest_.dim, std::vector<float>(texts.size() * manifest_.dim)};
  std::vector<LlamaModel::Tokens> tokens;
  tokens.reserve(texts.size());
  for (const auto text : texts) tokens.push_back(tokenise(text, role));
  for (std::size_t done = 0; done < texts.size();) {
    const auto count = batch_size(std::span(tokens).subspan(done));
    MBE_TRY(
        embed_batch(std::span(tokens).subspan(done, count), role,
                    std::span(rows.values).subspan(done * manifest_.dim, count * manifest_.dim)));
    done += count;
  }
  return rows;
}

}  // namespace mbe
