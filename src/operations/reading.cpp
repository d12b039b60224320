#include "operations/common_fields.h"
#include "operations/groups.h"
#include "operations/requests.h"
#include "operations/shapes.h"
#include "operations/views.h"

namespace mbe {

namespace {

constexpr double top_k_max = 1'000;
constexpr double budget_tokens_max = 1'000'000;

Operation recall() {
  return operation({.name = "recall", .group = "Memory", .summary = "what a cue brings to mind"},
                   recall_fields(), recall_shape(),
                   [](Call& call, const RecallRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const RecallResult result, call.memory->recall(request));
                     return recall_json(call.messages, result);
                   });
}

struct ExplainRequest : BlockRequest {
  RecallRequest recall;
};

Operation explain() {
  Fields<ExplainRequest> fields;
  const auto part = [](auto member) {
    return [member](ExplainRequest& request) -> auto& { return request.recall.*member; };
  };
  fields.add("block_index", &ExplainRequest::block_index, "the block's number")
      .required()
      .add("cue", part(&RecallRequest::cue), "what should come to mind", given_text())
      .required()
      .add("conversation", part(&RecallRequest::conversation), "whose waypoints count",
           name_bounds());
  return operation(
      {.name = "explain",
       .group = "Memory",
       .summary = "how a block stands to a cue, whether or not recall finds it",
       .errors = {ErrorCode::not_found}},
      fields, hit_shape(), [](Call& call, const ExplainRequest& request) -> Result<Json> {
        MBE_ASSIGN(const RecallHit hit, call.memory->explain(request.recall, request.block_index));
        return hit_json(hit);
      });
}

Operation show() {
  return operation({.name = "show",
                    .group = "Memory",
                    .summary = "one block with all that is known of it",
                    .errors = {ErrorCode::not_found}},
                   block_field(), block_shape(true),
                   [](Call& call, const BlockRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const BlockView block,
                                call.memory->show(request.block_index, true));
                     return block_json(block, true);
                   });
}

Operation list() {
  using R = ListRequest;
  Fields<R> fields;
  fields.add("limit", &R::limit, "at most this many", {.min = 1, .max = top_k_max, .choices = {}})
      .add("before", &R::before, "only blocks below this number: `next` of the last page")
      .add("from_index", &R::from, "only blocks from this number on")
      .add("oldest_first", &R::oldest_first, "oldest first; then `next` is for from_index")
      .add("all_kinds", &R::all_kinds, "marks, erasures and other records too");
  add_filter(fields, [](R& request) -> auto& { return request.filter; });
  return operation(
      {.name = "list", .group = "Memory", .summary = "blocks, newest first, page by page"}, fields,
      object_shape(
          {{"blocks", list_shape(block_shape(false))}, {"next", or_null_shape(count_shape())}}),
      [](Call& call, const ListRequest& request) -> Result<Json> {
        MBE_ASSIGN(const std::vector<BlockView> blocks, call.memory->list(request));
        return list_json(blocks, request);
      });
}

struct TimelineRequest {
  RecallFilter filter;
  int utc_offset_minutes = 0;
};

Operation timeline() {
  Fields<TimelineRequest> fields;
  fields.add("utc_offset_minutes", &TimelineRequest::utc_offset_minutes,
             "where a day begins and ends, east of UTC", zone_bounds());
  add_filter(fields, &TimelineRequest::filter);
  const Json day = object_shape({{"day", text_shape()},
                                 {"blocks", count_shape()},
                                 {"keywords", list_shape(text_shape())},
                                 {"tags", list_shape(text_shape())},
                                 {"mood", number_shape()}});
  return operation({.name = "timeline", .group = "Memory", .summary = "day by day"}, fields,
                   object_shape({{"days", list_shape(day)}}),
                   [](Call& call, const TimelineRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const std::vector<DaySummary> days,
                                call.memory->timeline(request.filter, request.utc_offset_minutes));
                     return days_json(days);
                   });
}

struct GoalsRequest {
  std::string state = "all";
};

Operation goals() {
  Fields<GoalsRequest> fields;
  fields.add("state", &GoalsRequest::state, "only these",
             {.choices = {"all", "open", "done", "dropped"}});
  const Json goal = object_shape({{"state", text_shape()},
                                  {"text", text_shape()},
                                  {"block_index", count_shape()},
                                  {"resolved_by", or_null_shape(count_shape())},
                                  {"timestamp", text_shape()}});
  return operation(
      {.name = "goals", .group = "Memory", .summary = "what was intended, and what became of it"},
      fields, object_shape({{"goals", list_shape(goal)}}),
      [](Call& call, const GoalsRequest& request) -> Result<Json> {
        MBE_ASSIGN(const std::vector<GoalView> all, call.memory->goals());
        return goals_json(all, request.state);
      });
}

Operation history() {
  const Json entry = object_shape({{"event", text_shape()}, {"block", block_shape(false)}});
  return operation({.name = "history",
                    .group = "Memory",
                    .summary = "what happened to a block since it was said",
                    .errors = {ErrorCode::not_found}},
                   block_field(),
                   object_shape({{"block_index", count_shape()}, {"history", list_shape(entry)}}),
                   [](Call& call, const BlockRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const std::vector<HistoryEntry> entries,
                                call.memory->history(request.block_index));
                     return history_json(request.block_index, entries);
                   });
}

}  // namespace

Fields<RecallRequest> recall_fields() {
  using R = RecallRequest;
  Fields<R> fields;
  fields.add("cue", &R::cue, "what should come to mind", given_text())
      .required()
      .add("top_k", &R::top_k, "at most this many", {.min = 1, .max = top_k_max, .choices = {}})
      .add("arms", &R::arms, "only by these ways of association",
           {.choices = {"keyword", "tag", "vector", "time", "waypoint"}, .items_max = 5})
      .add("threshold", &R::threshold, "leave out what is more likely noise")
      .add("neighbours", &R::neighbours, "offer the turns beside each hit")
      .add("conversation", &R::conversation, "whose waypoints count", name_bounds())
      .add("budget_tokens", &R::budget_tokens, "stop when the texts reach that many tokens",
           {.min = 1, .max = budget_tokens_max, .choices = {}})
      .add("utc_offset_minutes", &R::utc_offset_minutes, "where it is asked, east of UTC",
           zone_bounds());
  add_filter(fields, [](R& request) -> auto& { return request.filter; });
  return fields;
}

std::vector<Operation> reading_operations() {
  return {recall(), explain(), show(), list(), timeline(), goals(), history()};
}

}  // namespace mbe
