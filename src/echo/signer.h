// The key with which Echo signs what it is: Ed25519, in HOME/identity.key (0600). Made once; a copy
// of the home keeps it. Immutable: any thread may sign.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "fs/file_system.h"

namespace mbe {

class Signer {
 public:
  /// Reads the key, or makes it. Errors: io, corrupt (the file is no key).
  [[nodiscard]] static Result<Signer> open(FileSystem& files, const std::string& home);
  Signer(const Signer&) = default;
  Signer& operator=(const Signer&) = default;
  ~Signer();

  /// 64 bytes in hexadecimal.
  [[nodiscard]] std::string sign(std::string_view text) const;
  /// 32 bytes in hexadecimal.
  [[nodiscard]] const std::string& public_key() const { return public_key_; }

 private:
  explicit Signer(const Bytes32& seed);

  Bytes32 seed_{};
  std::string public_key_;
};

/// Whether the key's owner signed the text. False too where one of them is no hexadecimal.
[[nodiscard]] bool is_signed_by(std::string_view public_key, std::string_view signature,
                                std::string_view text);

}  // namespace mbe
