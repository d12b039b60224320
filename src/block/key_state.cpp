#include "block/key_state.h"

#include <sodium.h>

#include <algorithm>

#include "base/assert.h"

namespace mbe {

namespace {

constexpr std::string_view state_magic("MBEKEY1s", 8);
constexpr std::string_view wrap_magic("MBEKEY1w", 8);
constexpr std::uint64_t none_applied = UINT64_MAX;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

Error broken_keys() {
  return fail(ErrorCode::corrupt, "a key file is damaged or belongs to another chain or root key");
}

void put(std::string& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 255);
}

struct Reader {
  std::string_view rest;
  bool good = true;

  std::string_view take(std::size_t size) {
    if (!good || rest.size() < size) return good = false, std::string_view();
    const std::string_view taken = rest.substr(0, size);
    rest.remove_prefix(size);
    return taken;
  }
  std::uint64_t number(unsigned bytes) {
    const std::string_view taken = take(bytes);
    std::uint64_t value = 0;
    for (std::size_t i = taken.size(); i > 0; --i) {
      value = value << 8 | static_cast<unsigned char>(taken[i - 1]);
    }
    return value;
  }
  Bytes32 bytes32() {
    Bytes32 out{};
    const std::string_view taken = take(out.size());
    std::copy(taken.begin(), taken.end(), out.begin());
    return out;
  }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string name_of(std::string_view magic, std::string_view chain, std::uint64_t generation) {
  std::string out(magic);
  out += chain;
  put(out, generation, 8);
  return out;
}

/// magic ‖ nonce ‖ ciphertext ‖ tag; associated with the magic, the chain and the generation.
std::string seal(std::string_view plain, const Bytes32& key, std::string_view magic,
                 std::string_view chain, std::uint64_t generation) {
  const std::string associated = name_of(magic, chain, generation);
  std::string out(magic);
  out.resize(magic.size() + nonce_bytes + plain.size() + tag_bytes);
  auto* const nonce = reinterpret_cast<unsigned char*>(out.data()) + magic.size();
  randombytes_buf(nonce, nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_bytes, nullptr, bytes_of(plain),
                                             plain.size(), bytes_of(associated), associated.size(),
                                             nullptr, nonce, key.data());
  return out;
}

Result<std::string> open(std::string_view file, const Bytes32& key, std::string_view magic,
                         std::string_view chain, std::uint64_t generation) {
  const std::size_t frame = magic.size() + nonce_bytes + tag_bytes;
  if (file.size() < frame || !file.starts_with(magic)) return broken_keys();
  const std::string associated = name_of(magic, chain, generation);
  const std::string_view nonce = file.substr(magic.size(), nonce_bytes);
  const std::string_view sealed = file.substr(magic.size() + nonce_bytes);
  std::string plain(file.size() - frame, '\0');
  const int rc = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr, bytes_of(sealed),
      sealed.size(), bytes_of(associated), associated.size(), bytes_of(nonce), key.data());
  if (rc != 0) return broken_keys();
  return plain;
}

Bytes32 wrapping_key(const Bytes32& root) {
  return blake2b_256(root, "mbe key wrap");
}

bool read_epochs(Reader& in, KeyState& state) {
  const std::uint64_t epochs = in.number(4);
  std::int64_t before = -1;
  for (std::uint64_t i = 0; in.good && i < epochs; ++i) {
    const std::uint64_t epoch = in.number(4);
    const std::uint64_t count = in.number(4);
    if (static_cast<std::int64_t>(epoch) <= before || count > epoch_leaves) return false;
    before = static_cast<std::int64_t>(epoch);
    std::vector<TreeNode> nodes;
    for (std::uint64_t n = 0; in.good && n < count; ++n) {
      TreeNode node;
      node.first = static_cast<std::uint32_t>(in.number(2));
      node.depth = static_cast<unsigned>(in.number(1));
      node.seed = in.bytes32();
      nodes.push_back(node);
    }
    if (!in.good || !state.epochs[static_cast<std::uint32_t>(epoch)].assign(std::move(nodes))) {
      return false;
    }
  }
  return in.good;
}

}  // namespace

std::string serialise_key_state(const KeyState& state) {
  MBE_ASSERT(is_chain_id(state.chain));
  std::string out(state_magic);
  out += state.chain;
  put(out, state.generation, 8);
  put(out, state.applied.value_or(none_applied), 8);
  put(out, state.unpurged.size(), 4);
  for (const std::uint64_t sequence : state.unpurged) put(out, sequence, 8);
  put(out, state.epochs.size(), 4);
  for (const auto& [epoch, tree] : state.epochs) {
    put(out, epoch, 4);
    put(out, tree.nodes().size(), 4);
    for (const TreeNode& node : tree.nodes()) {
      put(out, node.first, 2);
      put(out, node.depth, 1);
      out += view(node.seed);
    }
  }
  out += view(state.refuse_key);
  put(out, state.refused.size(), 4);
  for (const Digest& digest : state.refused) out += view(digest);
  return out;
}

Result<KeyState> parse_key_state(std::string_view bytes) {
  Reader in{bytes};
  KeyState state;
  if (in.take(state_magic.size()) != state_magic) return broken_keys();
  state.chain = in.take(chain_id_length);
  state.generation = in.number(8);
  const std::uint64_t applied = in.number(8);
  if (applied != none_applied) state.applied = applied;
  const std::uint64_t unpurged = in.number(4);
  for (std::uint64_t i = 0; in.good && i < unpurged; ++i) state.unpurged.push_back(in.number(8));
  if (!is_chain_id(state.chain) || !read_epochs(in, state)) return broken_keys();
  state.refuse_key = in.bytes32();
  const std::uint64_t refused = in.number(4);
  for (std::uint64_t i = 0; in.good && i < refused; ++i) state.refused.push_back(in.bytes32());
  const bool ascending =
      std::ranges::adjacent_find(state.refused, std::greater_equal<>()) == state.refused.end();
  if (!in.good || !in.rest.empty() || !ascending) return broken_keys();
  return state;
}

std::string seal_key_state(const KeyState& state, const Bytes32& wrap_key) {
  std::string plain = serialise_key_state(state);
  std::string out = seal(plain, wrap_key, state_magic, state.chain, state.generation);
  sodium_memzero(plain.data(), plain.size());
  return out;
}

Result<KeyState> open_key_state(std::string_view file, const Bytes32& wrap_key,
                                std::string_view chain, std::uint64_t generation) {
  MBE_ASSIGN(std::string plain, open(file, wrap_key, state_magic, chain, generation));
  Result<KeyState> state = parse_key_state(plain);
  sodium_memzero(plain.data(), plain.size());
  if (state.ok() && (state->chain != chain || state->generation != generation)) {
    return broken_keys();
  }
  return state;
}

std::string seal_wrap_key(const Bytes32& wrap_key, const Bytes32& root, std::string_view chain,
                          std::uint64_t generation) {
  return seal(view(wrap_key), wrapping_key(root), wrap_magic, chain, generation);
}

Result<Bytes32> open_wrap_key(std::string_view file, const Bytes32& root, std::string_view chain,
                              std::uint64_t generation) {
  MBE_ASSIGN(std::string plain, open(file, wrapping_key(root), wrap_magic, chain, generation));
  Bytes32 key{};
  if (plain.size() != key.size()) return broken_keys();
  std::copy(plain.begin(), plain.end(), key.begin());
  sodium_memzero(plain.data(), plain.size());
  return key;
}

Digest refusal_of(const KeyState& state, std::string_view folded) {
  return hmac_sha256(state.refuse_key, {folded});
}

}  // namespace mbe
