#include "creation/creation_files.h"

#include <algorithm>
#include <memory>
#include <set>

#include "base/datetime.h"
#include "base/digest.h"
#include "base/json.h"
#include "fs/lock_wait.h"

namespace mbe {

namespace {

using nlohmann::json;

constexpr std::size_t digest_shown = 8;
constexpr std::uint64_t manifest_bytes_max = 8 << 20;
constexpr std::string_view manifest_end = ".json";
constexpr std::string_view left_over = ".tmp";
constexpr std::uint32_t lock_wait_ms = 5'000;

std::string extension_of(const std::string& kind) {
  return kind == "code" || kind == "other" ? ".txt" : ".md";
}

Result<std::vector<std::string>> names_in(FileSystem& files, const std::string& folder) {
  auto names = files.list(folder);
  if (!names.ok() && names.error().code() == ErrorCode::not_found) {
    return std::vector<std::string>{};
  }
  return names;
}

/// What of a manifest decides whether it goes.
struct Origin {
  std::string chain = "main";
  std::vector<std::uint64_t> blocks;
};

Origin origin_of(const std::string& text) {
  const json manifest = json::parse(text, nullptr, false);
  Origin out;
  if (!manifest.is_object()) return out;
  if (const auto chain = manifest.find("chain"); chain != manifest.end() && chain->is_string()) {
    out.chain = chain->get<std::string>();
  }
  const auto blocks = manifest.find("blocks");
  if (blocks == manifest.end() || !blocks->is_array()) return out;
  for (const json& block : *blocks) {
    if (block.is_number_unsigned()) out.blocks.push_back(block.get<std::uint64_t>());
  }
  return out;
}

/// One saves or removes at a time.
Result<std::unique_ptr<File>> lock_folder(FileSystem& files, const std::string& home) {
  const std::string folder = home + "/creations";
  MBE_TRY(files.make_directories(folder));
  MBE_ASSIGN(auto file, files.open(folder + "/.lock", OpenMode::create));
  MBE_ASSIGN(const bool taken, LockWait(lock_wait_ms).lock(*file, 0));
  if (taken) return file;
  return fail(ErrorCode::busy, "another process holds {} for {} ms; try again", folder,
              lock_wait_ms);
}

Result<void> remove_if_there(FileSystem& files, const std::string& path) {
  const auto removed = files.remove(path);
  const bool was_gone = !removed.ok() && removed.error().code() == ErrorCode::not_found;
  return was_gone ? Result<void>() : removed;
}

/// What a crash in the middle of writing a file left beside it.
Result<void> remove_left_over(FileSystem& files, const std::string& home) {
  MBE_ASSIGN(const auto days, names_in(files, home + "/creations"));
  for (const std::string& day : days) {
    const std::string folder = home + "/creations/" + day;
    const auto listed = names_in(files, folder);
    if (!listed.ok()) continue;  // a file among the days
    for (const std::string& name : *listed) {
      if (name.ends_with(left_over)) MBE_TRY(remove_if_there(files, folder + "/" + name));
    }
  }
  return {};
}

}  // namespace

Result<std::string> save_creation(FileSystem& files, const std::string& home,
                                  const Creation& creation) {
  const std::string digest = to_hex(view(sha256(creation.text)));
  // Nothing that was said becomes part of a path.
  const std::string folder = "creations/" + format_date(creation.time_ms);
  const std::string name = folder + "/" + std::to_string(creation.time_ms) + "-" +
                           digest.substr(0, digest_shown) + extension_of(creation.kind);
  const json manifest = {{"kind", creation.kind},   {"artefact", creation.artefact},
                         {"asked", creation.asked}, {"made", format_time(creation.time_ms)},
                         {"model", creation.model}, {"chain", creation.chain},
                         {"sha256", digest},        {"blocks", creation.blocks}};
  const std::string path = home + "/" + name;
  MBE_ASSIGN(const auto lock, lock_folder(files, home));
  MBE_TRY(files.make_directories(home + "/" + folder));
  MBE_TRY(replace_file(files, path + std::string(manifest_end), manifest.dump(1) + "\n"));
  MBE_TRY(replace_file(files, path, creation.text));
  return name;
}

Result<std::vector<std::string>> find_creations(FileSystem& files, const std::string& home,
                                                const std::string& chain,
                                                std::span<const std::uint64_t> blocks,
                                                std::span<const std::string> names) {
  const std::set<std::uint64_t> gone(blocks.begin(), blocks.end());
  std::vector<std::string> out;
  MBE_ASSIGN(const auto days, names_in(files, home + "/creations"));
  for (const std::string& day : days) {
    const std::string folder = "creations/" + day;
    const auto listed = names_in(files, home + "/" + folder);
    if (!listed.ok()) continue;  // a file among the days
    for (const std::string& manifest : *listed) {
      if (!manifest.ends_with(manifest_end)) continue;
      const std::string path = folder + "/" + manifest;
      const auto text = read_file(files, home + "/" + path, manifest_bytes_max);
      if (!text.ok() && text.error().code() == ErrorCode::io) return text.error();
      if (!text.ok()) continue;
      const Origin origin = origin_of(*text);
      if (origin.chain != chain) continue;
      std::string name = path.substr(0, path.size() - manifest_end.size());
      const bool is_named = std::ranges::find(names, name) != names.end();
      const bool is_made_of = std::ranges::any_of(
          origin.blocks, [&](std::uint64_t block) { return gone.contains(block); });
      if (is_named || is_made_of) out.push_back(std::move(name));
    }
  }
  return out;
}

Result<void> remove_creations(FileSystem& files, const std::string& home, const std::string& chain,
                              std::span<const std::uint64_t> blocks,
                              std::span<const std::string> names) {
  MBE_ASSIGN(const bool is_there, files.exists(home + "/creations"));
  if (!is_there) return {};
  MBE_ASSIGN(const auto lock, lock_folder(files, home));
  MBE_TRY(remove_left_over(files, home));
  MBE_ASSIGN(const auto found, find_creations(files, home, chain, blocks, names));
  for (const std::string& name : found) {
    const std::string path = home + "/" + name;
    MBE_TRY(remove_if_there(files, path));
    MBE_TRY(files.sync_directory(parent_directory(path)));
    MBE_TRY(remove_if_there(files, path + std::string(manifest_end)));
    MBE_TRY(files.sync_directory(parent_directory(path)));
  }
  return {};
}

}  // namespace mbe
