#include "echo/creations.h"

#include "base/datetime.h"
#include "base/digest.h"
#include "fs/file_system.h"
#include "operations/json.h"

namespace mbe {

namespace {

constexpr std::size_t digest_shown = 8;

std::string extension_of(const std::string& kind) {
  return kind == "code" || kind == "other" ? ".txt" : ".md";
}

}  // namespace

Result<std::string> save_creation(const std::filesystem::path& home, const Creation& creation) {
  const std::string digest = to_hex(view(sha256(creation.text)));
  const std::string day = format_date(creation.time_ms);
  // Nothing that was said becomes part of a path.
  const std::string folder = "creations/" + day;
  const std::string name = folder + "/" + std::to_string(creation.time_ms) + "-" +
                           digest.substr(0, digest_shown) + extension_of(creation.kind);
  const Json manifest = {{"kind", creation.kind},   {"artefact", creation.artefact},
                         {"asked", creation.asked}, {"made", format_time(creation.time_ms)},
                         {"model", creation.model}, {"blocks", creation.blocks},
                         {"sha256", digest}};
  FileSystem& files = posix_file_system();
  MBE_TRY(files.make_directories((home / folder).string()));
  MBE_TRY(replace_file(files, (home / name).string(), creation.text));
  MBE_TRY(replace_file(files, (home / (name + ".json")).string(), manifest.dump(1) + "\n"));
  return name;
}

}  // namespace mbe
