#include "server/dispatch.h"

namespace mbe {

namespace {

Right right_of(Effect effect) {
  constexpr Right rights[] = {Right::read, Right::write, Right::erase};
  return rights[static_cast<std::size_t>(effect)];
}

}  // namespace

Result<void> check_operation(const Operation& operation, const Principal& who,
                             const std::string& chain) {
  return check_access(who, chain, right_of(operation.effect));
}

Result<Json> Dispatch::run(const Operation& operation, const Principal& who,
                           const std::string& chain, const CallerDoor& door, const Json& arguments,
                           const Catalog& messages) {
  MBE_TRY(check_operation(operation, who, chain));
  Call call{.engine = engine_,
            .chain = chain,
            .messages = messages,
            .channel = door.channel,
            .writer = who.name,
            .trust = door.is_tool ? "tool" : who.trust()};
  if (operation.on_chain) {
    const bool makes = operation.effect == Effect::write || chain == who.own_chain();
    MBE_ASSIGN(call.memory, engine_.chain(chain, makes));
  }
  MBE_ASSIGN(Json result, operation.run(call, arguments));
  if (operation.effect == Effect::erase) {
    audit_.note(operation.name, who, door.name, {{"chain", chain}, {"count", result["count"]}});
  }
  return result;
}

}  // namespace mbe
