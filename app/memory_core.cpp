#include "echo/memory_core.h"

#include "base/utf8.h"
#include "commands.h"

namespace mbe::app {
namespace {

constexpr std::uint64_t lines_shown_max = 6;

struct SaveOptions {
  TextInput text;
  std::string speaker, answer, conversation;
};

std::string chain_of(const Context& context) {
  return context.options().chain.value_or("main");
}

/// Opens people and engine and hands a MemoryCore to `work`.
template <class Work>
Result<int> with_core(Context& context, Access access, const Work& work) {
  MBE_ASSIGN(Engine * engine, context.engine(access));
  MBE_ASSIGN(const auto people, People::open(engine->home().string()));
  MemoryCoreOptions options;
  options.utc_offset_minutes = [zone = context.zone()](TimeMs time) {
    return zone.offset_minutes(time);
  };
  MemoryCore core(*engine, *people, std::move(options));
  return work(core);
}

void show_line(Context& context, const SavedLine& line) {
  const std::string sign = paint(context, Colour::green, "✓ ");
  if (!line.is_repeat) return context.print(sign + context.tr("block {}", line.block_index));
  context.print(sign + context.tr("said before that day in block {}: counted, {} times so far",
                                  line.block_index, line.repeats));
}

Result<int> save(Context& context, const SaveOptions& options) {
  Exchange exchange;
  exchange.chain = chain_of(context);
  MBE_ASSIGN(exchange.text, options.text.read());
  exchange.speaker = options.speaker;
  exchange.answer = options.answer;
  exchange.conversation = options.conversation;
  return with_core(context, Access::write, [&](MemoryCore& core) -> Result<int> {
    MBE_ASSIGN(const Saved saved, core.save_memory(exchange));
    if (context.json()) {
      context.print_json(saved_json(saved));
    } else {
      show_line(context, saved.utterance);
      if (saved.answer) show_line(context, *saved.answer);
    }
    if (saved.transcript_error) context.warn(context.messages().text(*saved.transcript_error));
    return saved.transcript_error ? exit_partly : exit_done;
  });
}

Result<int> backup(Context& context, const std::string& file) {
  MBE_ASSIGN(const std::string bytes, read_file(posix_file_system(), file, raw_bytes_max));
  return with_core(context, Access::write, [&](MemoryCore& core) -> Result<int> {
    MBE_ASSIGN(const KeptRaw kept, core.backup_raw(chain_of(context), bytes));
    if (context.json()) {
      context.print_json({{"path", kept.path}, {"new", kept.is_new}});
    } else {
      context.print(kept.path);
      if (!kept.is_new) context.say(context.tr("it was there already"));
    }
    return exit_done;
  });
}

/// "a, b, c" of a list of texts or of objects that have the member.
std::string joined(const Json& list, const char* member) {
  std::string out;
  for (std::size_t i = 0; i < list.size() && i < lines_shown_max; ++i) {
    if (i > 0) out += ", ";
    out += list[i].is_object() ? list[i].value(member, "") : list[i].get<std::string>();
  }
  return out;
}

Result<int> insight(Context& context, const std::string& day) {
  return with_core(context, Access::write, [&](MemoryCore& core) -> Result<int> {
    MBE_ASSIGN(const Json made, core.generate_insight(chain_of(context), day));
    if (context.json()) {
      context.print_json(made);
      return exit_done;
    }
    const std::string when =
        day.empty() ? made.value("first_day", "") + " … " + made.value("last_day", "") : day;
    context.print(paint(context, Colour::bold, when) + "  " +
                  context.tr("lines: {}, mood: {}", made.value("lines", 0),
                             fmt::format("{:+.2f}", made.value("mood", 0.0))));
    context.print(context.tr("concepts: {}", plain(joined(made["concepts"], "concept"))));
    if (made.contains("emotions")) {
      context.print(context.tr("emotions: {}", plain(joined(made["emotions"], ""))));
    }
    context.print(context.tr("who spoke: {}", plain(joined(made["speakers"], "speaker"))));
    if (made.contains("open_threads")) {
      for (const Json& thread : made["open_threads"]) {
        context.print("  ○ " + plain(thread.value("text", "")));
      }
    }
    return exit_done;
  });
}

Result<int> reflect(Context& context, const TextInput& input) {
  MBE_ASSIGN(const std::string text, input.read());
  return with_core(context, Access::read, [&](MemoryCore& core) -> Result<int> {
    MBE_ASSIGN(const Reflection found, core.reflect_from_memory(chain_of(context), text));
    if (context.json()) {
      context.print_json(reflection_json(found));
    } else {
      for (const ReflectionDay& day : found.days) {
        context.print(paint(context, Colour::bold, day.day) + "  " + plain(day.sentence) + "  " +
                      paint(context, Colour::dim,
                            context.tr("#{}, {} in all", day.block_index, day.blocks.size())));
      }
    }
    if (found.days.empty()) context.say(context.tr("nothing comes back"));
    return found.days.empty() ? exit_nothing : exit_done;
  });
}

}  // namespace

void add_memory_core(CommandLine& root) {
  const auto saving = std::make_shared<SaveOptions>();
  CommandLine& save_command = root.command("save", "an exchange into log and transcript", "Echo");
  saving->text.add_to(save_command, "TEXT", "what was said");
  save_command.text("--speaker", saving->speaker, "NAME", "who said it")
      .text("--answer", saving->answer, "TEXT", "what Echo answered")
      .text("--conversation", saving->conversation, "NAME", "goes into its short-term memory too")
      .example("mbe save \"오늘은 맑다\" --speaker 오리진 --answer \"좋네요.\"")
      .run([saving](Context& context) { return save(context, *saving); });
  const auto file = std::make_shared<std::string>();
  root.command("backup-raw", "keep a file as it came in", "Echo")
      .word("FILE", *file, "the raw original")
      .run([file](Context& context) { return backup(context, *file); });
  const auto day = std::make_shared<std::string>();
  root.command("insight", "what a day, or all of it, amounts to", "Echo")
      .word("DAY", *day, "2024-03-09; without it, the whole", false)
      .run([day](Context& context) { return insight(context, *day); });
  const auto input = std::make_shared<TextInput>();
  CommandLine& reflect_command =
      root.command("reflect", "what a text brings back, day by day", "Echo");
  input->add_to(reflect_command, "TEXT", "what to think of");
  reflect_command.run([input](Context& context) { return reflect(context, *input); });
}

}  // namespace mbe::app
