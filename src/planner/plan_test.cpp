#include "planner/plan.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "planner/devices.h"

namespace mbe::planner {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

const ProfileTables& tables() {
  static const auto loaded = ProfileTables::load(MBE_SOURCE_DIR "/data/models");
  return *loaded;
}

/// The shape of a well-known model: its header, as the begin of a file long enough.
ModelProfile shape(const std::string& name) {
  const auto path = MBE_SOURCE_DIR "/tests/data/models/" + name + ".gguf";
  const auto begin = read_file(posix_file_system(), path, 1U << 20);
  const auto header = read_gguf(*begin, std::uint64_t{1} << 40);
  return *profile_model(*header, name, tables());
}

std::vector<ModelProfile> three() {
  return {shape("mixtral-8x7b-q4_k_m"), shape("llama-3.1-8b-q4_k_m"),
          shape("deepseek-coder-6.7b-q4_k_m")};
}

Device a40() {
  const auto gpus = read_gpus(MBE_SOURCE_DIR "/data/models/gpus.tsv");
  return *choose_device("a40", *gpus);
}

/// A header of `values`, with the two tensors that every network has.
GgufHeader header_of(std::map<std::string, GgufValue, std::less<>> values) {
  GgufHeader header;
  header.values = std::move(values);
  header.file_bytes = 1'000'000;
  header.tensors = {{.name = "token_embd.weight", .dims = {64, 100, 1, 1}, .bytes = 3'600},
                    {.name = "blk.0.ffn_gate.weight", .dims = {64, 128, 1, 1}, .bytes = 4'608}};
  return header;
}

std::map<std::string, GgufValue, std::less<>> small_values(const std::string& architecture) {
  return {{"general.architecture", GgufText{0, architecture}},
          {architecture + ".block_count", std::uint64_t{6}},
          {architecture + ".embedding_length", std::uint64_t{64}},
          {architecture + ".context_length", std::uint64_t{4096}},
          {architecture + ".feed_forward_length", std::uint64_t{128}},
          {architecture + ".attention.head_count", std::uint64_t{4}}};
}

TEST(ModelProfile, TellsWhatAShapeIs) {
  const ModelProfile model = shape("mixtral-8x7b-q4_k_m");
  EXPECT_EQ(model.type, "Q4_K_M");
  EXPECT_EQ(model.layers.size(), 32U);
  EXPECT_EQ(model.layers[0].key, 1024U);
  EXPECT_EQ(model.layers[0].feed_forward, 2U * 14336);
  EXPECT_EQ(model.experts_used, 2U);
  EXPECT_FALSE(model.tied);
  EXPECT_FALSE(model.chat_template);
  EXPECT_NEAR(static_cast<double>(model.parameters) / 1e9, 46.7, 0.1);
  EXPECT_NEAR(static_cast<double>(model.weight_bytes) / 1e9, 28.45, 0.05);
  EXPECT_NEAR(static_cast<double>(model.bytes_a_token()) / 1e9, 7.9, 0.2);
}

TEST(ModelProfile, TakesHeadsAndLengthsFromTheirWidthsWhereTheFileIsSilent) {
  const auto model = profile_model(header_of(small_values("llama")), "m", tables());
  ASSERT_TRUE(model.ok()) << model.error().message();
  EXPECT_EQ(model->layers[0].key, 64U);
  EXPECT_EQ(model->name, "m");
  EXPECT_TRUE(model->tied);
}

TEST(ModelProfile, ReadsNumbersOfEachLayer) {
  auto values = small_values("llama");
  values["llama.attention.head_count_kv"] = GgufList{6, {1, 2, 1, 2, 1, 2}};
  const auto model = profile_model(header_of(values), "m", tables());
  ASSERT_TRUE(model.ok());
  EXPECT_EQ(model->layers[0].key, 16U);
  EXPECT_EQ(model->layers[1].key, 32U);
  values["llama.attention.head_count_kv"] = GgufList{2, {1, 2}};
  EXPECT_EQ(profile_model(header_of(values), "m", tables()).error().code(), ErrorCode::corrupt);
}

TEST(ModelProfile, KnowsWhichLayersHoldAWindow) {
  auto values = small_values("gemma3");
  values["gemma3.attention.sliding_window"] = std::uint64_t{512};
  const auto model = profile_model(header_of(values), "m", tables());
  ASSERT_TRUE(model.ok());
  EXPECT_TRUE(model->layers[4].windowed);
  EXPECT_FALSE(model->layers[5].windowed);
  values["gemma3.attention.sliding_window_pattern"] = GgufList{6, {0, 1, 0, 1, 0, 1}};
  const auto listed = profile_model(header_of(values), "m", tables());
  EXPECT_FALSE(listed->layers[4].windowed);
  EXPECT_TRUE(listed->layers[5].windowed);
}

TEST(ModelProfile, RefusesWhatIsNoNetwork) {
  for (const std::string key : {"block_count", "embedding_length"}) {
    auto values = small_values("llama");
    values["llama." + key] = std::uint64_t{1} << 40;
    EXPECT_EQ(profile_model(header_of(values), "m", tables()).error().code(), ErrorCode::corrupt);
    values.erase("llama." + key);
    const auto missing = profile_model(header_of(values), "m", tables());
    ASSERT_FALSE(missing.ok());
    EXPECT_NE(missing.error().message().find(key), std::string::npos);
  }
}

TEST(ModelProfile, SaysThatItDoesNotKnowAnArchitecture) {
  EXPECT_TRUE(profile_model(header_of(small_values("llama")), "m", tables())->known);
  EXPECT_FALSE(profile_model(header_of(small_values("novel")), "m", tables())->known);
}

TEST(ProfileTables, AreRefusedWhereTheyAreNot) {
  EXPECT_EQ(ProfileTables::load("/nowhere").error().code(), ErrorCode::io);
}

TEST(NeedsOf, CountsTheCacheOfEachLayer) {
  const auto kv = [](const std::string& name, KvType type) {
    return needs_of(shape(name), {.context_tokens = 1024, .kv = type}, a40()).kv;
  };
  EXPECT_EQ(kv("llama-3.1-8b-q4_k_m", KvType::f16), 128 * mib);
  EXPECT_EQ(kv("llama-3.1-8b-q4_k_m", KvType::q8_0), 68 * mib);
  EXPECT_EQ(kv("llama-3.1-8b-q4_k_m", KvType::q4_0), 36 * mib);
  EXPECT_EQ(kv("deepseek-coder-6.7b-q4_k_m", KvType::f16), 512 * mib);
}

TEST(NeedsOf, HoldsOnlyTheWindowWhereThereIsOne) {
  auto values = small_values("gemma3");
  values["gemma3.attention.sliding_window"] = std::uint64_t{512};
  const auto model = *profile_model(header_of(values), "m", tables());
  const std::uint64_t row = 2 * 64 * 2;  // key and value, half floats
  EXPECT_EQ(needs_of(model, {.context_tokens = 4096}, a40()).kv, row * (5 * 1024 + 4096));
  EXPECT_EQ(needs_of(model, {.context_tokens = 600}, a40()).kv, row * 6 * 768);
}

TEST(NeedsOf, KeepsNoCacheForAnEncoder) {
  auto values = small_values("bert");
  values["bert.attention.causal"] = std::uint64_t{0};
  EXPECT_EQ(needs_of(*profile_model(header_of(values), "m", tables()), {}, a40()).kv, 0U);
}

TEST(NeedsOf, LeavesTheTableOfTokensWithTheProcessor) {
  const ModelProfile model = shape("llama-3.1-8b-q4_k_m");
  const Needs gpu = needs_of(model, {}, a40());
  EXPECT_EQ(gpu.weights + gpu.host_weights, model.weight_bytes);
  EXPECT_EQ(gpu.host_weights, model.embedding_bytes);
  const Needs cpu = needs_of(model, {}, *choose_device("none", {}));
  EXPECT_EQ(cpu.weights, model.weight_bytes);
  EXPECT_EQ(cpu.runtime, 0U);
}

TEST(MakePlan, FitsThreeModelsOnAnA40WithEightThousandTokens) {
  const auto plan = make_plan(three(), {.context_tokens = 8192}, a40());
  ASSERT_TRUE(plan.ok());
  EXPECT_NE(plan->verdict, Verdict::too_large);
  EXPECT_TRUE(plan->nearest.empty());
  EXPECT_GE(plan->context_largest, 8192U);
  EXPECT_LT(plan->context_largest, 16384U);
}

TEST(MakePlan, NamesTheNearestSettingWhereTheyDoNotFit) {
  const auto plan = make_plan(three(), {.context_tokens = 16384}, a40());
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->verdict, Verdict::too_large);
  ASSERT_GE(plan->nearest.size(), 2U);
  EXPECT_EQ(plan->nearest[0].context_tokens, 16384U);
  EXPECT_EQ(plan->nearest[0].kv, KvType::q8_0);
  EXPECT_EQ(plan->nearest[1].context_tokens, plan->context_largest);
  for (const Alternative& setting : plan->nearest) {
    const auto again =
        make_plan(three(), {.context_tokens = setting.context_tokens, .kv = setting.kv}, a40());
    EXPECT_NE(again->verdict, Verdict::too_large);
  }
}

TEST(MakePlan, HasNoSettingForWhatIsTooLargeByItself) {
  const Device small{.name = "small", .gpu = true, .memory_bytes = 8192 * mib};
  const auto plan = make_plan({shape("mixtral-8x7b-q4_k_m")}, {}, small);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->verdict, Verdict::too_large);
  EXPECT_EQ(plan->context_largest, 0U);
  EXPECT_TRUE(plan->nearest.empty());
}

TEST(MakePlan, RefusesNoModelAndAbsurdSettings) {
  EXPECT_EQ(make_plan({}, {}, a40()).error().code(), ErrorCode::invalid_argument);
  for (const Settings& settings :
       {Settings{.context_tokens = 10}, Settings{.context_tokens = 1ULL << 40},
        Settings{.parallel = 0}, Settings{.parallel = 1000}}) {
    EXPECT_EQ(make_plan(three(), settings, a40()).error().code(), ErrorCode::limit);
  }
}

TEST(MakePlan, TellsTheSpeedThatBandwidthAllows) {
  const auto plan = make_plan(three(), {}, a40());
  EXPECT_GT(plan->needs[1].tokens_per_second, 100);
  EXPECT_LT(plan->needs[1].tokens_per_second, 160);
  EXPECT_LT(plan->tokens_per_second_together, plan->needs[0].tokens_per_second);
  const auto blind = make_plan(three(), {}, {.name = "?", .gpu = true, .memory_bytes = 1ULL << 40});
  EXPECT_EQ(blind->tokens_per_second_together, 0);
}

TEST(ParseKv, KnowsThreeNamesOnly) {
  for (const KvType type : {KvType::f16, KvType::q8_0, KvType::q4_0}) {
    EXPECT_EQ(*parse_kv(kv_name(type)), type);
  }
  EXPECT_EQ(parse_kv("f32").error().code(), ErrorCode::invalid_argument);
}

TEST(ChooseDevice, KnowsNamesNumbersAndThisMachine) {
  const auto gpus = read_gpus(MBE_SOURCE_DIR "/data/models/gpus.tsv");
  ASSERT_TRUE(gpus.ok()) << gpus.error().message();
  EXPECT_EQ(choose_device("A40", *gpus)->memory_bytes, 46'068 * mib);
  EXPECT_EQ(choose_device("24000", *gpus)->memory_bytes, 24'000 * mib);
  EXPECT_FALSE(choose_device("none", *gpus)->gpu);
  EXPECT_GT(choose_device("none", *gpus)->memory_bytes, 0U);
  for (const std::string wish : {"", "a41", "0", "-5", "12x"}) {
    EXPECT_EQ(choose_device(wish, *gpus).error().code(), ErrorCode::invalid_argument) << wish;
  }
}

TEST(ReadGpus, RefusesAWrongRow) {
  const auto path =
      std::filesystem::temp_directory_path() / ("mbe-gpus-" + std::to_string(::getpid()));
  ASSERT_TRUE(replace_file(posix_file_system(), path.string(), "a\tmany\t1\tA\n").ok());
  EXPECT_EQ(read_gpus(path).error().code(), ErrorCode::corrupt);
  std::filesystem::remove(path);
  EXPECT_EQ(read_gpus(path).error().code(), ErrorCode::io);
}

}  // namespace
}  // namespace mbe::planner
