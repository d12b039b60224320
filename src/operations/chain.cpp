#include "operations/common_fields.h"
#include "operations/groups.h"
#include "operations/shapes.h"
#include "operations/views.h"

namespace mbe {

namespace {

constexpr std::size_t items_max = 1'000;

Operation stats() {
  return operation(
      {.name = "stats", .group = "The whole chain", .summary = "how much there is, and how large"},
      Fields<NoArguments>(), stats_shape(), [](Call& call, const NoArguments&) -> Result<Json> {
        MBE_ASSIGN(const Stats stats, call.memory->stats());
        return stats_json(stats);
      });
}

Operation verify() {
  return operation(
      {.name = "verify",
       .group = "The whole chain",
       .summary = "check every block, key and link; repairs nothing"},
      Fields<NoArguments>(), verify_shape(), [](Call& call, const NoArguments&) -> Result<Json> {
        return verify_json(call.messages, call.memory->verify(call.progress), call.chain);
      });
}

struct ReembedRequest {
  bool all = false;
};

Operation reembed() {
  Fields<ReembedRequest> fields;
  fields.add("all", &ReembedRequest::all, "everything anew, not only what is pending");
  return operation({.name = "reembed",
                    .group = "The whole chain",
                    .summary = "make the vectors that are missing",
                    .effect = Effect::write,
                    .errors = {ErrorCode::unavailable, ErrorCode::busy}},
                   fields, object_shape({{"vectors_pending", count_shape()}}),
                   [](Call& call, const ReembedRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const std::uint64_t pending,
                                call.memory->reembed(request.all, call.progress));
                     return Json{{"vectors_pending", pending}};
                   });
}

/// An operation that does one thing and says no more than that it is done.
template <class Action>
Operation plain(const std::string& name, const std::string& summary, Action action) {
  return operation({.name = name,
                    .group = "The whole chain",
                    .summary = summary,
                    .effect = Effect::write,
                    .errors = {ErrorCode::busy, ErrorCode::denied}},
                   Fields<NoArguments>(), object_shape({{"done", flag_shape()}}),
                   [action](Call& call, const NoArguments&) -> Result<Json> {
                     MBE_TRY(action(call));
                     return Json{{"done", true}};
                   });
}

struct ImportRequest {
  std::vector<ImportItem> items;
};

Fields<ImportRequest> import_fields() {
  using I = ImportItem;
  Fields<I> item;
  item.add("id", &I::id, "its own name; one that is there already is skipped",
           {.min = 1, .max = name_bytes_max, .choices = {}})
      .required()
      .add("text", &I::text, "what was said", given_text())
      .required()
      .time("time", &I::time_ms, "when it was said")
      .add("speaker", &I::speaker, "who said it", name_bounds())
      .add("session", &I::session, "the conversation it belongs to", name_bounds())
      .add("kind", &I::kind, "what it is", {.choices = {"utterance", "answer", "fact"}});
  Fields<ImportRequest> fields;
  fields
      .objects("items", &ImportRequest::items, item, "in the order in which they were said",
               items_max)
      .required();
  return fields;
}

Json import_report_json(const Catalog& messages, const ImportReport& report) {
  Json refused = Json::array();
  for (const auto& [place, error] : report.refused) {
    refused.push_back({{"item", place}, {"reason", messages.text(error)}});
  }
  return {
      {"imported", report.imported}, {"skipped", report.skipped}, {"refused", std::move(refused)}};
}

Operation import() {
  const Json refused = object_shape({{"item", count_shape()}, {"reason", text_shape()}});
  return operation({.name = "import",
                    .group = "The whole chain",
                    .summary = "take in what was said elsewhere, with its dates",
                    .effect = Effect::write,
                    .errors = {ErrorCode::limit, ErrorCode::busy, ErrorCode::denied}},
                   import_fields(),
                   object_shape({{"imported", count_shape()},
                                 {"skipped", count_shape()},
                                 {"refused", list_shape(refused)}}),
                   [](Call& call, ImportRequest request) -> Result<Json> {
                     for (std::size_t i = 0; i < request.items.size(); ++i) {
                       request.items[i].line = i;
                     }
                     MBE_ASSIGN(const ImportReport report,
                                call.memory->import(request.items, call.progress));
                     return import_report_json(call.messages, report);
                   });
}

}  // namespace

std::vector<Operation> chain_operations() {
  return {import(),
          stats(),
          verify(),
          plain("rebuild", "make the derived files anew from the log",
                [](Call& call) { return call.memory->rebuild(call.progress); }),
          reembed(),
          plain("checkpoint", "write the derived files now",
                [](Call& call) { return call.memory->checkpoint(); }),
          plain("scrub", "overwrite the sealed characters of erased blocks",
                [](Call& call) { return call.memory->scrub(); })};
}

}  // namespace mbe
