#include "echo/signer.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/random.h"

namespace mbe {

namespace {

using SecretKey = std::array<unsigned char, crypto_sign_SECRETKEYBYTES>;
static_assert(crypto_sign_SEEDBYTES == 32 && crypto_sign_PUBLICKEYBYTES == 32);
static_assert(crypto_sign_BYTES == 64);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Signer::Signer(const Bytes32& seed) : seed_(seed) {
  Bytes32 own{};
  SecretKey secret;
  crypto_sign_seed_keypair(own.data(), secret.data(), seed_.data());
  sodium_memzero(secret.data(), secret.size());
  public_key_ = to_hex(view(own));
}

Signer::~Signer() {
  sodium_memzero(seed_.data(), seed_.size());
}

Result<Signer> Signer::open(FileSystem& files, const std::string& home) {
  const std::string path = home + "/identity.key";
  MBE_ASSIGN(const bool there, files.exists(path));
  if (!there) {
    const Bytes32 seed = random_bytes32();
    MBE_TRY(replace_file(files, path, view(seed)));
    return Signer(seed);
  }
  MBE_ASSIGN(const std::string bytes, read_file(files, path, sizeof(Bytes32)));
  Bytes32 seed{};
  if (bytes.size() != seed.size()) {
    return fail(ErrorCode::corrupt, "{} is no signing key; bring back a copy of it", path);
  }
  std::ranges::copy(bytes, seed.begin());
  return Signer(seed);
}

std::string Signer::sign(std::string_view text) const {
  Bytes32 own{};
  SecretKey secret;
  std::array<unsigned char, crypto_sign_BYTES> out{};
  crypto_sign_seed_keypair(own.data(), secret.data(), seed_.data());
  crypto_sign_detached(out.data(), nullptr, bytes_of(text), text.size(), secret.data());
  sodium_memzero(secret.data(), secret.size());
  return to_hex({reinterpret_cast<const char*>(out.data()), out.size()});
}

bool is_signed_by(std::string_view public_key, std::string_view signature, std::string_view text) {
  const auto key = bytes32_from_hex(public_key);
  if (!key || signature.size() != 2 * crypto_sign_BYTES) return false;
  const auto first = bytes32_from_hex(signature.substr(0, 64));
  const auto second = bytes32_from_hex(signature.substr(64));
  if (!first || !second) return false;
  std::array<unsigned char, crypto_sign_BYTES> bytes{};
  std::ranges::copy(*first, bytes.begin());
  std::ranges::copy(*second, bytes.begin() + 32);
  return crypto_sign_verify_detached(bytes.data(), bytes_of(text), text.size(), key->data()) == 0;
}

}  // namespace mbe
