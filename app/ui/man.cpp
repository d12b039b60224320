#include "ui/help.h"

namespace mbe::app {
namespace {

/// Text as it must stand in a page for man: no line begins with a dot, backslashes are doubled.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

std::string options(Context& context, const CommandLine& command) {
  std::string out;
  for (const OptionInfo& option : command.options()) {
    out += ".TP\n\\fB" + escaped(option.positional ? option.value : option.names) + "\\fR";
    if (!option.positional && !option.value.empty()) {
      out += " \\fI" + escaped(option.value) + "\\fR";
    }
    out += "\n" + escaped(context.tr(option.description)) + "\n";
  }
  return out;
}

void commands(Context& context, const CommandLine& command, std::string& out) {
  for (const auto& one : command.commands()) {
    if (one->action()) {
      out += ".SS \"" + escaped(one->path()) + "\"\n" + escaped(context.tr(one->description())) +
             "\n" + options(context, *one);
      for (const std::string& example : one->examples()) {
        out += ".PP\n.nf\n" + escaped(example) + "\n.fi\n";
      }
    }
    commands(context, *one, out);
  }
}

}  // namespace

std::string man_page(Context& context, const CommandLine& root) {
  std::string out = ".TH MBE 1\n.SH NAME\nmbe \\- " + escaped(context.tr(root.description())) +
                    "\n.SH SYNOPSIS\n.B mbe\n\\fICOMMAND\\fR [options]\n";
  out += ".SH OPTIONS\n" + options(context, root) + ".SH COMMANDS\n";
  commands(context, root, out);
  out += ".SH \"EXIT STATUS\"\n";
  const char* codes[][2] = {
      {"0", "done"},
      {"1", "not found, or nothing to show"},
      {"2", "wrong use"},
      {"3", "busy: try again"},
      {"4", "damaged"},
      {"5", "denied"},
      {"6", "unavailable"},
      {"7", "input or output failed"},
      {"8", "done, with some items refused"},
      {"130", "stopped by Ctrl-C"},
  };
  for (const auto& code : codes) {
    out += ".TP\n" + std::string(code[0]) + "\n" + escaped(context.tr(code[1])) + "\n";
  }
  out += ".SH ENVIRONMENT\n.TP\n.B MBE_HOME\n" + escaped(context.tr("where the memory lives")) +
         "\n.TP\n.B NO_COLOR\n" + escaped(context.tr("no colours, if set")) + "\n";
  return out;
}

}  // namespace mbe::app
