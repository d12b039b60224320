// For the tests of memory_core: a home, its people, and short ways to save and look.
#pragma once

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "echo/boot.h"
#include "echo/memory_core.h"
#include "echo/users.h"
#include "engine/engine_fixture.h"

namespace mbe {

class MemoryCoreTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    auto people = People::open(home_.string());
    ASSERT_TRUE(people.ok()) << people.error().message();
    people_ = std::move(*people);
    reopen_core();
  }
  void TearDown() override {
    core_.reset();
    people_.reset();
    EngineTest::TearDown();
  }
  [[nodiscard]] MemoryCoreOptions options() const {
    MemoryCoreOptions out;
    out.utc_offset_minutes = [](TimeMs) { return 9 * 60; };
    out.clock = &clock_;
    return out;
  }
  void reopen_core() {
    core_.reset();
    reopen();
    core_ = std::make_unique<MemoryCore>(*engine_, *people_, options());
  }
  void configure(const std::string& toml) {
    std::ofstream(home_ / "config.toml") << toml;
    reopen_core();
  }
  Saved save(const std::string& text, const std::string& answer = "",
             const std::string& speaker = "오리진") {
    clock_.advance_ms(1'000);
    auto saved = core_->save_memory({.speaker = speaker, .text = text, .answer = answer});
    EXPECT_TRUE(saved.ok()) << saved.error().message();
    if (saved.ok() && saved->transcript_error) ADD_FAILURE() << saved->transcript_error->message();
    return saved.ok() ? *saved : Saved{};
  }
  void forget(std::uint64_t block) {
    const auto preview = memory_->forget_preview({.blocks = {block}});
    ASSERT_TRUE(preview.ok()) << preview.error().message();
    const auto done = memory_->forget({.blocks = {block}}, preview->count());
    ASSERT_TRUE(done.ok()) << done.error().message();
  }
  BootReport boot_all() {
    const auto origin = origin_folder(*people_);
    const auto report = boot(*engine_, {.folder = home_ / "memory",
                                        .origin = *origin,
                                        .utc_offset_minutes = options().utc_offset_minutes});
    EXPECT_TRUE(report.ok()) << report.error().message();
    return report.ok() ? *report : BootReport{};
  }
  [[nodiscard]] std::string text(const std::string& path) const {
    std::ostringstream out;
    out << std::ifstream(home_ / path, std::ios::binary).rdbuf();
    return out.str();
  }
  void write(const std::string& path, const std::string& bytes) const {
    fs::create_directories((home_ / path).parent_path());
    std::ofstream(home_ / path, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::ptrdiff_t lines_in(const std::string& path) const {
    const std::string bytes = text(path);
    return std::ranges::count(bytes, '\n');
  }

  std::unique_ptr<People> people_;
  std::unique_ptr<MemoryCore> core_;
};

}  // namespace mbe
