#include "engine/home.h"

#include <cstdlib>
#include <set>

#include "base/json.h"
#include "base/utf8.h"
#include "fs/lock_wait.h"
#include "store/local/open_chain.h"

namespace mbe {

namespace {

constexpr std::string_view format_line = "mbe home 1\n";
constexpr std::uint64_t small_file_max = 1 << 20;
constexpr std::uint64_t names_file_max = 16 << 20;
constexpr std::size_t chain_name_max = 128;
constexpr int lock_wait_ms = 5'000;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<void> check_format(FileSystem& files, const std::string& directory) {
  MBE_ASSIGN(const std::string line, read_file(files, directory + "/format", small_file_max));
  if (line == format_line) return {};
  if (!line.starts_with("mbe home ")) {
    return fail(ErrorCode::corrupt, "{}/format is damaged; it should read `mbe home 1`", directory);
  }
  return fail(ErrorCode::unavailable,
              "{} was made by a newer version ({}); install that version to open it", directory,
              line.substr(0, line.find('\n')));
}

Result<std::unique_ptr<File>> lock_home(FileSystem& files, const std::string& directory) {
  MBE_ASSIGN(auto file, files.open(directory + "/lock", OpenMode::create));
  MBE_ASSIGN(const bool taken, LockWait(lock_wait_ms).lock(*file, 0));
  if (taken) return file;
  return fail(ErrorCode::busy, "another process holds {}/lock for {} ms; try again", directory,
              lock_wait_ms);
}

/// Makes what a home needs; the format line comes last, so that a home with it is whole.
Result<void> make_home(FileSystem& files, const std::string& directory) {
  MBE_TRY(files.make_directories(directory + "/chains"));
  MBE_ASSIGN(const auto lock, lock_home(files, directory));
  MBE_ASSIGN(const bool made, files.exists(directory + "/format"));  // by another process meanwhile
  return made ? Result<void>() : replace_file(files, directory + "/format", format_line);
}

Result<void> check_name(const std::string& name) {
  bool plain = !name.empty() && name.size() <= chain_name_max && !first_invalid_utf8(name);
  for (const char c : name) plain = plain && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  if (plain) return {};
  return fail(ErrorCode::invalid_argument,
              "a chain's name is 1 to {} bytes of text without control characters", chain_name_max);
}

std::string names_path(const std::string& directory) {
  return directory + "/chains/names.json";
}

}  // namespace

Result<std::string> default_home() {
  if (std::string home = environment("MBE_HOME"); !home.empty()) return home;
  if (std::string data = environment("XDG_DATA_HOME"); !data.empty()) return data + "/mbe";
  if (std::string user = environment("HOME"); !user.empty()) return user + "/.local/share/mbe";
  return fail(ErrorCode::unavailable, "no home: set MBE_HOME or give --home DIR");
}

Result<Home> Home::open(FileSystem& files, const std::string& directory, bool read_only) {
  MBE_ASSIGN(const bool exists, files.exists(directory + "/format"));
  if (!exists && read_only) {
    return fail(ErrorCode::not_found, "there is no home in {}; run `mbe init` first", directory);
  }
  if (!exists) MBE_TRY(make_home(files, directory));
  MBE_TRY(check_format(files, directory));
  Home home;
  home.files_ = &files;
  home.directory_ = directory;
  home.read_only_ = read_only;
  const std::string config_path = directory + "/config.toml";
  MBE_ASSIGN(const bool configured, files.exists(config_path));
  if (configured) {
    MBE_ASSIGN(const std::string toml, read_file(files, config_path, small_file_max));
    MBE_ASSIGN(home.config_, HomeConfig::parse(toml, config_path));
  }
  return home;
}

RootKeyProvider Home::root_key() const {
  return [this]() -> Result<Bytes32> {
    if (!config_.root_key_command.empty()) return root_key_from_command(config_.root_key_command);
    const std::string passphrase = environment("MBE_PASSPHRASE");
    MBE_ASSIGN(const bool exists, files_->exists(directory_ + "/root.key"));
    if (exists) return read_root_key(*files_, directory_, passphrase);
    return create_root_key(*files_, directory_, passphrase);
  };
}

std::string Home::chain_directory(const std::string& id) const {
  return directory_ + "/chains/" + id;
}

Result<std::unique_ptr<Chain>> Home::open_id(const std::string& id, const std::string& name,
                                             bool read_only, const Clock& clock) const {
  Payload genesis;
  genesis.kind = Kind::manifest;
  genesis.text = name;
  // A new home gets its root key before the folder of its first chain exists: a key is never made
  // beside a chain that may have been sealed under another one.
  MBE_ASSIGN(const Bytes32 key, root_key()());
  return mbe::open_chain({.files = *files_,
                          .clock = clock,
                          .id = id,
                          .directory = chain_directory(id),
                          .root_key = [key] { return Result<Bytes32>(key); },
                          .read_only = read_only,
                          .genesis = genesis,
                          .ballast = directory_ + "/ballast"});
}

Result<std::optional<Home::ChainNames>> Home::kept_names() const {
  const std::string path = names_path(directory_);
  MBE_ASSIGN(const bool kept, files_->exists(path));
  if (!kept) return std::optional<ChainNames>();
  MBE_ASSIGN(const std::string text, read_file(*files_, path, names_file_max));
  const auto names = nlohmann::json::parse(text, nullptr, false);
  if (!names.is_object()) return std::optional<ChainNames>();
  ChainNames out;
  for (const auto& [name, id] : names.items()) {
    if (id.is_string()) out[name] = id.get<std::string>();
  }
  return std::optional(std::move(out));
}

Result<Home::ChainNames> Home::names_of_folders(ChainNames known, const Clock& clock) const {
  std::set<std::string> seen;
  for (const auto& [name, id] : known) seen.insert(id);
  MBE_ASSIGN(const std::vector<std::string> ids, files_->list(directory_ + "/chains"));
  for (const std::string& id : ids) {
    if (seen.contains(id)) continue;
    MBE_ASSIGN(const bool is_chain, files_->exists(chain_directory(id) + "/log"));
    if (!is_chain) continue;
    const auto chain = open_id(id, "", true, clock);
    // Its making was cut off before its first block: nobody was told of it.
    if (!chain.ok() && chain.error().code() == ErrorCode::not_found) continue;
    if (!chain.ok()) return chain.error();
    MBE_ASSIGN(const Block genesis, (*chain)->read(0));
    known.try_emplace(genesis.payload.text, id);
  }
  return known;
}

Result<Home::ChainNames> Home::chain_ids(const Clock& clock) const {
  MBE_ASSIGN(const auto kept, kept_names());
  if (kept) return *kept;
  return names_of_folders({}, clock);
}

Result<std::unique_ptr<Chain>> Home::open_chain(const std::string& name, bool create,
                                                const Clock& clock) const {
  MBE_TRY(check_name(name));
  MBE_ASSIGN(const auto kept, kept_names());
  if (kept && kept->contains(name)) return open_id(kept->at(name), name, read_only_, clock);
  if (create && !read_only_) return name_chain(name, clock);
  MBE_ASSIGN(const ChainNames names, names_of_folders(kept.value_or(ChainNames()), clock));
  if (names.contains(name)) return open_id(names.at(name), name, read_only_, clock);
  return fail(ErrorCode::not_found, "there is no chain `{}` in {}", name, directory_);
}

Result<std::unique_ptr<Chain>> Home::name_chain(const std::string& name, const Clock& clock) const {
  MBE_ASSIGN(const auto lock, lock_home(*files_, directory_));
  // Another process may have made it meanwhile, or have been cut off before it wrote the names.
  MBE_ASSIGN(const auto kept, kept_names());
  MBE_ASSIGN(ChainNames names, names_of_folders(kept.value_or(ChainNames()), clock));
  const std::string id = names.try_emplace(name, new_chain_id()).first->second;
  MBE_ASSIGN(auto chain, open_id(id, name, false, clock));
  MBE_TRY(replace_file(*files_, names_path(directory_), nlohmann::json(names).dump(1) + "\n"));
  return chain;
}

}  // namespace mbe
