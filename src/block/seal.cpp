#include "block/seal.h"

#include <sodium.h>

#include <bit>

#include "base/assert.h"
#include "base/base64.h"

namespace mbe {

namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr char pad_mark = '\x80';
static_assert(nonce_bytes == 24 && tag_bytes == 16);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Error broken_seal(const Header& header, std::string_view what) {
  return fail(ErrorCode::corrupt, "the seal of block {} is broken: {}; run mbe verify",
              header.sequence, what);
}

Digest commitment(const Bytes32& key, std::string_view associated, std::string_view padded) {
  const Digest bound = sha256(associated);
  return hmac_sha256(key, {view(bound), padded});
}

}  // namespace

BlockKeys::~BlockKeys() {
  sodium_memzero(seal.data(), seal.size());
  sodium_memzero(commit.data(), commit.size());
}

std::size_t padded_size(std::size_t size) {
  const std::size_t least = size + 1;
  for (const std::size_t step : {256U, 512U, 1'024U, 2'048U, 4'096U}) {
    if (least <= step) return step;
  }
  const auto exponent = static_cast<unsigned>(std::bit_width(least)) - 1;
  const auto kept = static_cast<unsigned>(std::bit_width(exponent));
  const std::size_t mask = (std::size_t{1} << (exponent - kept)) - 1;
  return (least + mask) & ~mask;
}

Result<Digest> seal_block(Header& header, const BlockKeys& keys, std::string_view payload,
                          std::string& out) {
  if (payload.size() > payload_bytes_max) {
    return fail(ErrorCode::limit, "a block's content is {} bytes, at most {} fit; split it",
                payload.size(), payload_bytes_max);
  }
  const std::string associated = associated_data(header);
  const std::size_t size = padded_size(payload.size());
  // nonce ‖ padded payload, encrypted in place ‖ tag.
  std::string sealed(nonce_bytes + size + tag_bytes, '\0');
  const std::string_view padded(sealed.data() + nonce_bytes, size);
  payload.copy(sealed.data() + nonce_bytes, payload.size());
  sealed[nonce_bytes + payload.size()] = pad_mark;
  header.commit = commitment(keys.commit, associated, padded);

  auto* const nonce = reinterpret_cast<unsigned char*>(sealed.data());
  randombytes_buf(nonce, nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_bytes, nullptr, nonce + nonce_bytes,
                                             size, bytes_of(associated), associated.size(), nullptr,
                                             nonce, keys.seal.data());
  const std::string characters = to_base64(sealed);
  header.body = sha256(characters);
  std::string header_bytes;
  header_bytes.reserve(associated.size() + 160);
  append_header(header_bytes, associated, header.body, header.commit);
  const Digest hash = block_hash(header_bytes);
  append_line(out, header_bytes, hash, characters);
  return hash;
}

Result<std::string> open_block(const CheckedLine& line, const BlockKeys& keys) {
  const std::optional<std::string> sealed = from_base64(line.parts.sealed);
  if (!sealed || sealed->size() < nonce_bytes + tag_bytes + 1) {
    return broken_seal(line.header, "its characters");
  }
  const std::size_t size = sealed->size() - nonce_bytes - tag_bytes;
  const std::string_view associated =
      line.parts.header.substr(0, line.parts.header.rfind(R"(,"body")"));
  std::string padded(size, '\0');
  const int rc = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(padded.data()), nullptr, nullptr,
      bytes_of(*sealed) + nonce_bytes, size + tag_bytes, bytes_of(associated), associated.size(),
      bytes_of(*sealed), keys.seal.data());
  if (rc != 0) return broken_seal(line.header, "its key does not open it");
  const Digest commit = commitment(keys.commit, associated, padded);
  if (sodium_memcmp(commit.data(), line.header.commit.data(), commit.size()) != 0) {
    return broken_seal(line.header, "its commitment");
  }
  const std::size_t mark = padded.find_last_not_of('\0');
  if (mark == std::string::npos || padded[mark] != pad_mark || padded_size(mark) != size) {
    return broken_seal(line.header, "its padding");
  }
  padded.resize(mark);
  return padded;
}

}  // namespace mbe
