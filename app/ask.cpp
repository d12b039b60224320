#include <unistd.h>

#include <iostream>

#include "commands.h"
#include "echo_session.h"
#include "ui/card.h"

namespace mbe::app {
namespace {

struct Options {
  TextInput input;
  Question question;
  bool trace = false;
};

/// A text for people out of a JSON value: texts bare, lists with commas.
std::string words(const Json& value) {
  if (value.is_string()) return plain(value.get<std::string>());
  std::string out;
  for (const Json& one : value) out += (out.empty() ? "" : ", ") + words(one);
  return value.is_array() ? out : value.dump();
}

void show_memories(Context& context, const Json& memories) {
  for (const Json& one : memories) {
    context.print(fmt::format("  #{} {} {}: {}", one["block_index"].dump(),
                              words(one["timestamp"]).substr(0, 10), words(one["speaker"]),
                              words(one["text"])));
  }
}

/// The steps of one answer as they happen; the answer itself as it is made.
class Show {
 public:
  Show(Context& context, bool trace) : context_(context), trace_(trace) {}

  void step(std::string_view event, const Json& data) {
    if (event == "delta") return say(data["text"].get<std::string>());
    if (event == "recall") memories_ = data["memories"];
    if (!trace_) return;
    if (event == "recall") return recalled(data);
    if (event == "circuit") return circuit(data);
    if (event == "memory_written") {
      field("remembered", fmt::format("#{} #{}", data["question"].dump(), data["answer"].dump()));
    }
    if (event == "usage") {
      field("time", fmt::format("{} ms, {} ms, {} ms", data["recall_ms"].dump(),
                                data["first_delta_ms"].dump(), data["total_ms"].dump()));
    }
  }
  void end(const Json& done) {
    line_break();
    if (done.is_object() && !done["missing"].empty()) {
      context_.say(context_.tr("without: {}", words(done["missing"])));
    }
  }
  [[nodiscard]] const Json& memories() const { return memories_; }

 private:
  void recalled(const Json& data) {
    field("keywords", words(data["keywords"]));
    field("tags", words(data["tags"]));
    field("memories", std::to_string(data["memories"].size()));
    show_memories(context_, data["memories"]);
    field("prompt", fmt::format("{} tokens", data["prompt_tokens"].dump()));
  }
  void circuit(const Json& data) {
    std::string what = words(data["circuit"]) + " " + words(data["state"]);
    if (data["state"] == "done") what += " " + data["ms"].dump() + " ms " + data["note"].dump();
    if (data["state"] == "failed") what += " " + words(data["error"]);
    field("circuit", what);
  }
  void field(std::string_view name, const std::string& value) {
    line_break();
    context_.print(
        paint(context_, Colour::dim, fmt::format("{:>12}  {}", context_.tr(name), value)));
  }
  void say(const std::string& text) {
    context_.out().write(plain(text));
    (void)context_.out().flush();
    open_ = true;
  }
  void line_break() {
    if (open_) context_.out().write("\n");
    open_ = false;
  }

  Context& context_;
  bool trace_, open_ = false;
  Json memories_ = Json::array();
};

Result<int> ask(Context& context, const Options& options) {
  Question question = options.question;
  MBE_ASSIGN(question.text, options.input.read());
  MBE_ASSIGN(const auto session, EchoSession::open(context));
  Show show(context, options.trace);
  MBE_ASSIGN(const Json done, session->ask(question, [&](std::string_view event, const Json& data) {
    if (!context.json()) show.step(event, data);
  }));
  if (context.json()) {
    context.print_json(done);
  } else {
    show.end(done);
  }
  return exit_done;
}

/// Forgets block `which`, after showing what goes with it.
Result<void> forget(Context& context, EchoSession& session, const std::string& which) {
  if (which.empty() || which.find_first_not_of("0123456789") != std::string::npos ||
      which.size() > 18) {
    return fail(ErrorCode::invalid_argument, "name a memory by its number: /forget 12");
  }
  Json target = {{"blocks", {std::stoull(which)}}};
  MBE_ASSIGN(const Json preview, session.run("forget_preview", target));
  context.print(context.tr("{} blocks would be forgotten for good:", preview["count"].dump()));
  for (const char* part : {"targets", "derived"}) {
    for (const Json& block : preview[part]) context.print("  " + words(block["context"]));
  }
  context.err().write(context.tr("Forget it for good? [y/N] "));
  (void)context.err().flush();
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "y" && answer != "Y" && answer != "예" && answer != "네") return {};
  target["count"] = preview["count"];
  MBE_TRY(session.run("forget", target));
  context.print(context.tr("forgotten"));
  return {};
}

void help(Context& context) {
  for (const char* line : {"/why          what came to mind for the last answer",
                           "/forget N     forget that memory, after showing what goes with it",
                           "/temporary    from now on leave nothing in memory; again: as before",
                           "/quit         leave"}) {
    context.print("  " + context.tr(line));
  }
}

Result<int> chat(Context& context, const Options& options) {
  Question question = options.question;
  MBE_ASSIGN(const auto session, EchoSession::open(context));
  const bool is_terminal = isatty(STDIN_FILENO) == 1;
  if (is_terminal) context.say(context.tr("/help shows what else you can say; /quit leaves"));
  Json memories = Json::array();
  std::string line;
  for (;;) {
    if (is_terminal) {
      context.err().write(paint(context, Colour::bold, question.temporary ? "(…) › " : "› "));
      (void)context.err().flush();
    }
    if (!std::getline(std::cin, line) || line == "/quit") break;
    if (line.empty()) continue;
    if (line == "/help") {
      help(context);
    } else if (line == "/why") {
      show_memories(context, memories);
    } else if (line == "/temporary") {
      question.temporary = !question.temporary;
    } else if (line.starts_with("/forget")) {
      const std::size_t at = line.find_last_of(' ');
      const auto forgotten =
          forget(context, *session, at == std::string::npos ? "" : line.substr(at + 1));
      if (!forgotten.ok()) context.report(forgotten.error());
    } else {
      question.text = line;
      Show show(context, options.trace);
      const auto done = session->ask(
          question, [&](std::string_view event, const Json& data) { show.step(event, data); });
      show.end(done.ok() ? *done : Json());
      if (!done.ok()) context.report(done.error());
      memories = show.memories();
    }
  }
  return exit_done;
}

void add_options(CommandLine& command, const std::shared_ptr<Options>& options) {
  command.text("--conversation", options->question.conversation, "ID", "which conversation")
      .choice("--route", options->question.route, {"direct", "duo", "trio"},
              "which circuits take part")
      .flag("--temporary", options->question.temporary, "read memory, leave nothing in it")
      .flag("--trace", options->trace, "show every step of the answer");
}

}  // namespace

void add_ask(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& command = root.command("ask", "ask Echo; the exchange is remembered", "Echo");
  options->input.add_to(command, "TEXT", "what you say; - reads standard input");
  add_options(command, options);
  command.example("mbe ask \"what did I plan for September?\" --trace")
      .run([options](Context& context) { return ask(context, *options); });
}

void add_chat(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& command = root.command("chat", "talk with Echo, line by line", "Echo");
  add_options(command, options);
  command.example("mbe chat --conversation evening").run([options](Context& context) {
    return chat(context, *options);
  });
}

}  // namespace mbe::app
