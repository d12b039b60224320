#include "working/working_memory.h"

#include <memory>

#include "base/digest.h"
#include "base/utf8.h"
#include "fs/lock_wait.h"

namespace mbe {

namespace {

constexpr std::uint64_t file_bytes_max = 4 << 20;
constexpr int lock_wait_ms = 5'000;
constexpr std::size_t name_bytes_max = 1'024;

Result<void> check_name(const std::string& name) {
  if (name.size() <= name_bytes_max && !first_invalid_utf8(name)) return {};
  return fail(ErrorCode::invalid_argument,
              "the name of a conversation is UTF-8 of at most {} bytes", name_bytes_max);
}

}  // namespace

/// The advisory lock of all working files of one chain; given up when it goes.
class WorkingMemory::Lock {
 public:
  [[nodiscard]] static Result<Lock> take(FileSystem& files, const std::string& directory) {
    MBE_TRY(files.make_directories(directory));
    MBE_ASSIGN(auto file, files.open(directory + "/lock", OpenMode::create));
    MBE_ASSIGN(const bool taken, LockWait(lock_wait_ms).lock(*file, 0));
    if (taken) return Lock(std::move(file));
    return fail(ErrorCode::busy, "another process holds {} for {} ms; try again", directory,
                lock_wait_ms);
  }

 private:
  explicit Lock(std::unique_ptr<File> file) : file_(std::move(file)) {}
  std::unique_ptr<File> file_;
};

WorkingMemory::WorkingMemory(FileSystem& files, std::string directory, const Clock& clock,
                             ShortTermLimits limits)
    : files_(files), directory_(std::move(directory)), clock_(clock), limits_(limits) {}

std::string WorkingMemory::file_of(const std::string& name) const {
  const Digest digest = sha256({"conversation", std::string_view("\0", 1), name});
  return directory_ + "/working/" + to_base32(view(digest).substr(0, 16)) + ".json";
}

Result<Conversation> WorkingMemory::read(const std::string& path, const std::string& name) const {
  auto bytes = read_file(files_, path, file_bytes_max);
  Conversation empty;
  empty.name = name;
  if (!bytes.ok() && bytes.error().code() == ErrorCode::not_found) return empty;
  if (!bytes.ok()) return bytes.error();
  auto parsed = parse_conversation(*bytes);
  Conversation out = parsed.ok() ? std::move(*parsed) : empty;
  out.expire(clock_.now_ms());
  return out;
}

Result<Conversation> WorkingMemory::load(const std::string& name) const {
  MBE_TRY(check_name(name));
  return read(file_of(name), name);
}

Result<void> WorkingMemory::store(const std::string& path, const Conversation& conversation) {
  MBE_TRY(replace_file(files_, path, serialise(conversation)));
  return replace_file(files_, directory_ + "/context_cache.json", context_cache_json(conversation));
}

Result<Conversation> WorkingMemory::change(const std::string& name,
                                           const std::function<void(Conversation&)>& edit) {
  MBE_ASSIGN(const Lock lock, Lock::take(files_, directory_ + "/working"));
  MBE_ASSIGN(Conversation conversation, load(name));
  edit(conversation);
  MBE_TRY(store(file_of(name), conversation));
  return conversation;
}

Result<void> WorkingMemory::forget(const std::vector<std::uint64_t>& blocks,
                                   const std::vector<std::string>& texts) {
  const std::string folder = directory_ + "/working";
  MBE_ASSIGN(const Lock lock, Lock::take(files_, folder));
  MBE_ASSIGN(const std::vector<std::string> names, files_.list(folder));
  for (const std::string& name : names) {
    if (!name.ends_with(".json")) continue;
    const std::string path = folder + "/" + name;
    MBE_ASSIGN(Conversation conversation, read(path, ""));
    conversation.forget(blocks, texts);
    MBE_TRY(replace_file(files_, path, serialise(conversation)));
  }
  // Whose waypoints the cache holds is not recorded in it; it is renewed by the next utterance.
  auto removed = files_.remove(directory_ + "/context_cache.json");
  if (!removed.ok() && removed.error().code() != ErrorCode::not_found) return removed.error();
  return files_.sync_directory(directory_);
}

}  // namespace mbe
