#include "ui/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>

namespace mbe::app {
namespace {

constexpr std::uint64_t index_max = std::numeric_limits<std::uint64_t>::max() - 1;

/// CLI11's own sentences are English and name no next step; these are ours.
Error usage_error(const CLI::ParseError& error) {
  const std::string what = error.what();
  const std::string kind = error.get_name();
  if (kind == "ExtrasError" || what.find("not expected: ") != std::string::npos) {
    return fail(ErrorCode::invalid_argument, "not understood: {}; `mbe --help` lists what there is",
                what.substr(what.find(": ") + 2));
  }
  if (kind == "RequiredError") {
    return fail(ErrorCode::invalid_argument, "something is missing: {}; add `--help` for the usage",
                what);
  }
  if (kind == "ConversionError" || kind == "ValidationError") {
    return fail(ErrorCode::invalid_argument, "wrong value: {}; add `--help` for the usage", what);
  }
  return fail(ErrorCode::invalid_argument, "wrong use: {}; add `--help` for the usage", what);
}

}  // namespace

CommandLine::CommandLine(std::string program, std::string description)
    : root_(std::make_unique<CLI::App>()),
      app_(root_.get()),
      name_(std::move(program)),
      description_(std::move(description)) {
  app_->set_help_flag();  // help is ours
  app_->require_subcommand(0, 1);
}

CommandLine::CommandLine(CommandLine& parent, CLI::App& app, std::string name,
                         std::string description)
    : app_(&app), parent_(&parent), name_(std::move(name)), description_(std::move(description)) {}

CommandLine::~CommandLine() = default;

CommandLine& CommandLine::command(const std::string& name, const std::string& description,
                                  const std::string& group) {
  CLI::App* app = app_->add_subcommand(name);
  app->fallthrough();  // global options may stand behind the command
  app->require_subcommand(0, 1);
  commands_.push_back(
      std::unique_ptr<CommandLine>(new CommandLine(*this, *app, name, description)));
  commands_.back()->group_ = group;
  return *commands_.back();
}

CommandLine& CommandLine::alias(const std::string& name) {
  app_->alias(name);
  aliases_.push_back(name);
  return *this;
}

CommandLine& CommandLine::example(const std::string& line) {
  examples_.push_back(line);
  return *this;
}

CommandLine& CommandLine::run(Action action) {
  action_ = std::move(action);
  return *this;
}

void CommandLine::note(const std::string& names, const std::string& value,
                       const std::string& description, std::vector<std::string> choices,
                       bool positional, bool required) {
  options_.push_back({names, value, description, std::move(choices), positional, required});
}

CommandLine& CommandLine::flag(const std::string& names, bool& target,
                               const std::string& description) {
  app_->add_flag(names, target);
  note(names, "", description);
  return *this;
}

CommandLine& CommandLine::text(const std::string& names, std::string& target,
                               const std::string& value, const std::string& description) {
  app_->add_option(names, target);
  note(names, value, description);
  return *this;
}

CommandLine& CommandLine::text(const std::string& names, std::optional<std::string>& target,
                               const std::string& value, const std::string& description) {
  app_->add_option_function<std::string>(names,
                                         [&target](const std::string& given) { target = given; });
  note(names, value, description);
  return *this;
}

CommandLine& CommandLine::texts(const std::string& names, std::vector<std::string>& target,
                                const std::string& value, const std::string& description) {
  app_->add_option(names, target)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  note(names, value, description);
  return *this;
}

CommandLine& CommandLine::list(const std::string& names, std::vector<std::string>& target,
                               const std::string& value, std::vector<std::string> choices,
                               const std::string& description) {
  CLI::Option* option = app_->add_option(names, target)->delimiter(',')->expected(1, 64);
  if (!choices.empty()) option->check(CLI::IsMember(choices));
  note(names, value, description, std::move(choices));
  return *this;
}

CommandLine& CommandLine::choice(const std::string& names, std::string& target,
                                 std::vector<std::string> choices, const std::string& description) {
  app_->add_option(names, target)->check(CLI::IsMember(choices));
  std::string value;
  for (const std::string& one : choices) value += (value.empty() ? "" : "|") + one;
  note(names, value, description, std::move(choices));
  return *this;
}

CommandLine& CommandLine::number(const std::string& names, std::uint64_t& target,
                                 std::uint64_t least, std::uint64_t most,
                                 const std::string& description) {
  app_->add_option(names, target)->check(CLI::Range(least, most));
  note(names, "N", description);
  return *this;
}

CommandLine& CommandLine::number(const std::string& names, std::optional<std::uint64_t>& target,
                                 std::uint64_t least, std::uint64_t most,
                                 const std::string& description) {
  app_->add_option_function<std::uint64_t>(
          names, [&target](const std::uint64_t& given) { target = given; })
      ->check(CLI::Range(least, most));
  note(names, "N", description);
  return *this;
}

CommandLine& CommandLine::share(const std::string& names, float& target,
                                const std::string& description) {
  app_->add_option(names, target)->check(CLI::Range(0.0F, 1.0F));
  note(names, "0…1", description);
  return *this;
}

CommandLine& CommandLine::word(const std::string& name, std::string& target,
                               const std::string& description, bool required) {
  app_->add_option(name, target)->required(required);
  note(name, name, description, {}, true, required);
  return *this;
}

CommandLine& CommandLine::words(const std::string& name, std::vector<std::string>& target,
                                const std::string& description, bool required) {
  app_->add_option(name, target)->required(required)->expected(required ? 1 : 0, 1 << 20);
  note(name, name + "…", description, {}, true, required);
  return *this;
}

CommandLine& CommandLine::index(std::uint64_t& target) {
  app_->add_option("INDEX", target)->required()->check(CLI::Range(std::uint64_t{0}, index_max));
  note("INDEX", "INDEX", "number of the block", {}, true, true);
  return *this;
}

CommandLine& CommandLine::indexes(std::vector<std::uint64_t>& target, bool required) {
  app_->add_option("INDEX", target)
      ->required(required)
      ->expected(required ? 1 : 0, 1 << 20)
      ->check(CLI::Range(std::uint64_t{0}, index_max));
  note("INDEX", "INDEX…", "numbers of the blocks", {}, true, required);
  return *this;
}

std::string CommandLine::path() const {
  return parent_ == nullptr ? name_ : parent_->path() + " " + name_;
}

CommandLine* CommandLine::chosen() {
  for (const auto& command : commands_) {
    if (command->app_->parsed()) return command->chosen();
  }
  return this;
}

Result<CommandLine*> CommandLine::parse(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage_error(error);
  }
  return chosen();
}

}  // namespace mbe::app
