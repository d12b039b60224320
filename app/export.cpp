#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "commands.h"
#include "ui/filter_options.h"
#include "ui/interrupt.h"
#include "ui/progress_bar.h"

namespace mbe::app {
namespace {

constexpr std::size_t page_blocks = 500;

struct Options {
  FilterOptions filter;
  std::string file, format = "block_memory";
  bool all = false;
};

/// A file that appears under its name only when it is whole; standard output if it has no name.
class OutputFile {
 public:
  static Result<OutputFile> open(const std::string& path) {
    if (path.empty() || path == "-") return OutputFile(stdout, "");
    const std::string part = path + ".part";
    const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return error(part);
    return OutputFile(fdopen(descriptor, "wb"), path);
  }
  ~OutputFile() {
    if (file_ == nullptr || path_.empty()) return;
    std::fclose(file_);
    unlink((path_ + ".part").c_str());
  }
  OutputFile(OutputFile&& other) noexcept
      : file_(std::exchange(other.file_, nullptr)), path_(std::move(other.path_)) {}
  OutputFile& operator=(OutputFile&&) = delete;

  Result<void> write(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) == text.size()) return {};
    return error(path_);
  }
  /// Puts it in its place.
  Result<void> finish() {
    if (std::fflush(file_) != 0) return error(path_);
    if (path_.empty()) return {};
    if (fsync(fileno(file_)) != 0) return error(path_);
    if (rename((path_ + ".part").c_str(), path_.c_str()) != 0) return error(path_);
    std::fclose(std::exchange(file_, nullptr));
    return {};
  }

 private:
  OutputFile(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {}
  static Error error(const std::string& path) {
    return fail(ErrorCode::io, "cannot write {}: {}", path.empty() ? "standard output" : path,
                std::strerror(errno));
  }
  std::FILE* file_;
  std::string path_;
};

std::string json_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// A day as a heading, then one paragraph a block.
std::string markdown(Context& context, const BlockView& block, std::string& day) {
  const std::string time = context.zone().format(block.timestamp_ms);
  std::string out;
  if (time.substr(0, 10) != day) {
    day = time.substr(0, 10);
    out += fmt::format("\n## {}\n", day);
  }
  out += fmt::format("\n**{}{}** `#{}`\n\n", time.substr(11),
                     block.speaker.empty() ? "" : " " + plain(block.speaker), block.block_index);
  std::string_view text = block.context;
  while (true) {  // quoted line by line, so that nothing said becomes markup of the page
    const std::size_t end = text.find('\n');
    out += "> " + std::string(text.substr(0, end)) + "\n";
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  std::string labels;
  for (const std::string& word : block.keywords) labels += (labels.empty() ? "" : ", ") + word;
  for (const std::string& tag : block.tags) labels += " #" + tag;
  return labels.empty() ? out : out + "\n*" + labels + "*\n";
}

Result<std::string> form(Context& context, const Options& options, const BlockView& block,
                         std::string& day) {
  if (options.format == "jsonl") return json_text(import_json(block, context.chain_name()));
  if (options.format == "markdown") return markdown(context, block, day);
  return json_text(block_memory_json(block));
}

Result<ListRequest> request_of(const Options& options) {
  ListRequest request;
  MBE_ASSIGN(request.filter, options.filter.filter());
  request.filter.include_hidden = true;
  request.filter.include_superseded = true;
  request.all_kinds = options.all;
  const bool chosen = !request.filter.kinds.empty() || options.all;
  if (!chosen) request.filter.kinds = {"utterance", "answer", "fact", "supersede"};
  request.oldest_first = true;
  request.limit = page_blocks;
  request.with_embedding = options.format == "block_memory";
  return request;
}

Result<int> export_blocks(Context& context, const Options& options) {
  MBE_ASSIGN(ListRequest request, request_of(options));
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  MBE_ASSIGN(const Stats stats, memory->stats());
  MBE_ASSIGN(OutputFile file, OutputFile::open(options.file));
  const InterruptGuard guard;
  std::uint64_t written = 0;
  std::string day;
  {
    ProgressBar bar(context, context.tr("exporting"), context.tr("blocks"));
    while (true) {
      MBE_ASSIGN(const std::vector<BlockView> page, memory->list(request));
      for (const BlockView& block : page) {
        if (block.state != "ok") continue;
        MBE_ASSIGN(const std::string text, form(context, options, block, day));
        MBE_TRY(file.write(text));
        ++written;
      }
      if (page.size() < request.limit) break;
      request.from = page.back().block_index + 1;
      if (!bar.update(request.from, std::max(stats.blocks, request.from))) {
        return fail(ErrorCode::unavailable, "stopped; nothing was put in place: run it again");
      }
    }
  }
  MBE_TRY(file.finish());
  const std::string place = options.file.empty() ? context.tr("standard output") : options.file;
  context.say(context.tr("exported {} blocks to {}", group_digits(written), place));
  return written == 0 ? exit_nothing : exit_done;
}

}  // namespace

void add_export(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& command =
      root.command("export", "write what was said to a file", "Memory as a whole");
  command.text("-o,--output", options->file, "FILE", "where to; standard output if left out")
      .choice("--format", options->format, {"block_memory", "jsonl", "markdown"},
              "form of the file")
      .flag("--all", options->all, "records of the engine too");
  options->filter.add_to(command);
  command.example("mbe export -o block_memory.jsonl").run([options](Context& context) {
    return export_blocks(context, *options);
  });
}

}  // namespace mbe::app
