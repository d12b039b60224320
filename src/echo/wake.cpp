#include "echo/wake.h"

#include <algorithm>

#include "echo/memory_core.h"
#include "echo/users.h"

namespace mbe {

namespace {

namespace fs = std::filesystem;

/// The folder itself where a path ends in a slash.
fs::path folder_of(const fs::path& path) {
  const fs::path whole = fs::absolute(path);
  return whole.has_filename() ? whole : whole.parent_path();
}

/// Where there are accounts, the manifest must name the origin's.
Result<void> check_origin(People& people, const std::string& origin) {
  MBE_ASSIGN(const std::vector<Account> accounts, people.accounts());
  const auto found = std::ranges::find(accounts, Role::origin, &Account::role);
  if (found == accounts.end() || found->name == origin) return {};
  return fail(ErrorCode::denied, "origin_id.txt names `{}`, but the origin here is `{}`", origin,
              found->name);
}

/// Tells a stage's beginning, and its end by how the work went.
template <class Work>
auto in_stage(const WakeOptions& options, const std::string& name, const Work& work) {
  options.tell({name, StageState::running, 0, 0, {}});
  auto result = work();
  Stage end{name, StageState::done, 0, 0, {}};
  if (!result.ok()) {
    end.state = StageState::failed;
    end.note = result.error();
  }
  options.tell(end);
  return result;
}

Result<BootReport> replay(Engine& engine, People& people, const WakeOptions& options) {
  BootOptions boot_options = options.boot;
  if (boot_options.origin.empty()) {
    MBE_ASSIGN(boot_options.origin, origin_folder(people));
  }
  // What a crash left of a line is not to be taken for something said.
  MemoryCoreOptions core_options;
  core_options.utc_offset_minutes = options.boot.utc_offset_minutes;
  if (!boot_options.dry_run) MBE_TRY(MemoryCore(engine, people, core_options).repair_all());
  boot_options.progress = [&options](std::uint64_t done, std::uint64_t total) {
    options.tell({wake_stages()[0], StageState::running, done, total, {}});
    return !options.boot.progress || options.boot.progress(done, total);
  };
  MBE_ASSIGN(BootReport report, boot(engine, boot_options));
  if (!report.stopped) return report;
  return fail(ErrorCode::unavailable, "stopped before the end; run `mbe boot` again, it goes on");
}

Result<Identity> identify(Memory& memory, People& people, const Signer& signer,
                          const Manifests& manifests, const std::vector<Identity>& before,
                          bool evolve) {
  MBE_TRY(check_origin(people, manifests.origin));
  if (!before.empty() && !evolve) return before.back();
  return fix_identity(memory, manifests, signer, evolve);
}

}  // namespace

std::string_view stage_state_name(StageState state) {
  constexpr std::string_view names[] = {"waiting", "running", "done", "skipped", "failed"};
  return names[static_cast<std::size_t>(state)];
}

const std::vector<std::string>& wake_stages() {
  static const std::vector<std::string> names = {"memory", "manifests", "identity"};
  return names;
}

Result<WakeResult> wake(Engine& engine, People& people, const WakeOptions& options) {
  WakeResult out;
  MBE_TRY(options.prepare());
  MBE_ASSIGN(const Signer signer, Signer::open(posix_file_system(), engine.home().string()));
  MBE_ASSIGN(Memory * memory, engine.chain("main"));
  MBE_ASSIGN(const std::vector<Identity> before, identities(*memory, signer));
  if (options.only_if_new && !before.empty()) {
    for (const std::string& name : wake_stages()) {
      options.tell({name, StageState::skipped, 0, 0, note("the identity is fixed")});
    }
    out.identity = before.back();
    return out;
  }
  const fs::path folder = folder_of(options.boot.folder);
  MBE_ASSIGN(out.replay,
             in_stage(options, wake_stages()[0], [&] { return replay(engine, people, options); }));
  if (options.boot.dry_run) return out;
  out.manifests = options.manifests.empty() ? folder.parent_path() / "manifest" : options.manifests;
  MBE_ASSIGN(const Manifests manifests,
             in_stage(options, wake_stages()[1], [&] { return read_manifests(out.manifests); }));
  out.missing = manifests.missing;
  if (!out.missing.empty()) {
    const Message why = note("there is no {} in {}: Echo does not know yet who it is",
                             out.missing.front(), out.manifests.string());
    options.tell({wake_stages()[2], StageState::skipped, 0, 0, why});
    return out;
  }
  MBE_ASSIGN(out.identity, in_stage(options, wake_stages()[2], [&] {
               return identify(*memory, people, signer, manifests, before, options.evolve);
             }));
  return out;
}

}  // namespace mbe
