// Errors as values. Three kinds of failure, three tools: nothing found is an empty result, the
// world failed is Result<T>, we failed is MBE_ASSERT. An Error keeps its English format string and
// its arguments apart, so that a message can be shown in another language (base/message.h).
// Invariant: a Result holds either a value or an error, never both.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/assert.h"

namespace mbe {

/// What a caller can do about a failure.
enum class ErrorCode : std::uint8_t {
  invalid_argument,  ///< fix the call
  not_found,         ///< nothing by that name
  limit,             ///< ask for less
  busy,              ///< retry
  denied,            ///< not allowed
  unavailable,       ///< wait, or set up what is missing
  io,                ///< look at the disk
  corrupt,           ///< run verify
};

/// The stable lower-case name, as in JSON and in the documents.
[[nodiscard]] std::string_view error_name(ErrorCode code);

/// A sentence for people that can be shown in another language: the English format string, which
/// is the key of its translations, and the arguments.
class Message {
 public:
  Message(std::string_view format, std::vector<std::string> arguments)
      : format_(format), arguments_(std::move(arguments)) {}

  [[nodiscard]] const std::string& format() const { return format_; }
  [[nodiscard]] const std::vector<std::string>& arguments() const { return arguments_; }
  /// In English.
  [[nodiscard]] std::string message() const;

 private:
  std::string format_;
  std::vector<std::string> arguments_;
};

/// A failure: what failed, on what, with which limit, and the next step.
class Error : public Message {
 public:
  Error(ErrorCode code, std::string_view format, std::vector<std::string> arguments)
      : Message(format, std::move(arguments)), code_(code) {}

  [[nodiscard]] ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

/// Fills `{}` in order; a missing argument stays `{}`. Used for English and for translations alike.
[[nodiscard]] std::string fill(std::string_view format, const std::vector<std::string>& arguments);

/// Builds an error: `fail(ErrorCode::io, "cannot read {}: {}", path, reason)`. Only plain `{}`
/// holes are allowed; every literal given here has its Korean form in data/messages/ko.tsv.
template <class... Args>
[[nodiscard]] Error fail(ErrorCode code, std::string_view format, const Args&... args) {
  return Error(code, format, {fmt::format("{}", args)...});
}

/// Builds a message that is not an error, by the same rules.
template <class... Args>
[[nodiscard]] Message note(std::string_view format, const Args&... args) {
  return Message(format, {fmt::format("{}", args)...});
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] T& value() & { return checked(), std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return checked(), std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return checked(), std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  /// The error; only where ok() is false.
  [[nodiscard]] const Error& error() const {
    MBE_ASSERT(!ok());
    return std::get<1>(state_);
  }

 private:
  void checked() const { MBE_ASSERT(ok()); }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  /// The error; only where ok() is false.
  [[nodiscard]] const Error& error() const {
    MBE_ASSERT(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace mbe

#define MBE_CONCAT_INNER(a, b) a##b
#define MBE_CONCAT(a, b) MBE_CONCAT_INNER(a, b)

/// Returns the error of a Result-valued expression from the enclosing function.
#define MBE_TRY(expression)                                                          \
  do {                                                                               \
    if (auto mbe_result = (expression); !mbe_result.ok()) return mbe_result.error(); \
  } while (false)

/// `MBE_ASSIGN(auto x, f());` - takes the value, or returns the error from the enclosing function.
#define MBE_ASSIGN(declaration, expression) \
  MBE_ASSIGN_INNER(MBE_CONCAT(mbe_result_, __LINE__), declaration, expression)
#define MBE_ASSIGN_INNER(result, declaration, expression) \
  auto result = (expression);                             \
  if (!result.ok()) return result.error();                \
  declaration = std::move(result).value()
