// Serves the fixture of the conformance suite at http://127.0.0.1:PORT/mcp through the very door
// that `mbe serve` has, and prints the port. Ends when its standard input does.
//   mbe_mcp_fixture FIXTURE.json HOME
#include <cstdio>
#include <fstream>
#include <iostream>

#include "fixture.h"
#include "server/auth.h"
#include "server/http_server.h"
#include "server/mcp_door.h"
#include "server/problem.h"

int main(int argc, char** argv) {
  using namespace mbe;
  if (argc != 3) return 2;
  std::ifstream file(argv[1]);
  const auto fixture = std::make_shared<mcp::Fixture>(Json::parse(file));
  const auto people = People::open(argv[2]);
  if (!people.ok()) return 1;
  const Auth auth(**people, {}, false);
  const Catalog english;
  McpDoor door("0.0.0");
  const auto server = HttpServer::start({}, [&](const HttpRequest& request) {
    const auto ours = auth.check_origin(request);
    if (!ours.ok()) return problem(english, ours.error());
    if (request.path == "/mcp") return door.answer(request, "", fixture, english);
    return problem(english, fail(ErrorCode::not_found, "there is nothing at {}", request.path));
  });
  if (!server.ok()) return 1;
  std::cout << (*server)->port() << std::endl;
  while (std::getchar() != EOF) continue;
  (*server)->stop();
  return 0;
}
