// Memory: what adds blocks.
#include <algorithm>

#include "base/utf8.h"
#include "engine/memory_parts.h"
#include "engine/records.h"
#include "engine/retelling.h"
#include "engine/views.h"

namespace mbe {

namespace {

constexpr std::size_t sources_read_max = 64;  ///< of an answer; one of more is a work of its own

}  // namespace

Result<void> check_text(std::string_view text) {
  const bool blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  if (blank) {
    return fail(ErrorCode::invalid_argument, "the text is empty; there is nothing to remember");
  }
  if (text.size() > text_bytes_max) {
    return fail(ErrorCode::limit,
                "the text has {} bytes, the limit is {}; cut it or import it in parts", text.size(),
                text_bytes_max);
  }
  if (const auto at = text.find('\0'); at != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument, "the text has a NUL at byte {}; remove it", at);
  }
  if (const auto at = first_invalid_utf8(text)) {
    return fail(ErrorCode::invalid_argument,
                "the text is not UTF-8 at byte {}; convert it first (for example with iconv)", *at);
  }
  return {};
}

/// Says so itself, or holds nothing that the blocks it rests on do not hold.
Result<bool> Memory::Parts::retells(const RememberRequest& request,
                                    const Analysis& analysis) const {
  if (request.retold) return true;
  std::vector<Analysis> sources;
  for (const std::uint64_t ref : request.refs) {
    if (sources.size() == sources_read_max) return false;
    MBE_ASSIGN(const Block block, chain->read(ref));
    if (block.state == BlockState::ok) sources.push_back(analyse_payload(analyser, block.payload));
  }
  return only_retells(analysis, sources);
}

Result<Payload> Memory::Parts::payload_of(const RememberRequest& request,
                                          Analysis& analysis) const {
  MBE_TRY(check_text(request.text));
  for (const std::string* field :
       {&request.speaker, &request.session, &request.source, &request.channel, &request.writer}) {
    if (field->size() > attribute_bytes_max || first_invalid_utf8(*field)) {
      return fail(ErrorCode::invalid_argument,
                  "speaker, session, source, channel and writer are UTF-8 of at most {} bytes",
                  attribute_bytes_max);
    }
  }
  if (chain->refuses_texts() && chain->is_refused(folded(request.text))) {
    return fail(ErrorCode::denied, "this statement was forgotten and is not to be stored again");
  }
  Payload out;
  const auto kind = kind_from_name(request.kind);
  const auto known_trust = trust_from_name(request.trust);
  if (!kind || !is_memory_kind(*kind)) {
    return fail(ErrorCode::invalid_argument, "`{}` is not a kind of memory", request.kind);
  }
  if (!known_trust) {
    return fail(ErrorCode::invalid_argument, "`{}` is not a trust level", request.trust);
  }
  out.kind = *kind;
  out.trust = *known_trust;
  out.text = request.text;
  out.speaker = request.speaker;
  out.session = request.session;
  out.source = request.source;
  out.channel = request.channel;
  out.writer = request.writer;
  out.event_ms = request.event_ms;
  out.data = request.data;
  if (request.supersedes) out.refs.push_back({*request.supersedes, "", ""});
  for (const std::uint64_t ref : request.refs) out.refs.push_back({ref, "", ""});
  const TimeMs time = request.event_ms.value_or(clock.now_ms());
  analysis = analyser.analyse(request.text, time, request.utc_offset_minutes);
  for (const Keyword& keyword : analysis.keywords) out.keywords.push_back(keyword.label);
  out.tags = analysis.tags;
  out.importance = analysis.importance;
  out.analysis_version = analysis.version;
  if (out.kind == Kind::answer) {
    MBE_ASSIGN(const bool retold, retells(request, analysis));
    if (retold) out.action = retold_action;
  }
  return out;
}

Result<RememberReceipt> Memory::Parts::append(const Payload& payload, Analysis analysis) const {
  if (payload.refs.size() > references_max) {
    return fail(ErrorCode::limit, "a block refers to {} others, the limit is {}; split it",
                payload.refs.size(), references_max);
  }
  MBE_ASSIGN(const Receipt receipt, chain->append(payload));
  derived->offer(receipt, payload, std::move(analysis));
  vectors->wake();
  return RememberReceipt{receipt.sequence, to_hex(view(receipt.hash))};
}

Result<RememberReceipt> Memory::remember(const RememberRequest& request) {
  if (request.supersedes) return update(*request.supersedes, request);
  Analysis analysis;
  MBE_ASSIGN(const Payload payload, parts_->payload_of(request, analysis));
  return parts_->append(payload, std::move(analysis));
}

Result<RememberReceipt> Memory::update(std::uint64_t index, const RememberRequest& request) {
  MBE_ASSIGN(const Block old, parts_->readable(index));
  if (!is_memory_kind(old.payload.kind)) {
    return fail(ErrorCode::invalid_argument, "block {} is not a memory and cannot be updated",
                index);
  }
  RememberRequest later = request;
  later.kind = "supersede";
  later.supersedes = index;
  if (later.speaker.empty()) later.speaker = old.payload.speaker;
  if (later.session.empty()) later.session = old.payload.session;
  Analysis analysis;
  MBE_ASSIGN(const Payload payload, parts_->payload_of(later, analysis));
  return parts_->append(payload, std::move(analysis));
}

Result<RememberReceipt> Memory::record(const RecordRequest& request) {
  const auto kind = kind_from_name(request.kind);
  if (kind != Kind::identity && kind != Kind::manifest && kind != Kind::audit) {
    return fail(ErrorCode::invalid_argument, "`{}` is not one of identity, manifest, audit",
                request.kind);
  }
  Payload payload;
  payload.kind = *kind;
  payload.text = request.text;
  payload.source = request.source;
  payload.channel = request.channel;
  payload.writer = request.writer;
  payload.data = request.data;
  for (const std::uint64_t ref : request.refs) payload.refs.push_back({ref, "", ""});
  return parts_->append(payload, {});
}

Result<RememberReceipt> Memory::mark(std::uint64_t index, const std::string& action,
                                     const MarkRequest& where) {
  constexpr std::string_view actions[] = {"pin", "unpin", "hide", "restore", "repeat"};
  if (std::ranges::find(actions, action) == std::end(actions)) {
    return fail(ErrorCode::invalid_argument, "`{}` is not one of pin, unpin, hide, restore, repeat",
                action);
  }
  MBE_ASSIGN(const Block target, parts_->readable(index));
  if (!is_memory_kind(target.payload.kind)) {
    return fail(ErrorCode::invalid_argument, "block {} is not a memory and cannot be marked",
                index);
  }
  Payload payload;
  payload.kind = Kind::pin;
  payload.action = action;
  payload.session = where.session;
  payload.channel = where.channel;
  payload.writer = where.writer;
  payload.refs.push_back({index, "", ""});
  return parts_->append(payload, {});
}

}  // namespace mbe
