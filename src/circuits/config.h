// Which models answer, and how long each may take: HOME/circuits.toml, or what lies in HOME/models
// where there is no such file. Form: docs/guide/circuits.md. Pure values after reading.
#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "llm/remote_model.h"

namespace mbe {

/// A part of the mind that answers: each has a role, a model, a prompt and a deadline.
enum class Circuit : std::uint8_t { emotion, self, creation };

inline constexpr std::array<Circuit, 3> all_circuits = {Circuit::emotion, Circuit::self,
                                                        Circuit::creation};

/// emotion, self, creation.
[[nodiscard]] std::string_view circuit_name(Circuit circuit);

/// A model: a GGUF file that we serve ourselves, or one behind a URL.
struct ModelConfig {
  std::string name;
  std::filesystem::path file;          ///< empty: behind `url`
  std::size_t context_tokens = 4'096;  ///< of one answer
  int threads = 0;                     ///< 0: the server's choice
  int gpu_layers = -1;                 ///< -1: as many as fit
  std::string kv = "f16";
  std::size_t memory_mib = 0;          ///< 0: no limit
  ModelWire kind = ModelWire::openai;  ///< how the server behind `url` speaks
  std::string url;                     ///< up to and with the version, as in /v1
  std::string model;                   ///< its name there
  std::string key;                     ///< read from key_env or key_command; never shown
  std::size_t thinking_tokens = 0;     ///< beside those of the answer
  bool structured = true;              ///< false: it takes no JSON Schema
};

struct CircuitConfig {
  std::string model;  ///< a ModelConfig's name; empty: the circuit is absent
  std::chrono::milliseconds deadline{20'000};
};

struct CircuitsConfig {
  std::filesystem::path llama_server;
  std::vector<ModelConfig> models;
  std::array<CircuitConfig, all_circuits.size()> circuits;  ///< by Circuit
  CircuitConfig synthesis{{}, std::chrono::milliseconds(180'000)};
  std::size_t answer_tokens = 512;
  std::size_t prompt_tokens = 2'048;  ///< memory's share of the context
  bool memory_check = true;           ///< refuse models for which there is no room: fit.h
  std::uint64_t gpu_memory_mib = 0;   ///< of the graphics cards; 0: unknown

  /// Of a circuit.
  [[nodiscard]] const CircuitConfig& of(Circuit circuit) const {
    return circuits[static_cast<std::size_t>(circuit)];
  }
};

/// Reads the home's configuration; no models where there are none.
/// Errors: invalid_argument (no TOML, an unknown key, a value out of range, a circuit that names no
/// model; with the line), unavailable (a key's variable is not set, its command failed), io.
[[nodiscard]] Result<CircuitsConfig> read_circuits(const std::filesystem::path& home);

}  // namespace mbe
