#include <fmt/format.h>

#include "ui/help.h"

namespace mbe::app {
namespace {

/// Every name of an option: "-k", "--top-k".
std::vector<std::string> split(const std::string& names) {
  std::vector<std::string> out(1);
  for (const char c : names) {
    if (c == ',') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

std::string words(const CommandLine& command) {
  std::string out;
  for (const auto& one : command.commands()) {
    out += one->name() + " ";
    for (const std::string& alias : one->aliases()) out += alias + " ";
  }
  for (const CommandLine* at = &command; at != nullptr; at = at->parent()) {
    for (const OptionInfo& option : at->options()) {
      if (option.positional) continue;
      for (const std::string& name : split(option.names)) out += name + " ";
    }
  }
  if (!out.empty()) out.pop_back();
  return out;
}

std::string choices(const OptionInfo& option) {
  std::string out;
  for (const std::string& choice : option.choices) out += (out.empty() ? "" : " ") + choice;
  return out;
}

template <class Visit>
void walk(const CommandLine& command, const Visit& visit) {
  visit(command);
  for (const auto& one : command.commands()) walk(*one, visit);
}

/// "remember", "model add"; empty for the root.
std::string key(const CommandLine& command) {
  const std::string path = command.path();
  const std::size_t space = path.find(' ');
  return space == std::string::npos ? "" : path.substr(space + 1);
}

/// One case a command: its words; one case an option with choices: these.
std::string bash(const CommandLine& root) {
  std::string cases;
  std::string known;
  std::string values;
  walk(root, [&](const CommandLine& command) {
    cases += fmt::format("    '{}') words='{}' ;;\n", key(command), words(command));
    for (const std::string& alias : command.aliases()) {
      cases += fmt::format("    '{}') words='{}' ;;\n", alias, words(command));
      known += "'" + alias + "'|";
    }
    if (!key(command).empty()) known += "'" + key(command) + "'|";
    for (const OptionInfo& option : command.options()) {
      if (option.choices.empty()) continue;
      std::string names;
      for (const std::string& name : split(option.names)) {
        names += (names.empty() ? "" : "|") + name;
      }
      values += fmt::format(
          "    '{}':{}) COMPREPLY=($(compgen -W '{}' -- \"$current\")); return ;;\n", key(command),
          names.find('|') == std::string::npos ? names : "@(" + names + ")", choices(option));
    }
  });
  known.pop_back();
  std::string out =
      "# bash completion for mbe: eval \"$(mbe completion bash)\"\nshopt -s extglob\n";
  out += "_mbe() {\n  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n";
  out += "  local command='' words='' word i\n  for ((i = 1; i < COMP_CWORD; i++)); do\n";
  out += "    word=${COMP_WORDS[i]}\n    case \"${command:+$command }$word\" in\n";
  out += "    " + known + ") command=\"${command:+$command }$word\" ;;\n    esac\n  done\n";
  out += "  case \"$command:$before\" in\n" + values + "  esac\n";
  out += "  case \"$command\" in\n" + cases + "  esac\n";
  out += "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n";
  out += "  [[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- \"$current\"))\n}\n";
  return out + "complete -o filenames -F _mbe mbe\n";
}

std::string fish_quoted(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return "'" + out + "'";
}

std::string fish(const CommandLine& root) {
  std::string out = "# fish completion for mbe: mbe completion fish | source\n";
  walk(root, [&](const CommandLine& command) {
    std::string condition;
    if (command.parent() == nullptr) {
      condition = "";
    } else {
      condition = " -n '__fish_seen_subcommand_from " + command.name() + "'";
    }
    for (const auto& one : command.commands()) {
      const std::string where =
          command.parent() == nullptr ? std::string(" -n __fish_use_subcommand") : condition;
      out += fmt::format("complete -c mbe -f{} -a {} -d {}\n", where, one->name(),
                         fish_quoted(one->description()));
    }
    for (const OptionInfo& option : command.options()) {
      if (option.positional) continue;
      out += "complete -c mbe" + condition;
      for (const std::string& name : split(option.names)) {
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (!option.value.empty()) out += " -r";
      if (!option.choices.empty()) out += " -f -a " + fish_quoted(choices(option));
      out += " -d " + fish_quoted(option.description) + "\n";
    }
  });
  return out;
}

}  // namespace

std::string completion_script(const CommandLine& root, const std::string& shell) {
  if (shell == "fish") return fish(root);
  if (shell == "bash") return bash(root);
  // zsh runs completions written for bash.
  return "# zsh completion for mbe: eval \"$(mbe completion zsh)\"\n"
         "autoload -U +X bashcompinit && bashcompinit\n"
         "setopt local_options no_ksh_arrays 2>/dev/null\n" +
         bash(root).replace(bash(root).find("shopt -s extglob\n"), 17, "");
}

}  // namespace mbe::app
