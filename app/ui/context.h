// What every command works with: the global options, the language, the terminal and - opened only
// when first asked for - the engine. Invariant: results go to standard output, everything said
// about the work goes to standard error, so that output can be piped. Single-threaded.
#pragma once

#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/message.h"
#include "base/result.h"
#include "importers/zone.h"
#include "mbe/engine.h"
#include "ui/terminal.h"

namespace mbe::app {

inline constexpr int exit_done = 0;
inline constexpr int exit_nothing = 1;
inline constexpr int exit_damaged = 4;
inline constexpr int exit_io = 7;
inline constexpr int exit_partly = 8;

/// The exit code that stands for an error.
[[nodiscard]] int exit_code(ErrorCode code);

struct GlobalOptions {
  std::string home;                  ///< empty: the default
  std::optional<std::string> chain;  ///< nothing: "main", or every chain where a command says so
  std::string language;              ///< ko, en; empty: by locale
  std::string colour = "auto";
  bool json = false;
  bool quiet = false;
  bool help = false;
  bool version = false;
};

/// ko or en, from `wish`, else LC_ALL, LC_MESSAGES, LANG.
[[nodiscard]] std::string choose_language(std::string_view wish);

/// What a command may do to the home: `look` changes not a byte of it, `read` keeps the indexes
/// up to date where it can.
enum class Access : std::uint8_t { look, read, write };

class Context {
 public:
  Context(GlobalOptions options, Catalog messages);

  [[nodiscard]] const GlobalOptions& options() const { return options_; }
  [[nodiscard]] const Catalog& messages() const { return messages_; }
  [[nodiscard]] Terminal& out() { return out_; }
  [[nodiscard]] Terminal& err() { return err_; }
  [[nodiscard]] bool json() const { return options_.json; }
  [[nodiscard]] bool korean() const { return language_ == "ko"; }
  [[nodiscard]] const std::string& language() const { return language_; }
  [[nodiscard]] const Zone& zone() const { return zone_; }

  /// A text in the person's language.
  template <class... Args>
  [[nodiscard]] std::string tr(std::string_view english, const Args&... args) const {
    return messages_.text(english, {fmt::format("{}", args)...});
  }
  [[nodiscard]] std::string tr(const Message& message) const { return messages_.text(message); }
  void print(std::string_view line) { out_.write(std::string(line) + "\n"); }
  /// About the work, not its result; silent with --quiet and --json.
  void say(std::string_view line);
  /// Something that the person should know even so; silent only with --quiet.
  void warn(std::string_view line);
  /// One JSON value on one line.
  void print_json(const nlohmann::ordered_json& value);
  /// The error on standard error, as text or (--json) as an object; its exit code.
  int report(const Error& error);

  /// Where the home is or will be.
  /// Errors: unavailable (no home can be named: $HOME is not set).
  [[nodiscard]] Result<std::filesystem::path> home() const;
  /// The engine; a home without write permission is opened for reading if that is all we need.
  [[nodiscard]] Result<Engine*> engine(Access access);
  /// The chain that the command acts on: --chain, else main.
  [[nodiscard]] Result<Memory*> memory(Access access);
  [[nodiscard]] std::string chain_name() const { return options_.chain.value_or("main"); }
  /// The names that a command on whole chains acts on: --chain alone, else all.
  [[nodiscard]] Result<std::vector<std::string>> chain_names(Access access = Access::read);
  /// Lets go of the engine: derived files are written.
  void close() { engine_.reset(); }

 private:
  GlobalOptions options_;
  Catalog messages_;
  std::string language_;
  Zone zone_;
  Terminal out_, err_;
  std::unique_ptr<Engine> engine_;
  bool read_only_ = false;
};

/// `text` in a colour of the output's terminal.
[[nodiscard]] std::string paint(Context& context, Colour colour, std::string_view text);

}  // namespace mbe::app
