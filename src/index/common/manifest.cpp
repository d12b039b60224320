#include "index/common/manifest.h"

#include <algorithm>

#include "index/common/checksum.h"
#include "index/common/encoding.h"

namespace mbe {
namespace {

constexpr std::size_t manifest_bytes_max = std::size_t{256} << 20;
constexpr std::size_t checksum_bytes = 8;

std::string manifest_path(const std::string& directory) {
  return directory + "/manifest";
}

std::string segment_name(std::uint64_t id) {
  return fmt::format("{:08x}.seg", id);
}

}  // namespace

std::string segment_path(const std::string& directory, std::uint64_t id) {
  return directory + "/" + segment_name(id);
}

std::string serialise(FileForm form, const Manifest& manifest) {
  std::string out(form.magic);
  append_number(out, form.version);
  append_number(out, static_cast<std::uint32_t>(manifest.covered.has_value()));
  const Watermark covered = manifest.covered.value_or(Watermark{});
  append_number(out, covered.sequence);
  out += view(covered.hash);
  append_number(out, manifest.next_id);
  append_number(out, std::uint64_t{manifest.segments.size()});
  for (const SegmentEntry& segment : manifest.segments) {
    append_number(out, segment.id);
    append_number(out, segment.bytes);
  }
  append_number(out, std::uint64_t{manifest.extra.size()});
  out += manifest.extra;
  append_number(out, checksum64(out));
  return out;
}

Result<Manifest> parse_manifest(FileForm form, std::string_view bytes, const std::string& name) {
  const auto damaged = [&name](std::string_view what) {
    return fail(ErrorCode::corrupt,
                "index file {} is damaged ({}); delete the index and rebuild it", name, what);
  };
  if (bytes.size() < form.magic.size() + checksum_bytes) return damaged("too short");
  const std::string_view body = bytes.substr(0, bytes.size() - checksum_bytes);
  if (!body.starts_with(form.magic)) return damaged("magic");
  if (load_number<std::uint64_t>(body.data() + body.size()) != checksum64(body)) {
    return damaged("checksum");
  }
  ByteReader reader(body.substr(form.magic.size()));
  if (reader.number<std::uint32_t>() != form.version) return damaged("version");
  Manifest out;
  const bool has_covered = reader.number<std::uint32_t>() != 0;
  Watermark covered;
  covered.sequence = reader.number<std::uint64_t>();
  const std::string_view hash = reader.bytes(covered.hash.size());
  std::copy(hash.begin(), hash.end(), covered.hash.begin());
  if (has_covered) out.covered = covered;
  out.next_id = reader.number<std::uint64_t>();
  const auto count = reader.number<std::uint64_t>();
  if (count > reader.left() / sizeof(SegmentEntry)) return damaged("segment count");
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto id = reader.number<std::uint64_t>();
    out.segments.push_back({.id = id, .bytes = reader.number<std::uint64_t>()});
  }
  out.extra = reader.bytes(reader.number<std::uint64_t>());
  if (!reader.ok() || reader.left() != 0) return damaged("size");
  return out;
}

Result<Manifest> read_manifest(FileSystem& fs, const std::string& directory, FileForm form) {
  const std::string path = manifest_path(directory);
  auto bytes = read_file(fs, path, manifest_bytes_max);
  if (!bytes.ok() && bytes.error().code() == ErrorCode::not_found) return Manifest{};
  if (!bytes.ok()) return bytes.error();
  return parse_manifest(form, *bytes, path);
}

Result<void> write_segment(FileSystem& fs, const std::string& directory, std::uint64_t id,
                           std::string_view bytes) {
  MBE_TRY(fs.make_directories(directory));
  const std::string path = segment_path(directory, id);
  // A file of that name can only be what a crashed flush left; nobody reads it.
  MBE_ASSIGN(const bool left_over, fs.exists(path));
  if (left_over) MBE_TRY(fs.remove(path));
  MBE_ASSIGN(const std::unique_ptr<File> file, fs.open(path, OpenMode::create_new));
  MBE_TRY(file->write(0, bytes));
  MBE_TRY(file->sync_data());
  return fs.sync_directory(directory);
}

Result<void> write_manifest(FileSystem& fs, const std::string& directory, FileForm form,
                            const Manifest& manifest) {
  MBE_TRY(fs.make_directories(directory));
  return replace_file(fs, manifest_path(directory), serialise(form, manifest));
}

Result<void> remove_left_overs(FileSystem& fs, const std::string& directory,
                               const Manifest& manifest) {
  MBE_ASSIGN(const std::vector<std::string> names, fs.list(directory));
  bool removed = false;
  for (const std::string& name : names) {
    const bool wanted = name == "manifest" || std::ranges::any_of(manifest.segments, [&](auto& s) {
                          return segment_name(s.id) == name;
                        });
    if (wanted) continue;
    MBE_TRY(fs.remove(directory + "/" + name));
    removed = true;
  }
  if (removed) MBE_TRY(fs.sync_directory(directory));
  return {};
}

}  // namespace mbe
