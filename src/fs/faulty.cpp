#include <algorithm>

#include "fs/faulty_inode.h"

namespace mbe {

namespace {

Error off() {
  return fail(ErrorCode::io, "the simulated machine is off");
}
Error simulated(std::string_view what, const std::string& path) {
  return fail(ErrorCode::io, "simulated failure: {} {}", what, path);
}

}  // namespace

class FaultyFileSystem::MemoryMapping final : public Mapping {
 public:
  MemoryMapping(FaultyFileSystem& files, std::shared_ptr<Inode> node)
      : files_(files), node_(std::move(node)) {}
  [[nodiscard]] std::string_view view(std::uint64_t offset, std::uint64_t size) const override {
    const std::lock_guard lock(files_.mutex_);
    MBE_ASSERT(offset + size <= node_->size);
    return {node_->bytes() + offset, size};
  }

 private:
  FaultyFileSystem& files_;
  std::shared_ptr<Inode> node_;
};

class FaultyFileSystem::MemoryFile final : public File {
 public:
  MemoryFile(FaultyFileSystem& files, std::shared_ptr<Inode> node, std::string path, bool writable,
             std::uint64_t id)
      : files_(files),
        node_(std::move(node)),
        path_(std::move(path)),
        writable_(writable),
        life_(files.life_),
        id_(id) {}
  ~MemoryFile() override {
    const std::lock_guard lock(files_.mutex_);
    for (std::uint64_t& owner : node_->lock_owner) owner = owner == id_ ? 0 : owner;
  }

  [[nodiscard]] Result<std::uint64_t> size() const override {
    const std::lock_guard lock(files_.mutex_);
    MBE_TRY(enter(false));
    return node_->size;
  }

  [[nodiscard]] Result<std::uint64_t> identity() const override {
    const std::lock_guard lock(files_.mutex_);
    MBE_TRY(enter(false));
    return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(node_.get()));
  }

  [[nodiscard]] Result<std::int64_t> modified_ns() const override {
    const std::lock_guard lock(files_.mutex_);
    MBE_TRY(enter(false));
    return node_->changes;
  }

  [[nodiscard]] Result<void> write(std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(files_.mutex_);
    MBE_ASSIGN(const std::optional<Fault> fault, enter(true));
    if (!writable_) return simulated("write", path_);
    if (!fault) return node_->write(offset, bytes), Result<void>();
    if (*fault != Fault::io_error) {
      node_->write(offset, bytes.substr(0, files_.random_.below(bytes.size() + 1)));
    }
    return simulated("write", path_);
  }

  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::uint64_t size) const override {
    const std::lock_guard lock(files_.mutex_);
    MBE_TRY(enter(false));
    return std::string(node_->text().substr(std::min<std::uint64_t>(offset, node_->size), size));
  }

  [[nodiscard]] Result<void> truncate(std::uint64_t size) override {
    const std::lock_guard lock(files_.mutex_);
    MBE_TRY(enter(false));
    if (!writable_) return simulated("truncate", path_);
    return node_->truncate(size), Result<void>();
  }

  [[nodiscard]] Result<void> sync_data() override {
    const std::lock_guard lock(files_.mutex_);
    const Result<std::optional<Fault>> entered = enter(false);
    if (entered.ok()) return node_->sync(), Result<void>();
    const bool machine_is_on =
        life_ == files_.life_ && (files_.off_at_ == 0 || files_.calls_ < files_.off_at_);
    if (machine_is_on) node_->lose(files_.random_);
    return entered.error();
  }

  [[nodiscard]] Result<std::unique_ptr<Mapping>> map(std::uint64_t) const override {
    const std::lock_guard lock(files_.mutex_);
    MBE_TRY(enter(false));
    return std::unique_ptr<Mapping>(std::make_unique<MemoryMapping>(files_, node_));
  }

  [[nodiscard]] Result<bool> try_lock(unsigned number) override {
    const std::lock_guard lock(files_.mutex_);
    MBE_TRY(enter(false));
    MBE_ASSERT(number < Inode::locks_max);
    std::uint64_t& owner = node_->lock_owner[number];
    if (owner != 0 && owner != id_) return false;
    owner = id_;
    return true;
  }
  void unlock(unsigned number) override {
    const std::lock_guard lock(files_.mutex_);
    std::uint64_t& owner = node_->lock_owner[number];
    if (owner == id_) owner = 0;
  }

 private:
  [[nodiscard]] Result<std::optional<Fault>> enter(bool writes) const {
    if (life_ != files_.life_) return off();
    return files_.enter(writes);
  }

  FaultyFileSystem& files_;
  std::shared_ptr<Inode> node_;
  std::string path_;
  bool writable_;
  std::uint64_t life_;
  std::uint64_t id_;
};

FaultyFileSystem::FaultyFileSystem(std::uint64_t seed) : random_(seed), directories_{"/", "."} {}
FaultyFileSystem::~FaultyFileSystem() = default;

Result<std::optional<Fault>> FaultyFileSystem::enter(bool writes) {
  ++calls_;
  if (off_at_ != 0 && calls_ >= off_at_) return off();
  const bool hit = fail_at_ != 0 && (calls_ == fail_at_ || (forever_ && calls_ > fail_at_));
  if (!hit) return std::optional<Fault>();
  if (writes) return std::optional<Fault>(fault_);
  if (fault_ == Fault::io_error) return fail(ErrorCode::io, "simulated input/output error");
  return std::optional<Fault>();
}

Result<std::unique_ptr<File>> FaultyFileSystem::open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const std::optional<Fault> fault, enter(true));
  const auto found = entries_.find(path);
  const bool there = found != entries_.end();
  const bool makes = !there && (mode == OpenMode::create || mode == OpenMode::create_new);
  if (fault && (*fault == Fault::io_error || (*fault == Fault::no_space && makes))) {
    return simulated("open", path);
  }
  if (there && mode == OpenMode::create_new) {
    return fail(ErrorCode::denied, "cannot open {}: {}", path, "it exists");
  }
  if (!there && !makes) return fail(ErrorCode::not_found, "cannot open {}: {}", path, "not there");
  if (makes) {
    const std::string directory = parent_directory(path);
    if (!directories_.contains(directory)) {
      return fail(ErrorCode::not_found, "cannot open {}: {}", path, "no directory");
    }
    const EntryChange change{path, std::make_shared<Inode>(), ""};
    apply(entries_, change);
    pending_[directory].push_back(change);
  }
  // Ids of open files are the call's number: unique, and the same in a replay.
  return std::unique_ptr<File>(
      std::make_unique<MemoryFile>(*this, entries_.at(path), path, mode != OpenMode::read, calls_));
}

Result<std::vector<std::string>> FaultyFileSystem::list(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  MBE_TRY(enter(false));
  if (!directories_.contains(directory)) {
    return fail(ErrorCode::not_found, "cannot list {}: {}", directory, "not there");
  }
  std::set<std::string> names;
  const auto add = [&](const std::string& path) {
    if (path != directory && parent_directory(path) == directory) {
      names.insert(path.substr(path.rfind('/') + 1));
    }
  };
  for (const auto& [path, node] : entries_) add(path);
  for (const std::string& path : directories_) add(path);
  return std::vector<std::string>(names.begin(), names.end());
}

Result<bool> FaultyFileSystem::exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  MBE_TRY(enter(false));
  return entries_.contains(path) || directories_.contains(path);
}

// Made and synced at once: what a directory may lose is its entries.
Result<void> FaultyFileSystem::make_directories(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  MBE_TRY(enter(false));
  for (std::string path = directory; !directories_.contains(path); path = parent_directory(path)) {
    directories_.insert(path);
  }
  return {};
}

void FaultyFileSystem::apply(Entries& entries, const EntryChange& change) {
  if (!change.renamed_from.empty()) entries.erase(change.renamed_from);
  if (change.node == nullptr) {
    entries.erase(change.name);
  } else {
    entries[change.name] = change.node;
  }
}

Result<void> FaultyFileSystem::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  MBE_TRY(enter(false));
  MBE_ASSERT(parent_directory(from) == parent_directory(to));
  const auto found = entries_.find(from);
  if (found == entries_.end()) return fail(ErrorCode::not_found, "cannot rename {}: {}", from, "?");
  const EntryChange change{to, found->second, from};
  apply(entries_, change);
  pending_[parent_directory(to)].push_back(change);
  return {};
}

Result<void> FaultyFileSystem::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  MBE_TRY(enter(false));
  if (!entries_.contains(path))
    return fail(ErrorCode::not_found, "cannot remove {}: {}", path, "?");
  const EntryChange change{path, nullptr, ""};
  apply(entries_, change);
  pending_[parent_directory(path)].push_back(change);
  return {};
}

Result<void> FaultyFileSystem::sync_directory(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  MBE_TRY(enter(false));
  for (const EntryChange& change : pending_[directory]) apply(durable_, change);
  pending_.erase(directory);
  return {};
}

void FaultyFileSystem::fail_call(std::uint64_t number, Fault fault, bool forever) {
  const std::lock_guard lock(mutex_);
  fail_at_ = calls_ + number;
  fault_ = fault;
  forever_ = forever;
}

void FaultyFileSystem::fail_nothing() {
  const std::lock_guard lock(mutex_);
  fail_at_ = 0;
}

void FaultyFileSystem::power_off_at(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  off_at_ = calls_ + number;
}

void FaultyFileSystem::close_all() {
  ++life_;
  off_at_ = 0;
  fail_at_ = 0;
  for (const auto& [path, node] : entries_) std::ranges::fill(node->lock_owner, 0U);
}

void FaultyFileSystem::crash() {
  const std::lock_guard lock(mutex_);
  for (const auto& [directory, changes] : pending_) {
    for (const EntryChange& change : changes) {
      if (random_.below(2) == 0) apply(durable_, change);
    }
  }
  pending_.clear();
  entries_ = durable_;
  for (const auto& [path, node] : entries_) {
    node->lose(random_);
    node->take_durable();
  }
  close_all();
}

void FaultyFileSystem::kill() {
  const std::lock_guard lock(mutex_);
  close_all();
}

std::uint64_t FaultyFileSystem::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::string FaultyFileSystem::contents(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(path);
  return found == entries_.end() ? std::string() : std::string(found->second->text());
}

void FaultyFileSystem::set_contents(const std::string& path, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  auto node = std::make_shared<Inode>();
  node->durable = bytes;
  node->take_durable();
  entries_[path] = durable_[path] = std::move(node);
}

std::vector<std::string> FaultyFileSystem::paths() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [path, node] : entries_) out.push_back(path);
  return out;
}

}  // namespace mbe
