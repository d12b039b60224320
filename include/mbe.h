// The C interface of MemoryBlockEngine: one library, libmbe.so, JSON in and out.
//
// Every call gives MBE_OK or the code of an error, and through `answer` a text: the result, or
//   {"error": "not_found", "message": "...", "next_step": "..."}
// Texts are UTF-8 and end with a zero byte. What a call gives through `answer` is the caller's, who
// hands it to mbe_free; `answer` may be NULL if the text is of no interest. What a call is given
// stays the caller's and is not kept.
//
// Any thread may call anything at any time. A handle is a number: one that was closed, or never
// opened, is refused with MBE_INVALID_ARGUMENT, as are NULL and text that is no JSON. After fork()
// a child opens its own memory; the parent's handles refuse it.
//
// The operations, their arguments and results: docs/operations.md, or mbe_operations().
#ifndef MBE_H
#define MBE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MBE_API __attribute__((visibility("default")))
#else
#define MBE_API
#endif

/// Raised when a program that was built with an older header would no longer run.
#define MBE_ABI_VERSION 1

/// An open memory; 0 is none.
typedef uint64_t mbe_memory;

/// What a caller can do about a failure.
typedef int32_t mbe_code;
enum {
  MBE_OK = 0,
  MBE_INVALID_ARGUMENT = 1,  ///< fix the call
  MBE_NOT_FOUND = 2,         ///< nothing by that name or number
  MBE_LIMIT = 3,             ///< ask for less
  MBE_BUSY = 4,              ///< somebody else holds it: try again
  MBE_DENIED = 5,            ///< not allowed
  MBE_UNAVAILABLE = 6,       ///< wait, or set up what is missing
  MBE_IO = 7,                ///< look at the disk
  MBE_CORRUPT = 8,           ///< run verify
  MBE_INTERNAL = 9           ///< out of memory, or a fault of the library
};

/// MBE_ABI_VERSION of the library that is loaded.
MBE_API uint32_t mbe_abi_version(void);

/// Version of the library that is loaded, such as "0.1.0"; not to be freed.
MBE_API const char* mbe_version(void);

/// The name of a code, such as "not_found"; not to be freed.
MBE_API const char* mbe_code_name(mbe_code code);

/// Opens a memory. options: NULL, or a JSON object; every member may be missing:
/// {"home": folder, "chain": "main", "language": "ko" or "en", "read_only": false,
/// "background": false, "use_server": true}
/// If a server has the home open and use_server is true, calls go to that server.
/// On MBE_OK, *memory is the handle and the answer {"home": ..., "served": true or false}.
MBE_API mbe_code mbe_open(const char* options, mbe_memory* memory, char** answer);

/// Lets go of a memory and writes what is derived. Calls that are running come to their end.
MBE_API mbe_code mbe_close(mbe_memory memory);

/// One operation by its name. chain: NULL for the one given to mbe_open.
/// arguments: NULL, or a JSON object.
MBE_API mbe_code mbe_call(mbe_memory memory, const char* chain, const char* operation,
                          const char* arguments, char** answer);

/// mbe_call with the operation of that name, on the chain given to mbe_open.
MBE_API mbe_code mbe_remember(mbe_memory memory, const char* arguments, char** answer);
/// See mbe_remember.
MBE_API mbe_code mbe_recall(mbe_memory memory, const char* arguments, char** answer);
/// See mbe_remember.
MBE_API mbe_code mbe_compose(mbe_memory memory, const char* arguments, char** answer);
/// See mbe_remember.
MBE_API mbe_code mbe_forget(mbe_memory memory, const char* arguments, char** answer);

/// The table of operations: a list of {"name", "summary", "arguments", "result", "errors", ...}.
MBE_API mbe_code mbe_operations(char** answer);

/// Gives back a text that came through `answer`. NULL is fine.
MBE_API void mbe_free(char* text);

#ifdef __cplusplus
}
#endif

#endif
