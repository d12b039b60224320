#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "base/assert.h"

namespace mbe {

namespace {

// Lets libsodium pick the CPU's instructions; here because every user of it also hashes.
[[maybe_unused]] const bool sodium_ready = (MBE_ASSERT(sodium_init() >= 0), true);

// Something may be hashed to the very end, by an engine that is a static object: OpenSSL must not
// have cleaned up before.
[[maybe_unused]] const bool openssl_stays =
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr) == 1;

thread_local EVP_MD_CTX* own_context = nullptr;

/// Frees the thread's context with the thread. What is hashed after that gets another.
struct ContextGuard {
  ContextGuard() = default;
  ContextGuard(const ContextGuard&) = delete;
  ContextGuard& operator=(const ContextGuard&) = delete;
  ~ContextGuard() {
    EVP_MD_CTX_free(own_context);
    own_context = nullptr;
  }
};

EVP_MD_CTX* context_of_thread() {
  if (own_context == nullptr) {
    own_context = EVP_MD_CTX_new();
    thread_local const ContextGuard guard;
  }
  return own_context;
}

/// SHA-256 of `prefix` and the parts.
Digest hash_after(std::string_view prefix, std::initializer_list<std::string_view> parts) {
  EVP_MD_CTX* const context = context_of_thread();
  // Fetched once: an implicit fetch on every call costs more than hashing a short line.
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Digest out{};
  MBE_ASSERT(EVP_DigestInit_ex2(context, algorithm, nullptr) == 1);
  MBE_ASSERT(EVP_DigestUpdate(context, prefix.data(), prefix.size()) == 1);
  for (const std::string_view part : parts) {
    MBE_ASSERT(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
  }
  MBE_ASSERT(EVP_DigestFinal_ex(context, out.data(), nullptr) == 1);
  return out;
}

}  // namespace

Digest sha256(std::initializer_list<std::string_view> parts) {
  return hash_after({}, parts);
}

Digest sha256(std::string_view bytes) {
  return sha256({bytes});
}

// On OpenSSL's SHA-256 rather than libsodium's HMAC: the latter does not use the CPU's instructions
// and would be a third of the cost of sealing a block.
Digest hmac_sha256(const Bytes32& key, std::initializer_list<std::string_view> parts) {
  constexpr std::size_t hash_block_bytes = 64;
  std::array<char, hash_block_bytes> inner;
  std::array<char, hash_block_bytes> outer;
  inner.fill(0x36);
  outer.fill(0x5c);
  for (std::size_t i = 0; i < key.size(); ++i) {
    inner[i] = static_cast<char>(inner[i] ^ key[i]);
    outer[i] = static_cast<char>(outer[i] ^ key[i]);
  }
  const Digest first = hash_after({inner.data(), inner.size()}, parts);
  const Digest out = sha256({std::string_view(outer.data(), outer.size()), view(first)});
  sodium_memzero(inner.data(), inner.size());
  sodium_memzero(outer.data(), outer.size());
  return out;
}

Bytes32 blake2b_256(const Bytes32& key, std::string_view message) {
  Bytes32 out{};
  crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(message.data()),
                     message.size(), key.data(), key.size());
  return out;
}

}  // namespace mbe
