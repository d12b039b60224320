#include "base/digest.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <memory>

#include "base/assert.h"

namespace mbe {

namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

Digest sha256(std::initializer_list<std::string_view> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  // Fetched once: an implicit fetch on every call costs more than hashing a short line.
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Digest out{};
  MBE_ASSERT(EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1);
  for (const std::string_view part : parts) {
    MBE_ASSERT(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  }
  MBE_ASSERT(EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1);
  return out;
}

Digest sha256(std::string_view bytes) { return sha256({bytes}); }

Digest hmac_sha256(const Bytes32& key, std::initializer_list<std::string_view> parts) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  for (const std::string_view part : parts) {
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                                  part.size());
  }
  Digest out{};
  crypto_auth_hmacsha256_final(&state, out.data());
  return out;
}

Bytes32 blake2b_256(const Bytes32& key, std::string_view message) {
  Bytes32 out{};
  crypto_generichash(out.data(), out.size(),
                     reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                     key.data(), key.size());
  return out;
}

}  // namespace mbe
