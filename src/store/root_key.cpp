#include "store/root_key.h"

#include <sodium.h>

#include <algorithm>

#include "base/little_endian.h"
#include "base/random.h"

namespace mbe {

namespace {

// A wrapped key: magic 8, passes 4, memory in KiB 4, salt 16, nonce 24, sealed key 48.
constexpr std::string_view magic("MBEROOT1", 8);
constexpr std::uint32_t passes = 3;
constexpr std::uint32_t memory_kib = 256U << 10;
constexpr std::uint32_t memory_kib_max = 4U << 20;
constexpr std::uint32_t passes_max = 64;
constexpr std::size_t salt_bytes = crypto_pwhash_SALTBYTES;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t key_bytes = 32;
constexpr std::size_t front_bytes = 8 + 4 + 4 + salt_bytes;
constexpr std::size_t wrapped_bytes = front_bytes + nonce_bytes + key_bytes + tag_bytes;
static_assert(wrapped_bytes == 104);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Bytes32 stretch(std::string_view passphrase, std::string_view salt, std::uint32_t rounds,
                std::uint32_t kib) {
  Bytes32 out{};
  const int rc =
      crypto_pwhash(out.data(), out.size(), passphrase.data(), passphrase.size(), bytes_of(salt),
                    rounds, std::size_t{kib} << 10, crypto_pwhash_ALG_ARGON2ID13);
  MBE_ASSERT(rc == 0);  // only for want of memory
  return out;
}

std::string key_path(const std::string& directory) {
  return directory + "/root.key";
}

Error no_key_file(const std::string& path) {
  return fail(ErrorCode::corrupt, "{} is no root key; bring back a copy of it", path);
}

Result<std::string> read_key_file(FileSystem& files, const std::string& directory) {
  Result<std::string> bytes = read_file(files, key_path(directory), wrapped_bytes);
  if (!bytes.ok() && bytes.error().code() == ErrorCode::limit)
    return no_key_file(key_path(directory));
  if (bytes.ok() && bytes->size() != key_bytes && bytes->size() != wrapped_bytes) {
    return no_key_file(key_path(directory));
  }
  return bytes;
}

Bytes32 key_of(std::string_view bytes) {
  Bytes32 out{};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

std::string file_of(const Bytes32& key, std::string_view passphrase) {
  return passphrase.empty() ? std::string(view(key)) : wrap_root_key(key, passphrase);
}

Result<bool> has_chain(FileSystem& files, const std::string& directory) {
  const std::string chains = directory + "/chains";
  MBE_ASSIGN(const bool there, files.exists(chains));
  if (!there) return false;
  MBE_ASSIGN(const std::vector<std::string> names, files.list(chains));
  return std::ranges::any_of(names, [](const std::string& name) { return name != "names.json"; });
}

}  // namespace

std::string wrap_root_key(const Bytes32& key, std::string_view passphrase) {
  std::string out(magic);
  append_number(out, passes);
  append_number(out, memory_kib);
  const std::string salt = random_bytes(salt_bytes);
  out += salt;
  out += random_bytes(nonce_bytes);
  out.resize(wrapped_bytes);
  Bytes32 wrapping = stretch(passphrase, salt, passes, memory_kib);
  auto* const bytes = reinterpret_cast<unsigned char*>(out.data());
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + front_bytes + nonce_bytes, nullptr, key.data(),
                                             key.size(), bytes, front_bytes, nullptr,
                                             bytes + front_bytes, wrapping.data());
  sodium_memzero(wrapping.data(), wrapping.size());
  return out;
}

Result<Bytes32> unwrap_root_key(std::string_view wrapped, std::string_view passphrase) {
  if (wrapped.size() != wrapped_bytes || !wrapped.starts_with(magic)) {
    return fail(ErrorCode::corrupt, "a wrapped root key is damaged; bring back a copy of it");
  }
  const std::uint32_t rounds = load_number<std::uint32_t>(wrapped.data() + 8);
  const std::uint32_t kib = load_number<std::uint32_t>(wrapped.data() + 12);
  if (rounds < passes || kib < memory_kib || rounds > passes_max || kib > memory_kib_max) {
    return fail(ErrorCode::corrupt, "a wrapped root key names parameters that are not accepted");
  }
  Bytes32 wrapping = stretch(passphrase, wrapped.substr(16, salt_bytes), rounds, kib);
  Bytes32 key{};
  const unsigned char* const bytes = bytes_of(wrapped);
  const int rc = crypto_aead_xchacha20poly1305_ietf_decrypt(
      key.data(), nullptr, nullptr, bytes + front_bytes + nonce_bytes, key_bytes + tag_bytes, bytes,
      front_bytes, bytes + front_bytes, wrapping.data());
  sodium_memzero(wrapping.data(), wrapping.size());
  if (rc != 0) return fail(ErrorCode::denied, "this passphrase does not open the root key");
  return key;
}

Result<Bytes32> create_root_key(FileSystem& files, const std::string& directory,
                                std::string_view passphrase) {
  MBE_ASSIGN(const bool chain, has_chain(files, directory));
  if (chain) {
    return fail(ErrorCode::denied,
                "{} holds chains but no root key; bring back its root.key, a new one opens nothing",
                directory);
  }
  MBE_TRY(files.make_directories(directory));
  const Bytes32 key = random_bytes32();
  MBE_ASSIGN(const bool there, files.exists(key_path(directory)));
  if (there) return fail(ErrorCode::denied, "{} is there already", key_path(directory));
  // As a whole or not at all: half a key would lock everyone out of a home without a chain.
  MBE_TRY(replace_file(files, key_path(directory), file_of(key, passphrase)));
  return key;
}

Result<Bytes32> read_root_key(FileSystem& files, const std::string& directory,
                              std::string_view passphrase) {
  MBE_ASSIGN(const std::string bytes, read_key_file(files, directory));
  if (bytes.size() == key_bytes) return key_of(bytes);
  if (passphrase.empty()) {
    return fail(ErrorCode::denied, "the root key in {} needs its passphrase", directory);
  }
  return unwrap_root_key(bytes, passphrase);
}

Result<bool> root_key_is_wrapped(FileSystem& files, const std::string& directory) {
  MBE_ASSIGN(const std::string bytes, read_key_file(files, directory));
  return bytes.size() == wrapped_bytes;
}

Result<void> rewrap_root_key(FileSystem& files, const std::string& directory,
                             std::string_view old_passphrase, std::string_view new_passphrase) {
  MBE_ASSIGN(const Bytes32 key, read_root_key(files, directory, old_passphrase));
  return replace_file(files, key_path(directory), file_of(key, new_passphrase));
}

}  // namespace mbe
