#include "planner/devices.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "analyse/table.h"

namespace mbe::planner {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t memory_mib_max = std::uint64_t{1} << 24;

template <class T>
bool parse(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& letter : out) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return out;
}

Device this_machine() {
  const auto pages = sysconf(_SC_PHYS_PAGES);
  const auto page = sysconf(_SC_PAGESIZE);
  const auto bytes = pages < 0 || page < 0 ? 0 : pages * page;
  return {.name = "CPU", .memory_bytes = static_cast<std::uint64_t>(bytes)};
}

}  // namespace

Result<std::vector<Gpu>> read_gpus(const std::filesystem::path& file) {
  MBE_ASSIGN(const auto rows, analyse::read_table(file, 4, 4));
  std::vector<Gpu> gpus;
  for (const auto& [columns, line] : rows) {
    Gpu gpu{.key = columns[0], .name = columns[3]};
    if (!parse(columns[1], gpu.memory_mib) || !parse(columns[2], gpu.bandwidth_gbs) ||
        gpu.memory_mib == 0 || gpu.memory_mib > memory_mib_max) {
      return fail(ErrorCode::corrupt, "{} line {} is no graphics card: correct it", file.string(),
                  line);
    }
    gpus.push_back(std::move(gpu));
  }
  return gpus;
}

Result<Device> choose_device(std::string_view wish, const std::vector<Gpu>& gpus) {
  if (wish == "none") return this_machine();
  const auto key = lower(wish);
  const auto found = std::ranges::find(gpus, key, &Gpu::key);
  if (found != gpus.end()) {
    return Device{found->name, true, found->memory_mib * mib, found->bandwidth_gbs};
  }
  std::uint64_t memory_mib = 0;
  if (parse(wish, memory_mib) && memory_mib > 0 && memory_mib <= memory_mib_max) {
    return Device{fmt::format("GPU {} MiB", memory_mib), true, memory_mib * mib, 0};
  }
  std::string keys;
  for (const Gpu& gpu : gpus) keys += (keys.empty() ? "" : ", ") + gpu.key;
  return fail(ErrorCode::invalid_argument,
              "`{}` is no graphics card of the table; give its memory in MiB, none, or one of: {}",
              wish, keys);
}

}  // namespace mbe::planner
