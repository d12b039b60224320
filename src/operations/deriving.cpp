#include "operations/common_fields.h"
#include "operations/groups.h"
#include "operations/shapes.h"
#include "operations/views.h"

namespace mbe {

namespace {

constexpr double sentences_max = 50;
constexpr double groups_max = 1'000;
constexpr double blocks_max = 1'000;
constexpr double days_max = 36'500;

Json derived_shape() {
  const Json one = object_shape({{"block_index", or_null_shape(count_shape())},
                                 {"name", text_shape()},
                                 {"text", text_shape()},
                                 {"sources", list_shape(count_shape())},
                                 {"rule", text_shape()}});
  return object_shape({{"made", list_shape(one)}});
}

Operation block_summary() {
  using R = SummaryRequest;
  Fields<R> fields;
  fields
      .add("by", &R::by, "what makes a group: a topic is a keyword",
           {.choices = {"day", "session", "topic"}})
      .add("at_least", &R::at_least, "blocks of a group that needs one",
           {.min = 2, .max = blocks_max, .choices = {}})
      .add("sentences", &R::sentences, "of a summary",
           {.min = 1, .max = sentences_max, .choices = {}})
      .add("older_days", &R::older_days, "only groups that ended so many days ago",
           {.max = days_max, .choices = {}})
      .add("groups_max", &R::groups_max, "summaries of one call; the rest comes with the next",
           {.min = 1, .max = groups_max, .choices = {}})
      .add("dry_run", &R::dry_run, "show, write nothing")
      .add("utc_offset_minutes", &R::utc_offset_minutes, "where a day begins and ends, east of UTC",
           zone_bounds());
  add_filter(fields, &R::filter);
  return operation({.name = "block_summary",
                    .group = "Derived",
                    .summary = "many blocks in few of their own sentences",
                    .effect = Effect::write,
                    .errors = {ErrorCode::busy, ErrorCode::denied}},
                   fields, derived_shape(), [](Call& call, SummaryRequest request) -> Result<Json> {
                     request.channel = call.channel;
                     request.writer = call.writer;
                     MBE_ASSIGN(const auto made, call.memory->summarise(request));
                     return derived_json(made);
                   });
}

Operation block_merger() {
  using R = MergeRequest;
  Fields<R> fields;
  fields.add("dry_run", &R::dry_run, "show, write nothing");
  add_filter(fields, &R::filter);
  return operation({.name = "block_merger",
                    .group = "Derived",
                    .summary = "what was said again: the latest stands for all",
                    .effect = Effect::write,
                    .errors = {ErrorCode::busy, ErrorCode::denied}},
                   fields, derived_shape(), [](Call& call, MergeRequest request) -> Result<Json> {
                     request.channel = call.channel;
                     request.writer = call.writer;
                     MBE_ASSIGN(const auto made, call.memory->merge_similar(request));
                     return derived_json(made);
                   });
}

Operation block_filter() {
  using R = FilterRequest;
  Fields<R> fields;
  fields.add("importance", &R::importance, "at least so important", Bounds{.max = 1, .choices = {}})
      .add("limit", &R::limit, "at most this many", {.min = 1, .max = blocks_max, .choices = {}});
  add_filter(fields, &R::filter);
  return operation({.name = "block_filter", .group = "Derived", .summary = "what matters most"},
                   fields, object_shape({{"blocks", list_shape(block_shape(false))}}),
                   [](Call& call, const FilterRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const std::vector<BlockView> blocks, call.memory->filter(request));
                     return filter_json(blocks);
                   });
}

struct ConflictsRequest {
  RecallFilter filter;
};

Operation conflicts() {
  Fields<ConflictsRequest> fields;
  add_filter(fields, &ConflictsRequest::filter);
  const Json one = object_shape(
      {{"rule", text_shape()}, {"earlier", block_shape(false)}, {"later", block_shape(false)}});
  return operation({.name = "conflicts",
                    .group = "Derived",
                    .summary = "statements that speak against each other"},
                   fields, object_shape({{"conflicts", list_shape(one)}}),
                   [](Call& call, const ConflictsRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const auto found, call.memory->conflicts(request.filter));
                     return conflicts_json(found);
                   });
}

}  // namespace

std::vector<Operation> deriving_operations() {
  return {block_summary(), block_merger(), block_filter(), conflicts()};
}

}  // namespace mbe
