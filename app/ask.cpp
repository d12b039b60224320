#include <unistd.h>

#include <iostream>
#include <utility>

#include "commands.h"
#include "echo/conversations.h"
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
    const std::string lead =
        fmt::format("  #{} {}  ", one["block_index"].dump(), words(one["timestamp"]).substr(0, 10));
    const std::string said = words(one["speaker"]) + ": " + one["text"].get<std::string>();
    std::string before = lead;
    for (const std::string& line : wrap(said, context.out().width() - text_width(lead))) {
      context.print(before + line);
      before = std::string(text_width(lead), ' ');
    }
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
      field("took",
            context_.tr("recall {} ms, first word {} ms, in all {} ms", data["recall_ms"].dump(),
                        data["first_delta_ms"].dump(), data["total_ms"].dump()));
    }
  }
  void end(const Json& done) {
    write_word();
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
    field("prompt", context_.tr("{} tokens", data["prompt_tokens"].dump()));
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
  /// Word by word: on a terminal a line breaks between two of them.
  void say(const std::string& text) {
    for (const char c : text) {
      if (c != ' ' && c != '\n') {
        word_ += c;
        continue;
      }
      write_word();
      if (c == '\n') {
        context_.out().write("\n");
        column_ = 0;
      } else {
        word_ = " ";
      }
    }
    if (!context_.out().interactive()) write_word();
    (void)context_.out().flush();
  }
  void write_word() {
    if (word_.empty()) return;
    std::string word = plain(std::exchange(word_, ""));
    std::size_t width = text_width(word);
    if (column_ > 0 && column_ + width > context_.out().width() && context_.out().interactive()) {
      context_.out().write("\n");
      column_ = 0;
      if (word.starts_with(' ')) word.erase(0, 1);
      width = text_width(word);
    }
    context_.out().write(word);
    column_ += width;
  }
  void line_break() {
    write_word();
    if (column_ > 0) context_.out().write("\n");
    column_ = 0;
  }

  Context& context_;
  bool trace_;
  std::string word_;        ///< that has begun
  std::size_t column_ = 0;  ///< of the line that is being written
  Json memories_ = Json::array();
};

/// Where an edited question goes on.
void tell_branch(Context& context, const Json& done) {
  context.say(
      context.tr("this branch goes on with --conversation {}", words(done["conversation"])));
}

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
    if (question.edits) tell_branch(context, done);
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
                           "/turns        your questions here, with their numbers",
                           "/edit N TEXT  ask question N differently; both ways are kept",
                           "/forget N     forget that memory, after showing what goes with it",
                           "/temporary    from now on leave nothing in memory; again: as before",
                           "/quit         leave"}) {
    context.print("  " + context.tr(line));
  }
}

/// The questions of a conversation, each with the number that /edit takes.
Result<void> show_turns(Context& context, const std::string& conversation) {
  MBE_ASSIGN(Engine * engine, context.engine(Access::read));
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  const auto tree = Conversations(*engine, *memory).tree(conversation);
  if (!tree.ok()) return tree.error();
  for (const ConversationTurn& turn : tree->turns) {
    if (turn.block.kind != "utterance") continue;
    context.print(fmt::format("  #{} {}", turn.id, plain(turn.block.context)));
    for (const std::string& version : turn.versions) {
      const bool here = version == turn.conversation;
      context.print(paint(context, Colour::dim, (here ? "    ● " : "    ○ ") + plain(version)));
    }
  }
  return {};
}

/// A talk, line by line.
class Talk {
 public:
  Talk(Context& context, EchoSession& session, const Options& options)
      : context_(context), session_(session), trace_(options.trace), question_(options.question) {}

  [[nodiscard]] bool is_temporary() const { return question_.temporary; }
  void take(const std::string& line) {
    if (line == "/help") return help(context_);
    if (line == "/why") return show_memories(context_, memories_);
    if (line == "/turns") return report(show_turns(context_, question_.conversation));
    if (line == "/temporary") {
      question_.temporary = !question_.temporary;
    } else if (line.starts_with("/forget")) {
      const std::size_t at = line.find_last_of(' ');
      const std::string which = at == std::string::npos ? "" : line.substr(at + 1);
      report(forget(context_, session_, which));
    } else if (line.starts_with("/edit")) {
      edit(line.substr(std::string_view("/edit").size()));
    } else {
      ask(line);
    }
  }

 private:
  void report(const Result<void>& result) {
    if (!result.ok()) context_.report(result.error());
  }
  void edit(const std::string& rest) {
    constexpr std::size_t digits_max = 18;
    const std::size_t from = rest.find_first_not_of(' ');
    const std::size_t end = rest.find_first_not_of("0123456789", from);
    const std::size_t text = rest.find_first_not_of(' ', end);
    const bool is_numbered = from != std::string::npos && end != std::string::npos && end > from &&
                             end - from <= digits_max && rest[end] == ' ';
    if (!is_numbered || text == std::string::npos) {
      return report(fail(ErrorCode::invalid_argument,
                         "name the question and say it anew: /edit 12 TEXT; /turns shows them"));
    }
    question_.edits = std::stoull(rest.substr(from, end - from));
    ask(rest.substr(text));
    question_.edits.reset();
  }
  void ask(const std::string& text) {
    question_.text = text;
    Show show(context_, trace_);
    const auto done = session_.ask(
        question_, [&](std::string_view event, const Json& data) { show.step(event, data); });
    show.end(done.ok() ? *done : Json());
    if (!done.ok()) context_.report(done.error());
    if (done.ok() && question_.edits) {
      question_.conversation = (*done)["conversation"].get<std::string>();
      tell_branch(context_, *done);
    }
    memories_ = show.memories();
  }

  Context& context_;
  EchoSession& session_;
  bool trace_;
  Question question_;
  Json memories_ = Json::array();
};

Result<int> chat(Context& context, const Options& options) {
  MBE_ASSIGN(const auto session, EchoSession::open(context));
  const bool is_terminal = isatty(STDIN_FILENO) == 1;
  if (is_terminal) context.say(context.tr("/help shows what else you can say; /quit leaves"));
  Talk talk(context, *session, options);
  std::string line;
  for (;;) {
    if (is_terminal) {
      context.err().write(paint(context, Colour::bold, talk.is_temporary() ? "(…) › " : "› "));
      (void)context.err().flush();
    }
    if (!std::getline(std::cin, line) || line == "/quit") break;
    if (!line.empty()) talk.take(line);
  }
  return exit_done;
}

void add_options(CommandLine& command, const std::shared_ptr<Options>& options) {
  command.text("--conversation", options->question.conversation, "ID", "which conversation")
      .choice("--route", options->question.route, {"direct", "duo", "trio"},
              "which circuits take part")
      .flag("--temporary", options->question.temporary, "read memory, leave nothing in it")
      .number("--edit", options->question.edits, 1, UINT64_MAX,
              "in place of that question of the conversation, in a branch")
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
