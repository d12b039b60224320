#include <algorithm>

#include "base/resources.h"
#include "commands.h"
#include "echo/manifests.h"
#include "fs/file_system.h"
#include "people/people.h"
#include "transcript/memory_folder.h"

namespace mbe::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t file_bytes_max = 1 << 20;
constexpr std::string_view origin_file = "manifest/origin_id.txt";
constexpr std::string_view default_origin = "origin";

struct Options {
  std::string origin;
};

/// A file of the sample, and what a home has in its place.
struct SampleFile {
  std::string path;  ///< from the home's folder
  std::string text;
  bool is_there = false;
  bool differs = false;
};

/// The line that begins with `origin:` names the account instead.
std::string with_origin(const std::string& text, const std::string& name) {
  constexpr std::string_view key = "\norigin:";
  const std::size_t line = text.find(key);
  MBE_ASSERT(line != std::string::npos);
  return text.substr(0, line + key.size()) + " " + name + text.substr(text.find('\n', line + 1));
}

/// The wish, else the origin's account, else whom the home's manifest names already.
Result<std::string> origin_of(const fs::path& home, const std::string& wish) {
  MBE_ASSIGN(const auto people, People::open(home.string()));
  MBE_ASSIGN(const std::vector<Account> accounts, people->accounts());
  const auto account = std::ranges::find(accounts, Role::origin, &Account::role);
  MBE_ASSIGN(const std::string named, read_origin(home / "manifest"));
  const std::string known = account == accounts.end() ? named : account->name;
  if (wish.empty()) return known.empty() ? std::string(default_origin) : known;
  if (known.empty() || known == wish) return wish;
  return fail(ErrorCode::denied, "the origin of {} is `{}` already, not `{}`", home.string(), known,
              wish);
}

/// Paths of the sample's files, from its folder.
Result<std::vector<std::string>> paths_in(const fs::path& world) {
  std::vector<std::string> out;
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(world)) {
      if (entry.is_regular_file()) out.push_back(fs::relative(entry.path(), world).string());
    }
  } catch (const fs::filesystem_error& error) {
    return fail(ErrorCode::io, "cannot read {}: {}", world.string(), error.code().message());
  }
  std::ranges::sort(out);
  return out;
}

Result<std::vector<SampleFile>> compare(const fs::path& home, const std::string& origin) {
  MBE_ASSIGN(const fs::path world, find_resource("sample/world"));
  MBE_ASSIGN(const std::vector<std::string> paths, paths_in(world));
  FileSystem& files = posix_file_system();
  std::vector<SampleFile> out;
  for (const std::string& path : paths) {
    SampleFile file{.path = path};
    MBE_ASSIGN(file.text, read_file(files, (world / path).string(), file_bytes_max));
    if (path == origin_file) file.text = with_origin(file.text, origin);
    const std::string place = (home / path).string();
    MBE_ASSIGN(file.is_there, files.exists(place));
    if (file.is_there) {
      const auto there = read_file(files, place, file_bytes_max);
      file.differs = !there.ok() || *there != file.text;
    }
    out.push_back(std::move(file));
  }
  return out;
}

bool is_transcript(const SampleFile& file) {
  return file.path.starts_with("memory/");
}

/// Nothing of the home's own may be mixed with the sample: they could not be told apart again.
Result<void> check_empty(Context& context, const fs::path& home,
                         const std::vector<SampleFile>& sample) {
  const auto denied = [&home] {
    return fail(ErrorCode::denied, "{} has memories of its own; give another folder with --home",
                home.string());
  };
  if (std::ranges::any_of(sample, &SampleFile::differs)) return denied();
  if (fs::is_directory(home / "memory")) {
    MBE_ASSIGN(const std::vector<PartFile> parts,
               find_parts(posix_file_system(), (home / "memory").string()));
    for (const PartFile& part : parts) {
      const std::string path = fs::relative(part.path, home).string();
      if (std::ranges::find(sample, path, &SampleFile::path) == sample.end()) return denied();
    }
  }
  // One that was broken off may have been replayed as far as it had come.
  const auto begun = [](const SampleFile& file) { return is_transcript(file) && file.is_there; };
  if (std::ranges::any_of(sample, begun)) return {};
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  MBE_ASSIGN(Memory * memory, engine->chain("main"));
  MBE_ASSIGN(const Stats stats, memory->stats());
  if (stats.memories > 0) return denied();
  return {};
}

/// How many files were written. Those that are there stay as they are.
Result<std::size_t> copy(const fs::path& home, const std::vector<SampleFile>& sample) {
  FileSystem& files = posix_file_system();
  std::size_t out = 0;
  for (const SampleFile& file : sample) {
    if (file.is_there) continue;
    const fs::path place = home / file.path;
    MBE_TRY(files.make_directories(place.parent_path().string()));
    MBE_TRY(replace_file(files, place.string(), file.text));
    ++out;
  }
  return out;
}

Result<int> sample(Context& context, const Options& options) {
  if (!options.origin.empty()) MBE_TRY(check_account_name(options.origin));
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));  // makes the home
  const fs::path& home = engine->home();
  MBE_ASSIGN(const std::string origin, origin_of(home, options.origin));
  MBE_ASSIGN(const std::vector<SampleFile> sample, compare(home, origin));
  const bool has_talk = std::ranges::all_of(sample, [](const SampleFile& file) {
    return !is_transcript(file) || (file.is_there && !file.differs);
  });
  if (!has_talk) MBE_TRY(check_empty(context, home, sample));
  MBE_ASSIGN(const std::size_t written, copy(home, sample));
  if (context.json()) {
    context.print_json({{"home", home.string()},
                        {"origin", origin},
                        {"files", sample.size()},
                        {"written", written}});
    return exit_done;
  }
  const std::string done = written > 0
                               ? context.tr("the sample world is in {}", home.string())
                               : context.tr("the sample world was in {} already", home.string());
  context.say(paint(context, Colour::green, "✓ ") + done);
  context.say(context.tr("next: mbe serve, and make the account `{}` there; or mbe boot", origin));
  return exit_done;
}

}  // namespace

void add_sample(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  root.command("sample", "put a sample world into a home that has no memories yet", "Echo")
      .text("--origin", options->origin, "NAME", "what the origin's account is going to be called")
      .example("mbe sample --home ~/try --origin me && mbe serve --home ~/try")
      .run([options](Context& context) { return sample(context, *options); });
}

}  // namespace mbe::app
