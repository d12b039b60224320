#include "server/conversation_door.h"

#include <algorithm>
#include <array>

#include "operations/fields.h"
#include "operations/views.h"
#include "server/problem.h"
#include "server/rest.h"

namespace mbe {

namespace {

constexpr std::string_view root = "/api/conversations";
constexpr std::array<std::string_view, 3> reads = {"", "/tree", "/export"};
constexpr std::array<std::string_view, 2> changes = {"/rename", "/delete"};

struct ChangeBody {
  std::string conversation, title;
  std::optional<std::uint64_t> count;
};

const Fields<ChangeBody>& change_fields() {
  static const Fields<ChangeBody> fields = [] {
    Fields<ChangeBody> out;
    out.add("conversation", &ChangeBody::conversation, "which conversation").required();
    out.add("title", &ChangeBody::title, "what it is called; empty: by how it began");
    out.add("count", &ChangeBody::count, "how many blocks the preview named");
    return out;
  }();
  return fields;
}

Result<ChangeBody> read_change(const std::string& body) {
  MBE_ASSIGN(const Json json, read_json(body));
  return change_fields().read(json);
}

std::string asked(const HttpRequest& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? "" : found->second;
}

template <class Paths>
bool is_one_of(const std::string& path, const Paths& paths) {
  return path.starts_with(root) &&
         std::ranges::find(paths, std::string_view(path).substr(root.size())) != paths.end();
}

HttpResponse exported(const ConversationTree& tree, const std::string& format,
                      int utc_offset_minutes) {
  HttpResponse out;
  const bool is_text = format != "json";
  out.body = is_text ? tree_markdown(tree, utc_offset_minutes) : tree_json(tree).dump(1) + "\n";
  if (is_text) out.content_type = "text/markdown; charset=utf-8";
  out.headers.emplace_back(
      "Content-Disposition",
      std::string("attachment; filename=conversation.") + (is_text ? "md" : "json"));
  return out;
}

}  // namespace

Json conversation_arguments() {
  return object_schema(change_fields().arguments());
}

std::optional<HttpResponse> ConversationDoor::answer(const HttpRequest& request,
                                                     const Principal& who,
                                                     const Catalog& messages) const {
  const bool is_read = is_one_of(request.path, reads);
  if (!is_read && !is_one_of(request.path, changes)) return std::nullopt;
  const bool gets = request.method == "GET" || request.method == "HEAD";
  if (is_read ? !gets : request.method != "POST") {
    return wrong_method(messages, is_read ? "GET" : "POST");
  }
  const std::string chain = who.own_chain();
  const bool deletes = request.path.ends_with("/delete");
  const Right right = is_read ? Right::read : deletes ? Right::erase : Right::write;
  if (const auto allowed = check_access(who, chain, right); !allowed.ok()) {
    return problem(messages, allowed.error());
  }
  const auto memory = engine_.chain(chain);
  if (!memory.ok()) return problem(messages, memory.error());
  auto out = is_read ? read(request, **memory) : change(request, **memory, messages);
  return out.ok() ? *std::move(out) : problem(messages, out.error());
}

Result<HttpResponse> ConversationDoor::read(const HttpRequest& request, Memory& memory) const {
  Conversations talks(engine_, memory);
  if (request.path == root) {
    const std::string words = asked(request, "search");
    MBE_ASSIGN(const auto found, words.empty() ? talks.list() : talks.search(words));
    Json out = Json::array();
    for (const ConversationInfo& info : found) out.push_back(conversation_json(info));
    return json_response({{"conversations", std::move(out)}});
  }
  MBE_ASSIGN(const ConversationTree tree, talks.tree(asked(request, "conversation")));
  if (request.path.ends_with("/tree")) return json_response(tree_json(tree));
  const std::string format = asked(request, "format");
  if (!format.empty() && format != "markdown" && format != "json") {
    return fail(ErrorCode::invalid_argument, "`{}` is not one of markdown, json", format);
  }
  return exported(tree, format, utc_offset_minutes_(system_clock().now_ms()));
}

Result<HttpResponse> ConversationDoor::change(const HttpRequest& request, Memory& memory,
                                              const Catalog& messages) const {
  Conversations talks(engine_, memory);
  MBE_ASSIGN(const ChangeBody body, read_change(request.body));
  if (request.path.ends_with("/rename")) {
    MBE_TRY(talks.rename(body.conversation, body.title));
    return json_response({{"done", true}});
  }
  MBE_ASSIGN(const ForgetTarget target, talks.deletion(body.conversation));
  if (!body.count) {
    MBE_ASSIGN(const ForgetPreview preview, memory.forget_preview(target));
    return json_response(forget_preview_json(messages, preview));
  }
  MBE_ASSIGN(const ForgetReport report, memory.forget(target, *body.count));
  return json_response(forget_json(report));
}

}  // namespace mbe
