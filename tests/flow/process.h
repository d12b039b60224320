// Runs the real program as a person would: arguments in, exit code and output out. Each test has a
// home of its own and, unless it asks for more, no embedding model (loading it costs a second).
// Tests run one at a time in their process.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace mbe::flow {

struct RunOptions {
  std::string input;
  bool on_terminal = false;  ///< all three streams are one terminal; what it shows is `out`
  std::map<std::string, std::string> environment;
  std::optional<rlim_t> file_bytes_max;  ///< RLIMIT_FSIZE: a write beyond it fails
  bool obeys_permissions = false;        ///< root too is held to the bits of files and folders
  int interrupt_after_ms = 0;            ///< send SIGINT then; 0: never
  std::optional<std::uint64_t> kill_after_us;  ///< send SIGKILL then
};

struct Outcome {
  int code = -1;  ///< 128 + signal if a signal ended it
  std::string out, err;

  /// The only line of standard output as JSON; null if it is not exactly one object.
  [[nodiscard]] nlohmann::ordered_json json() const;
  [[nodiscard]] std::vector<nlohmann::ordered_json> json_lines() const;
};

/// A folder that is gone with the test.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file and returns its path.
  std::string file(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

enum class Model { none, real, corrupt };

/// The program with a home of its own.
class Program {
 public:
  explicit Program(Model model = Model::none);
  Outcome run(const std::vector<std::string>& arguments, const RunOptions& options = {}) const;
  /// Runs it, expects the exit code 0 and returns its one line of JSON.
  nlohmann::ordered_json json(std::vector<std::string> arguments,
                              const RunOptions& options = {}) const;
  /// Remembers a text; the index of its block.
  std::uint64_t remember(const std::string& text, const std::vector<std::string>& more = {}) const;
  [[nodiscard]] std::filesystem::path home() const { return folder_.path() / "home"; }
  [[nodiscard]] const Folder& folder() const { return folder_; }

 private:
  Folder folder_;
  std::filesystem::path cache_;
};

[[nodiscard]] std::string read_file(const std::filesystem::path& file);

}  // namespace mbe::flow
