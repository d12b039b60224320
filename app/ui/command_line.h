// Declares commands and their options once; parsing, help, shell completion, the man page and the
// operation table all read this one tree. The one wrapper around CLI11. Invariant: a target that an
// option writes to outlives the tree (commands keep theirs in their run function).
// Texts are English keys of the message table; they are translated when they are shown.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace mbe::app {

class Context;

struct OptionInfo {
  std::string names;  ///< "-k,--top-k"; for a positional its place holder
  std::string value;  ///< place holder of the value, empty for a flag
  std::string description;
  std::vector<std::string> choices;
  bool positional = false;
  bool required = false;
};

/// What a command does; the number is the exit code.
using Action = std::function<Result<int>(Context&)>;

class CommandLine {
 public:
  explicit CommandLine(std::string program, std::string description);
  ~CommandLine();

  /// A command below this one. group: heading in the help.
  CommandLine& command(const std::string& name, const std::string& description,
                       const std::string& group = "");
  CommandLine& alias(const std::string& name);
  CommandLine& example(const std::string& line);  ///< shown in the help
  CommandLine& run(Action action);

  CommandLine& flag(const std::string& names, bool& target, const std::string& description);
  CommandLine& text(const std::string& names, std::string& target, const std::string& value,
                    const std::string& description);
  CommandLine& text(const std::string& names, std::optional<std::string>& target,
                    const std::string& value, const std::string& description);
  /// May be given several times.
  CommandLine& texts(const std::string& names, std::vector<std::string>& target,
                     const std::string& value, const std::string& description);
  /// Several values in one, between commas.
  CommandLine& list(const std::string& names, std::vector<std::string>& target,
                    const std::string& value, std::vector<std::string> choices,
                    const std::string& description);
  CommandLine& choice(const std::string& names, std::string& target,
                      std::vector<std::string> choices, const std::string& description);
  CommandLine& number(const std::string& names, std::uint64_t& target, std::uint64_t least,
                      std::uint64_t most, const std::string& description);
  CommandLine& number(const std::string& names, std::optional<std::uint64_t>& target,
                      std::uint64_t least, std::uint64_t most, const std::string& description);
  CommandLine& share(const std::string& names, float& target, const std::string& description);

  /// Words without a dash. name: as in the help, e.g. "TEXT".
  CommandLine& word(const std::string& name, std::string& target, const std::string& description,
                    bool required = true);
  CommandLine& words(const std::string& name, std::vector<std::string>& target,
                     const std::string& description, bool required = false);
  CommandLine& index(std::uint64_t& target);  ///< INDEX of a block, required
  CommandLine& indexes(std::vector<std::uint64_t>& target, bool required);

  /// Parses; on success the chosen command (this one if none was named).
  /// Errors: invalid_argument (wrong use; the message says which option and why).
  [[nodiscard]] Result<CommandLine*> parse(int argc, const char* const* argv);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& description() const { return description_; }
  [[nodiscard]] const std::string& group() const { return group_; }
  [[nodiscard]] const std::vector<std::string>& aliases() const { return aliases_; }
  [[nodiscard]] const std::vector<std::string>& examples() const { return examples_; }
  [[nodiscard]] const std::vector<OptionInfo>& options() const { return options_; }
  [[nodiscard]] const std::vector<std::unique_ptr<CommandLine>>& commands() const {
    return commands_;
  }
  [[nodiscard]] const CommandLine* parent() const { return parent_; }
  /// "mbe model add"
  [[nodiscard]] std::string path() const;
  [[nodiscard]] const Action& action() const { return action_; }

 private:
  CommandLine(CommandLine& parent, CLI::App& app, std::string name, std::string description);
  void note(const std::string& names, const std::string& value, const std::string& description,
            std::vector<std::string> choices = {}, bool positional = false, bool required = false);
  [[nodiscard]] CommandLine* chosen();

  std::unique_ptr<CLI::App> root_;  ///< only in the root
  CLI::App* app_;
  CommandLine* parent_ = nullptr;
  std::string name_, description_, group_;
  std::vector<std::string> aliases_, examples_;
  std::vector<OptionInfo> options_;
  std::vector<std::unique_ptr<CommandLine>> commands_;
  Action action_;
};

}  // namespace mbe::app
