#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/resources.h"
#include "commands.h"
#include "importers/collection.h"
#include "ui/card.h"
#include "ui/interrupt.h"
#include "ui/progress_bar.h"

namespace mbe::app {
namespace {

constexpr std::size_t prompt_tokens = 420;
constexpr double embed_seconds_max = 4;  // the rest would be embedded later anyway

/// A home that is gone when the tour is over.
class TemporaryHome {
 public:
  static Result<TemporaryHome> make() {
    std::error_code failed;
    const std::filesystem::path folder = std::filesystem::temp_directory_path(failed);
    if (failed) return fail(ErrorCode::io, "no place for temporary files: set TMPDIR");
    std::string pattern = (folder / "mbe-tour-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      return fail(ErrorCode::io, "cannot make a folder in {}", folder.string());
    }
    return TemporaryHome(pattern);
  }
  TemporaryHome(TemporaryHome&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryHome& operator=(TemporaryHome&&) = delete;
  ~TemporaryHome() {
    std::error_code ignored;  // a left-over temporary folder harms nobody
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryHome(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

class Tour {
 public:
  Tour(Context& context, Memory& memory) : context_(context), memory_(memory) {}

  Result<void> run() {
    using Step = Result<void> (Tour::*)();
    for (const Step step : {&Tour::take_in, &Tour::remember, &Tour::recall, &Tour::change,
                            &Tour::waypoints, &Tour::prompt, &Tour::forget}) {
      if (interrupted()) return fail(ErrorCode::unavailable, "stopped; `mbe tour` starts again");
      MBE_TRY((this->*step)());
    }
    return {};
  }

 private:
  void title(const std::string& text, const std::string& command) {
    context_.print("\n" + paint(context_, Colour::bold, fmt::format("{}. {}", ++step_, text)));
    context_.print("   " + paint(context_, Colour::dim, "$ " + command));
  }
  /// `lead`: what the first line begins with; it is as wide as `lead_width`, whatever its colour.
  void note(const std::string& text, std::string lead = "", std::size_t lead_width = 0) {
    for (const std::string& line : wrap(text, context_.out().width() - 3 - lead_width)) {
      context_.print("   " + lead + line);
      lead = std::string(lead_width, ' ');
    }
  }

  Result<void> take_in() {
    MBE_ASSIGN(const auto file, find_resource("sample/conversation.jsonl"));
    title(context_.tr("Seven months of talk, taken in"), "mbe import conversation.jsonl");
    const auto start = std::chrono::steady_clock::now();
    MBE_ASSIGN(auto source,
               importers::Collection::open(file.string(),
                                           {.format = importers::Format::jsonl, .chain = "main"}));
    std::vector<ImportItem> items;
    while (true) {
      MBE_ASSIGN(std::optional<importers::Step> step, source.next());
      if (!step) break;
      if (const auto* unreadable = std::get_if<importers::Unreadable>(&*step)) {
        return unreadable->reason;
      }
      if (auto* item = std::get_if<ImportItem>(&*step)) items.push_back(std::move(*item));
    }
    MBE_ASSIGN(const ImportReport report, memory_.import(items));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    note(context_.tr("{} utterances analysed, sealed, chained and on disk in {} ms.",
                     report.imported, fmt::format("{:.0f}", took.count() * 1'000)));
    embed();
    return {};
  }

  void embed() {
    const auto start = std::chrono::steady_clock::now();
    ProgressBar bar(context_, "   " + context_.tr("embedding"), context_.tr("blocks"));
    const auto pending = memory_.reembed(false, [&](std::uint64_t done, std::uint64_t total) {
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      return bar.update(done, total) && took.count() < embed_seconds_max;
    });
    if (!pending) note(context_.tr("without vectors: {}", context_.tr(pending.error())));
  }

  Result<void> remember() {
    const std::string text = context_.tr("I am afraid the new project will fail again.");
    title(context_.tr("Remember: keywords and mood, without any language model"),
          "mbe remember \"" + text + "\"");
    RememberRequest request;
    request.text = text;
    request.session = "tour";
    MBE_ASSIGN(const RememberReceipt receipt, memory_.remember(request));
    MBE_ASSIGN(const BlockView block, memory_.show(receipt.block_index));
    context_.out().write(block_card(context_, block, {.indent = 3}));
    newest_ = receipt.block_index;
    return {};
  }

  Result<void> recall() {
    const std::string cue = context_.tr("the app I worked on every evening and then let go");
    title(context_.tr("Recall: by association, explained"), "mbe recall --explain \"" + cue + "\"");
    RecallRequest request;
    request.cue = cue;
    request.top_k = 3;
    MBE_ASSIGN(RecallResult result, memory_.recall(request));
    std::size_t rank = 0;
    for (RecallHit& hit : result.hits) {
      hit.neighbours.clear();
      std::erase_if(hit.arms, [](const ArmShare& arm) { return arm.rank == 0; });
      context_.out().write(hit_card(context_, hit, ++rank, true));
    }
    if (result.vectors_note) {
      note(context_.tr("without vectors: {}", context_.tr(*result.vectors_note)));
    }
    note(context_.tr("Query embedded in {} ms, searched in {} ms.",
                     fmt::format("{:.1f}", static_cast<double>(result.embed_us) / 1'000),
                     fmt::format("{:.1f}", static_cast<double>(result.search_us) / 1'000)));
    return {};
  }

  Result<void> change() {
    ListRequest all;
    all.filter.sessions = {"clinic-moved"};
    MBE_ASSIGN(const std::vector<BlockView> blocks, memory_.list(all));
    const auto old = std::find_if(blocks.begin(), blocks.end(), [](const BlockView& block) {
      return block.source == "sample-clinic-number";
    });
    if (old == blocks.end()) return fail(ErrorCode::corrupt, "the sample lacks its clinic");
    const std::string text = context_.tr("The animal clinic has a new number again: 02-555-0190.");
    title(context_.tr("Facts change: the newest counts, the old one stays readable"),
          fmt::format("mbe update {} \"{}\"", old->block_index, text));
    RememberRequest request;
    request.text = text;
    request.session = old->session;
    MBE_TRY(memory_.update(old->block_index, request));
    MBE_ASSIGN(const std::vector<HistoryEntry> history, memory_.history(old->block_index));
    for (const HistoryEntry& entry : history) {
      constexpr std::size_t width = 8;
      note(entry.block.context, paint(context_, Colour::bold, pad(context_.tr(entry.event), width)),
           width);
    }
    return {};
  }

  Result<void> waypoints() {
    const std::string said = context_.tr("My knee hurts again after the morning jog.");
    title(context_.tr("Waypoints: what is on the mind before the model answers"),
          "mbe observe \"" + said + "\"");
    ObserveRequest request;
    request.text = said;
    request.speaker = context_.tr("me");
    MBE_ASSIGN(const ObserveResult result, memory_.observe(request));
    for (std::size_t i = 0; i < result.waypoints.size() && i < 4; ++i) {
      const WaypointView& point = result.waypoints[i];
      const std::string share = bar(static_cast<double>(point.relevance), 10);
      const std::string number = pad(fmt::format("#{}", point.block_index), 5);
      context_.print("   " + paint(context_, Colour::green, share) +
                     fmt::format(" {:.2f}  ", point.relevance) +
                     paint(context_, Colour::blue, number) + " " +
                     clip(point.context, context_.out().width() - 29));
    }
    return {};
  }

  Result<void> prompt() {
    const std::string said = context_.tr("Should I still run on Saturday?");
    title(context_.tr("A prompt for any model, within {} tokens", prompt_tokens),
          fmt::format("mbe compose --budget {} \"{}\"", prompt_tokens, said));
    ComposeRequest request;
    request.input = said;
    request.budget_tokens = prompt_tokens;
    request.language = context_.language();
    MBE_ASSIGN(const ComposeResult result, memory_.compose(request));
    for (const std::string& line : wrap(result.prompt, context_.out().width() - 5)) {
      context_.print("   " + paint(context_, Colour::cyan, "│ ") + line);
    }
    note(context_.tr("{} tokens, {} memories.", result.tokens, result.included.size()));
    return {};
  }

  Result<void> forget() {
    title(context_.tr("Forget for good, and the chain still verifies"),
          fmt::format("mbe forget {} && mbe verify", newest_));
    ForgetTarget target;
    target.blocks = {newest_};
    MBE_ASSIGN(const ForgetPreview preview, memory_.forget_preview(target));
    MBE_ASSIGN(const ForgetReport report, memory_.forget(target, preview.count()));
    MBE_ASSIGN(const BlockView block, memory_.show(newest_));
    context_.out().write(block_card(context_, block, {.indent = 3}));
    const VerifyResult verified = memory_.verify();
    if (!verified.ok) return fail(ErrorCode::corrupt, "the sample chain does not verify");
    note(context_.tr("{} erased; {} blocks verified.", report.count, verified.blocks),
         paint(context_, Colour::green, "✓ "), 2);
    return {};
  }

  Context& context_;
  Memory& memory_;
  std::uint64_t newest_ = 0;
  int step_ = 0;
};

Result<int> tour(Context& context) {
  const auto start = std::chrono::steady_clock::now();
  const InterruptGuard guard;  // the folder goes away even so
  MBE_ASSIGN(const TemporaryHome home, TemporaryHome::make());
  context.print(paint(context, Colour::bold, "MemoryBlockEngine") + " · " +
                context.tr("long-term memory for any language model"));
  {
    EngineOptions options;
    options.home = home.path();
    MBE_ASSIGN(const auto engine, Engine::open(options));
    MBE_ASSIGN(Memory * memory, engine->chain("main"));
    MBE_TRY(Tour(context, *memory).run());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  context.print("\n" + context.tr("That was {} s, in a folder that is gone now. Try it yourself:",
                                  fmt::format("{:.1f}", took.count())));
  for (const std::string& command :
       {context.tr("mbe remember \"I want to run 10 km in spring\""),
        context.tr("mbe recall \"what did I want to do in spring?\" --explain"),
        std::string("mbe --help")}) {
    context.print("   " + paint(context, Colour::cyan, command));
  }
  return exit_done;
}

}  // namespace

void add_tour(CommandLine& root) {
  root.command("tour", "see it work on a sample conversation, in ten seconds", "Set-up").run(tour);
}

}  // namespace mbe::app
