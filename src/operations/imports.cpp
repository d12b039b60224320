// Import of files that are sent in pieces: upload, preview, import, how far it is, discard. An
// item goes into the memory that the call acts on, whatever the file says of others.
#include "base/base64.h"
#include "base/datetime.h"
#include "importers/collection.h"
#include "importers/summary.h"
#include "operations/common_fields.h"
#include "operations/groups.h"
#include "operations/import_desk.h"
#include "operations/shapes.h"

namespace mbe {

namespace {

using importers::Collection;
using importers::Settings;
using importers::Step;
using importers::Summary;
using importers::Unreadable;

constexpr std::size_t part_items_max = 32'768;
constexpr std::size_t part_bytes_max = 32U << 20;
constexpr std::size_t refused_shown = 200;
constexpr std::size_t speakers_shown = 100;
constexpr double data_bytes_max = 2'000'000;
constexpr std::string_view group = "Import of a file";

struct UploadRequest {
  std::string upload_id, data;
  std::uint64_t offset = 0;
};

struct FileRequest {
  std::string upload_id, name, format = "auto", zone, me, chat;
  bool all_branches = false;
};

Bounds id_bounds() {
  return {.min = 1, .max = 64, .choices = {}};
}

Fields<UploadRequest> upload_fields() {
  Fields<UploadRequest> out;
  out.add("upload_id", &UploadRequest::upload_id, "of the file; without it a new one begins",
          id_bounds())
      .add("offset", &UploadRequest::offset, "where in the file the piece belongs")
      .add("data", &UploadRequest::data, "the piece, in base64",
           {.max = data_bytes_max, .choices = {}})
      .required();
  return out;
}

Fields<FileRequest> id_field() {
  Fields<FileRequest> out;
  out.add("upload_id", &FileRequest::upload_id, "of the file that was sent", id_bounds())
      .required();
  return out;
}

Fields<FileRequest> file_fields() {
  Bounds formats = {.choices = {"auto"}};
  for (const auto name : importers::format_names()) formats.choices.emplace_back(name);
  formats.max = name_bytes_max;
  Fields<FileRequest> out = id_field();
  out.add("name", &FileRequest::name, "of the file, as its owner calls it", name_bounds())
      .add("format", &FileRequest::format, "form of the file", formats)
      .add("zone", &FileRequest::zone, "of times without one: UTC, +09:00, Asia/Seoul",
           name_bounds())
      .add("me", &FileRequest::me, "the name that the owner of this memory has in the file",
           name_bounds())
      .add("chat", &FileRequest::chat, "the chat's name, in place of what the file says",
           name_bounds())
      .add("all_branches", &FileRequest::all_branches, "also answers that were asked for anew");
  return out;
}

std::string owner_of(const Call& call) {
  return ImportDesk::owner_of(call.writer, call.chain);
}
std::shared_ptr<ImportDesk> desk_of(const Call& call) {
  return ImportDesk::of(call.engine.home());
}

Result<Settings> settings_of(const Call& call, const FileRequest& request) {
  Settings out;
  out.format = importers::format_named(request.format);
  if (!request.zone.empty()) {
    MBE_ASSIGN(out.zone, Zone::parse(request.zone));
  }
  out.wall_zone = request.zone.empty() ? Zone::local() : out.zone;
  out.chain = call.chain;
  const std::size_t slash = request.name.find_last_of("/\\");
  out.name = slash == std::string::npos ? request.name : request.name.substr(slash + 1);
  if (out.name.empty()) out.name = "file";
  out.me = request.me;
  out.owner = importers::owner_speaker(call.chain);
  out.chat = request.chat;
  out.all_branches = request.all_branches;
  return out;
}

Json time_or_null(const std::optional<TimeMs>& time) {
  return time ? Json(format_time(*time)) : Json();
}

/// What of a file could not be read; the first of very many.
class Refusals {
 public:
  explicit Refusals(const Catalog& messages) : messages_(messages) {}
  void add(const Unreadable& one) {
    ++count_;
    if (rows_.size() == refused_shown) return;
    rows_.push_back(
        {{"file", one.file}, {"line", one.line}, {"reason", messages_.text(one.reason)}});
  }
  void write(Json& out) const {
    out["unreadable"] = count_;
    out["refused"] = rows_;
  }

 private:
  const Catalog& messages_;
  Json rows_ = Json::array();
  std::uint64_t count_ = 0;
};

Json summary_json(const Summary& summary, std::string_view format) {
  Json speakers = Json::array();
  for (const auto& [name, count] : summary.speakers(speakers_shown)) {
    speakers.push_back({{"name", name}, {"count", count}});
  }
  Json samples = Json::array();
  for (const ImportItem& item : summary.samples()) {
    samples.push_back({{"speaker", item.speaker},
                       {"time", time_or_null(item.time_ms)},
                       {"text", item.text},
                       {"chat", item.session}});
  }
  return {{"format", format},
          {"items", summary.items()},
          {"kinds", summary.kinds()},
          {"left_out", summary.left_out()},
          {"speakers", std::move(speakers)},
          {"chats", summary.chats()},
          {"from", time_or_null(summary.first_ms())},
          {"until", time_or_null(summary.last_ms())},
          {"undated", summary.undated()},
          {"samples", std::move(samples)}};
}

std::string_view format_of(const Collection& source) {
  const auto format = source.format();
  return format ? importers::format_name(*format) : "";
}

Result<Json> preview(Call& call, const FileRequest& request) {
  MBE_ASSIGN(const auto path, desk_of(call)->path(owner_of(call), request.upload_id));
  MBE_ASSIGN(const Settings settings, settings_of(call, request));
  MBE_ASSIGN(Collection source, Collection::open(path.string(), settings));
  Summary summary;
  Refusals refusals(call.messages);
  while (true) {
    MBE_ASSIGN(const std::optional<Step> step, source.next());
    if (!step) break;
    summary.add(*step);
    if (const auto* one = std::get_if<Unreadable>(&*step)) refusals.add(*one);
  }
  Json out = summary_json(summary, format_of(source));
  refusals.write(out);
  return out;
}

/// One import: reads a part, writes a part, until the end or until it is asked to stop.
class Run {
 public:
  Run(Call& call, Collection& source, ImportProgress& progress)
      : call_(call), source_(source), progress_(progress), refusals_(call.messages) {
    progress_.bytes_total = source.bytes_total();
  }

  Result<Json> run() {
    std::size_t bytes = 0;
    while (!stopped_) {
      MBE_ASSIGN(std::optional<Step> step, source_.next());
      if (!step) break;
      if (const auto* one = std::get_if<Unreadable>(&*step)) refusals_.add(*one);
      auto* item = std::get_if<ImportItem>(&*step);
      if (item == nullptr) continue;
      bytes += item->text.size();
      part_.push_back(std::move(*item));
      if (part_.size() < part_items_max && bytes < part_bytes_max) continue;
      MBE_TRY(write());
      bytes = 0;
    }
    MBE_TRY(write());
    Json out = {{"imported", progress_.imported.load()},
                {"skipped", progress_.skipped.load()},
                {"stopped", stopped_}};
    refusals_.write(out);
    return out;
  }

 private:
  Result<void> write() {
    progress_.bytes_read = source_.bytes_read();
    MBE_ASSIGN(const ImportReport report,
               call_.memory->import(part_, [this](auto, auto) { return !progress_.stop.load(); }));
    progress_.imported += report.imported;
    progress_.skipped += report.skipped;
    for (const auto& [line, error] : report.refused) refusals_.add({{}, line, error});
    stopped_ = report.stopped || progress_.stop.load();
    part_.clear();
    return {};
  }

  Call& call_;
  Collection& source_;
  ImportProgress& progress_;
  Refusals refusals_;
  std::vector<ImportItem> part_;
  bool stopped_ = false;
};

Result<Json> import_file(Call& call, const FileRequest& request) {
  const auto desk = desk_of(call);
  const std::string owner = owner_of(call);
  MBE_ASSIGN(const Settings settings, settings_of(call, request));
  MBE_ASSIGN(const auto path, desk->path(owner, request.upload_id));
  MBE_ASSIGN(const auto progress, desk->begin(owner, request.upload_id));
  Result<Json> out = [&]() -> Result<Json> {
    MBE_ASSIGN(Collection source, Collection::open(path.string(), settings));
    return Run(call, source, *progress).run();
  }();
  desk->end(owner, request.upload_id, out.ok() ? std::optional(*out) : std::nullopt);
  return out;
}

Json refused_shape() {
  return list_shape(
      object_shape({{"file", text_shape()}, {"line", count_shape()}, {"reason", text_shape()}}));
}

Json preview_shape() {
  const Json speaker = object_shape({{"name", text_shape()}, {"count", count_shape()}});
  const Json sample = object_shape({{"speaker", text_shape()},
                                    {"time", or_null_shape(text_shape())},
                                    {"text", text_shape()},
                                    {"chat", text_shape()}});
  return object_shape({{"format", text_shape()},
                       {"items", count_shape()},
                       {"kinds", map_shape(count_shape())},
                       {"left_out", map_shape(count_shape())},
                       {"speakers", list_shape(speaker)},
                       {"chats", count_shape()},
                       {"from", or_null_shape(text_shape())},
                       {"until", or_null_shape(text_shape())},
                       {"undated", count_shape()},
                       {"samples", list_shape(sample)},
                       {"unreadable", count_shape()},
                       {"refused", refused_shape()}});
}

Json report_shape() {
  return object_shape({{"imported", count_shape()},
                       {"skipped", count_shape()},
                       {"stopped", flag_shape()},
                       {"unreadable", count_shape()},
                       {"refused", refused_shape()}});
}

Operation upload_operation() {
  return operation({.name = "import_upload",
                    .group = std::string(group),
                    .summary = "send a file to import, piece by piece",
                    .effect = Effect::write,
                    .errors = {ErrorCode::not_found, ErrorCode::limit, ErrorCode::busy}},
                   upload_fields(),
                   object_shape({{"upload_id", text_shape()}, {"bytes", count_shape()}}),
                   [](Call& call, UploadRequest request) -> Result<Json> {
                     const auto bytes = from_base64(request.data);
                     if (!bytes) {
                       return fail(ErrorCode::invalid_argument, "`data` is not base64");
                     }
                     const auto desk = desk_of(call);
                     const std::string owner = owner_of(call);
                     if (request.upload_id.empty()) {
                       MBE_ASSIGN(request.upload_id, desk->open(owner));
                     }
                     MBE_ASSIGN(const std::uint64_t size,
                                desk->write(owner, request.upload_id, request.offset, *bytes));
                     return Json{{"upload_id", request.upload_id}, {"bytes", size}};
                   });
}

Operation preview_operation() {
  return operation({.name = "import_preview",
                    .group = std::string(group),
                    .summary = "what is in the file; nothing is remembered",
                    .effect = Effect::write,
                    .errors = {ErrorCode::not_found, ErrorCode::limit, ErrorCode::corrupt}},
                   file_fields(), preview_shape(), preview);
}

Operation file_operation() {
  return operation({.name = "import_file",
                    .group = std::string(group),
                    .summary = "remember what is in the file, with its dates; then it is gone",
                    .effect = Effect::write,
                    .errors = {ErrorCode::not_found, ErrorCode::limit, ErrorCode::busy,
                               ErrorCode::denied, ErrorCode::corrupt}},
                   file_fields(), report_shape(), import_file);
}

Operation status_operation() {
  return operation(
      {.name = "import_status",
       .group = std::string(group),
       .summary = "how far the import of a file is",
       .errors = {ErrorCode::not_found}},
      id_field(),
      object_shape({{"running", flag_shape()},
                    {"bytes_read", count_shape()},
                    {"bytes_total", count_shape()},
                    {"imported", count_shape()},
                    {"skipped", count_shape()},
                    {"report", or_null_shape(report_shape())}}),
      [](Call& call, const FileRequest& request) -> Result<Json> {
        const auto desk = desk_of(call);
        const auto progress = desk->progress(owner_of(call), request.upload_id);
        if (!progress) {
          MBE_TRY(desk->path(owner_of(call), request.upload_id));
        }
        const ImportProgress none;
        const ImportProgress& now = progress ? *progress : none;
        const auto report = desk->report(owner_of(call), request.upload_id);
        return Json{{"running", now.running.load()},         {"bytes_read", now.bytes_read.load()},
                    {"bytes_total", now.bytes_total.load()}, {"imported", now.imported.load()},
                    {"skipped", now.skipped.load()},         {"report", report ? *report : Json()}};
      });
}

Operation discard_operation() {
  return operation({.name = "import_discard",
                    .group = std::string(group),
                    .summary = "take the file away; an import of it stops",
                    .effect = Effect::write,
                    .errors = {ErrorCode::not_found}},
                   id_field(), object_shape({{"done", flag_shape()}}),
                   [](Call& call, const FileRequest& request) -> Result<Json> {
                     MBE_TRY(desk_of(call)->discard(owner_of(call), request.upload_id));
                     return Json{{"done", true}};
                   });
}

}  // namespace

std::vector<Operation> import_operations() {
  return {upload_operation(), preview_operation(), file_operation(), status_operation(),
          discard_operation()};
}

}  // namespace mbe
