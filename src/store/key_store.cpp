#include "store/key_store.h"

#include <sodium.h>

#include <algorithm>
#include <set>

#include "base/random.h"
#include "block/scanner.h"
#include "fs/lock_wait.h"

namespace mbe {

namespace {

constexpr std::uint64_t key_file_bytes_max = 1ULL << 30;
constexpr std::string_view state_name = "state.";
constexpr std::string_view wrap_name = "wrap.";
constexpr std::string_view copy_suffix = ".copy";
constexpr int attempts_max = 5;

/// The generation in a file's name, or nothing if it is not a key file.
std::optional<std::uint64_t> generation_of(std::string_view name) {
  Scanner in{name};
  if (!in.accept(state_name) && !in.accept(wrap_name)) return std::nullopt;
  const std::uint64_t generation = in.number();
  in.accept(copy_suffix);
  if (!in.good || !in.rest.empty()) return std::nullopt;
  return generation;
}

/// Of two copies one that opens counts; of two that do not, a failing disk, for it is no proof that
/// the generation is bad.
template <class T>
bool supersedes(const Result<T>& so_far, const Result<T>& next) {
  return !so_far.ok() && (next.ok() || next.error().code() == ErrorCode::io);
}

Error no_key(const std::string& directory) {
  return fail(ErrorCode::unavailable,
              "no key file in {} opens with this root key; bring back the right root key",
              directory);
}

}  // namespace

KeyStore::~KeyStore() {
  sodium_memzero(options_.root.data(), options_.root.size());
}

std::string KeyStore::path(std::string_view what, std::uint64_t generation, bool copy) const {
  return fmt::format("{}/{}{}{}", options_.directory, what, generation, copy ? copy_suffix : "");
}

Result<std::vector<std::uint64_t>> KeyStore::generations() const {
  MBE_ASSIGN(const bool there, options_.files.exists(options_.directory));
  if (!there) return std::vector<std::uint64_t>();
  MBE_ASSIGN(const std::vector<std::string> names, options_.files.list(options_.directory));
  std::set<std::uint64_t> found;
  for (const std::string& name : names) {
    const std::optional<std::uint64_t> generation = generation_of(name);
    if (generation) found.insert(*generation);
  }
  return std::vector<std::uint64_t>(found.begin(), found.end());
}

Result<KeyState> KeyStore::load(std::uint64_t generation, bool every_copy) const {
  Result<Bytes32> wrap_key = no_key(options_.directory);
  for (const bool copy : {false, true}) {
    const auto file =
        read_file(options_.files, path(wrap_name, generation, copy), key_file_bytes_max);
    Result<Bytes32> opened = file.ok()
                                 ? open_wrap_key(*file, options_.root, options_.chain, generation)
                                 : Result<Bytes32>(file.error());
    if (every_copy && !opened.ok()) return opened.error();
    if (supersedes(wrap_key, opened)) wrap_key = std::move(opened);
  }
  if (!wrap_key.ok()) return wrap_key.error();
  Result<KeyState> state = no_key(options_.directory);
  for (const bool copy : {false, true}) {
    const auto file =
        read_file(options_.files, path(state_name, generation, copy), key_file_bytes_max);
    Result<KeyState> opened = file.ok()
                                  ? open_key_state(*file, *wrap_key, options_.chain, generation)
                                  : Result<KeyState>(file.error());
    if (every_copy && !opened.ok()) return opened.error();
    if (supersedes(state, opened)) state = std::move(opened);
  }
  return state;
}

Result<void> KeyStore::load_newest() {
  // Another process may replace the generation between the listing and the reading.
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    MBE_ASSIGN(const std::vector<std::uint64_t> found, generations());
    KeyState fresh;
    fresh.chain = options_.chain;
    for (auto at = found.rbegin(); at != found.rend(); ++at) {
      const std::shared_ptr<const KeyState> known = state();
      if (known && known->generation == *at) return {};
      Result<KeyState> loaded = load(*at, false);
      if (!loaded.ok() && loaded.error().code() == ErrorCode::io) return loaded.error();
      if (!loaded.ok()) continue;
      const std::lock_guard guard(mutex_);
      state_ = std::make_shared<const KeyState>(std::move(loaded).value());
      return {};
    }
    if (!found.empty() && !options_.chain_is_empty) continue;
    const std::lock_guard guard(mutex_);
    state_ = std::make_shared<const KeyState>(std::move(fresh));
    return {};
  }
  return no_key(options_.directory);
}

Result<std::unique_ptr<KeyStore>> KeyStore::open(Options options) {
  std::unique_ptr<KeyStore> store(new KeyStore(std::move(options)));
  if (store->options_.read_only) {
    MBE_TRY(store->load_newest());
    return store;
  }
  MBE_TRY(store->options_.files.make_directories(store->options_.directory));
  // Renews a generation of which a copy is damaged, and drops what a crash left of others.
  MBE_TRY(store->update([&](KeyState& state) {
    return state.generation != 0 && !store->load(state.generation, true).ok();
  }));
  store->options_.chain_is_empty = false;
  return store;
}

std::shared_ptr<const KeyState> KeyStore::state() const {
  const std::lock_guard guard(mutex_);
  return state_;
}

Result<void> KeyStore::reload() {
  return load_newest();
}

Result<std::unique_ptr<File>> KeyStore::lock() const {
  MBE_ASSIGN(std::unique_ptr<File> file,
             options_.files.open(options_.directory + "/lock", OpenMode::create));
  MBE_ASSIGN(const bool mine, LockWait(options_.lock_wait_ms).lock(*file, 0));
  if (mine) return file;
  return fail(ErrorCode::busy, "another process is changing the keys in {}; try again",
              options_.directory);
}

Result<void> KeyStore::update(const std::function<bool(KeyState&)>& change) {
  if (options_.read_only) {
    return fail(ErrorCode::denied, "the keys in {} were opened for reading", options_.directory);
  }
  const std::lock_guard one(change_mutex_);
  MBE_ASSIGN(const std::unique_ptr<File> locked, lock());
  MBE_TRY(load_newest());
  KeyState next = *state();
  if (change(next)) return write(std::move(next));
  // What another process wrote before it died may be nowhere but in memory.
  if (next.generation != 0) MBE_TRY(sync(next.generation));
  return remove_others(next.generation);
}

Result<void> KeyStore::sync(std::uint64_t generation) const {
  for (const bool copy : {false, true}) {
    for (const std::string_view what : {wrap_name, state_name}) {
      MBE_ASSIGN(const auto file,
                 options_.files.open(path(what, generation, copy), OpenMode::write));
      MBE_TRY(file->sync_data());
    }
  }
  return options_.files.sync_directory(options_.directory);
}

Result<void> KeyStore::write(KeyState next) {
  MBE_ASSIGN(const std::vector<std::uint64_t> found, generations());
  next.generation = std::max(next.generation, found.empty() ? 0 : found.back()) + 1;
  Bytes32 wrap_key = random_bytes32();
  const std::string wrap = seal_wrap_key(wrap_key, options_.root, options_.chain, next.generation);
  const std::string sealed = seal_key_state(next, wrap_key);
  sodium_memzero(wrap_key.data(), wrap_key.size());
  for (const bool copy : {false, true}) {
    for (const bool is_wrap : {true, false}) {
      const std::string name = path(is_wrap ? wrap_name : state_name, next.generation, copy);
      MBE_ASSIGN(const auto file, options_.files.open(name, OpenMode::create_new));
      MBE_TRY(file->write(0, is_wrap ? wrap : sealed));
      MBE_TRY(file->sync_data());
    }
  }
  MBE_TRY(options_.files.sync_directory(options_.directory));
  const std::uint64_t kept = next.generation;
  {
    const std::lock_guard guard(mutex_);
    state_ = std::make_shared<const KeyState>(std::move(next));
  }
  return remove_others(kept);
}

// Overwriting the wrap keys forgets the states under them, whatever becomes of their bytes.
Result<void> KeyStore::remove_others(std::uint64_t kept) const {
  MBE_ASSIGN(const std::vector<std::string> names, options_.files.list(options_.directory));
  bool removed = false;
  for (const std::string& name : names) {
    const std::optional<std::uint64_t> generation = generation_of(name);
    if (!generation || *generation == kept) continue;
    const std::string old = options_.directory + "/" + name;
    if (name.starts_with(wrap_name)) {
      MBE_ASSIGN(const auto file, options_.files.open(old, OpenMode::write));
      MBE_ASSIGN(const std::uint64_t size, file->size());
      MBE_TRY(file->write(0, random_bytes(size)));
      MBE_TRY(file->sync_data());
    }
    MBE_TRY(options_.files.remove(old));
    removed = true;
  }
  if (!removed) return {};
  return options_.files.sync_directory(options_.directory);
}

Result<void> KeyStore::verify() const {
  MBE_ASSIGN(const std::vector<std::uint64_t> found, generations());
  if (found.size() != 1) {
    return fail(ErrorCode::corrupt, "{} holds {} generations of keys, not one; open the chain",
                options_.directory, found.size());
  }
  const Result<KeyState> loaded = load(found[0], true);
  if (!loaded.ok()) return loaded.error();
  return {};
}

}  // namespace mbe
