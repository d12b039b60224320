#include "embed/model_install.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "embed/gguf_check.h"
#include "embed/llama_model.h"
#include "fs/file_system.h"

namespace mbe {
namespace {

struct Weights {
  std::uint64_t bytes = 0;
  Digest digest{};
};

Result<Weights> check_weights(const std::filesystem::path& path) {
  MBE_ASSIGN(const auto file, posix_file_system().open(path.string(), OpenMode::read));
  MBE_ASSIGN(const std::uint64_t size, file->size());
  if (size == 0) return fail(ErrorCode::corrupt, "{} is empty", path.string());
  MBE_ASSIGN(const auto mapping, file->map(size));
  const std::string_view bytes = mapping->view(0, size);
  MBE_TRY(check_gguf(bytes));
  return Weights{size, sha256(bytes)};
}

}  // namespace

Result<ModelManifest> install_model(const std::filesystem::path& gguf,
                                    const std::filesystem::path& folder, const ModelFacts& facts) {
  if (facts.pooling != "mean" && facts.pooling != "cls" && facts.pooling != "last") {
    return fail(ErrorCode::invalid_argument, "`{}` is not a pooling: mean, cls, last",
                facts.pooling);
  }
  MBE_ASSIGN(const Weights weights, check_weights(gguf));
  MBE_ASSIGN(const ModelShape shape, read_model_shape(gguf));
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
      {"dim", shape.dim},
      {"tokens_max", std::min<std::uint64_t>(shape.tokens_max, tokens_max_limit)},
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
