#include "operations/common_fields.h"
#include "operations/groups.h"
#include "operations/requests.h"
#include "operations/shapes.h"
#include "operations/views.h"

namespace mbe {

namespace {

constexpr double budget_tokens_max = 1'000'000;
constexpr std::size_t choices_max = 1'000;

Fields<WaypointChoice> choice_fields() {
  Fields<WaypointChoice> fields;
  fields.add("block_index", &WaypointChoice::block_index, "the block's number")
      .required()
      .add("relevance", &WaypointChoice::relevance, "how near it is", {.max = 1, .choices = {}});
  return fields;
}

Operation observe() {
  Json shape = waypoints_shape();
  shape["properties"]["block_index"] = or_null_shape(count_shape());
  shape["required"].push_back("block_index");
  return operation({.name = "observe",
                    .group = "Working memory",
                    .summary = "take in one turn of a conversation",
                    .effect = Effect::write,
                    .errors = {ErrorCode::limit, ErrorCode::denied, ErrorCode::busy}},
                   observe_fields(), shape, [](Call& call, ObserveRequest request) -> Result<Json> {
                     request.as.channel = call.channel;
                     request.as.writer = call.writer;
                     request.as.trust = call.trust;
                     MBE_ASSIGN(const ObserveResult result, call.memory->observe(request));
                     return observe_json(result, request.text);
                   });
}

struct ConversationRequest {
  std::string conversation = "default";
};

Fields<ConversationRequest> conversation_field() {
  Fields<ConversationRequest> fields;
  fields.add("conversation", &ConversationRequest::conversation, "which conversation",
             name_bounds());
  return fields;
}

Operation short_term() {
  return operation(
      {.name = "short_term", .group = "Working memory", .summary = "what was said just now"},
      conversation_field(), turns_shape(),
      [](Call& call, const ConversationRequest& request) -> Result<Json> {
        MBE_ASSIGN(const std::vector<TurnView> turns,
                   call.memory->short_term(request.conversation));
        return turns_json(request.conversation, turns);
      });
}

Operation waypoints() {
  return operation(
      {.name = "waypoints", .group = "Working memory", .summary = "what is on the mind now"},
      conversation_field(), waypoints_shape(),
      [](Call& call, const ConversationRequest& request) -> Result<Json> {
        MBE_ASSIGN(const std::vector<WaypointView> points,
                   call.memory->waypoints(request.conversation));
        MBE_ASSIGN(const std::vector<TurnView> turns,
                   call.memory->short_term(request.conversation));
        return waypoints_json(newest_utterance(turns), points);
      });
}

struct UpdateWaypointsRequest : ConversationRequest {
  std::string text;
};

Operation update_waypoints() {
  Fields<UpdateWaypointsRequest> fields;
  fields.add("text", &UpdateWaypointsRequest::text, "an utterance that is not stored", given_text())
      .required()
      .add("conversation", &UpdateWaypointsRequest::conversation, "which conversation",
           name_bounds());
  return operation({.name = "update_waypoints",
                    .group = "Working memory",
                    .summary = "renew what is on the mind by an utterance that is not stored",
                    .effect = Effect::write,
                    .errors = {ErrorCode::busy}},
                   fields, waypoints_shape(),
                   [](Call& call, const UpdateWaypointsRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const std::vector<WaypointView> points,
                                call.memory->update_waypoints(request.conversation, request.text));
                     return waypoints_json(request.text, points);
                   });
}

Operation compose() {
  const Json indexes = list_shape(count_shape());
  return operation({.name = "compose",
                    .group = "Working memory",
                    .summary = "a frugal prompt of memories, turns and the input",
                    .errors = {ErrorCode::limit, ErrorCode::not_found}},
                   compose_fields(),
                   object_shape({{"prompt", text_shape()},
                                 {"tokens", count_shape()},
                                 {"included", indexes},
                                 {"cut", indexes},
                                 {"left_out", indexes}}),
                   [](Call& call, const ComposeRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const ComposeResult result, call.memory->compose(request));
                     return prompt_json(result);
                   });
}

}  // namespace

Fields<ObserveRequest> observe_fields() {
  using R = ObserveRequest;
  Fields<R> fields;
  fields.add("text", &R::text, "what was said", given_text())
      .required()
      .add("speaker", &R::speaker, "who said it", name_bounds())
      .add("conversation", &R::conversation, "which conversation", name_bounds())
      .add("from_assistant", &R::from_assistant, "the assistant said it")
      .add("remember", &R::remember, "keep it for good: by its content, always, or never",
           {.choices = {"auto", "always", "never"}})
      .add(
          "utc_offset_minutes", [](R& request) -> auto& { return request.as.utc_offset_minutes; },
          "minutes east of UTC where it was said", zone_bounds());
  return fields;
}

Fields<ComposeRequest> compose_fields() {
  using R = ComposeRequest;
  Fields<R> fields;
  fields.add("input", &R::input, "what the person says now", given_text())
      .required()
      .optional_objects("waypoints", &R::waypoints, choice_fields(),
                        "the memories to choose from, instead of what comes to mind", choices_max)
      .add("conversation", &R::conversation, "which conversation", name_bounds())
      .add("budget_tokens", &R::budget_tokens, "the prompt's size at most",
           {.min = 1, .max = budget_tokens_max, .choices = {}})
      .add("format", &R::format, "for which kind of model",
           {.choices = {"plain", "openai", "anthropic"}})
      .add("language", &R::language, "of the frame; else the input's", {.choices = {"ko", "en"}})
      .add("utc_offset_minutes", &R::utc_offset_minutes, "where it is asked, east of UTC",
           zone_bounds());
  return fields;
}

std::vector<Operation> working_operations() {
  return {observe(), short_term(), waypoints(), update_waypoints(), compose()};
}

}  // namespace mbe
