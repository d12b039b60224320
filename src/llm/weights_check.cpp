#include "llm/weights_check.h"

#include "base/bytes.h"
#include "base/digest.h"
#include "base/json.h"
#include "fs/file_system.h"

namespace mbe {
namespace {

constexpr std::uint64_t manifest_bytes_max = 64 * 1024;

struct Entry {
  std::uint64_t bytes = 0;
  std::string sha256;
};

/// What `json` - the manifest itself, or one of its "files" - says of a file of that name.
std::optional<Entry> entry_of(const nlohmann::json& json, const std::string& name) {
  if (!json.is_object() || json.value("file", nlohmann::json()) != name) return {};
  const auto bytes = json.value("bytes", nlohmann::json());
  const auto sha256 = json.value("sha256", nlohmann::json());
  if (!bytes.is_number_unsigned() || !sha256.is_string()) return Entry{};
  return Entry{bytes.get<std::uint64_t>(), sha256.get<std::string>()};
}

}  // namespace

Result<bool> check_weights(const std::filesystem::path& file) {
  FileSystem& files = posix_file_system();
  MBE_ASSIGN(const auto weights, files.open(file.string(), OpenMode::read));
  const auto path = (file.parent_path() / "manifest.json").string();
  const auto text = read_file(files, path, manifest_bytes_max);
  if (!text.ok() && text.error().code() == ErrorCode::not_found) return false;
  if (!text.ok()) return text.error();
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) {
    return fail(ErrorCode::corrupt, "{} is no manifest of a model; set the model up again", path);
  }
  auto entry = entry_of(json, file.filename().string());
  const auto list = json.find("files");
  if (list != json.end() && list->is_array()) {
    for (const auto& item : *list) {
      if (!entry) entry = entry_of(item, file.filename().string());
    }
  }
  if (!entry) return false;
  MBE_ASSIGN(const std::uint64_t size, weights->size());
  if (size != entry->bytes) {
    return fail(ErrorCode::corrupt, "{} has {} bytes, its manifest says {}; set the model up again",
                file.string(), size, entry->bytes);
  }
  MBE_ASSIGN(const auto mapping, weights->map(size));
  if (to_hex(view(sha256(mapping->view(0, size)))) != entry->sha256) {
    return fail(ErrorCode::corrupt,
                "{} does not have its manifest's digest; set the model up again", file.string());
  }
  return true;
}

}  // namespace mbe
