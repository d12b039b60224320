// What models need when they run at once - weights, cache, buffers, memory of the machine, disk,
// speed - and whether a device has it. Pure arithmetic over profiles; any thread. Formulas, sources
// and how close they come: docs/formulas/model_plan.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "planner/model_profile.h"

namespace mbe::planner {

/// Number types of a key-value cache, from the largest.
enum class KvType : std::uint8_t { f16, q8_0, q4_0 };

/// f16, q8_0, q4_0.
[[nodiscard]] std::string_view kv_name(KvType type);
/// The type of a name. Errors: invalid_argument.
[[nodiscard]] Result<KvType> parse_kv(std::string_view name);

inline constexpr std::uint64_t context_tokens_min = 256;
inline constexpr std::uint64_t context_tokens_max = std::uint64_t{1} << 24;
inline constexpr std::uint64_t parallel_max = 64;

/// How the models are run; the same for all of them.
struct Settings {
  std::uint64_t context_tokens = 8192;  ///< of one model, shared by its answers at once
  KvType kv = KvType::f16;              ///< of keys and of values
  std::uint64_t batch_tokens = 512;     ///< computed at once (llama-server's --ubatch-size)
  std::uint64_t parallel = 1;           ///< answers at once
};

/// Where the models run: a graphics card, or the machine itself.
struct Device {
  std::string name;
  bool gpu = false;
  std::uint64_t memory_bytes = 0;
  double bandwidth_gbs = 0;  ///< 0: unknown, no speed is told
};

/// What one model takes, bytes.
struct Needs {
  std::uint64_t weights = 0;       ///< on the device
  std::uint64_t kv = 0;            ///< on the device
  std::uint64_t compute = 0;       ///< on the device
  std::uint64_t runtime = 0;       ///< on the device: what the driver and its libraries take
  std::uint64_t host_weights = 0;  ///< in the machine's memory: the table of token embeddings
  std::uint64_t host_compute = 0;  ///< in the machine's memory: inputs of the device
  std::uint64_t output = 0;        ///< in the machine's memory: one row of logits an answer
  std::uint64_t process = 0;       ///< in the machine's memory: vocabulary, code, buffers
  std::uint64_t disk = 0;          ///< the file
  double tokens_per_second = 0;    ///< at most, alone, the cache half full; 0: unknown

  /// All of the device.
  [[nodiscard]] std::uint64_t device() const { return weights + kv + compute + runtime; }
  /// All of the machine's memory beside the device.
  [[nodiscard]] std::uint64_t host() const {
    return host_weights + host_compute + output + process;
  }
};

/// What `model` takes on `device`. Without a graphics card, device() and host() are both memory of
/// the machine.
[[nodiscard]] Needs needs_of(const ModelProfile& model, const Settings& settings,
                             const Device& device);

enum class Verdict : std::uint8_t {
  fits,   ///< and leaves at least 5 % of the device free
  tight,  ///< fits with less than that
  too_large,
};

/// fits, tight, too_large.
[[nodiscard]] std::string_view verdict_name(Verdict verdict);

/// A setting with which the models fit.
struct Alternative {
  std::uint64_t context_tokens = 0;
  KvType kv = KvType::f16;
};

struct Plan {
  Settings settings;
  Device device;
  std::vector<ModelProfile> models;
  std::vector<Needs> needs;        ///< one a model
  std::uint64_t device_bytes = 0;  ///< all models
  std::uint64_t host_bytes = 0;    ///< all models, beside a graphics card
  std::uint64_t disk_bytes = 0;    ///< all files
  Verdict verdict = Verdict::fits;
  std::uint64_t context_largest = 0;  ///< with these caches; 0: not even the smallest fits
  /// If it does not fit: what does, the nearest first. Empty: no setting helps.
  std::vector<Alternative> nearest;
  double tokens_per_second_together = 0;  ///< each, if all answer at once; 0: unknown
};

/// Errors: invalid_argument (no model, or more than models_max), limit (context or answers out of
/// bounds).
[[nodiscard]] Result<Plan> make_plan(std::vector<ModelProfile> models, const Settings& settings,
                                     const Device& device);

inline constexpr std::size_t models_max = 16;

}  // namespace mbe::planner
