// The folder that holds everything of one installation: format version, configuration, root key,
// names of chains. Invariant: a home is made whole or not at all; one of a newer format is refused.
// Any thread. Layout: docs/format/home.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "fs/file_system.h"
#include "mbe/types.h"
#include "proxy/config.h"
#include "store/chain.h"
#include "store/root_key.h"
#include "working/conversation.h"

namespace mbe {

/// config.toml; what is absent has these values. Unknown keys are an error: they are misspellings.
struct HomeConfig {
  ShortTermLimits short_term;                 ///< [short_term] ttl_minutes, turns_max
  std::string embedding_model;                ///< [model] embedding; empty: the default one
  std::vector<std::string> root_key_command;  ///< [key] command: argv that prints 32 bytes
  TranscriptSettings transcripts;             ///< [transcripts] write, lines_a_part
  DerivedSettings derived;                    ///< [derived] summarise_after_days, merge
  ProxyConfig proxy;                          ///< [proxy]: proxy/config.h; without keys

  /// Errors: invalid_argument (not TOML, an unknown key, a value out of range; line named).
  [[nodiscard]] static Result<HomeConfig> parse(std::string_view toml, const std::string& file);
};

class Home {
 public:
  using ChainNames = std::map<std::string, std::string>;  ///< name → id

  /// Opens or, unless read_only, makes the home. Errors: not_found (read-only and absent), io,
  /// unavailable (made by a newer version), corrupt, invalid_argument (config.toml).
  [[nodiscard]] static Result<Home> open(FileSystem& files, const std::string& directory,
                                         bool read_only);

  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] const HomeConfig& config() const { return config_; }
  [[nodiscard]] FileSystem& files() const { return *files_; }
  [[nodiscard]] bool read_only() const { return read_only_; }

  /// Name → id of every chain; read from names.json, else from the genesis blocks.
  [[nodiscard]] Result<ChainNames> chain_ids(const Clock& clock) const;
  /// Opens the chain of that name; makes it if absent and `create`.
  /// Errors: not_found, invalid_argument (name), those of open_chain.
  [[nodiscard]] Result<std::unique_ptr<Chain>> open_chain(const std::string& name, bool create,
                                                          const Clock& clock) const;
  [[nodiscard]] std::string chain_directory(const std::string& id) const;

 private:
  [[nodiscard]] RootKeyProvider root_key() const;
  /// What names.json holds; nothing if it is absent or damaged.
  [[nodiscard]] Result<std::optional<ChainNames>> kept_names() const;
  /// `known` and the names in the genesis blocks of the chains it lacks.
  [[nodiscard]] Result<ChainNames> names_of_folders(ChainNames known, const Clock& clock) const;
  /// Opens or makes a chain that names.json lacks; written here alone, under the home's lock.
  [[nodiscard]] Result<std::unique_ptr<Chain>> name_chain(const std::string& name,
                                                          const Clock& clock) const;
  [[nodiscard]] Result<std::unique_ptr<Chain>> open_id(const std::string& id,
                                                       const std::string& name, bool read_only,
                                                       const Clock& clock) const;

  FileSystem* files_ = nullptr;
  std::string directory_;
  HomeConfig config_;
  bool read_only_ = false;
};

/// $MBE_HOME, else $XDG_DATA_HOME/mbe, else $HOME/.local/share/mbe.
/// Errors: unavailable (none of them is set).
[[nodiscard]] Result<std::string> default_home();

}  // namespace mbe
