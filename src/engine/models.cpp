#include "engine/models.h"

#include <algorithm>
#include <fstream>
#include <set>

#include "base/resources.h"
#include "embed/llama_embedder.h"
#include "embed/model_install.h"
#include "embed/model_manifest.h"
#include "fs/file_system.h"

namespace mbe {

namespace {

namespace fs = std::filesystem;

bool is_model_name(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= 64 && name.front() != '.' &&
         std::ranges::all_of(name, allowed);
}

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

ModelView view_of(const fs::path& folder, const std::string& active_name) {
  ModelView out;
  out.name = folder.filename().string();
  out.path = folder.string();
  out.active = out.name == active_name;
  const auto manifest = read_model_manifest(folder);
  if (!manifest.ok()) {
    out.problem = manifest.error();
    return out;
  }
  out.source = manifest->source;
  out.licence = manifest->licence;
  out.dim = manifest->dim;
  out.bytes = manifest->weights_bytes;
  if (const auto sound = check_model_weights(*manifest); !sound.ok()) {
    out.problem = sound.error();
  }
  return out;
}

}  // namespace

std::vector<std::string> emotion_names(const EmotionHead& head, std::span<const float> vector) {
  std::vector<std::string> out;
  for (const Emotion& emotion : head.emotions(vector)) {
    out.push_back(head.labels()[emotion.label].ko);
  }
  return out;
}

Models::Models(fs::path home, std::string configured, std::shared_ptr<Embedder> given)
    : home_(std::move(home)), configured_(std::move(configured)), active_(std::move(given)) {}

std::string Models::chosen_name() const {
  if (!configured_.empty()) return configured_;
  if (std::string chosen = first_line(home_ / "models" / "active"); !chosen.empty()) return chosen;
  return fs::path(default_model_resource).filename().string();
}

fs::path Models::folder_of(const std::string& name) const {
  const fs::path own = home_ / "models" / name;
  std::error_code ignored;
  if (fs::exists(own, ignored)) return own;
  const auto shared = find_resource("models/" + name);
  return shared.ok() ? *shared : own;
}

void Models::find() {
  std::call_once(found_, [this] {
    if (active_ == nullptr) {
      auto opened = LlamaEmbedder::open(folder_of(chosen_name()));
      if (opened.ok()) active_ = std::move(*opened);
      if (!opened.ok()) note_ = opened.error();
    }
    if (active_ == nullptr) return;
    const auto file = find_resource(emotion_head_resource);
    if (!file.ok()) return;
    auto head = EmotionHead::open(*file);
    if (head.ok() && head->model_id() == active_->model_id()) {
      head_ = std::make_shared<const EmotionHead>(std::move(*head));
    }
  });
}

std::shared_ptr<Embedder> Models::active() {
  find();
  return active_;
}

std::optional<Message> Models::note() {
  find();
  return note_;
}

std::shared_ptr<const EmotionHead> Models::head() {
  find();
  return head_;
}

std::shared_ptr<Embedder> Models::by_id(const std::string& model_id) {
  for (const std::string& name : names()) {
    auto opened = LlamaEmbedder::open(folder_of(name));
    if (opened.ok() && (*opened)->model_id() == model_id) return std::move(*opened);
  }
  return nullptr;
}

Result<EmbeddingRows> Models::embed_if_there(std::span<const std::string_view> texts,
                                             TextRole role) {
  find();
  if (active_ == nullptr) return EmbeddingRows{};
  return active_->embed(texts, role);
}

Result<std::vector<std::vector<std::string>>> Models::emotions(std::span<const std::string> texts) {
  find();
  if (active_ == nullptr) {
    return fail(ErrorCode::unavailable, "emotions need the embedding model: {}",
                note_ ? note_->message() : "");
  }
  if (head_ == nullptr) {
    return fail(ErrorCode::unavailable, "there is no emotion head for the model {}",
                active_->model_id());
  }
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  MBE_ASSIGN(const EmbeddingRows rows, active_->embed(views, TextRole::passage));
  std::vector<std::vector<std::string>> out;
  for (std::size_t i = 0; i < rows.size(); ++i) out.push_back(emotion_names(*head_, rows.row(i)));
  return out;
}

/// Of the models in the home, the default one and the chosen one.
std::set<std::string> Models::names() const {
  std::set<std::string> out{chosen_name(), fs::path(default_model_resource).filename().string()};
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(home_ / "models", failed)) {
    // Folders without one hold the circuits' chat models.
    const bool is_ours = fs::exists(entry.path() / "manifest.json", failed);
    if (is_ours) out.insert(entry.path().filename().string());
  }
  return out;
}

Result<std::vector<ModelView>> Models::list() {
  const std::string chosen = chosen_name();
  std::vector<ModelView> out;
  for (const std::string& name : names()) out.push_back(view_of(folder_of(name), chosen));
  std::ranges::stable_sort(out, std::greater{}, &ModelView::active);
  return out;
}

Result<ModelView> Models::add(const fs::path& gguf, const AddModelRequest& request) {
  if (!is_model_name(request.name)) {
    return fail(ErrorCode::invalid_argument,
                "a model's name is 1 to 64 characters of a-z, 0-9, `-`, `_` and `.`");
  }
  const fs::path folder = home_ / "models" / request.name;
  MBE_TRY(install_model(gguf, folder,
                        {.name = request.name,
                         .pooling = request.pooling,
                         .query_prefix = request.query_prefix,
                         .passage_prefix = request.passage_prefix,
                         .source = request.source,
                         .licence = request.licence}));
  MBE_TRY(replace_file(posix_file_system(), (home_ / "models" / "active").string(),
                       request.name + "\n"));
  return view_of(folder, request.name);
}

}  // namespace mbe
