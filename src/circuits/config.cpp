#include "circuits/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>

#include "base/resources.h"

namespace mbe {

namespace {

namespace fs = std::filesystem;

/// In the order of preference: one for NVIDIA GPUs is there where it was asked for (tools/setup).
constexpr std::array<std::string_view, 2> llama_server_resources = {
    "llama-server-0.3.36-cuda/bin/llama-server", "llama-server-0.3.36/bin/llama-server"};
constexpr std::int64_t tokens_max = 1'048'576;
constexpr std::int64_t deadline_ms_max = 3'600'000;

std::uint32_t line_of(const toml::node& node) {
  return node.source().begin.line;
}

/// One table of the file: every key in it must be asked for.
class Section {
 public:
  Section(const fs::path& file, std::string name, const toml::table& table)
      : file_(file), name_(std::move(name)), table_(table) {}

  void text(const char* key, std::string& into) { take<std::string>(key, into); }
  void path(const char* key, const fs::path& home, fs::path& into) {
    std::string given;
    text(key, given);
    if (!given.empty()) into = home / given;
  }
  template <class Number>
  void number(const char* key, std::int64_t least, std::int64_t most, Number& into) {
    std::int64_t given = least;
    if (!take<std::int64_t>(key, given)) return;
    if (given >= least && given <= most) {
      into = static_cast<Number>(given);
      return;
    }
    refuse(fail(ErrorCode::invalid_argument, "{}:{}: {} is a number from {} to {}", file_.string(),
                line_of(*table_.get(key)), key, least, most));
  }
  void milliseconds(const char* key, std::chrono::milliseconds& into) {
    std::int64_t given = into.count();
    number(key, 1, deadline_ms_max, given);
    into = std::chrono::milliseconds(given);
  }

  /// The first thing that is wrong.
  [[nodiscard]] Result<void> check() {
    for (const auto& [key, value] : table_) {
      if (!known_.contains(std::string(key.str()))) {
        refuse(fail(ErrorCode::invalid_argument, "{}:{}: there is no `{}` in [{}]", file_.string(),
                    line_of(value), key.str(), name_));
      }
    }
    if (refused_) return *refused_;
    return {};
  }

 private:
  template <class T>
  bool take(const char* key, T& into) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return false;
    const auto value = node->value_exact<T>();
    if (value) into = *value;
    if (!value) {
      refuse(fail(ErrorCode::invalid_argument, "{}:{}: {} is of the wrong type", file_.string(),
                  line_of(*node), key));
    }
    return value.has_value();
  }
  void refuse(Error why) {
    if (!refused_) refused_ = std::move(why);
  }

  const fs::path& file_;
  std::string name_;
  const toml::table& table_;
  std::set<std::string> known_;
  std::optional<Error> refused_;
};

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

Result<ModelConfig> read_model(const fs::path& file, const std::string& name,
                               const toml::table& table) {
  ModelConfig out;
  out.name = name;
  std::string key_env;
  std::string key_command;
  Section section(file, "models." + name, table);
  section.path("file", file.parent_path(), out.file);
  section.number("context_tokens", 256, tokens_max, out.context_tokens);
  section.number("threads", 0, 1'024, out.threads);
  section.number("gpu_layers", -1, 10'000, out.gpu_layers);
  section.text("kv", out.kv);
  section.number("memory_mib", 0, tokens_max, out.memory_mib);
  section.text("url", out.url);
  section.text("model", out.model);
  section.text("key_env", key_env);
  section.text("key_command", key_command);
  MBE_TRY(section.check());
  if (out.file.empty() == out.url.empty()) {
    return fail(ErrorCode::invalid_argument, "{}: [models.{}] needs `file` or `url`, not both",
                file.string(), name);
  }
  if (!key_env.empty()) {
    MBE_ASSIGN(out.key, key_by_variable(key_env));
  } else if (!key_command.empty()) {
    MBE_ASSIGN(out.key, key_by_command(key_command));
  }
  return out;
}

Result<void> check_model(const CircuitsConfig& config, const fs::path& file,
                         const std::string& name) {
  const bool known = name.empty() || std::ranges::find(config.models, name, &ModelConfig::name) !=
                                         config.models.end();
  if (known) return {};
  return fail(ErrorCode::invalid_argument, "{} names the model `{}`, but has no [models.{}]",
              file.string(), name, name);
}

Result<void> read_models(const fs::path& file, const toml::table& root, CircuitsConfig& out) {
  const toml::node* models = root.get("models");
  if (models == nullptr || !models->is_table()) return {};
  for (const auto& [name, value] : *models->as_table()) {
    if (!value.is_table()) {
      return fail(ErrorCode::invalid_argument, "{}:{}: a model is a table: [models.NAME]",
                  file.string(), line_of(value));
    }
    MBE_ASSIGN(ModelConfig model, read_model(file, std::string(name.str()), *value.as_table()));
    out.models.push_back(std::move(model));
  }
  return {};
}

Result<void> read_roles(const fs::path& file, const toml::table& root, CircuitsConfig& out) {
  for (const Circuit circuit : all_circuits) {
    CircuitConfig& config = out.circuits[static_cast<std::size_t>(circuit)];
    const std::string name(circuit_name(circuit));
    if (const toml::table* table = root["circuits"][name].as_table()) {
      Section section(file, "circuits." + name, *table);
      section.text("model", config.model);
      section.milliseconds("deadline_ms", config.deadline);
      MBE_TRY(section.check());
    }
    MBE_TRY(check_model(out, file, config.model));
  }
  if (const toml::table* table = root["synthesis"].as_table()) {
    Section section(file, "synthesis", *table);
    section.text("model", out.synthesis.model);
    section.milliseconds("deadline_ms", out.synthesis.deadline);
    section.number("answer_tokens", 16, tokens_max, out.answer_tokens);
    section.number("prompt_tokens", 256, tokens_max, out.prompt_tokens);
    MBE_TRY(section.check());
  }
  return check_model(out, file, out.synthesis.model);
}

Result<void> check_names(const fs::path& file, const toml::table& root) {
  constexpr std::array<std::string_view, 4> known = {"llama_server", "models", "circuits",
                                                     "synthesis"};
  const auto unknown = [&](const toml::table& table, const std::string& prefix,
                           const auto& names) -> Result<void> {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(names, key.str()) != std::ranges::end(names)) continue;
      return fail(ErrorCode::invalid_argument, "{}:{}: there is no `{}{}`", file.string(),
                  line_of(value), prefix, key.str());
    }
    return {};
  };
  MBE_TRY(unknown(root, "", known));
  const toml::table* circuits = root["circuits"].as_table();
  if (circuits == nullptr) return {};
  return unknown(*circuits, "circuits.",
                 std::array<std::string_view, 3>{"emotion", "self", "creation"});
}

Result<toml::table> parse(const fs::path& file) {
  try {
    return toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_argument, "{}:{}: {}", file.string(), error.source().begin.line,
                error.description());
  }
}

Result<void> read_file(const fs::path& home, const fs::path& file, CircuitsConfig& out) {
  MBE_ASSIGN(const toml::table root, parse(file));
  MBE_TRY(check_names(file, root));
  if (const auto program = root["llama_server"].value<std::string>()) {
    out.llama_server = home / *program;
  }
  MBE_TRY(read_models(file, root, out));
  return read_roles(file, root, out);
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
    MBE_TRY(read_file(home, file, out));
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
