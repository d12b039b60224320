#include "people/people.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "people/password_work.h"

namespace mbe {
namespace {

namespace fs = std::filesystem;

constexpr TimeMs day_ms = 86'400'000;
const std::string good = "긴 암호는 열두 자를 넘긴다";

class PeopleTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(home_);
    fs::create_directories(home_);
    reopen();
  }
  void TearDown() override {
    people_.reset();
    fs::remove_all(home_);
  }
  void reopen() {
    people_.reset();
    auto opened = People::open(home_.string(), clock_);
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    people_ = std::move(*opened);
  }
  void add(const std::string& name, Role role) {
    const auto added = people_->add(name, role, good);
    ASSERT_TRUE(added.ok()) << added.error().message();
  }
  std::string key(const KeyRequest& request) {
    const auto made = people_->create_key(request);
    EXPECT_TRUE(made.ok()) << made.error().message();
    return made.ok() ? made->first : "";
  }

  const fs::path home_ = fs::temp_directory_path() / ("mbe-people-" + std::to_string(getpid()));
  FakeClock clock_{1'700'000'000'000};
  std::unique_ptr<People> people_;
};

TEST_F(PeopleTest, LogsInAndOutAndRemembersAcrossOpenings) {
  add("mina", Role::origin);
  const auto login = people_->log_in("mina", good, "127.0.0.1");
  ASSERT_TRUE(login.ok()) << login.error().message();
  EXPECT_EQ(login->principal.role, Role::origin);
  reopen();
  const auto found = people_->by_session(login->token);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->name, "mina");
  EXPECT_FALSE(people_->by_session("other")->has_value());
  ASSERT_TRUE(people_->log_out(login->token).ok());
  EXPECT_FALSE(people_->by_session(login->token)->has_value());
}

TEST_F(PeopleTest, RefusesNamesAndPasswords) {
  const std::string long_name(65, 'a');
  for (const std::string& name :
       std::vector<std::string>{"", "Mina", "a b", "person:x", "../x", long_name}) {
    EXPECT_EQ(people_->add(name, Role::member, good).error().code(), ErrorCode::invalid_argument);
  }
  // Eleven characters of three bytes each are not twelve.
  for (const std::string& password :
       {std::string("short"), std::string("열한글자가되는암호다요"), std::string(2'000, 'x'),
        std::string("\xff twelve bytes at least")}) {
    EXPECT_EQ(people_->add("mina", Role::member, password).error().code(),
              ErrorCode::invalid_argument);
  }
  add("mina", Role::origin);
  EXPECT_EQ(people_->add("mina", Role::member, good).error().code(), ErrorCode::denied);
  EXPECT_EQ(people_->add("jun", Role::origin, good).error().code(), ErrorCode::denied);
}

TEST_F(PeopleTest, KeepsNoSecretInTheFile) {
  add("mina", Role::origin);
  const auto login = people_->log_in("mina", good, "a");
  const std::string secret = key({.account = "mina", .label = "phone"});
  const std::string code = people_->create_reset("mina")->code;
  people_.reset();
  for (const auto& entry : fs::directory_iterator(home_)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    for (const std::string& hidden : {good, login->token, secret, code}) {
      EXPECT_EQ(bytes.find(hidden), std::string::npos) << entry.path();
    }
    struct stat status{};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U) << entry.path();
  }
}

TEST_F(PeopleTest, SlowsDownWhoGuesses) {
  add("mina", Role::origin);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(people_->log_in("mina", "wrong", "1.2.3.4").error().code(), ErrorCode::denied);
  }
  // Even the right password waits, and so does the address with another name.
  EXPECT_EQ(people_->log_in("mina", good, "5.6.7.8").error().code(), ErrorCode::busy);
  EXPECT_EQ(people_->log_in("jun", good, "1.2.3.4").error().code(), ErrorCode::busy);
  clock_.advance_ms(1'000);
  EXPECT_EQ(people_->log_in("mina", "wrong", "5.6.7.8").error().code(), ErrorCode::denied);
  clock_.advance_ms(1'000);
  EXPECT_EQ(people_->log_in("mina", good, "5.6.7.8").error().code(), ErrorCode::busy);
  clock_.advance_ms(1'000);
  EXPECT_TRUE(people_->log_in("mina", good, "5.6.7.8").ok());
  EXPECT_TRUE(people_->log_in("mina", good, "5.6.7.8").ok());
}

TEST_F(PeopleTest, ANameThatLooksLikeAnAddressSlowsNobodyElse) {
  add("mina", Role::origin);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(people_->log_in("@5.6.7.8", "wrong", "1.2.3.4").error().code(), ErrorCode::denied);
  }
  EXPECT_EQ(people_->log_in("@5.6.7.8", "wrong", "9.9.9.9").error().code(), ErrorCode::busy);
  EXPECT_TRUE(people_->log_in("mina", good, "5.6.7.8").ok());
}

TEST_F(PeopleTest, SaysAndDoesTheSameForAnUnknownName) {
  add("mina", Role::origin);
  for (const std::string name : {"mina", "nobody", "", "@1.2.3.4", "no such name", "\xff"}) {
    const std::uint64_t before = passwords_hashed();
    const auto login = people_->log_in(name, "wrong password", name);
    EXPECT_EQ(login.error().code(), ErrorCode::denied) << name;
    EXPECT_EQ(login.error().message(), "the name or the password is wrong");
    EXPECT_EQ(passwords_hashed() - before, 1U) << name;
    clock_.advance_ms(15 * 60'000);
  }
}

TEST_F(PeopleTest, WaitsDoubleUpToAQuarterOfAnHourAndAreNeverForGood) {
  add("mina", Role::origin);
  const auto guess = [&](int times) {
    for (int i = 0; i < times; ++i) {
      const std::string from = std::to_string(i);
      EXPECT_EQ(people_->log_in("mina", "wrong password", from).error().code(), ErrorCode::denied);
    }
  };
  guess(3);
  for (TimeMs wait = 1'000; wait < 100 * 15 * 60'000; wait *= 2) {
    const TimeMs waits = std::min<TimeMs>(wait, 15 * 60'000);
    clock_.advance_ms(waits - 1);
    const std::uint64_t before = passwords_hashed();
    EXPECT_EQ(people_->log_in("mina", good, "x").error().code(), ErrorCode::busy) << wait;
    EXPECT_EQ(passwords_hashed(), before) << "who waits costs nothing";
    clock_.advance_ms(1);
    guess(1);
  }
  clock_.advance_ms(15 * 60'000);
  EXPECT_TRUE(people_->log_in("mina", good, "x").ok());
}

TEST_F(PeopleTest, EndsSessionsThatAreIdleOrOld) {
  add("mina", Role::origin);
  const std::string token = people_->log_in("mina", good, "a")->token;
  clock_.advance_ms(6 * day_ms);
  EXPECT_TRUE(people_->by_session(token)->has_value());
  clock_.advance_ms(8 * day_ms);
  EXPECT_FALSE(people_->by_session(token)->has_value());
  const std::string used = people_->log_in("mina", good, "a")->token;
  for (int i = 0; i < 18; ++i) {
    EXPECT_TRUE(people_->by_session(used)->has_value()) << i;
    clock_.advance_ms(5 * day_ms);
  }
  clock_.advance_ms(day_ms);
  EXPECT_FALSE(people_->by_session(used)->has_value());
}

TEST_F(PeopleTest, ANewPasswordEndsSessions) {
  add("mina", Role::origin);
  const std::string token = people_->log_in("mina", good, "a")->token;
  ASSERT_TRUE(people_->set_password("mina", "another long password").ok());
  EXPECT_FALSE(people_->by_session(token)->has_value());
  EXPECT_FALSE(people_->log_in("mina", good, "a").ok());
  EXPECT_TRUE(people_->log_in("mina", "another long password", "a").ok());
  EXPECT_EQ(people_->set_password("jun", good).error().code(), ErrorCode::not_found);
}

TEST_F(PeopleTest, KeysAreLimitedExpireAndAreRevoked) {
  add("mina", Role::origin);
  const std::string reads = key({.account = "mina", .label = "", .rights = {Right::read}});
  const std::string brief = key({.account = "mina",
                                 .label = "brief",
                                 .rights = {Right::read, Right::write},
                                 .chains = {"notes"},
                                 .expires_ms = clock_.now_ms() + 1'000});
  const Principal reader = people_->by_key(reads)->value();
  EXPECT_TRUE(check_access(reader, "main", Right::read).ok());
  EXPECT_FALSE(check_access(reader, "main", Right::write).ok());
  EXPECT_FALSE(check_administers(reader).ok());
  const Principal noter = people_->by_key(brief)->value();
  EXPECT_TRUE(check_access(noter, "notes", Right::write).ok());
  EXPECT_FALSE(check_access(noter, "main", Right::read).ok());
  clock_.advance_ms(1'000);
  EXPECT_FALSE(people_->by_key(brief)->has_value());
  ASSERT_TRUE(people_->revoke_key(reads.substr(0, 12)).ok());
  EXPECT_FALSE(people_->by_key(reads)->has_value());
  EXPECT_EQ(people_->revoke_key("mbe_none").error().code(), ErrorCode::not_found);
  EXPECT_EQ(people_->create_key({.account = "jun"}).error().code(), ErrorCode::not_found);
  EXPECT_EQ(people_->create_key({.account = "mina", .rights = {}}).error().code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(people_->keys()->size(), 1U);
}

TEST_F(PeopleTest, WhoGoesTakesEverythingAlong) {
  add("mina", Role::origin);
  add("jun", Role::member);
  const std::string token = people_->log_in("jun", good, "a")->token;
  const std::string secret = key({.account = "jun"});
  ASSERT_TRUE(people_->grant("jun", "main", {Right::read}).ok());
  ASSERT_TRUE(people_->remove("jun").ok());
  EXPECT_FALSE(people_->by_session(token)->has_value());
  EXPECT_FALSE(people_->by_key(secret)->has_value());
  add("jun", Role::member);
  EXPECT_TRUE(people_->log_in("jun", good, "a")->principal.grants.empty());
  EXPECT_EQ(people_->remove("mina").error().code(), ErrorCode::denied);
  EXPECT_EQ(people_->remove("nobody").error().code(), ErrorCode::not_found);
}

TEST_F(PeopleTest, GrantsAreGivenChangedAndTaken) {
  add("mina", Role::origin);
  add("helper", Role::agent);
  const std::string secret = key({.account = "helper"});
  const auto may = [&](Right right) {
    return check_access(people_->by_key(secret)->value(), "main", right).ok();
  };
  EXPECT_FALSE(may(Right::read));
  ASSERT_TRUE(people_->grant("helper", "main", {Right::read}).ok());
  EXPECT_TRUE(may(Right::read));
  EXPECT_FALSE(may(Right::write));
  ASSERT_TRUE(people_->grant("helper", "main", {Right::write}).ok());
  EXPECT_FALSE(may(Right::read));
  EXPECT_TRUE(may(Right::write));
  ASSERT_TRUE(people_->grant("helper", "main", {}).ok());
  EXPECT_FALSE(may(Right::write));
}

TEST_F(PeopleTest, AMemorysNameIsTextOfOneLine) {
  add("mina", Role::origin);
  const std::set<Right> reads = {Right::read};
  for (const std::string& name :
       {std::string(), std::string("a\nmain"), std::string(129, 'a'), std::string("\xff")}) {
    EXPECT_EQ(people_->grant("mina", name, reads).error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(people_->create_key({.account = "mina", .chains = {name}}).error().code(),
              ErrorCode::invalid_argument);
  }
  EXPECT_TRUE(people_->grant("mina", "우리 집", reads).ok());
  EXPECT_EQ(people_->grants()->at(0).grant.chain, "우리 집");
}

TEST_F(PeopleTest, ListsTheSessionsThatStillOpen) {
  add("mina", Role::origin);
  const std::string old = people_->log_in("mina", good, "a")->token;
  clock_.advance_ms(8 * day_ms);
  const std::string token = people_->log_in("mina", good, "a")->token;
  const auto all = people_->sessions();
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->at(0).id, People::session_id(token));
  EXPECT_EQ(all->at(0).account, "mina");
  ASSERT_TRUE(people_->end_session(all->at(0).id).ok());
  EXPECT_FALSE(people_->by_session(token)->has_value());
  EXPECT_EQ(people_->end_session(all->at(0).id).error().code(), ErrorCode::not_found);
}

TEST_F(PeopleTest, WhoKnowsTheOldPasswordSetsANewOne) {
  add("mina", Role::origin);
  const std::string token = people_->log_in("mina", good, "a")->token;
  EXPECT_EQ(people_->change_password("mina", "wrong password", good, "a").error().code(),
            ErrorCode::denied);
  EXPECT_EQ(people_->change_password("mina", good, "short", "a").error().code(),
            ErrorCode::invalid_argument);
  ASSERT_TRUE(people_->change_password("mina", good, "another long password", "a").ok());
  EXPECT_FALSE(people_->by_session(token)->has_value());
  EXPECT_TRUE(people_->log_in("mina", "another long password", "a").ok());
}

TEST_F(PeopleTest, AResetCodeSetsAPasswordOnce) {
  add("mina", Role::origin);
  const std::string token = people_->log_in("mina", good, "a")->token;
  const std::string first = people_->create_reset("mina")->code;
  const std::string code = people_->create_reset("mina")->code;
  const std::string wanted = "another long password";
  EXPECT_EQ(people_->reset_password(first, wanted, "a").error().code(), ErrorCode::denied);
  EXPECT_EQ(people_->reset_password(code, "short", "a").error().code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(people_->reset_password(code, wanted, "a").value(), "mina");
  EXPECT_FALSE(people_->by_session(token)->has_value());
  EXPECT_TRUE(people_->log_in("mina", wanted, "a").ok());
  EXPECT_EQ(people_->reset_password(code, good, "a").error().code(), ErrorCode::denied);
  EXPECT_EQ(people_->create_reset("jun").error().code(), ErrorCode::not_found);
}

TEST_F(PeopleTest, AResetCodeEndsByTimeAndByAnotherPassword) {
  add("mina", Role::origin);
  const std::string late = people_->create_reset("mina")->code;
  clock_.advance_ms(15 * 60 * 1'000);
  EXPECT_EQ(people_->reset_password(late, good, "a").error().code(), ErrorCode::denied);
  const std::string idle = people_->create_reset("mina")->code;
  ASSERT_TRUE(people_->set_password("mina", "another long password").ok());
  EXPECT_EQ(people_->reset_password(idle, good, "a").error().code(), ErrorCode::denied);
  const std::string right = people_->create_reset("mina")->code;
  EXPECT_EQ(people_->reset_password("aaaa-bbbb-cccc", good, "a").error().code(), ErrorCode::denied);
  // Who guesses waits; nobody else does.
  EXPECT_EQ(people_->reset_password(right, good, "a").error().code(), ErrorCode::busy);
  EXPECT_TRUE(people_->reset_password(right, good, "b").ok());
}

TEST_F(PeopleTest, TwoProcessesShareOneFile) {
  auto other = People::open(home_.string(), clock_);
  ASSERT_TRUE(other.ok());
  add("mina", Role::origin);
  EXPECT_EQ((*other)->accounts()->size(), 1U);
  EXPECT_TRUE((*other)->log_in("mina", good, "a").ok());
}

TEST_F(PeopleTest, SaysWhatIsWrongWithTheFile) {
  people_.reset();
  std::ofstream(home_ / "people.sqlite") << std::string(4'096, 'x');
  EXPECT_EQ(People::open(home_.string()).error().code(), ErrorCode::corrupt);
  EXPECT_EQ(People::open("/nowhere").error().code(), ErrorCode::io);
}

/// The whole table of who may do what to whose chain.
TEST(Access, FollowsRoleOwnershipAndGrant) {
  const auto rights = [](const Principal& who, const std::string& chain) {
    std::string out;
    for (const Right right : {Right::read, Right::write, Right::erase, Right::administer}) {
      if (check_access(who, chain, right).ok()) out += right_name(right).substr(0, 1);
    }
    return out;
  };
  const auto person = [](Role role) {
    Principal out;
    out.name = "jun";
    out.role = role;
    out.grants = {{"shared", {Right::read, Right::write}}};
    return out;
  };
  EXPECT_EQ(rights(home_owner(), "anything"), "rwea");
  EXPECT_EQ(rights(person(Role::member), "person:jun"), "rwe");
  EXPECT_EQ(rights(person(Role::member), "main"), "");
  EXPECT_EQ(rights(person(Role::member), "person:min"), "");
  EXPECT_EQ(rights(person(Role::member), "shared"), "rw");
  EXPECT_EQ(rights(person(Role::guest), "person:jun"), "rw");
  EXPECT_EQ(rights(person(Role::guest), "main"), "");
  EXPECT_EQ(rights(person(Role::agent), "person:jun"), "");
  EXPECT_EQ(rights(person(Role::agent), "shared"), "rw");
  for (const Role role : {Role::member, Role::guest, Role::agent}) {
    EXPECT_FALSE(check_administers(person(role)).ok());
  }
  EXPECT_TRUE(check_administers(home_owner()).ok());
  // Whoever's account it is looks after it, and so does the origin; a key only if it administers.
  Principal jun = person(Role::member);
  EXPECT_FALSE(check_looks_after(jun, "jun").ok());  // without an account it is nobody's
  jun.account = 2;
  EXPECT_TRUE(check_looks_after(jun, "jun").ok());
  EXPECT_FALSE(check_looks_after(jun, "min").ok());
  EXPECT_TRUE(check_looks_after(home_owner(), "jun").ok());
  jun.key_rights = {Right::read};
  EXPECT_FALSE(check_looks_after(jun, "jun").ok());
  jun.key_rights->insert(Right::administer);
  EXPECT_TRUE(check_looks_after(jun, "jun").ok());
  jun.key_chains = {"person:jun"};
  EXPECT_FALSE(check_looks_after(jun, "jun").ok());
  Principal origin = person(Role::origin);
  EXPECT_TRUE(check_administers(origin).ok());
  origin.key_rights = {Right::administer};
  EXPECT_TRUE(check_administers(origin).ok());
  origin.key_chains = {"main"};
  EXPECT_FALSE(check_administers(origin).ok());
}

}  // namespace
}  // namespace mbe
