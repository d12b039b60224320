// Engine: opens the home and joins each chain's parts.
#include "mbe/engine.h"

#include <map>
#include <mutex>

#include "base/resources.h"
#include "engine/home.h"
#include "engine/memory_parts.h"
#include "engine/models.h"
#include "engine/records.h"
#include "engine/views.h"
#include "recall/recall.h"

namespace mbe {

struct Engine::Parts {
  EngineOptions options;
  FileSystem& files;
  const Clock& clock;
  Home home;
  Analyser analyser;
  Ranker ranker;
  TrustTables trust;
  std::unique_ptr<Models> models;
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<Memory>> open;  ///< by name; guarded by mutex
};

Engine::Engine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Engine::~Engine() = default;

Result<std::filesystem::path> Engine::default_home() {
  MBE_ASSIGN(std::string home, mbe::default_home());
  return std::filesystem::path(home);
}

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions options) {
  if (options.home.empty()) {
    MBE_ASSIGN(options.home, default_home());
  }
  FileSystem& files = options.files == nullptr ? posix_file_system() : *options.files;
  const Clock& clock = options.clock == nullptr ? system_clock() : *options.clock;
  MBE_ASSIGN(Home home, Home::open(files, options.home.string(), options.read_only));
  MBE_ASSIGN(const auto dictionary, find_resource(korean_dictionary_resource));
  MBE_ASSIGN(const auto lexicon, find_resource("lexicon"));
  MBE_ASSIGN(const auto recall, find_resource("recall"));
  MBE_ASSIGN(Analyser analyser, Analyser::open({dictionary, lexicon}));
  MBE_ASSIGN(Ranker ranker, Ranker::open(recall));
  MBE_ASSIGN(TrustTables trust, TrustTables::open(recall));
  auto models =
      std::make_unique<Models>(options.home, home.config().embedding_model, options.embedder);
  return std::unique_ptr<Engine>(new Engine(std::unique_ptr<Parts>(new Parts{std::move(options),
                                                                             files,
                                                                             clock,
                                                                             std::move(home),
                                                                             std::move(analyser),
                                                                             std::move(ranker),
                                                                             std::move(trust),
                                                                             std::move(models),
                                                                             {},
                                                                             {}})));
}

const std::filesystem::path& Engine::home() const {
  return parts_->options.home;
}

const TranscriptSettings& Engine::transcripts() const {
  return parts_->home.config().transcripts;
}

Result<std::vector<std::string>> Engine::chains() {
  MBE_ASSIGN(const auto names, parts_->home.chain_ids(parts_->clock));
  std::vector<std::string> out;
  for (const auto& [name, id] : names) out.push_back(name);
  return out;
}

Result<Memory*> Engine::chain(const std::string& name, bool create) {
  const std::lock_guard lock(parts_->mutex);
  if (const auto found = parts_->open.find(name); found != parts_->open.end()) {
    return found->second.get();
  }
  MBE_ASSIGN(auto chain, parts_->home.open_chain(name, create, parts_->clock));
  const std::string directory = parts_->home.chain_directory(chain->id());
  const bool read_only = chain->read_only();
  MBE_ASSIGN(auto derived, Derived::open(parts_->files, directory, *chain, parts_->analyser,
                                         parts_->ranker.words(), read_only));
  Vectors::Options options;
  options.directory = directory;
  options.may_write = derived->may_write();
  options.background = parts_->options.background && !read_only;
  options.model_by_id = [this](const std::string& id) { return parts_->models->by_id(id); };
  options.embedder = parts_->models->active();
  options.head = parts_->models->head();
  options.model_note = parts_->models->note();
  MBE_ASSIGN(auto vectors, Vectors::open(parts_->files, *chain, *derived, std::move(options)));
  auto working = std::make_unique<WorkingMemory>(parts_->files, directory, parts_->clock,
                                                 parts_->home.config().short_term);
  auto upkeep = std::make_unique<Upkeep>(*chain, *derived, *vectors);
  std::unique_ptr<Memory::Parts> parts(new Memory::Parts{
      name, directory, parts_->home.directory(), parts_->files, parts_->clock, parts_->analyser,
      parts_->ranker, parts_->trust, std::move(chain), std::move(derived), std::move(vectors),
      std::move(working), std::move(upkeep)});
  if (parts->derived->holds_erased()) MBE_TRY(parts->derived->follow());
  const bool writable = !read_only && !parts->chain->damage();
  if (writable) {
    MBE_TRY(parts->chain->resume_erasures([&](const Erasure& erasure) {
      return parts->purge(sequences_of(erasure.ranges), {}, nullptr);
    }));
  }
  Upkeep& upkeep_of = *parts->upkeep;
  std::unique_ptr<Memory> memory(new Memory(std::move(parts)));
  if (writable && parts_->options.background) {
    upkeep_of.daily([memory = memory.get(), settings = parts_->home.config().derived] {
      return memory->derive_by_itself(settings);
    });
    upkeep_of.start();
  }
  return (parts_->open[name] = std::move(memory)).get();
}

Result<AnalysisView> Engine::analyse(const std::string& text, TimeMs event_ms,
                                     int utc_offset_minutes) {
  MBE_TRY(check_text(text));
  const Analysis analysis = parts_->analyser.analyse(text, event_ms, utc_offset_minutes);
  return analysis_view(analysis, parts_->analyser, text, utc_offset_minutes);
}

Result<float> Engine::similarity(const std::string& a, const std::string& b) {
  const std::pair<std::string, std::string> pair[] = {{a, b}};
  MBE_ASSIGN(const std::vector<float> scores, similarities(pair));
  return scores.front();
}

Result<std::vector<float>> Engine::similarities(
    std::span<const std::pair<std::string, std::string>> pairs) {
  std::vector<std::string_view> texts;
  for (const auto& [a, b] : pairs) {
    MBE_TRY(check_text(a));
    MBE_TRY(check_text(b));
    texts.push_back(a);
    texts.push_back(b);
  }
  MBE_ASSIGN(const EmbeddingRows rows, parts_->models->embed_if_there(texts, TextRole::query));
  std::vector<float> out;
  for (std::size_t i = 0; i < texts.size(); i += 2) {
    const Analysis a = parts_->analyser.analyse(texts[i], 0, 0);
    const Analysis b = parts_->analyser.analyse(texts[i + 1], 0, 0);
    const bool vectors = rows.size() == texts.size();
    out.push_back(parts_->ranker.similarity(a, b, vectors ? rows.row(i) : std::span<const float>(),
                                            vectors ? rows.row(i + 1) : std::span<const float>()));
  }
  return out;
}

Result<std::vector<std::vector<std::string>>> Engine::emotions(std::span<const std::string> texts) {
  return parts_->models->emotions(texts);
}

Result<std::vector<ModelView>> Engine::models() {
  return parts_->models->list();
}

Result<ModelView> Engine::add_model(const std::filesystem::path& gguf,
                                    const AddModelRequest& request) {
  if (parts_->home.read_only()) {
    return fail(ErrorCode::denied, "{} was opened read-only", parts_->options.home.string());
  }
  return parts_->models->add(gguf, request);
}

}  // namespace mbe
