#include "embed/model_manifest.h"

#include "base/bytes.h"
#include "embed/json_fields.h"
#include "fs/file_system.h"
#include "llm/gguf.h"

namespace mbe {
namespace {

constexpr std::uint64_t manifest_bytes_max = 64 * 1024;
constexpr std::string_view manifest_file = "manifest.json";
constexpr std::int64_t manifest_format = 1;

/// An error of the file system about a model, as the caller of an embedder should see it.
Error unreadable(const std::filesystem::path& path, const Error& reason) {
  return fail(ErrorCode::unavailable, "the model's file {} cannot be read: {}; run ./launch.sh",
              path.string(), reason.message());
}

}  // namespace

std::string ModelManifest::model_id() const {
  const std::string settings{static_cast<char>('0' + static_cast<int>(pooling)),
                             static_cast<char>('0' + static_cast<int>(normal))};
  const std::string_view separator("\0", 1);
  const auto digest =
      sha256({view(weights_digest), settings, query_prefix, separator, passage_prefix});
  return name + "@" + to_hex(view(digest)).substr(0, 8);
}

Result<ModelManifest> read_model_manifest(const std::filesystem::path& folder) {
  const auto path = folder / manifest_file;
  auto text = read_file(posix_file_system(), path.string(), manifest_bytes_max);
  if (!text.ok()) return unreadable(path, text.error());
  const auto json = parse_json_object(*text);
  JsonFields fields(json);
  ModelManifest manifest;
  if (fields.text("kind") != "embedding") fields.bad("kind");
  fields.number("format", manifest_format, manifest_format);
  manifest.name = fields.text("name");
  manifest.weights = folder / fields.file_name("file");
  manifest.weights_bytes = fields.number("bytes", 1, std::uint64_t{1} << 40);
  manifest.weights_digest = fields.digest("sha256");
  manifest.dim = fields.number("dim", 1, dim_max);
  manifest.tokens_max = fields.number("tokens_max", 8, tokens_max_limit);
  manifest.pooling = static_cast<Pooling>(fields.choice("pooling", {"mean", "cls", "last"}));
  manifest.normal = static_cast<TextNormal>(fields.choice("normalise", {"none", "nmt_nfkc"}));
  manifest.query_prefix = fields.text("query_prefix");
  manifest.passage_prefix = fields.text("passage_prefix");
  manifest.source = fields.text("source");
  manifest.licence = fields.text("licence");
  if (fields.first_bad()) {
    return fail(ErrorCode::corrupt, "{}: \"{}\" is missing or not allowed; set the model up again",
                path.string(), *fields.first_bad());
  }
  return manifest;
}

Result<void> check_model_weights(const ModelManifest& manifest) {
  const auto path = manifest.weights.string();
  auto file = posix_file_system().open(path, OpenMode::read);
  if (!file.ok()) return unreadable(path, file.error());
  auto size = (*file)->size();
  if (!size.ok()) return unreadable(path, size.error());
  if (*size != manifest.weights_bytes) {
    return fail(ErrorCode::corrupt, "{} has {} bytes, its manifest says {}; set the model up again",
                path, *size, manifest.weights_bytes);
  }
  auto mapping = (*file)->map(*size);
  if (!mapping.ok()) return unreadable(path, mapping.error());
  const auto bytes = (*mapping)->view(0, *size);
  if (sha256(bytes) != manifest.weights_digest) {
    return fail(ErrorCode::corrupt,
                "{} does not have its manifest's digest; set the model up again", path);
  }
  MBE_TRY(read_gguf(bytes));
  return {};
}

}  // namespace mbe
