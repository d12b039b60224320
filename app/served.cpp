#include "served.h"

#include "client/local_client.h"

namespace mbe::app {

Result<std::optional<Json>> ask_server(Context& context, const std::string& name,
                                       const Json& arguments) {
  MBE_ASSIGN(const std::filesystem::path home, context.home());
  const std::optional<LocalClient> server = LocalClient::find(home.string());
  if (!server) return std::optional<Json>();
  const std::string target = "/v1/" + name + "?chain=" + query_escape(context.chain_name());
  MBE_ASSIGN(Json answer, server->post(target, arguments, context.language()));
  return std::optional(std::move(answer));
}

}  // namespace mbe::app
