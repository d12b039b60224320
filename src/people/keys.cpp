#include <algorithm>

#include "base/random.h"
#include "base/utf8.h"
#include "people/people.h"

namespace mbe {

namespace {

constexpr std::string_view key_mark = "mbe_";
constexpr std::size_t key_bytes = 32;
constexpr std::size_t id_characters = 12;  // with the mark; 40 bits tell keys apart
constexpr std::size_t chain_bytes_max = 128;
constexpr TimeMs never = 0;
constexpr char separator = '\n';  // no name of a chain holds a control character

std::string joined(const std::set<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : "\n") + name;
  return out;
}

std::string joined(const std::set<Right>& rights) {
  std::set<std::string> names;
  for (const Right right : rights) names.insert(std::string(right_name(right)));
  return joined(names);
}

std::set<std::string> split(const std::string& text) {
  std::set<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    out.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// As the engine wants it: a name that no memory can have would only look like a limit.
Result<void> check_chain(const std::string& name) {
  const auto is_control = [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; };
  const bool fits = !name.empty() && name.size() <= chain_bytes_max;
  if (fits && !first_invalid_utf8(name) && !std::ranges::any_of(name, is_control)) return {};
  return fail(ErrorCode::invalid_argument,
              "a memory's name is 1 to {} bytes of text without control characters",
              chain_bytes_max);
}

std::set<Right> rights_of(const std::string& text) {
  std::set<Right> out;
  for (const std::string& name : split(text)) {
    if (const auto right = right_from_name(name)) out.insert(*right);
  }
  return out;
}

}  // namespace

Result<Principal> People::principal(std::int64_t account) {
  MBE_ASSIGN(const auto rows,
             database_.run("SELECT name, role FROM account WHERE id = ?", {account}));
  if (rows.empty()) return fail(ErrorCode::not_found, "there is no account `{}`", account);
  Principal out;
  out.account = account;
  out.name = text_of(rows[0][0]);
  out.role = role_from_name(text_of(rows[0][1])).value_or(Role::guest);
  MBE_ASSIGN(const auto grants,
             database_.run("SELECT chain, rights FROM granted WHERE account = ?", {account}));
  for (const Row& row : grants) {
    out.grants.push_back({text_of(row[0]), rights_of(text_of(row[1]))});
  }
  return out;
}

Result<std::pair<std::string, KeyView>> People::create_key(const KeyRequest& request) {
  if (request.rights.empty()) {
    return fail(ErrorCode::invalid_argument, "a key needs a right: read, write, erase, administer");
  }
  for (const std::string& chain : request.chains) MBE_TRY(check_chain(chain));
  const std::string key = std::string(key_mark) + to_base32(random_bytes(key_bytes));
  KeyView view{key.substr(0, id_characters),
               request.account,
               request.label,
               request.rights,
               request.chains,
               clock_.now_ms(),
               request.expires_ms};
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const std::int64_t account, id_of(request.account));
  MBE_TRY(
      database_.run("INSERT INTO api_key(digest, id, account, label, rights, chains, created,"
                    " expires) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
                    {digest_of_secret(key), view.id, account, request.label, joined(request.rights),
                     joined(request.chains), view.created_ms, request.expires_ms.value_or(never)}));
  return std::pair(key, std::move(view));
}

Result<std::vector<KeyView>> People::keys() {
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(
      const auto rows,
      database_.run("SELECT k.id, a.name, k.label, k.rights, k.chains, k.created, k.expires"
                    " FROM api_key k JOIN account a ON a.id = k.account ORDER BY k.created"));
  std::vector<KeyView> out;
  for (const Row& row : rows) {
    KeyView one{text_of(row[0]),
                text_of(row[1]),
                text_of(row[2]),
                rights_of(text_of(row[3])),
                split(text_of(row[4])),
                number_of(row[5]),
                {}};
    if (number_of(row[6]) != never) one.expires_ms = number_of(row[6]);
    out.push_back(std::move(one));
  }
  return out;
}

Result<void> People::revoke_key(const std::string& id) {
  const std::lock_guard lock(mutex_);
  MBE_TRY(database_.run("DELETE FROM api_key WHERE id = ?", {id}));
  if (database_.changed() == 1) return {};
  return fail(ErrorCode::not_found, "there is no key {}", id);
}

Result<std::optional<Principal>> People::by_key(const std::string& key) {
  if (!key.starts_with(key_mark)) return std::optional<Principal>();
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const auto rows,
             database_.run("SELECT account, rights, chains, expires FROM api_key WHERE digest = ?",
                           {digest_of_secret(key)}));
  if (rows.empty()) return std::optional<Principal>();
  const std::int64_t expires = number_of(rows[0][3]);
  if (expires != never && expires <= clock_.now_ms()) return std::optional<Principal>();
  MBE_ASSIGN(Principal out, principal(number_of(rows[0][0])));
  out.key_rights = rights_of(text_of(rows[0][1]));
  out.key_chains = split(text_of(rows[0][2]));
  return std::optional(std::move(out));
}

Result<void> People::grant(const std::string& name, const std::string& chain,
                           const std::set<Right>& rights) {
  MBE_TRY(check_chain(chain));
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const std::int64_t account, id_of(name));
  if (rights.empty()) {
    MBE_TRY(database_.run("DELETE FROM granted WHERE account = ? AND chain = ?", {account, chain}));
    return {};
  }
  MBE_TRY(
      database_.run("INSERT INTO granted(account, chain, rights) VALUES(?, ?, ?)"
                    " ON CONFLICT(account, chain) DO UPDATE SET rights = excluded.rights",
                    {account, chain, joined(rights)}));
  return {};
}

Result<std::vector<GrantView>> People::grants() {
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const auto rows,
             database_.run("SELECT a.name, g.chain, g.rights FROM granted g"
                           " JOIN account a ON a.id = g.account ORDER BY a.id, g.chain"));
  std::vector<GrantView> out;
  for (const Row& row : rows) {
    out.push_back({text_of(row[0]), {text_of(row[1]), rights_of(text_of(row[2]))}});
  }
  return out;
}

}  // namespace mbe
