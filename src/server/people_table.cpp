#include <algorithm>

#include "base/datetime.h"
#include "server/people_parts.h"

namespace mbe {

namespace {

constexpr double password_bytes_max = 1'024;
constexpr double chain_bytes_max = 128;
constexpr double label_bytes_max = 200;
constexpr double days_max = 36'500;
constexpr TimeMs day_ms = 86'400'000;

Bounds right_names() {
  Bounds out{.choices = {}, .items_max = 4};
  for (const Right right : {Right::read, Right::write, Right::erase, Right::administer}) {
    out.choices.emplace_back(right_name(right));
  }
  return out;
}

std::set<Right> rights_of(const std::vector<std::string>& names) {
  std::set<Right> out;
  for (const std::string& name : names) out.insert(*right_from_name(name));
  return out;
}

Json names_of(const std::set<Right>& rights) {
  Json out = Json::array();
  for (const Right right : rights) out.push_back(right_name(right));
  return out;
}

Json account_json(const Account& account) {
  return {{"name", account.name},
          {"role", role_name(account.role)},
          {"created", format_time(account.created_ms)}};
}

Json account_shape() {
  return object_shape({{"name", text_shape()}, {"role", text_shape()}, {"created", text_shape()}});
}

struct AccountRequest {
  std::string name, role = "member", password, old_password;
};

Fields<AccountRequest> name_field() {
  Fields<AccountRequest> fields;
  fields.add("name", &AccountRequest::name, "the account", text_to(account_bytes_max)).required();
  return fields;
}

PeopleOperation list_people() {
  return made({.name = "people", .summary = "all accounts", .reads = true}, Fields<NoArguments>(),
              object_shape({{"people", list_shape(account_shape())}}),
              [](PeopleCall& call, const NoArguments&) -> Result<Json> {
                MBE_ASSIGN(const std::vector<Account> accounts, call.people.accounts());
                Json all = Json::array();
                for (const Account& account : accounts) all.push_back(account_json(account));
                return Json{{"people", std::move(all)}};
              });
}

PeopleOperation add() {
  Fields<AccountRequest> fields = name_field();
  fields
      .add("role", &AccountRequest::role, "what they are to this home",
           {.choices = {"origin", "member", "guest", "agent"}})
      .required()
      .add("password", &AccountRequest::password, "at least 12 characters",
           text_to(password_bytes_max))
      .required();
  return made(
      {.name = "people/add", .summary = "make an account", .told = {"name", "role"}}, fields,
      account_shape(), [](PeopleCall& call, const AccountRequest& request) -> Result<Json> {
        MBE_ASSIGN(const Account account,
                   call.people.add(request.name, *role_from_name(request.role), request.password));
        return account_json(account);
      });
}

PeopleOperation remove() {
  return made({.name = "people/remove",
               .summary = "take an account away, with its sessions, keys and grants",
               .told = {"name"},
               .errors = {ErrorCode::not_found}},
              name_field(), done_shape(),
              [](PeopleCall& call, const AccountRequest& request) -> Result<Json> {
                MBE_TRY(call.people.remove(request.name));
                return done();
              });
}

/// One's own password asks for the old one, so that a page left open does not give the account
/// away; another's asks for the right to administer.
Result<Json> set_password(const PeopleCall& call, const AccountRequest& request) {
  MBE_TRY(check_looks_after(call.who, request.name));
  if (call.who.account == 0 || call.who.name != request.name) {
    MBE_TRY(call.people.set_password(request.name, request.password));
    return done();
  }
  if (request.old_password.empty()) {
    return fail(ErrorCode::invalid_argument, "`{}` is missing", "old_password");
  }
  MBE_TRY(call.people.change_password(request.name, request.old_password, request.password,
                                      call.address));
  return done();
}

PeopleOperation passwd() {
  Fields<AccountRequest> fields = name_field();
  fields
      .add("password", &AccountRequest::password, "the new one, at least 12 characters",
           text_to(password_bytes_max))
      .required()
      .add("old_password", &AccountRequest::old_password, "for one's own account, the present one",
           text_to(password_bytes_max));
  return made({.name = "people/passwd",
               .summary = "another password; the account is logged out everywhere",
               .told = {"name"},
               .is_for_owners = true,
               .takes_password = true,
               .errors = {ErrorCode::not_found, ErrorCode::busy}},
              fields, done_shape(), set_password);
}

Json key_json(const KeyView& key) {
  return {{"id", key.id},
          {"account", key.account},
          {"label", key.label},
          {"rights", names_of(key.rights)},
          {"chains", key.chains},
          {"created", format_time(key.created_ms)},
          {"expires", key.expires_ms ? Json(format_time(*key.expires_ms)) : Json()}};
}

Json key_shape() {
  return object_shape({{"id", text_shape()},
                       {"account", text_shape()},
                       {"label", text_shape()},
                       {"rights", list_shape(text_shape())},
                       {"chains", list_shape(text_shape())},
                       {"created", text_shape()},
                       {"expires", or_null_shape(text_shape())}});
}

PeopleOperation list_keys() {
  return made({.name = "keys", .summary = "all keys, without what they open", .reads = true},
              Fields<NoArguments>(), object_shape({{"keys", list_shape(key_shape())}}),
              [](PeopleCall& call, const NoArguments&) -> Result<Json> {
                MBE_ASSIGN(const std::vector<KeyView> keys, call.people.keys());
                Json all = Json::array();
                for (const KeyView& key : keys) all.push_back(key_json(key));
                return Json{{"keys", std::move(all)}};
              });
}

struct NewKey {
  std::string account, label;
  std::vector<std::string> rights = {"read", "write"}, chains;
  std::uint64_t days = 0;
};

/// A key makes none that may do more than itself.
Result<void> check_within(const Principal& who, const std::set<Right>& rights) {
  for (const Right right : rights) {
    if (!who.key_rights || who.key_rights->contains(right)) continue;
    return fail(ErrorCode::denied, "this key may not {}, so it makes no key that may",
                right_name(right));
  }
  return {};
}

PeopleOperation create_key() {
  Fields<NewKey> fields;
  fields.add("account", &NewKey::account, "whose account it acts for", text_to(account_bytes_max))
      .required()
      .add("label", &NewKey::label, "what it is for", {.max = label_bytes_max, .choices = {}})
      .add("rights", &NewKey::rights, "read and write unless told", right_names())
      .add("chains", &NewKey::chains, "only these memories",
           {.min = 1, .max = chain_bytes_max, .choices = {}, .items_max = 100})
      .add("days", &NewKey::days, "how long it lasts; 0: until revoked",
           {.max = days_max, .choices = {}});
  Json shape = key_shape();
  shape["properties"]["key"] = text_shape();
  shape["required"].push_back("key");
  return made({.name = "keys/create",
               .summary = "make a key; it is told this once",
               .told = {"id", "account", "rights", "chains", "expires"},
               .errors = {ErrorCode::not_found}},
              fields, shape, [](PeopleCall& call, const NewKey& request) -> Result<Json> {
                MBE_TRY(check_within(call.who, rights_of(request.rights)));
                KeyRequest wanted{.account = request.account,
                                  .label = request.label,
                                  .rights = rights_of(request.rights),
                                  .chains = {request.chains.begin(), request.chains.end()}};
                if (request.days > 0) {
                  wanted.expires_ms =
                      call.clock.now_ms() + static_cast<TimeMs>(request.days) * day_ms;
                }
                MBE_ASSIGN(const auto key, call.people.create_key(wanted));
                Json out = key_json(key.second);
                out["key"] = key.first;
                return out;
              });
}

PeopleOperation revoke_key() {
  return made({.name = "keys/revoke",
               .summary = "end a key",
               .told = {"id"},
               .errors = {ErrorCode::not_found}},
              id_field("its first characters, as listed"), done_shape(),
              [](PeopleCall& call, const IdRequest& request) -> Result<Json> {
                MBE_TRY(call.people.revoke_key(request.id));
                return done();
              });
}

PeopleOperation list_grants() {
  const Json grant = object_shape(
      {{"account", text_shape()}, {"chain", text_shape()}, {"rights", list_shape(text_shape())}});
  return made({.name = "grants", .summary = "who may use whose memory", .reads = true},
              Fields<NoArguments>(), object_shape({{"grants", list_shape(grant)}}),
              [](PeopleCall& call, const NoArguments&) -> Result<Json> {
                MBE_ASSIGN(const std::vector<GrantView> grants, call.people.grants());
                Json all = Json::array();
                for (const GrantView& one : grants) {
                  all.push_back({{"account", one.account},
                                 {"chain", one.grant.chain},
                                 {"rights", names_of(one.grant.rights)}});
                }
                return Json{{"grants", std::move(all)}};
              });
}

struct GrantRequest {
  std::string account, chain;
  std::vector<std::string> rights;
};

PeopleOperation set_grant() {
  Fields<GrantRequest> fields;
  Bounds rights = right_names();
  rights.choices.pop_back();  // nobody is granted the home itself
  fields.add("account", &GrantRequest::account, "who", text_to(account_bytes_max))
      .required()
      .add("chain", &GrantRequest::chain, "which memory", text_to(chain_bytes_max))
      .required()
      .add("rights", &GrantRequest::rights, "all that they may; none: no longer", rights)
      .required();
  return made(
      {.name = "grants/set",
       .summary = "let an account use a memory that is not its own",
       .told = {"account", "chain", "rights"},
       .errors = {ErrorCode::not_found}},
      fields, done_shape(), [](PeopleCall& call, const GrantRequest& request) -> Result<Json> {
        MBE_TRY(call.people.grant(request.account, request.chain, rights_of(request.rights)));
        return done();
      });
}

}  // namespace

const std::vector<PeopleOperation>& people_operations() {
  static const std::vector<PeopleOperation> table = [] {
    std::vector<PeopleOperation> out = {list_people(), add(),         remove(),
                                        passwd(),      list_keys(),   create_key(),
                                        revoke_key(),  list_grants(), set_grant()};
    for (PeopleOperation& one : login_operations()) out.push_back(std::move(one));
    return out;
  }();
  return table;
}

const PeopleOperation* find_people_operation(std::string_view name) {
  const auto found = std::ranges::find(people_operations(), name, &PeopleOperation::name);
  return found == people_operations().end() ? nullptr : &*found;
}

Result<Json> run_people(const PeopleOperation& operation, PeopleCall& call, const Json& arguments) {
  if (!operation.is_for_owners) MBE_TRY(check_administers(call.who));
  MBE_ASSIGN(Json out, operation.run(call, arguments));
  if (operation.reads) return out;
  Json about = Json::object();
  for (const std::string& name : operation.told) {
    const Json& from = out.contains(name) ? out : arguments;
    if (from.contains(name)) about[name] = from[name];
  }
  call.audit.note(operation.name, call.who, call.door, about);
  return out;
}

}  // namespace mbe
