#include "operations/common_fields.h"
#include "operations/groups.h"
#include "operations/requests.h"
#include "operations/shapes.h"
#include "operations/views.h"

namespace mbe {

namespace {

/// What every statement may say of itself. The trust and the writer come from the caller.
void add_statement(Fields<RememberRequest>& fields) {
  using R = RememberRequest;
  fields.add("text", &R::text, "what was said", given_text())
      .required()
      .add("speaker", &R::speaker, "who said it", name_bounds())
      .add("session", &R::session, "the conversation it belongs to", name_bounds())
      .add("source", &R::source, "where it comes from", name_bounds())
      .add("kind", &R::kind, "what it is", {.choices = {"utterance", "answer", "fact"}})
      .time("event_time", &R::event_ms, "when it happened, if not now")
      .add("utc_offset_minutes", &R::utc_offset_minutes,
           "minutes east of UTC where it was said: what `yesterday` counts from", zone_bounds());
}

void stamp(const Call& call, RememberRequest& request) {
  request.channel = call.channel;
  request.writer = call.writer;
  request.trust = call.trust;
}

Result<Json> written(const Call& call, const Result<RememberReceipt>& receipt) {
  if (!receipt.ok()) return receipt.error();
  MBE_ASSIGN(const BlockView block, call.memory->show(receipt->block_index));
  return block_json(block, true);
}

Operation remember() {
  return operation(
      {.name = "remember",
       .group = "Memory",
       .summary = "keep a text for good",
       .effect = Effect::write,
       .errors = {ErrorCode::limit, ErrorCode::denied, ErrorCode::busy, ErrorCode::not_found}},
      remember_fields(), block_shape(true),
      [](Call& call, RememberRequest request) -> Result<Json> {
        stamp(call, request);
        return written(call, call.memory->remember(request));
      });
}

struct UpdateRequest : BlockRequest {
  RememberRequest statement;
};

Operation update() {
  // The statement's arguments and the block's number, side by side.
  Fields<UpdateRequest> fields;
  const auto part = [](auto member) {
    return [member](UpdateRequest& request) -> auto& { return request.statement.*member; };
  };
  using R = RememberRequest;
  fields.add("block_index", &UpdateRequest::block_index, "the block whose place it takes")
      .required()
      .add("text", part(&R::text), "what holds now", given_text())
      .required()
      .add("speaker", part(&R::speaker), "who said it", name_bounds())
      .add("session", part(&R::session), "the conversation it belongs to", name_bounds())
      .time("event_time", part(&R::event_ms), "when it happened, if not now")
      .add("utc_offset_minutes", part(&R::utc_offset_minutes),
           "minutes east of UTC where it was said", zone_bounds());
  return operation(
      {.name = "update",
       .group = "Memory",
       .summary = "say what now holds instead of a block, which stays readable",
       .effect = Effect::write,
       .errors = {ErrorCode::not_found, ErrorCode::limit, ErrorCode::denied, ErrorCode::busy}},
      fields, block_shape(true), [](Call& call, UpdateRequest request) -> Result<Json> {
        stamp(call, request.statement);
        return written(call, call.memory->update(request.block_index, request.statement));
      });
}

Operation mark(const std::string& action, const std::string& summary) {
  return operation({.name = action,
                    .group = "Memory",
                    .summary = summary,
                    .effect = Effect::write,
                    .errors = {ErrorCode::not_found, ErrorCode::denied, ErrorCode::busy}},
                   block_field(),
                   object_shape({{"block_index", count_shape()},
                                 {"action", text_shape()},
                                 {"recorded_as", count_shape()},
                                 {"hash", text_shape()}}),
                   [action](Call& call, const BlockRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const RememberReceipt receipt,
                                call.memory->mark(request.block_index, action));
                     return mark_json(request.block_index, action, receipt);
                   });
}

struct ForgetRequest {
  ForgetTarget target;
  std::size_t count = 0;
};

Fields<ForgetRequest> target_fields() {
  Fields<ForgetRequest> fields;
  const auto part = [](auto member) {
    return [member](ForgetRequest& request) -> auto& { return request.target.*member; };
  };
  fields.add("blocks", part(&ForgetTarget::blocks), "blocks by number")
      .add("cue", part(&ForgetTarget::cue), "everything that comes to mind for this",
           {.max = text_bytes, .choices = {}});
  add_filter(fields, part(&ForgetTarget::filter));
  return fields;
}

Operation forget_preview() {
  const Json blocks = list_shape(block_shape(false));
  return operation({.name = "forget_preview",
                    .group = "Memory",
                    .summary = "what forget would erase, and what rests on it",
                    .errors = {ErrorCode::not_found}},
                   target_fields(),
                   object_shape({{"count", count_shape()},
                                 {"targets", blocks},
                                 {"derived", blocks},
                                 {"notes", list_shape(text_shape())}}),
                   [](Call& call, const ForgetRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const ForgetPreview preview,
                                call.memory->forget_preview(request.target));
                     return forget_preview_json(call.messages, preview);
                   });
}

Operation forget() {
  Fields<ForgetRequest> fields = target_fields();
  fields
      .add(
          "refuse", [](ForgetRequest& request) -> auto& { return request.target.refuse; },
          "do not take the same statement again")
      .add("count", &ForgetRequest::count, "how many blocks the preview named")
      .required();
  return operation({.name = "forget",
                    .group = "Memory",
                    .summary = "erase for good, after a preview",
                    .effect = Effect::erase,
                    .errors = {ErrorCode::not_found, ErrorCode::busy, ErrorCode::denied}},
                   fields,
                   object_shape({{"count", count_shape()},
                                 {"erase_block", count_shape()},
                                 {"unreached", list_shape(text_shape())}}),
                   [](Call& call, const ForgetRequest& request) -> Result<Json> {
                     MBE_ASSIGN(const ForgetReport report,
                                call.memory->forget(request.target, request.count));
                     return forget_json(report);
                   });
}

}  // namespace

Fields<RememberRequest> remember_fields() {
  Fields<RememberRequest> fields;
  add_statement(fields);
  fields.add("supersedes", &RememberRequest::supersedes, "the block whose place it takes");
  return fields;
}

std::vector<Operation> writing_operations() {
  return {remember(),
          update(),
          mark("pin", "keep a block in every prompt"),
          mark("unpin", "undo pin"),
          mark("hide", "leave a block out of recall, reversibly"),
          mark("restore", "undo hide"),
          forget_preview(),
          forget()};
}

}  // namespace mbe
