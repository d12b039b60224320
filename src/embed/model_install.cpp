#include "embed/model_install.h"

#include <algorithm>

#include "base/json.h"
#include "fs/file_system.h"
#include "llm/gguf.h"

namespace mbe {
namespace {

struct Weights {
  std::uint64_t bytes = 0;
  Digest digest{};
  std::uint64_t dim = 0, tokens_max = 0;
};

Result<Weights> check_weights(const std::filesystem::path& path) {
  MBE_ASSIGN(const auto file, posix_file_system().open(path.string(), OpenMode::read));
  MBE_ASSIGN(const std::uint64_t size, file->size());
  if (size == 0) return fail(ErrorCode::corrupt, "{} is empty", path.string());
  MBE_ASSIGN(const auto mapping, file->map(size));
  const std::string_view bytes = mapping->view(0, size);
  MBE_ASSIGN(const GgufHeader header, read_gguf(bytes));
  const auto dim = header.number(header.architecture() + ".embedding_length");
  const auto tokens_max = header.number(header.architecture() + ".context_length");
  if (!dim || !tokens_max || *dim == 0 || *tokens_max == 0) {
    return fail(ErrorCode::corrupt, "{} is not an embedding model that libllama knows",
                path.string());
  }
  return Weights{size, sha256(bytes), *dim, *tokens_max};
}

}  // namespace

Result<ModelManifest> install_model(const std::filesystem::path& gguf,
                                    const std::filesystem::path& folder, const ModelFacts& facts) {
  if (facts.pooling != "mean" && facts.pooling != "cls" && facts.pooling != "last") {
    return fail(ErrorCode::invalid_argument, "`{}` is not a pooling: mean, cls, last",
                facts.pooling);
  }
  MBE_ASSIGN(const Weights weights, check_weights(gguf));
  FileSystem& files = posix_file_system();
  MBE_TRY(files.make_directories(folder.string()));
  std::error_code failed;
  std::filesystem::copy_file(gguf, folder / "model.gguf",
                             std::filesystem::copy_options::overwrite_existing, failed);
  if (failed) {
    return fail(ErrorCode::io, "cannot copy {} to {}: {}", gguf.string(), folder.string(),
                failed.message());
  }
  const nlohmann::ordered_json manifest = {
      {"format", 1},
      {"name", facts.name},
      {"file", "model.gguf"},
      {"bytes", weights.bytes},
      {"sha256", to_hex(view(weights.digest))},
      {"kind", "embedding"},
      {"dim", weights.dim},
      {"tokens_max", std::min<std::uint64_t>(weights.tokens_max, tokens_max_limit)},
      {"pooling", facts.pooling},
      {"normalise", "none"},
      {"query_prefix", facts.query_prefix},
      {"passage_prefix", facts.passage_prefix},
      {"source", facts.source},
      {"licence", facts.licence}};
  MBE_TRY(replace_file(files, (folder / "manifest.json").string(), manifest.dump(1) + "\n"));
  return read_model_manifest(folder);
}

}  // namespace mbe
