// What of a model's header decides its memory and speed: layers with their cache widths, windows,
// experts, and where the bytes of its weights lie. Plain values; made once from a header that
// read_gguf has passed. Any thread.
// Which keys mean what: the GGUF specification, and llama.cpp's src/llama-model.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "llm/gguf.h"

namespace mbe::planner {

struct LayerProfile {
  std::uint64_t query = 0;         ///< numbers a token: heads × key length
  std::uint64_t key = 0;           ///< numbers a token in the cache: KV heads × key length
  std::uint64_t value = 0;         ///< numbers a token in the cache: KV heads × value length
  std::uint64_t feed_forward = 0;  ///< numbers a token, all experts used together
  bool windowed = false;           ///< caches only the sliding window
};

struct ModelProfile {
  std::string file;  ///< name of the file
  std::string name, architecture;
  std::string type;       ///< of most weights, e.g. "Q4_K_M"; "?" if unknown
  std::string tokenizer;  ///< kind of the tokenizer inside; empty if there is none
  bool chat_template = false;
  bool known = false;  ///< data/models/architectures.tsv has the architecture
  bool causal = true;  ///< false: an encoder, which has no cache
  bool gated = true;   ///< its feed-forward network has a gate
  std::uint64_t context_tokens = 0, vocabulary = 0, width = 0, window = 0;
  std::uint64_t experts = 0, experts_used = 0;
  std::uint64_t parameters = 0;
  std::vector<LayerProfile> layers;
  std::uint64_t file_bytes = 0;
  std::uint64_t weight_bytes = 0;     ///< all tensors
  std::uint64_t embedding_bytes = 0;  ///< the table of token embeddings
  std::uint64_t expert_bytes = 0;     ///< the tensors of experts
  bool tied = false;                  ///< the output layer is the table of token embeddings

  /// Bytes of weights that one token reads.
  [[nodiscard]] std::uint64_t bytes_a_token() const;
};

/// How an architecture uses its sliding window, where the file does not say it.
struct WindowRule {
  bool ignored = true;       ///< the runtime ignores windows
  std::uint64_t window = 0;  ///< tokens, if the file gives none
  std::uint64_t period = 0;  ///< of so many layers one is dense; 0: none is windowed
  bool dense_first = false;  ///< the first of a period is the dense one
};

/// The tables of data/models that a profile needs.
struct ProfileTables {
  std::map<std::string, WindowRule, std::less<>> windows;  ///< by architecture
  std::map<std::uint64_t, std::string> file_types;

  /// Reads them from `folder`. Errors: io, corrupt (a wrong row; file and line are named).
  [[nodiscard]] static Result<ProfileTables> load(const std::filesystem::path& folder);
};

/// file: its name, for people and errors.
/// Errors: corrupt (a number that a network needs is missing or out of bounds).
[[nodiscard]] Result<ModelProfile> profile_model(const GgufHeader& header, const std::string& file,
                                                 const ProfileTables& tables);

}  // namespace mbe::planner
