#include "echo/users.h"

#include <algorithm>

#include "transcript/memory_folder.h"

namespace mbe {

namespace {

constexpr std::string_view origin_chain = "main";
constexpr std::string_view person_prefix = "person:";

}  // namespace

std::string chain_of_user(const std::string& user, const std::string& origin) {
  if (user.empty() || user == origin) return std::string(origin_chain);
  return std::string(person_prefix) + user;
}

std::optional<std::string> user_of_chain(const std::string& chain, const std::string& origin) {
  if (chain == origin_chain) return origin;
  if (!chain.starts_with(person_prefix)) return std::nullopt;
  const std::string user = chain.substr(person_prefix.size());
  return is_user_folder(user) && user != origin ? std::optional(user) : std::nullopt;
}

Result<std::string> origin_folder(People& people) {
  MBE_ASSIGN(const std::vector<Account> accounts, people.accounts());
  const auto found = std::ranges::find(accounts, Role::origin, &Account::role);
  const bool fits = found != accounts.end() && is_user_folder(found->name);
  return fits ? found->name : std::string();
}

}  // namespace mbe
