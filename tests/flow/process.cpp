#include "process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/resources.h"

namespace mbe::flow {
namespace {

namespace fs = std::filesystem;

/// Standard streams of a child that are files: simple, and nothing can block.
struct Streams {
  fs::path in, out, err;
};

void redirect_to_files(const Streams& streams) {
  const auto redirect = [](const fs::path& file, int flags, int to) {
    const int descriptor = open(file.c_str(), flags, 0600);
    if (descriptor < 0 || dup2(descriptor, to) < 0) _exit(126);
  };
  redirect(streams.in, O_RDONLY, STDIN_FILENO);
  redirect(streams.out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
  redirect(streams.err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
}

/// What this process executes next has none of root's ways around permission bits.
void drop_overrides() {
  for (const int power : {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH}) {
    if (prctl(PR_CAPBSET_DROP, power) != 0) _exit(126);
  }
}

[[noreturn]] void run_child(const std::vector<std::string>& words, const RunOptions& options,
                            const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  for (const auto& [name, value] : options.environment) setenv(name.c_str(), value.c_str(), 1);
  if (options.file_bytes_max) {
    const rlimit limit{*options.file_bytes_max, *options.file_bytes_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (options.obeys_permissions && geteuid() == 0) drop_overrides();
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

int wait_for(pid_t child, const RunOptions& options) {
  if (options.interrupt_after_ms > 0) {
    usleep(static_cast<useconds_t>(options.interrupt_after_ms) * 1'000);
    kill(child, SIGINT);
  }
  if (options.kill_after_us) {
    usleep(static_cast<useconds_t>(*options.kill_after_us));
    kill(child, SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Everything that the program shows on the terminal, until it lets go of it.
std::string read_terminal(int master) {
  std::string out;
  std::array<char, 4'096> part{};
  for (ssize_t got = 0; (got = read(master, part.data(), part.size())) > 0;) {
    out.append(part.data(), static_cast<std::size_t>(got));
  }
  return out;
}

/// A cache folder with the dictionary alone, or with a model that is cut in the middle.
fs::path make_cache(const fs::path& folder, Model model) {
  const fs::path cache = folder / "cache";
  fs::create_directories(cache / "models");
  if (const auto dictionary = find_resource(korean_dictionary_resource)) {
    fs::create_directory_symlink(*dictionary, cache / korean_dictionary_resource);
  }
  if (model != Model::corrupt) return cache;
  const auto real = find_resource(default_model_resource);
  if (!real) return cache;
  const fs::path copy = cache / default_model_resource;
  fs::create_directories(copy);
  for (const auto& entry : fs::directory_iterator(*real)) {
    const fs::path target = copy / entry.path().filename();
    fs::copy_file(entry.path(), target);
    if (entry.path().extension() == ".gguf") fs::resize_file(target, 100'000);
  }
  return cache;
}

}  // namespace

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

nlohmann::ordered_json Outcome::json() const {
  return nlohmann::ordered_json::parse(out, nullptr, false);
}

std::vector<nlohmann::ordered_json> Outcome::json_lines() const {
  std::vector<nlohmann::ordered_json> lines;
  std::istringstream in(out);
  for (std::string line; std::getline(in, line);) {
    lines.push_back(nlohmann::ordered_json::parse(line, nullptr, false));
  }
  return lines;
}

Folder::Folder() {
  std::string pattern = (fs::temp_directory_path() / "mbe-flow-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "cannot make " << pattern;
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Folder::file(const std::string& name, const std::string& content) const {
  const fs::path place = path_ / name;
  std::ofstream(place, std::ios::binary) << content;
  return place.string();
}

Program::Program(Model model) {
  if (model != Model::real) cache_ = make_cache(folder_.path(), model);
}

Outcome Program::run(const std::vector<std::string>& arguments, const RunOptions& options) const {
  const Streams streams{folder_.path() / "in", folder_.path() / "out", folder_.path() / "err"};
  folder_.file("in", options.input);
  // A program that is killed before it opened its output has said nothing, not what another said.
  for (const fs::path& old : {streams.out, streams.err}) fs::remove(old);
  std::map<std::string, std::string> environment{
      {"MBE_HOME", home().string()}, {"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}, {"COLUMNS", "80"}};
  if (!cache_.empty()) environment["MBE_CACHE"] = cache_.string();
  std::vector<std::string> words{MBE_BUILD_DIR "/mbe"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  int master = -1;
  const pid_t child = options.on_terminal ? forkpty(&master, nullptr, nullptr, nullptr) : fork();
  if (child == 0) {
    if (!options.on_terminal) redirect_to_files(streams);
    run_child(words, options, environment);
  }
  Outcome outcome;
  if (options.on_terminal) {
    EXPECT_EQ(write(master, options.input.data(), options.input.size()),
              static_cast<ssize_t>(options.input.size()));
    outcome.out = read_terminal(master);
    outcome.code = wait_for(child, {});
    close(master);
    return outcome;
  }
  outcome.code = wait_for(child, options);
  outcome.out = read_file(streams.out);
  outcome.err = read_file(streams.err);
  return outcome;
}

nlohmann::ordered_json Program::json(std::vector<std::string> arguments,
                                     const RunOptions& options) const {
  arguments.emplace_back("--json");
  const Outcome outcome = run(arguments, options);
  EXPECT_EQ(outcome.code, 0) << arguments.front() << ": " << outcome.err;
  return outcome.json();
}

std::uint64_t Program::remember(const std::string& text,
                                const std::vector<std::string>& more) const {
  std::vector<std::string> words{"remember", text};
  words.insert(words.end(), more.begin(), more.end());
  const auto block = json(words);
  return block.is_object() ? block.value("block_index", std::uint64_t{0}) : 0;
}

}  // namespace mbe::flow
