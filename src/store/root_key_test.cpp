#include "store/root_key.h"

#include <gtest/gtest.h>

#include "fs/faulty.h"

namespace mbe {
namespace {

TEST(RootKey, IsMadeOnceAndReadBack) {
  FaultyFileSystem files(1);
  EXPECT_EQ(read_root_key(files, "h", "").error().code(), ErrorCode::not_found);
  const Result<Bytes32> made = create_root_key(files, "h", "");
  ASSERT_TRUE(made.ok());
  files.crash();
  EXPECT_EQ(*read_root_key(files, "h", ""), *made);
  EXPECT_FALSE(*root_key_is_wrapped(files, "h"));
  EXPECT_EQ(create_root_key(files, "h", "").error().code(), ErrorCode::denied);
}

TEST(RootKey, IsNeverMadeWhileAChainExists) {
  FaultyFileSystem files(1);
  ASSERT_TRUE(files.make_directories("h/chains/abcdefghijklmnopqrstuvwxyz").ok());
  EXPECT_EQ(create_root_key(files, "h", "").error().code(), ErrorCode::denied);
}

TEST(RootKey, IsWrappedByAPassphrase) {
  FaultyFileSystem files(1);
  const Bytes32 key = *create_root_key(files, "h", "a long passphrase");
  EXPECT_TRUE(*root_key_is_wrapped(files, "h"));
  EXPECT_EQ(*read_root_key(files, "h", "a long passphrase"), key);
  EXPECT_EQ(read_root_key(files, "h", "another").error().code(), ErrorCode::denied);
  EXPECT_EQ(read_root_key(files, "h", "").error().code(), ErrorCode::denied);
  EXPECT_EQ(files.contents("h/root.key").find(std::string(view(key))), std::string::npos);
  ASSERT_TRUE(rewrap_root_key(files, "h", "a long passphrase", "").ok());
  EXPECT_EQ(*read_root_key(files, "h", ""), key);
}

TEST(RootKey, RefusesWeakerParametersAndDamage) {
  const std::string wrapped = wrap_root_key(Bytes32{1}, "passphrase");
  std::string weak = wrapped;
  weak[8] = 1;
  EXPECT_EQ(unwrap_root_key(weak, "passphrase").error().code(), ErrorCode::corrupt);
  weak = wrapped;
  weak[14] = 0;
  EXPECT_EQ(unwrap_root_key(weak, "passphrase").error().code(), ErrorCode::corrupt);
  EXPECT_EQ(unwrap_root_key(wrapped.substr(1), "passphrase").error().code(), ErrorCode::corrupt);
  FaultyFileSystem files(1);
  ASSERT_TRUE(files.make_directories("h").ok());
  for (const std::size_t size : {0U, 31U, 33U, 105U}) {
    files.set_contents("h/root.key", std::string(size, 'x'));
    EXPECT_EQ(read_root_key(files, "h", "p").error().code(), ErrorCode::corrupt);
  }
}

TEST(RootKeyCommand, GivesExactlyThirtyTwoBytes) {
  const auto run = [](const std::string& script, std::uint32_t ms) {
    return root_key_from_command({"sh", "-c", script}, ms);
  };
  const Result<Bytes32> key = run("printf 0123456789abcdef0123456789abcdef", 5'000);
  ASSERT_TRUE(key.ok()) << key.error().message();
  EXPECT_EQ(view(*key), "0123456789abcdef0123456789abcdef");
  for (const char* const bad : {"printf short", "printf 0123456789abcdef0123456789abcdefX",
                                "printf 0123456789abcdef0123456789abcdef; exit 3"}) {
    EXPECT_EQ(run(bad, 5'000).error().code(), ErrorCode::unavailable) << bad;
  }
  EXPECT_EQ(run("exec sleep 30", 20).error().code(), ErrorCode::unavailable);
  EXPECT_EQ(root_key_from_command({}).error().code(), ErrorCode::unavailable);
  EXPECT_EQ(root_key_from_command({"/no/such/program"}).error().code(), ErrorCode::unavailable);
}

}  // namespace
}  // namespace mbe
