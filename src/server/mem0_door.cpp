#include "server/mem0_door.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "operations/read_json.h"
#include "server/people_door.h"
#include "server/problem.h"

namespace mbe {

namespace {

constexpr std::string_view chain_part = "/chain/";
constexpr std::size_t found_max = 1'000;
constexpr std::size_t found_usual = 20;
constexpr std::size_t listed_usual = 100;
constexpr std::size_t pages_max = 1'000'000;

Error nothing_at(const HttpRequest& request) {
  return fail(ErrorCode::not_found, "there is nothing at {}", request.path);
}

Error no_memory(const std::string& id) {
  return fail(ErrorCode::not_found, "there is no memory {}; ids come from add and search", id);
}

/// Takes a part off the front of a path, up to the next slash.
std::string taken(std::string& rest, std::size_t from) {
  const std::size_t end = std::min(rest.find('/', from), rest.size());
  std::string out = rest.substr(from, end - from);
  rest.erase(0, end);
  return out;
}

Json query_of(const HttpRequest& request) {
  Json out = Json::object();
  for (const auto& [name, text] : request.query) out[name] = text;
  return out;
}

Result<Json> body_of(const HttpRequest& request) {
  if (request.body.empty()) return query_of(request);
  MBE_ASSIGN(Json body, read_json(request.body));
  if (!body.is_object()) {
    return fail(ErrorCode::invalid_argument, "the body of the request is a JSON object");
  }
  return body;  // beside one, a query says pages alone
}

/// A whole number that is given as such or as text; the first of these names that is there.
Result<std::size_t> count_in(const Json& given, std::initializer_list<const char*> names,
                             std::size_t usual, std::size_t max) {
  for (const char* name : names) {
    const auto found = given.find(name);
    if (found == given.end() || found->is_null()) continue;
    const std::string text = found->is_string() ? found->get<std::string>() : found->dump();
    std::size_t out = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, out);
    if (failed == std::errc() && stop == end && out >= 1 && out <= max) return out;
    return fail(ErrorCode::invalid_argument, "`{}` is a whole number from 1 to {}", name, max);
  }
  return usual;
}

/// Block `index` and what holds in its place. Errors: not_found (it is no memory of this door).
Result<std::pair<BlockView, BlockView>> found_at(const ShimMemory& in, const std::string& id) {
  const auto index = mem0_index(id);
  if (!index) return no_memory(id);
  auto root = in.memory().show(*index);
  if (!root.ok() && root.error().code() == ErrorCode::not_found) return no_memory(id);
  if (!root.ok()) return root.error();
  const bool is_ours = root->state == "ok" && root->channel == mem0_channel;
  if (!is_ours || root->kind == "supersede") return no_memory(id);
  BlockView newest = *root;
  while (newest.superseded_by) {
    MBE_ASSIGN(BlockView later, in.memory().show(*newest.superseded_by));
    if (later.kind != "supersede") break;  // merged with what says the same
    newest = std::move(later);
  }
  return std::pair(*std::move(root), std::move(newest));
}

/// The statement that a block came to stand for: by it a memory is called.
Result<BlockView> root_of(const ShimMemory& in, const BlockView& block) {
  BlockView out = block;
  while (out.kind == "supersede" && !out.refs.empty()) {
    MBE_ASSIGN(out, in.memory().show(out.refs.front()));
  }
  return out;
}

}  // namespace

bool Mem0Door::is_here(std::string_view path) {
  return path.starts_with(mem0_path) &&
         (path.size() == mem0_path.size() || path[mem0_path.size()] == '/');
}

HttpResponse Mem0Door::refusal(const Catalog& messages, unsigned status, const Error& error) {
  HttpResponse out = problem(messages, status, error);
  out.content_type = "application/json";
  out.body = json_line({{"detail", messages.text(error)}, {"code", error_name(error.code())}});
  return out;
}

HttpResponse Mem0Door::answer(const HttpRequest& request, const Principal& who,
                              const Catalog& messages) const {
  std::string rest = request.path.substr(mem0_path.size());
  std::string chain = usual_chain(who);
  if (rest.starts_with(chain_part)) chain = taken(rest, chain_part.size());
  if (const auto named = request.query.find("chain"); named != request.query.end()) {
    chain = named->second;
  }
  if (rest.ends_with('/')) rest.pop_back();
  int version = 0;
  if (rest.size() > 3 && rest.starts_with("/v") && rest[2] >= '1' && rest[2] <= '3' &&
      rest[3] == '/') {
    version = rest[2] - '0';
    rest.erase(0, 3);
  }
  auto body = body_of(request);
  if (!body.ok()) return refusal(messages, http_status(body.error().code()), body.error());
  const CallerDoor door{.channel = mem0_channel, .name = door_of(request)};
  const auto out =
      routed({request, {who, chain, door}, version, std::move(rest), *std::move(body)});
  if (out.ok()) return json_response(*out);
  return refusal(messages, http_status(out.error().code()), out.error());
}

Result<Json> Mem0Door::routed(const Asked& asked) const {
  const std::string& method = asked.request.method;
  const std::string& rest = asked.rest;
  const bool posts = method == "POST";
  if (rest == "/ping" && method == "GET") {
    // Its client wants names of an organisation and a project, and asks no more of them.
    return Json{
        {"status", "ok"}, {"user_email", nullptr}, {"org_id", "mbe"}, {"project_id", "mbe"}};
  }
  if (rest == "/memories") return collection(asked);
  if (posts && rest == "/memories/add") return add(asked);
  if (posts && (rest == "/search" || rest == "/memories/search")) return search(asked);
  if (rest.starts_with("/memories/")) return one(asked, rest.substr(rest.find('/', 1) + 1));
  if (rest == "/batch") return batch(asked);
  if (rest == "/entities" && method == "GET") return entities(asked);
  if (rest.starts_with("/entities/") && method == "DELETE") {
    std::string path = rest.substr(rest.find('/', 1));
    const std::string type = taken(path, 1);
    const bool is_type = type == "user" || type == "agent" || type == "app" || type == "run";
    if (!is_type || path.size() < 2) return nothing_at(asked.request);
    return remove_all(asked, {{type + "_id", path.substr(1)}}, "Entity deleted successfully");
  }
  if (posts && rest == "/reset") {
    return remove_all(asked, Json::object(), "All memories reset");
  }
  return nothing_at(asked.request);
}

Result<Json> Mem0Door::collection(const Asked& asked) const {
  const std::string& method = asked.request.method;
  if (method == "GET") return list(asked, false);
  if (method == "POST") return asked.version >= 2 ? list(asked, true) : add(asked);
  if (method != "DELETE") return nothing_at(asked.request);
  MBE_ASSIGN(const Json filter, mem0_filter(asked.body));
  return remove_all(asked, filter, "All relevant memories deleted");
}

Result<Json> Mem0Door::one(const Asked& asked, const std::string& id) const {
  const std::string& method = asked.request.method;
  const std::size_t slash = id.find('/');
  if (slash != std::string::npos) {
    if (id.substr(slash) != "/history" || method != "GET") return nothing_at(asked.request);
    MBE_ASSIGN(const ShimMemory in, open(asked, Right::read));
    const auto index = mem0_index(id.substr(0, slash));
    if (!index) return no_memory(id.substr(0, slash));
    auto entries = in.memory().history(*index);
    if (!entries.ok()) return no_memory(id.substr(0, slash));
    const auto foreign = [](const HistoryEntry& entry) {
      return entry.event == "said" && entry.block.channel != mem0_channel;
    };
    if (std::ranges::any_of(*entries, foreign)) return no_memory(id.substr(0, slash));
    return mem0_history(id.substr(0, slash), *entries);
  }
  if (method == "GET") {
    MBE_ASSIGN(const ShimMemory in, open(asked, Right::read));
    MBE_ASSIGN(const auto found, found_at(in, id));
    return mem0_item(found.first, found.second);
  }
  if (method == "PUT") return update(asked, id, asked.body);
  if (method == "DELETE") return remove(asked, {id});
  return nothing_at(asked.request);
}

Result<Json> Mem0Door::batch(const Asked& asked) const {
  const auto given = asked.body.find("memories");
  const bool is_list = given != asked.body.end() && given->is_array();
  const bool is_known = asked.request.method == "PUT" || asked.request.method == "DELETE";
  if (!is_known) return nothing_at(asked.request);
  if (!is_list || given->size() > mem0_messages_max) {
    return fail(ErrorCode::invalid_argument, "`memories` is a list of at most {} with `memory_id`",
                mem0_messages_max);
  }
  std::vector<std::string> ids;
  for (const Json& one : *given) {
    const auto id = one.is_object() ? one.find("memory_id") : one.end();
    if (!one.is_object() || id == one.end() || !id->is_string()) {
      return fail(ErrorCode::invalid_argument,
                  "`memories` is a list of at most {} with `memory_id`", mem0_messages_max);
    }
    ids.push_back(id->get<std::string>());
  }
  if (asked.request.method == "DELETE") return remove(asked, ids);
  for (std::size_t i = 0; i < ids.size(); ++i) MBE_TRY(update(asked, ids[i], (*given)[i]));
  return Json{{"message", fmt::format("Successfully updated {} memories", ids.size())}};
}

Result<Json> Mem0Door::add(const Asked& asked) const {
  MBE_ASSIGN(const ShimMemory in, open(asked, Right::write));
  MBE_ASSIGN(std::vector<RememberRequest> said, mem0_statements(asked.body));
  for (RememberRequest& one : said) one = in.stamped(std::move(one));
  MBE_ASSIGN(const auto receipts, in.memory().remember_many(said));
  Json out = Json::array();
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    if (!receipts[i].ok()) return receipts[i].error();
    out.push_back({{"id", mem0_id(receipts[i]->block_index)},
                   {"memory", said[i].text},
                   {"event", "ADD"},
                   {"actor_id", said[i].speaker},
                   {"role", said[i].kind == "answer" ? "assistant" : "user"}});
  }
  return Json{{"results", std::move(out)}};
}

Result<Json> Mem0Door::search(const Asked& asked) const {
  MBE_ASSIGN(const ShimMemory in, open(asked, Right::read));
  MBE_ASSIGN(const Json filter, mem0_filter(asked.body));
  MBE_ASSIGN(const std::size_t count,
             count_in(asked.body, {"top_k", "limit"}, found_usual, found_max));
  const Json query = asked.body.value("query", Json());
  const Json least = asked.body.value("threshold", Json());
  if (!query.is_string()) return fail(ErrorCode::invalid_argument, "`query` is a text");
  if (!least.is_null() && !least.is_number()) {
    return fail(ErrorCode::invalid_argument, "`threshold` is a number from 0 to 1");
  }
  RecallRequest request;
  request.cue = query.get<std::string>();
  request.top_k = mem0_is_narrow(filter) ? found_max : count;  // what it leaves of them
  request.filter = mem0_recall_filter(filter);
  request.threshold = least.is_null();
  request.neighbours = false;
  MBE_ASSIGN(const RecallResult found, in.memory().recall(request));
  Json out = Json::array();
  for (const RecallHit& hit : found.hits) {
    if (out.size() == count) break;
    if (least.is_number() && static_cast<double>(hit.score) < least.get<double>()) continue;
    MBE_ASSIGN(const BlockView root, root_of(in, hit.block));
    Json item = mem0_item(root, hit.block);
    if (!mem0_matches(filter, item)) continue;
    item["score"] = hit.score;
    out.push_back(std::move(item));
  }
  return Json{{"results", std::move(out)}};
}

Result<Json> Mem0Door::list(const Asked& asked, bool is_paged) const {
  MBE_ASSIGN(const ShimMemory in, open(asked, Right::read));
  MBE_ASSIGN(const Json filter, mem0_filter(asked.body));
  const Json query = query_of(asked.request);
  MBE_ASSIGN(const std::size_t page, count_in(query, {"page"}, 1, pages_max));
  MBE_ASSIGN(const std::size_t size,
             count_in(is_paged ? query : asked.body, {"page_size", "limit", "top_k"}, listed_usual,
                      found_max));
  MBE_ASSIGN(const std::vector<BlockView> blocks, in.all(mem0_recall_filter(filter)));
  Json out = Json::array();
  std::size_t count = 0;
  for (const BlockView& block : blocks) {
    if (block.hidden || block.superseded_by) continue;
    MBE_ASSIGN(const BlockView root, root_of(in, block));
    Json item = mem0_item(root, block);
    if (!mem0_matches(filter, item)) continue;
    if (count >= (page - 1) * size && count < page * size) out.push_back(std::move(item));
    ++count;
  }
  if (!is_paged) return Json{{"results", std::move(out)}};
  const auto link = [&](bool is_there, std::size_t number) {
    if (!is_there) return Json();
    return Json(fmt::format("{}?page={}&page_size={}", asked.request.path, number, size));
  };
  return Json{{"count", count},
              {"next", link(page * size < count, page + 1)},
              {"previous", link(page > 1, page - 1)},
              {"results", std::move(out)}};
}

Result<Json> Mem0Door::entities(const Asked& asked) const {
  MBE_ASSIGN(const ShimMemory in, open(asked, Right::read));
  MBE_ASSIGN(const std::vector<BlockView> blocks, in.all(mem0_recall_filter(Json::object())));
  std::map<std::pair<std::string, std::string>, std::size_t> counts;
  for (const BlockView& block : blocks) {
    if (block.superseded_by) continue;
    const Json item = mem0_item(block, block);
    for (const char* type : {"user", "agent", "app", "run"}) {
      const auto name = item.find(std::string(type) + "_id");
      if (name != item.end() && name->is_string()) ++counts[{type, name->get<std::string>()}];
    }
  }
  Json out = Json::array();
  for (const auto& [entity, count] : counts) {
    out.push_back({{"id", entity.first + ":" + entity.second},
                   {"type", entity.first},
                   {"name", entity.second},
                   {"total_memories", count}});
  }
  const std::size_t count = out.size();
  return Json{{"count", count}, {"results", std::move(out)}};
}

Result<Json> Mem0Door::update(const Asked& asked, const std::string& id, const Json& body) const {
  MBE_ASSIGN(const ShimMemory in, open(asked, Right::write));
  MBE_ASSIGN(const auto found, found_at(in, id));
  MBE_ASSIGN(RememberRequest later, mem0_update(body, found.second));
  MBE_ASSIGN(const RememberReceipt receipt,
             in.memory().update(found.second.block_index, in.stamped(std::move(later))));
  MBE_ASSIGN(const BlockView newest, in.memory().show(receipt.block_index));
  Json out = mem0_item(found.first, newest);
  out["message"] = "Memory updated successfully!";
  return out;
}

Result<Json> Mem0Door::remove(const Asked& asked, const std::vector<std::string>& ids) const {
  MBE_ASSIGN(ShimMemory in, open(asked, Right::erase));
  std::vector<std::uint64_t> blocks;
  for (const std::string& id : ids) {
    MBE_ASSIGN(const auto found, found_at(in, id));
    blocks.push_back(found.first.block_index);
  }
  MBE_TRY(in.forget(blocks));
  if (asked.rest != "/batch") return Json{{"message", "Memory deleted successfully"}};
  return Json{{"message", fmt::format("Successfully deleted {} memories", ids.size())}};
}

Result<Json> Mem0Door::remove_all(const Asked& asked, const Json& filter, const char* done) const {
  MBE_ASSIGN(ShimMemory in, open(asked, Right::erase));
  MBE_ASSIGN(const std::vector<BlockView> blocks, in.all(mem0_recall_filter(filter)));
  std::vector<std::uint64_t> meant;
  for (const BlockView& block : blocks) {
    if (mem0_matches(filter, mem0_item(block, block))) meant.push_back(block.block_index);
  }
  MBE_TRY(in.forget(meant));
  return Json{{"message", done}};
}

}  // namespace mbe
