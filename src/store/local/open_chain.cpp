#include "store/local/open_chain.h"

#include "store/key_store.h"
#include "store/local/ballast.h"
#include "store/local/local_store.h"

namespace mbe {

Result<std::unique_ptr<Chain>> open_chain(const ChainOptions& options) {
  if (!is_chain_id(options.id)) {
    return fail(ErrorCode::invalid_argument, "{} is not the id of a chain", options.id);
  }
  MBE_ASSIGN(const Bytes32 root, options.root_key());
  // A full disk must not keep a chain from being opened.
  if (!options.ballast.empty() && !options.read_only) {
    (void)reserve_ballast(options.files, options.ballast);
  }
  LocalStore::Options log{options.files,
                          options.directory,
                          options.id,
                          options.read_only,
                          options.known_count,
                          options.lock_wait_ms,
                          options.segment_bytes_max};
  MBE_ASSIGN(std::unique_ptr<LocalStore> store, LocalStore::open(std::move(log)));
  const bool read_only = options.read_only || store->damage().has_value();
  KeyStore::Options keys{
      options.files,        options.directory + "/keys", options.id, root, read_only,
      options.lock_wait_ms, !store->head().has_value()};
  MBE_ASSIGN(std::unique_ptr<KeyStore> key_store, KeyStore::open(std::move(keys)));
  Chain::Parts parts{options.clock, options.id,      std::move(store), std::move(key_store),
                     read_only,     options.genesis, nullptr};
  parts.free_space = [&files = options.files, path = options.ballast] {
    return !path.empty() && release_ballast(files, path);
  };
  return Chain::open(std::move(parts));
}

}  // namespace mbe
