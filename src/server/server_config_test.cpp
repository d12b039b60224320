#include "server/server_config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace mbe {
namespace {

namespace fs = std::filesystem;

TEST(ServerConfig, IsTheDefaultsWhereNothingIsSaid) {
  const auto empty = ServerConfig::parse("", "server.toml");
  ASSERT_TRUE(empty.ok()) << empty.error().message();
  const HttpServerOptions http = empty->http();
  const HttpServerOptions usual;
  EXPECT_EQ(http.address, usual.address);
  EXPECT_EQ(http.threads, usual.threads);
  EXPECT_EQ(http.waiting_max, usual.waiting_max);
  EXPECT_EQ(http.connections_max, usual.connections_max);
  EXPECT_EQ(http.body_bytes_max, usual.body_bytes_max);
  EXPECT_EQ(http.header_bytes_max, usual.header_bytes_max);
  EXPECT_EQ(http.read_timeout, usual.read_timeout);
  EXPECT_EQ(http.idle_timeout, usual.idle_timeout);
  EXPECT_EQ(http.drain_timeout, usual.drain_timeout);
  EXPECT_EQ(http.port, 8'000U);
}

TEST(ServerConfig, TakesWhatIsSaid) {
  const auto config = ServerConfig::parse(
      "address = \"0.0.0.0\"  # every network\nport = 0\nhost_names = [\"a.example\", \"b\"]\n"
      "behind_proxy = true\nlog = \"all\"\nbody_bytes_max = 5000\nread_timeout_s = 3\n",
      "server.toml");
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_EQ(config->address, "0.0.0.0");
  EXPECT_EQ(config->host_names, (std::vector<std::string>{"a.example", "b"}));
  EXPECT_TRUE(config->behind_proxy);
  EXPECT_FALSE(config->insecure_http);
  EXPECT_EQ(config->log, "all");
  EXPECT_EQ(config->http().port, 0U);
  EXPECT_EQ(config->http().body_bytes_max, 5'000U);
  EXPECT_EQ(config->http().read_timeout, std::chrono::seconds(3));
}

TEST(ServerConfig, RefusesWithTheLine) {
  for (const char* line :
       {"adress = \"127.0.0.1\"", "port = 65536", "port = \"7700\"", "port = 1.5", "port = -1",
        "threads = 0", "body_bytes_max = 10", "read_timeout_s = 3601", "host_names = \"a\"",
        "host_names = [1]", "host_names = [\"\"]", "behind_proxy = 1", "log = \"loud\"",
        "[http]\nport = 1", "port 1", "port = 2026-11-22", "port = inf"}) {
    const auto config = ServerConfig::parse("# our server\n" + std::string(line), "server.toml");
    ASSERT_FALSE(config.ok()) << line;
    EXPECT_EQ(config.error().code(), ErrorCode::invalid_argument) << line;
    EXPECT_TRUE(config.error().message().starts_with("server.toml line 2: "))
        << config.error().message();
  }
  const auto unknown = ServerConfig::parse("adress = \"::1\"", "server.toml");
  EXPECT_NE(unknown.error().message().find("`adress`"), std::string::npos);
  EXPECT_NE(unknown.error().message().find("insecure_http"), std::string::npos);
}

TEST(ServerConfig, IsReadFromTheHome) {
  const fs::path home = fs::temp_directory_path() / ("mbe-config-" + std::to_string(getpid()));
  fs::create_directories(home);
  EXPECT_EQ(ServerConfig::load(home.string())->port, 8'000U);
  std::ofstream(home / "server.toml") << "port = 7\n";
  EXPECT_EQ(ServerConfig::load(home.string())->port, 7U);
  std::ofstream(home / "server.toml") << std::string(70'000, '#');
  EXPECT_EQ(ServerConfig::load(home.string()).error().code(), ErrorCode::limit);
  fs::remove(home / "server.toml");
  fs::create_directories(home / "server.toml");
  EXPECT_EQ(ServerConfig::load(home.string()).error().code(), ErrorCode::io);
  fs::remove_all(home);
}

}  // namespace
}  // namespace mbe
