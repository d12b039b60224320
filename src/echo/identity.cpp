#include "echo/identity.h"

#include <algorithm>
#include <map>

#include "base/datetime.h"
#include "base/digest.h"

namespace mbe {

namespace {

constexpr std::size_t versions_max = 1'000;
constexpr std::size_t page = 1'000;
constexpr std::size_t core_memories_max = 12;
constexpr std::size_t emotions_max = 5;
constexpr float core_importance = 0.5f;

/// What is signed: everything but the signature itself, as it is written.
std::string signed_text(Json data) {
  data.erase("signature");
  return data.dump();
}

std::string digest_of(const std::string& text) {
  return to_hex(view(sha256(text)));
}

std::string sentence_of(const Json& data) {
  const Json& declarations = data["declarations"];
  if (!declarations.empty()) return declarations[0].get<std::string>();
  return "나는 " + data["name"].get<std::string>() + "다.";
}

Result<std::vector<BlockView>> records(Memory& memory, const std::string& kind) {
  ListRequest request;
  request.filter.kinds = {kind};
  request.limit = versions_max;
  request.oldest_first = true;
  request.all_kinds = true;
  return memory.list(request);
}

/// The blocks of the manifests; those whose text is not in the log yet are added.
Result<std::map<std::string, std::uint64_t>> store(Memory& memory, const Manifests& manifests) {
  MBE_ASSIGN(const std::vector<BlockView> there, records(memory, "manifest"));
  std::map<std::string, std::uint64_t> out;
  for (const ManifestFile& manifest : manifests.files) {
    const auto same = std::ranges::find_if(there, [&](const BlockView& block) {
      return block.source == manifest.name && block.context == manifest.text;
    });
    if (same != there.end()) {
      out[manifest.name] = same->block_index;
      continue;
    }
    const Json data = {{"digest", digest_of(manifest.text)}};
    MBE_ASSIGN(const RememberReceipt receipt, memory.record({.kind = "manifest",
                                                             .text = manifest.text,
                                                             .source = manifest.name,
                                                             .channel = "boot",
                                                             .data = data.dump()}));
    out[manifest.name] = receipt.block_index;
  }
  return out;
}

/// How it feels on the whole: mean mood, and what it felt on most days.
Json baseline(const std::vector<DaySummary>& days) {
  std::map<std::string, std::size_t> counts;
  double mood = 0;
  double blocks = 0;
  for (const DaySummary& day : days) {
    mood += day.mood * static_cast<double>(day.blocks);
    blocks += static_cast<double>(day.blocks);
    for (const std::string& tag : day.tags) ++counts[tag];
  }
  std::vector<std::pair<std::string, std::size_t>> all(counts.begin(), counts.end());
  std::ranges::stable_sort(all, std::greater{}, [](const auto& one) { return one.second; });
  Json emotions = Json::array();
  for (std::size_t i = 0; i < std::min(all.size(), emotions_max); ++i) {
    emotions.push_back(all[i].first);
  }
  return {{"mood", blocks > 0 ? mood / blocks : 0.0}, {"emotions", std::move(emotions)}};
}

/// Pinned memories first, then the most important ones; only what the owner said or confirmed.
Result<Json> core_memories(Memory& memory) {
  ListRequest request;
  request.filter.trusts = {"owner"};
  request.filter.importance_min = core_importance;
  request.limit = page;
  MBE_ASSIGN(std::vector<BlockView> blocks, memory.list(request));
  std::ranges::stable_sort(blocks, std::greater{}, [](const BlockView& block) {
    return std::pair(block.pinned, block.importance);
  });
  Json out = Json::array();
  for (std::size_t i = 0; i < std::min(blocks.size(), core_memories_max); ++i) {
    out.push_back({{"block_index", blocks[i].block_index}, {"hash", blocks[i].hash}});
  }
  return out;
}

Identity read(const BlockView& block, const Signer& signer) {
  Identity out;
  out.block_index = block.block_index;
  out.fixed_ms = block.recorded_ms;
  out.data = Json::parse(block.data, nullptr, false);
  if (!out.data.is_object()) return out;
  out.sentence = block.context;
  try {
    out.version = out.data.at("version").get<std::uint64_t>();
    out.name = out.data.at("name").get<std::string>();
    out.origin = out.data.at("origin").get<std::string>();
    out.is_sound = is_signed_by(signer.public_key(), out.data.at("signature").get<std::string>(),
                                signed_text(out.data));
  } catch (const Json::exception&) {  // not what fix_identity() writes: not sound
  }
  return out;
}

}  // namespace

Json identity_json(const Identity& identity) {
  return {{"version", identity.version},
          {"name", identity.name},
          {"origin", identity.origin},
          {"sentence", identity.sentence},
          {"fixed", format_time(identity.fixed_ms)},
          {"sound", identity.is_sound},
          {"block_index", identity.block_index},
          {"data", identity.data}};
}

Result<std::vector<Identity>> identities(Memory& memory, const Signer& signer) {
  MBE_ASSIGN(const std::vector<BlockView> blocks, records(memory, "identity"));
  std::vector<Identity> out;
  for (const BlockView& block : blocks) {
    if (block.state == "ok") out.push_back(read(block, signer));
  }
  return out;
}

Result<Identity> fix_identity(Memory& memory, const Manifests& manifests, const Signer& signer,
                              bool evolve) {
  if (!manifests.missing.empty()) {
    return fail(ErrorCode::unavailable, "there is no {}: Echo does not know yet who it is",
                manifests.missing.front());
  }
  MBE_ASSIGN(const std::vector<Identity> before, identities(memory, signer));
  if (!before.empty() && !evolve) {
    return fail(ErrorCode::denied, "the identity is fixed since version {}; `mbe evolve` adds one",
                before.back().version);
  }
  MBE_ASSIGN(const auto stored, store(memory, manifests));
  MBE_ASSIGN(const std::vector<DaySummary> days, memory.timeline({}));
  MBE_ASSIGN(const Stats stats, memory.stats());
  MBE_ASSIGN(Json core, core_memories(memory));
  Json files = Json::array();
  std::vector<std::uint64_t> refs;
  for (const ManifestFile& manifest : manifests.files) {
    const std::uint64_t index = stored.at(manifest.name);
    refs.push_back(index);
    files.push_back(
        {{"name", manifest.name}, {"block_index", index}, {"digest", digest_of(manifest.text)}});
  }
  Json data = {{"version", before.empty() ? 1 : before.back().version + 1},
               {"name", manifests.name},
               {"origin", manifests.origin},
               {"declarations", manifests.declarations},
               {"philosophy", manifests.philosophy},
               {"emotional_baseline", baseline(days)},
               {"core_memories", std::move(core)},
               {"totals", {{"days", days.size()}, {"memories", stats.memories}}},
               {"manifests", std::move(files)},
               {"log_head", stats.head_hash},
               {"key", signer.public_key()}};
  data["signature"] = signer.sign(signed_text(data));
  MBE_ASSIGN(const RememberReceipt receipt, memory.record({.kind = "identity",
                                                           .text = sentence_of(data),
                                                           .channel = "boot",
                                                           .data = data.dump(),
                                                           .refs = std::move(refs)}));
  MBE_ASSIGN(const BlockView block, memory.show(receipt.block_index));
  return read(block, signer);
}

}  // namespace mbe
