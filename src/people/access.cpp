#include "people/access.h"

#include <algorithm>
#include <iterator>

namespace mbe {

namespace {

constexpr std::string_view role_names[] = {"origin", "member", "guest", "agent"};
constexpr std::string_view right_names[] = {"read", "write", "erase", "administer"};

bool has_right(const Principal& who, const std::string& chain, Right right) {
  if (who.role == Role::origin) return true;
  if (right == Right::administer) return false;
  if (who.role != Role::agent && chain == who.own_chain()) {
    return who.role == Role::member || right != Right::erase;
  }
  const auto granted = std::ranges::find(who.grants, chain, &Grant::chain);
  return granted != who.grants.end() && granted->rights.contains(right);
}

bool key_allows(const Principal& who, Right right) {
  return !who.key_rights || who.key_rights->contains(right);
}

/// A key for some memories alone is not one for the home and its people.
bool key_administers(const Principal& who) {
  return key_allows(who, Right::administer) && who.key_chains.empty();
}

}  // namespace

std::string_view role_name(Role role) {
  return role_names[static_cast<std::size_t>(role)];
}

std::optional<Role> role_from_name(std::string_view name) {
  const auto* const found = std::ranges::find(role_names, name);
  if (found == std::end(role_names)) return std::nullopt;
  return static_cast<Role>(found - std::begin(role_names));
}

std::string_view right_name(Right right) {
  return right_names[static_cast<std::size_t>(right)];
}

std::optional<Right> right_from_name(std::string_view name) {
  const auto* const found = std::ranges::find(right_names, name);
  if (found == std::end(right_names)) return std::nullopt;
  return static_cast<Right>(found - std::begin(right_names));
}

std::string Principal::own_chain() const {
  // No name of an account holds a colon, so nobody's chain has the name of another's.
  return role == Role::origin ? "main" : "person:" + name;
}

std::string Principal::trust() const {
  if (role == Role::origin) return "owner";
  return role == Role::agent ? "agent" : "member";
}

Principal home_owner() {
  Principal out;
  out.role = Role::origin;
  return out;
}

Result<void> check_access(const Principal& who, const std::string& chain, Right right) {
  const bool of_key = who.key_chains.empty() || who.key_chains.contains(chain);
  if (of_key && key_allows(who, right) && has_right(who, chain, right)) return {};
  return fail(ErrorCode::denied, "{} may not {} the memory `{}`; ask its origin for a grant",
              who.name.empty() ? "this account" : who.name, right_name(right), chain);
}

Result<void> check_administers(const Principal& who) {
  if (who.role == Role::origin && key_administers(who)) return {};
  return fail(ErrorCode::denied, "only the origin of this home may do that");
}

Result<void> check_looks_after(const Principal& who, const std::string& account) {
  const bool is_own = who.account != 0 && who.name == account;
  if (is_own && key_administers(who)) return {};
  return check_administers(who);
}

}  // namespace mbe
