// A home with one account of each role and its REST door, without a network. For tests alone.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "engine/engine_fixture.h"
#include "server/rest.h"

namespace mbe {

inline const std::string password = "twelve characters";

class RestTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    auto people = People::open(home_.string(), clock_);
    ASSERT_TRUE(people.ok()) << people.error().message();
    people_ = std::move(*people);
    for (const auto& [name, role] : std::map<std::string, Role>{{"mina", Role::origin},
                                                                {"jun", Role::member},
                                                                {"sol", Role::guest},
                                                                {"bot", Role::agent}}) {
      ASSERT_TRUE(people_->add(name, role, password).ok());
      keys_[name] =
          people_
              ->create_key({.account = name, .rights = {Right::read, Right::write, Right::erase}})
              ->first;
    }
    core_ = std::make_unique<MemoryCore>(*engine_, *people_, MemoryCoreOptions{.clock = &clock_});
    answerer_ = *Answerer::make(*engine_, *core_, nullptr, clock_);
    echo_ = std::make_unique<EchoDoor>(EchoDoorOptions{*engine_, *answerer_});
    auto tools = mcp::ToolBook::load();
    ASSERT_TRUE(tools.ok()) << tools.error().message();
    tools_ = std::move(*tools);
    auto search_tools = mcp::SearchBook::load();
    ASSERT_TRUE(search_tools.ok()) << search_tools.error().message();
    search_tools_ = std::move(*search_tools);
    rest_ = std::make_unique<Rest>(RestOptions{.engine = *engine_,
                                               .people = *people_,
                                               .hosts = {"memory.example"},
                                               .english = english_,
                                               .korean = english_,
                                               .version = "1",
                                               .echo = echo_.get(),
                                               .tools = &tools_,
                                               .search_tools = &search_tools_});
  }
  void TearDown() override {
    rest_.reset();
    echo_.reset();
    answerer_.reset();
    core_.reset();
    people_.reset();
    EngineTest::TearDown();
  }
  /// POST as that account; "" for nobody.
  HttpResponse post(const std::string& who, const std::string& target, const Json& body,
                    const std::map<std::string, std::string>& headers = {}) {
    HttpRequest request;
    request.method = "POST";
    EXPECT_TRUE(read_target(target, request));
    request.headers = headers;
    request.headers.try_emplace("host", "localhost:7700");
    if (!who.empty()) request.headers["authorization"] = "Bearer " + keys_.at(who);
    request.body = body.dump();
    request.peer = "127.0.0.1";
    return rest_->answer(request);
  }
  bool contains_chain(const std::string& name) {
    const auto all = engine_->chains();
    return std::ranges::find(*all, name) != all->end();
  }
  HttpResponse get(const std::string& target,
                   const std::map<std::string, std::string>& headers = {}) {
    HttpRequest request;
    request.method = "GET";
    EXPECT_TRUE(read_target(target, request));
    request.headers = headers;
    request.headers["host"] = "localhost";
    request.peer = "127.0.0.1";
    return rest_->answer(request);
  }
  /// GET as that account.
  HttpResponse get_as(const std::string& who, const std::string& target) {
    return get(target, {{"authorization", "Bearer " + keys_.at(who)}});
  }
  /// The headers that send a login back: its cookie, and its token.
  static std::map<std::string, std::string> cookie_in(const HttpResponse& login) {
    const std::string set = login.headers.at(0).second;
    return {{"cookie", set.substr(0, set.find(';'))},
            {"x-csrf-token", Json::parse(login.body).at("csrf").get<std::string>()}};
  }
  /// Those of a new login.
  std::map<std::string, std::string> cookie_of(const std::string& who,
                                               const std::string& with = password) {
    const HttpResponse login = post("", "/login", {{"name", who}, {"password", with}});
    EXPECT_EQ(login.status, 200U) << login.body;
    if (login.status != 200) return {};
    return cookie_in(login);
  }

  Catalog english_;
  std::unique_ptr<People> people_;
  std::unique_ptr<MemoryCore> core_;
  std::unique_ptr<Answerer> answerer_;
  std::unique_ptr<EchoDoor> echo_;
  mcp::ToolBook tools_;
  mcp::SearchBook search_tools_;
  std::unique_ptr<Rest> rest_;
  std::map<std::string, std::string> keys_;
};

}  // namespace mbe
