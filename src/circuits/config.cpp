#include "circuits/config.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/resources.h"
#include "fs/file_system.h"
#include "settings/toml_file.h"

namespace mbe {

namespace {

namespace fs = std::filesystem;

/// In the order of preference: one for NVIDIA GPUs is there where it was asked for (tools/setup).
constexpr std::array<std::string_view, 2> llama_server_resources = {
    "llama-server-0.3.36-cuda/bin/llama-server", "llama-server-0.3.36/bin/llama-server"};
constexpr std::string_view no_kind = "";
constexpr std::size_t file_bytes_max = 65'536;
constexpr std::int64_t tokens_max = 1'048'576;
constexpr std::int64_t gpu_memory_mib_max = 1 << 24;
constexpr std::int64_t deadline_ms_max = 3'600'000;

void read_deadline(const TomlTable& table, std::chrono::milliseconds& into) {
  std::int64_t given = into.count();
  table.number("deadline_ms", 1, deadline_ms_max, given);
  into = std::chrono::milliseconds(given);
}

Result<std::string> key_by_command(const std::string& command) {
  constexpr std::size_t key_bytes_max = 4'096;
  const std::unique_ptr<FILE, int (*)(FILE*)> out(::popen(command.c_str(), "r"), ::pclose);
  std::string key(key_bytes_max, '\0');
  if (out == nullptr || std::fgets(key.data(), key_bytes_max, out.get()) == nullptr) {
    return fail(ErrorCode::unavailable, "the key_command of circuits.toml printed nothing");
  }
  key.resize(key.find_first_of(std::string("\r\n\0", 3)));
  return key;
}

Result<std::string> key_by_variable(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  if (value != nullptr) return std::string(value);
  return fail(ErrorCode::unavailable, "the variable {} that circuits.toml names is not set",
              variable);
}

/// What of a model is looked at once the file is known to be in form, its key's source above all.
struct Unfinished {
  std::string place, env, command;
  bool has_kind = false;

  [[nodiscard]] Result<std::string> read() const {
    if (!env.empty()) return key_by_variable(env);
    return command.empty() ? Result<std::string>(std::string()) : key_by_command(command);
  }
};

Unfinished read_model(const TomlTable& table, const fs::path& home, ModelConfig& out) {
  std::string file;
  Unfinished rest{.place = table.place()};
  table.text("file", file);
  if (!file.empty()) out.file = home / file;
  table.number("context_tokens", 256, tokens_max, out.context_tokens);
  table.number("threads", 0, 1'024, out.threads);
  table.number("gpu_layers", -1, 10'000, out.gpu_layers);
  table.choice("kv", {"f16", "q8_0", "q4_0"}, out.kv);
  table.number("memory_mib", 0, tokens_max, out.memory_mib);
  std::string kind(no_kind);
  table.choice("kind", {"openai", "anthropic", "gemini", "cohere"}, kind);
  rest.has_kind = kind != no_kind;
  out.kind = wire_of(kind).value_or(ModelWire::openai);
  table.text("url", out.url);
  table.text("model", out.model);
  table.text("key_env", rest.env);
  table.text("key_command", rest.command);
  out.thinking_tokens = default_thinking_tokens(out.kind);
  table.number("thinking_tokens", 0, tokens_max, out.thinking_tokens);
  table.flag("structured", out.structured);
  return rest;
}

/// A line break in a key would be another header.
Result<std::string> checked_key(const Unfinished& rest, const std::string& name) {
  MBE_ASSIGN(std::string key, rest.read());
  if (std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; })) return key;
  return fail(ErrorCode::invalid_argument,
              "{}: the key of [models.{}] holds characters that no key has; look at key_env or "
              "key_command",
              rest.place, name);
}

/// What no type or limit tells.
Result<void> finish_model(const Unfinished& rest, ModelConfig& out) {
  if (out.url.empty() && out.file.empty()) out.url = provider_url(out.kind);
  if (out.file.empty() == out.url.empty() || (rest.has_kind && out.url.empty())) {
    return fail(ErrorCode::invalid_argument,
                "{}: [models.{}] needs `file` or `url`, not both; a `kind` goes with a `url`",
                rest.place, out.name);
  }
  if (out.kind != ModelWire::openai && out.model.empty()) {
    return fail(ErrorCode::invalid_argument,
                "{}: [models.{}] needs `model`: its name at the provider", rest.place, out.name);
  }
  while (out.url.ends_with('/')) out.url.pop_back();
  MBE_ASSIGN(out.key, checked_key(rest, out.name));
  return {};
}

void read_roles(const TomlTable& root, CircuitsConfig& out) {
  const TomlTable circuits = root.table("circuits");
  for (const Circuit circuit : all_circuits) {
    const TomlTable table = circuits.table(circuit_name(circuit));
    CircuitConfig& config = out.circuits[static_cast<std::size_t>(circuit)];
    table.text("model", config.model);
    read_deadline(table, config.deadline);
  }
  const TomlTable synthesis = root.table("synthesis");
  synthesis.text("model", out.synthesis.model);
  read_deadline(synthesis, out.synthesis.deadline);
  synthesis.number("answer_tokens", 16, tokens_max, out.answer_tokens);
  synthesis.number("prompt_tokens", 256, tokens_max, out.prompt_tokens);
}

Result<void> check_model(const CircuitsConfig& config, const fs::path& file,
                         const std::string& name) {
  const bool known = name.empty() || std::ranges::find(config.models, name, &ModelConfig::name) !=
                                         config.models.end();
  if (known) return {};
  return fail(ErrorCode::invalid_argument, "{} names the model `{}`, but has no [models.{}]",
              file.string(), name, name);
}

Result<void> read_config(const fs::path& home, const fs::path& file, CircuitsConfig& out) {
  MBE_ASSIGN(const std::string text, read_file(posix_file_system(), file.string(), file_bytes_max));
  MBE_ASSIGN(const TomlFile toml, TomlFile::parse(text, file.string()));
  std::string program;
  toml.root().text("llama_server", program);
  if (!program.empty()) out.llama_server = home / program;
  toml.root().flag("memory_check", out.memory_check);
  toml.root().number("gpu_memory_mib", 0, gpu_memory_mib_max, out.gpu_memory_mib);
  std::vector<Unfinished> rest;
  for (const auto& [name, table] : toml.root().table("models").tables()) {
    out.models.push_back({.name = name});
    rest.push_back(read_model(table, home, out.models.back()));
  }
  read_roles(toml.root(), out);
  MBE_TRY(toml.check());
  for (std::size_t i = 0; i < rest.size(); ++i) MBE_TRY(finish_model(rest[i], out.models[i]));
  for (const CircuitConfig& circuit : out.circuits) MBE_TRY(check_model(out, file, circuit.model));
  return check_model(out, file, out.synthesis.model);
}

/// The first GGUF file of a folder, by name; nothing if there is none.
std::optional<fs::path> gguf_in(const fs::path& folder) {
  std::error_code failed;
  std::optional<fs::path> out;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failed)) {
    if (entry.path().extension() != ".gguf" || !entry.is_regular_file(failed)) continue;
    if (!out || entry.path().filename() < out->filename()) out = entry.path();
  }
  return out;
}

/// models/emotion, models/self and models/creation, one file each; models/ itself for the others.
void find_models(const fs::path& home, CircuitsConfig& out) {
  const std::optional<fs::path> common = gguf_in(home / "models");
  for (const Circuit circuit : all_circuits) {
    const std::optional<fs::path> own = gguf_in(home / "models" / circuit_name(circuit));
    if (!own && !common) continue;
    ModelConfig model;
    model.name = own ? std::string(circuit_name(circuit)) : "common";
    model.file = own.value_or(common.value_or(fs::path()));
    out.circuits[static_cast<std::size_t>(circuit)].model = model.name;
    if (std::ranges::find(out.models, model.name, &ModelConfig::name) == out.models.end()) {
      out.models.push_back(std::move(model));
    }
  }
}

}  // namespace

std::string_view circuit_name(Circuit circuit) {
  constexpr std::array<std::string_view, 3> names = {"emotion", "self", "creation"};
  return names[static_cast<std::size_t>(circuit)];
}

Result<CircuitsConfig> read_circuits(const fs::path& home) {
  CircuitsConfig out;
  const fs::path file = home / "circuits.toml";
  std::error_code failed;
  if (fs::exists(file, failed)) {
    MBE_TRY(read_config(home, file, out));
  } else {
    find_models(home, out);
  }
  for (const std::string_view name : llama_server_resources) {
    if (!out.llama_server.empty()) break;
    if (const auto program = find_resource(name); program.ok()) out.llama_server = *program;
  }
  // Who speaks where nobody was chosen: self, else whoever is there.
  for (const Circuit circuit : {Circuit::self, Circuit::emotion, Circuit::creation}) {
    if (out.synthesis.model.empty()) out.synthesis.model = out.of(circuit).model;
  }
  return out;
}

}  // namespace mbe
