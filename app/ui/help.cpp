#include "ui/help.h"

#include <algorithm>

namespace mbe::app {
namespace {

constexpr std::size_t name_width_max = 28;

std::string usage(const Context& context, const CommandLine& command) {
  std::string out = command.path();
  if (!command.commands().empty()) out += " " + context.tr("COMMAND");
  for (const OptionInfo& option : command.options()) {
    if (option.positional) out += " " + (option.required ? option.value : "[" + option.value + "]");
  }
  return out + " [" + context.tr("options") + "]";
}

std::string spaced(const std::string& names) {
  std::string out;
  for (const char c : names) out += c == ',' ? std::string(", ") : std::string(1, c);
  return out;
}

std::string left_column(const OptionInfo& option) {
  if (option.positional) return option.value;
  const std::string indent = option.names.starts_with("--") ? "    " : "";
  return indent + spaced(option.names) + (option.value.empty() ? "" : " " + option.value);
}

/// Two columns; a long left one stands on a line of its own.
void entry(Context& context, const std::string& left, Colour colour, const std::string& right,
           std::size_t width) {
  const std::size_t room = context.out().width() - width - 4;
  std::string lead = "  " + paint(context, colour, left);
  if (text_width(left) > width) {
    context.print(lead);
    lead = std::string(width + 2, ' ');
  } else {
    lead += std::string(width - text_width(left), ' ');
  }
  for (const std::string& line : wrap(right, room)) {
    context.print(lead + "  " + line);
    lead = std::string(width + 2, ' ');
  }
}

std::size_t width_of(const std::vector<std::string>& names) {
  std::size_t width = 0;
  for (const std::string& name : names) {
    if (text_width(name) <= name_width_max) width = std::max(width, text_width(name));
  }
  return width;
}

void show_options(Context& context, const std::string& title, const CommandLine& command,
                  bool positional) {
  std::vector<std::string> names;
  for (const OptionInfo& option : command.options()) {
    if (option.positional == positional) names.push_back(left_column(option));
  }
  if (names.empty()) return;
  const std::size_t width = width_of(names);
  context.print("\n" + paint(context, Colour::bold, context.tr(title)));
  for (const OptionInfo& option : command.options()) {
    if (option.positional != positional) continue;
    entry(context, left_column(option), Colour::cyan, context.tr(option.description), width);
  }
}

void show_commands(Context& context, const CommandLine& command) {
  std::vector<std::string> names;
  for (const auto& one : command.commands()) names.push_back(one->name());
  std::string group = "?";
  for (const auto& one : command.commands()) {
    if (one->group() != group) {
      group = one->group();
      const std::string title = group.empty() ? "Commands" : group;
      context.print("\n" + paint(context, Colour::bold, context.tr(title)));
    }
    entry(context, one->name(), Colour::cyan, context.tr(one->description()), width_of(names));
  }
}

}  // namespace

void show_help(Context& context, const CommandLine& command) {
  context.print(context.tr(command.description()));
  context.print("\n" + paint(context, Colour::bold, context.tr("Usage")) + "  " +
                usage(context, command));
  for (const std::string& alias : command.aliases()) {
    context.print(context.tr("Also called {}", alias));
  }
  show_commands(context, command);
  show_options(context, "Arguments", command, true);
  show_options(context, "Options", command, false);
  const CommandLine* root = &command;
  while (root->parent() != nullptr) root = root->parent();
  if (root != &command) show_options(context, "Options of every command", *root, false);
  if (command.examples().empty()) return;
  context.print("\n" + paint(context, Colour::bold, context.tr("Examples")));
  for (const std::string& example : command.examples()) context.print("  " + example);
}

}  // namespace mbe::app
