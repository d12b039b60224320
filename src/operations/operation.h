// One operation of the table that every interface shares: its name, arguments, limits, result,
// errors and who may call it. Immutable; `run` may be called from any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/message.h"
#include "mbe/engine.h"
#include "operations/fields.h"

namespace mbe {

/// What an operation does to a memory; access is granted by it.
enum class Effect : std::uint8_t {
  read,   ///< changes nothing that anybody could see
  write,  ///< adds blocks or turns
  erase,  ///< takes something away for good
};

/// read, write or erase.
[[nodiscard]] std::string_view effect_name(Effect effect);

/// What an operation runs on, and on whose behalf. Provenance comes from here, never from the
/// arguments: nobody can say that somebody else wrote it.
struct Call {
  Engine& engine;
  Memory* memory = nullptr;  ///< never null for an operation with `on_chain`
  std::string chain;
  const Catalog& messages;       ///< the caller's language
  std::string channel = "rest";  ///< sealed into what is written
  std::string writer = {};       ///< the account or key
  std::string trust = "owner";   ///< of what is written
  Progress progress = {};        ///< told during import, verify, rebuild and reembed
};

struct Operation {
  std::string name;   ///< also the last part of its REST path
  std::string group;  ///< as in docs/operations.md
  std::string summary;
  Effect effect = Effect::read;
  std::vector<ErrorCode> errors;  ///< besides io, and invalid_argument for its arguments
  bool on_chain = true;           ///< acts on one chain rather than on the whole home
  Json arguments;                 ///< JSON Schema
  Json result;                    ///< JSON Schema
  std::function<Result<Json>(Call&, const Json& arguments)> run;
};

/// Completes `about` by its arguments, result and action: Result<Json>(Call&, const Request&).
template <class Request, class Run>
[[nodiscard]] Operation operation(Operation about, Fields<Request> fields, Json result,
                                  const Run& run) {
  about.arguments = object_schema(fields.arguments());
  about.result = std::move(result);
  about.run = [fields = std::move(fields), run](Call& call, const Json& given) -> Result<Json> {
    MBE_ASSIGN(const Request request, fields.read(given));
    return run(call, request);
  };
  return about;
}

/// All operations, by group in the order of docs/operations.md.
[[nodiscard]] const std::vector<Operation>& operations();
/// Null if there is none of that name.
[[nodiscard]] const Operation* find_operation(std::string_view name);

}  // namespace mbe
