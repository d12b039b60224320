#include "ui/context.h"

#include <unistd.h>

#include <cstdlib>

#include "base/json.h"

namespace mbe::app {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// True if the home is there and may be read but not written.
bool only_readable(const std::filesystem::path& home) {
  return access(home.c_str(), R_OK | X_OK) == 0 && access(home.c_str(), W_OK) != 0;
}

}  // namespace

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_found:
      return exit_nothing;
    case ErrorCode::invalid_argument:
    case ErrorCode::limit:
      return 2;
    case ErrorCode::busy:
      return 3;
    case ErrorCode::corrupt:
      return exit_damaged;
    case ErrorCode::denied:
      return 5;
    case ErrorCode::unavailable:
      return 6;
    case ErrorCode::io:
      return exit_io;
  }
  MBE_ASSERT(false && "unknown error code");
  return exit_io;
}

std::string choose_language(std::string_view wish) {
  if (!wish.empty()) return std::string(wish);
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string locale = environment(name);
    if (!locale.empty()) return locale.starts_with("ko") ? "ko" : "en";
  }
  return "en";
}

Context::Context(GlobalOptions options, Catalog messages)
    : options_(std::move(options)),
      messages_(std::move(messages)),
      language_(choose_language(options_.language)),
      zone_(Zone::local()),
      out_(stdout, options_.colour),
      err_(stderr, options_.colour) {}

void Context::say(std::string_view line) {
  if (options_.quiet || options_.json) return;
  err_.write(std::string(line) + "\n");
}

void Context::warn(std::string_view line) {
  if (options_.quiet) return;
  err_.write(err_.paint(Colour::yellow, line) + "\n");
}

void Context::print_json(const nlohmann::ordered_json& value) {
  using Handler = nlohmann::ordered_json::error_handler_t;
  out_.write(value.dump(-1, ' ', false, Handler::replace) + "\n");
}

int Context::report(const Error& error) {
  const std::string message = messages_.text(error);
  if (options_.json) {
    const nlohmann::ordered_json value = {{"error", error_name(error.code())},
                                          {"message", message}};
    using Handler = nlohmann::ordered_json::error_handler_t;
    err_.write(value.dump(-1, ' ', false, Handler::replace) + "\n");
  } else {
    err_.write(err_.paint(Colour::red, "mbe: "));
    // Only where somebody reads it: a script gets one line.
    constexpr std::size_t name_width = 5;
    std::string text = plain(message);
    if (err_.interactive()) {
      text.clear();
      for (const std::string& line : wrap(message, err_.width() - name_width)) {
        text += (text.empty() ? "" : "\n" + std::string(name_width, ' ')) + line;
      }
    }
    err_.write(text + "\n");
  }
  return exit_code(error.code());
}

Result<std::filesystem::path> Context::home() const {
  if (!options_.home.empty()) return std::filesystem::path(options_.home);
  return Engine::default_home();
}

Result<Engine*> Context::engine(Access access) {
  if (engine_ == nullptr) {
    EngineOptions options;
    MBE_ASSIGN(options.home, home());
    options.read_only =
        access == Access::look || (access == Access::read && only_readable(options.home));
    MBE_ASSIGN(engine_, Engine::open(options));
    read_only_ = options.read_only;
  }
  return engine_.get();
}

Result<Memory*> Context::memory(Access access) {
  MBE_ASSIGN(Engine * engine, this->engine(access));
  const bool create = access == Access::write || !options_.chain.has_value();
  return engine->chain(chain_name(), create && !read_only_);
}

Result<std::vector<std::string>> Context::chain_names(Access access) {
  if (options_.chain) return std::vector<std::string>{*options_.chain};
  MBE_ASSIGN(Engine * engine, this->engine(access));
  return engine->chains();
}

std::string paint(Context& context, Colour colour, std::string_view text) {
  return context.out().paint(colour, text);
}

}  // namespace mbe::app
