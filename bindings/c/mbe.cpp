// The C interface: handles, texts and codes around Door. No exception leaves it.
#include "mbe.h"

#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <mutex>

#include "binding/door.h"
#include "binding/json_text.h"

namespace {

using mbe::Door;
using mbe::Error;
using mbe::ErrorCode;
using mbe::fail;
using mbe::Json;
using mbe::Result;

/// Open memories by handle. Never destroyed: a thread may still call while the program ends.
struct Handles {
  std::mutex mutex;
  std::map<mbe_memory, std::shared_ptr<Door>> doors;
  mbe_memory last = 0;
};

Handles& handles() {
  static Handles& all = *new Handles;
  return all;
}

std::shared_ptr<Door> door_of(mbe_memory memory) {
  const std::lock_guard lock(handles().mutex);
  const auto found = handles().doors.find(memory);
  return found == handles().doors.end() ? nullptr : found->second;
}

mbe_code code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return MBE_INVALID_ARGUMENT;
    case ErrorCode::not_found:
      return MBE_NOT_FOUND;
    case ErrorCode::limit:
      return MBE_LIMIT;
    case ErrorCode::busy:
      return MBE_BUSY;
    case ErrorCode::denied:
      return MBE_DENIED;
    case ErrorCode::unavailable:
      return MBE_UNAVAILABLE;
    case ErrorCode::io:
      return MBE_IO;
    case ErrorCode::corrupt:
      return MBE_CORRUPT;
  }
  return MBE_INTERNAL;
}

void give(char** answer, const std::string& text) {
  if (answer == nullptr) return;
  *answer = static_cast<char*>(std::malloc(text.size() + 1));
  if (*answer != nullptr) std::memcpy(*answer, text.c_str(), text.size() + 1);
}

mbe_code give_error(char** answer, const Error& error, const Door* door) {
  const mbe::Message next = mbe::next_step(error.code());
  const Json about = {{"error", mbe::error_name(error.code())},
                      {"message", door == nullptr ? error.message() : door->text(error)},
                      {"next_step", door == nullptr ? next.message() : door->text(next)}};
  give(answer, mbe::write_json_text(about));
  return code_of(error.code());
}

mbe_code give_result(char** answer, const Result<Json>& result, const Door* door) {
  if (!result.ok()) return give_error(answer, result.error(), door);
  give(answer, mbe::write_json_text(*result));
  return MBE_OK;
}

/// Runs `body`; whatever is thrown in it becomes MBE_INTERNAL.
template <class Body>
mbe_code guarded(char** answer, const Body& body) noexcept {
  if (answer != nullptr) *answer = nullptr;
  try {
    return body();
  } catch (const std::exception& error) {
    try {
      give(answer, mbe::write_json_text({{"error", "internal"}, {"message", error.what()}}));
    } catch (...) {
      // Not even that: the code says it alone.
    }
    return MBE_INTERNAL;
  }
}

Result<Json> read(const char* text) {
  return mbe::read_json_text(text == nullptr ? "" : text);
}

Error closed() {
  return fail(ErrorCode::invalid_argument, "this memory is closed: open it again");
}

}  // namespace

extern "C" {

uint32_t mbe_abi_version(void) {
  return MBE_ABI_VERSION;
}

const char* mbe_version(void) {
  return MBE_VERSION_TEXT;
}

const char* mbe_code_name(mbe_code code) {
  constexpr const char* names[] = {"ok",     "invalid_argument", "not_found", "limit",  "busy",
                                   "denied", "unavailable",      "io",        "corrupt"};
  const bool known = code >= MBE_OK && code <= MBE_CORRUPT;
  return known ? names[code] : "internal";
}

mbe_code mbe_open(const char* options, mbe_memory* memory, char** answer) {
  return guarded(answer, [&]() -> mbe_code {
    if (memory == nullptr) {
      return give_error(
          answer, fail(ErrorCode::invalid_argument, "`{}` must not be NULL", "memory"), nullptr);
    }
    *memory = 0;
    const auto given = read(options);
    if (!given.ok()) return give_error(answer, given.error(), nullptr);
    static const mbe::Fields<mbe::DoorOptions> fields = mbe::door_fields();
    const auto read_options = fields.read(*given);
    if (!read_options.ok()) return give_error(answer, read_options.error(), nullptr);
    auto door = Door::open(*read_options);
    if (!door.ok()) return give_error(answer, door.error(), nullptr);
    const Json about = {{"home", (*door)->home()}, {"served", (*door)->served()}};
    {
      const std::lock_guard lock(handles().mutex);
      *memory = ++handles().last;
      handles().doors[*memory] = std::move(*door);
    }
    give(answer, mbe::write_json_text(about));
    return MBE_OK;
  });
}

mbe_code mbe_close(mbe_memory memory) {
  return guarded(nullptr, [&]() -> mbe_code {
    std::shared_ptr<Door> door;
    {
      const std::lock_guard lock(handles().mutex);
      const auto found = handles().doors.find(memory);
      if (found == handles().doors.end()) return MBE_INVALID_ARGUMENT;
      door = std::move(found->second);
      handles().doors.erase(found);
    }
    door->close();
    return MBE_OK;
  });
}

mbe_code mbe_call(mbe_memory memory, const char* chain, const char* operation,
                  const char* arguments, char** answer) {
  return guarded(answer, [&]() -> mbe_code {
    const std::shared_ptr<Door> door = door_of(memory);
    if (door == nullptr) return give_error(answer, closed(), nullptr);
    if (operation == nullptr) {
      return give_error(answer,
                        fail(ErrorCode::invalid_argument, "`{}` must not be NULL", "operation"),
                        door.get());
    }
    const auto given = read(arguments);
    if (!given.ok()) return give_error(answer, given.error(), door.get());
    const std::string on = chain == nullptr ? "" : chain;
    return give_result(answer, door->call(operation, *given, on), door.get());
  });
}

mbe_code mbe_remember(mbe_memory memory, const char* arguments, char** answer) {
  return mbe_call(memory, nullptr, "remember", arguments, answer);
}

mbe_code mbe_recall(mbe_memory memory, const char* arguments, char** answer) {
  return mbe_call(memory, nullptr, "recall", arguments, answer);
}

mbe_code mbe_compose(mbe_memory memory, const char* arguments, char** answer) {
  return mbe_call(memory, nullptr, "compose", arguments, answer);
}

mbe_code mbe_forget(mbe_memory memory, const char* arguments, char** answer) {
  return mbe_call(memory, nullptr, "forget", arguments, answer);
}

mbe_code mbe_operations(char** answer) {
  return guarded(answer, [&]() -> mbe_code {
    give(answer, mbe::write_json_text(mbe::operations_json()));
    return MBE_OK;
  });
}

void mbe_free(char* text) {
  std::free(text);
}

}  // extern "C"
