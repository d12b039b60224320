// Who may do what to which memory: the one place that decides. A principal comes only from a
// verified credential (people.h) or from the owner of the home's files. Pure values.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe {

/// What a person is to this home.
enum class Role : std::uint8_t {
  origin,  ///< whose home it is: everything
  member,  ///< a memory of their own, others by grant
  guest,   ///< as a member, but erases nothing and administers nothing
  agent,   ///< a program: only what was granted
};

/// What one may do to a chain, or (administer) to the home.
enum class Right : std::uint8_t { read, write, erase, administer };

/// Lower-case names, as in JSON and on the command line; nothing for an unknown one.
[[nodiscard]] std::string_view role_name(Role role);
/// See role_name.
[[nodiscard]] std::optional<Role> role_from_name(std::string_view name);
/// See role_name.
[[nodiscard]] std::string_view right_name(Right right);
/// See role_name.
[[nodiscard]] std::optional<Right> right_from_name(std::string_view name);

/// Somebody else's chain that an account may use.
struct Grant {
  std::string chain;
  std::set<Right> rights;
};

/// Who calls, as far as access and provenance need it.
struct Principal {
  std::int64_t account = 0;
  std::string name;
  Role role = Role::guest;
  std::vector<Grant> grants;
  // Limits of the key it came with; nothing: none.
  std::optional<std::set<Right>> key_rights;
  std::set<std::string> key_chains;  ///< empty: every chain of the account

  /// The chain meant where none is named.
  [[nodiscard]] std::string own_chain() const;
  /// What is sealed into the blocks it writes: owner, member or agent.
  [[nodiscard]] std::string trust() const;
};

/// The principal of whoever owns the home's files: the origin without an account.
[[nodiscard]] Principal home_owner();

/// Errors: denied, in the same words whether or not the chain exists.
[[nodiscard]] Result<void> check_access(const Principal& who, const std::string& chain,
                                        Right right);
/// Whether the home itself may be changed: people, keys, models. A key that is limited to some
/// memories may not. Errors: denied.
[[nodiscard]] Result<void> check_administers(const Principal& who);

/// Whether `who` may look after that account - its password, its sessions: whose it is, and the
/// origin. A key needs the right to administer, for every memory. Errors: denied.
[[nodiscard]] Result<void> check_looks_after(const Principal& who, const std::string& account);

}  // namespace mbe
