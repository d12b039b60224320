#include "operations/import_desk.h"

#include <algorithm>
#include <chrono>

#include "base/digest.h"
#include "base/random.h"
#include "fs/file_system.h"

namespace mbe {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t id_bytes = 16;
constexpr auto kept_for = std::chrono::hours(24);
constexpr std::size_t known_max = 1'000;

bool is_id(std::string_view id) {
  return id.size() == 2 * id_bytes &&
         id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Error no_such_file(const std::string& id) {
  return fail(ErrorCode::not_found, "there is no file {} to import: send it again", id);
}

}  // namespace

std::shared_ptr<ImportDesk> ImportDesk::of(const fs::path& home) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<ImportDesk>> desks;
  const std::lock_guard lock(mutex);
  std::shared_ptr<ImportDesk>& desk = desks[fs::absolute(home).string()];
  if (!desk) desk = std::make_shared<ImportDesk>(home / "uploads");
  return desk;
}

std::string ImportDesk::owner_of(std::string_view account, std::string_view chain) {
  return to_hex(view(sha256({account, "\n", chain}))).substr(0, 2 * id_bytes);
}

/// Files of others too: what nobody imported is not kept.
void ImportDesk::drop_old() {
  std::error_code ignored;  // what cannot be looked at now is looked at the next time
  const auto oldest = fs::file_time_type::clock::now() - kept_for;
  for (const auto& owner : fs::directory_iterator(folder_, ignored)) {
    for (const auto& file : fs::directory_iterator(owner.path(), ignored)) {
      if (fs::last_write_time(file.path(), ignored) < oldest) fs::remove(file.path(), ignored);
    }
  }
  if (known_.size() <= known_max) return;
  std::erase_if(known_, [](const auto& entry) { return !entry.second->running; });
}

Result<std::string> ImportDesk::open(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  drop_old();
  const std::string folder = (folder_ / owner).string();
  FileSystem& files = posix_file_system();
  MBE_TRY(files.make_directories(folder));
  MBE_ASSIGN(const std::vector<std::string> there, files.list(folder));
  if (there.size() >= files_max) {
    return fail(ErrorCode::limit, "{} files wait to be imported already: import or discard them",
                files_max);
  }
  const std::string id = to_hex(random_bytes(id_bytes));
  MBE_ASSIGN(const auto made, files.open(folder + "/" + id, OpenMode::create_new));
  return id;
}

Result<fs::path> ImportDesk::path(const std::string& owner, const std::string& id) const {
  if (!is_id(id)) return no_such_file(id);
  const fs::path out = folder_ / owner / id;
  std::error_code failed;
  if (!fs::is_regular_file(out, failed)) return no_such_file(id);
  return out;
}

Result<std::uint64_t> ImportDesk::write(const std::string& owner, const std::string& id,
                                        std::uint64_t offset, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const fs::path where, path(owner, id));
  const auto found = known_.find(owner + "/" + id);
  if (found != known_.end() && found->second->running) {
    return fail(ErrorCode::busy, "this file is being imported");
  }
  MBE_ASSIGN(const auto file, posix_file_system().open(where.string(), OpenMode::write));
  MBE_ASSIGN(const std::uint64_t size, file->size());
  if (offset > size) {
    return fail(ErrorCode::invalid_argument, "`offset` is {}, but the file has {} bytes", offset,
                size);
  }
  if (offset + bytes.size() > file_bytes_max) {
    return fail(ErrorCode::limit, "the file has more than {} bytes: import it with `mbe import`",
                file_bytes_max);
  }
  if (!bytes.empty()) MBE_TRY(file->write(offset, bytes));
  return std::max(size, offset + bytes.size());
}

Result<std::shared_ptr<ImportProgress>> ImportDesk::begin(const std::string& owner,
                                                          const std::string& id) {
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const fs::path where, path(owner, id));
  std::shared_ptr<ImportProgress>& progress = known_[owner + "/" + id];
  if (progress && progress->running) return fail(ErrorCode::busy, "this file is being imported");
  progress = std::make_shared<ImportProgress>();
  progress->running = true;
  return progress;
}

void ImportDesk::end(const std::string& owner, const std::string& id, std::optional<Json> report) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(owner + "/" + id);
  if (found == known_.end()) return;
  std::error_code ignored;  // a file that stays is dropped a day later
  if (report) fs::remove(folder_ / owner / id, ignored);
  found->second->report = std::move(report);
  found->second->running = false;
}

std::shared_ptr<ImportProgress> ImportDesk::progress(const std::string& owner,
                                                     const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(owner + "/" + id);
  return found == known_.end() ? nullptr : found->second;
}

std::optional<Json> ImportDesk::report(const std::string& owner, const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(owner + "/" + id);
  return found == known_.end() ? std::nullopt : found->second->report;
}

Result<void> ImportDesk::discard(const std::string& owner, const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (!is_id(id)) return no_such_file(id);
  const auto found = known_.find(owner + "/" + id);
  if (found != known_.end()) found->second->stop = true;
  std::error_code failed;
  if (!fs::remove(folder_ / owner / id, failed) && found == known_.end()) return no_such_file(id);
  if (failed) return fail(ErrorCode::io, "cannot remove {}: {}", id, failed.message());
  return {};
}

}  // namespace mbe
