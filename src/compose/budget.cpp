#include "compose/budget.h"

#include <algorithm>
#include <numeric>

#include "base/json.h"
#include "base/utf8.h"
#include "compose/fence.h"

namespace mbe {

namespace {

std::vector<std::uint64_t> bigrams(std::string_view text) {
  std::vector<std::uint64_t> out;
  std::uint64_t previous = 0;
  for (std::size_t at = 0; at < text.size();) {
    char32_t c = next_code_point(text, at);
    if (c <= U' ') continue;
    if (c >= U'A' && c <= U'Z') c += 32;
    if (previous != 0) out.push_back(previous << 32 | c);
    previous = c;
  }
  std::ranges::sort(out);
  return out;
}

double dice(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  if (a.empty() || b.empty()) return 0;
  std::size_t common = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) ++common;
    const bool step_a = a[i] <= b[j];
    const bool step_b = b[j] <= a[i];
    i += step_a ? 1 : 0;
    j += step_b ? 1 : 0;
  }
  return 2.0 * static_cast<double>(common) / static_cast<double>(a.size() + b.size());
}

/// The longest beginning of the item's text that fits, by bisection over bytes.
std::string cut_to_fit(const PromptItem& item, std::size_t tokens, const BudgetContext& context) {
  std::size_t low = 0;
  std::size_t high = item.text.size();
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    const std::string shown = std::string(utf8_prefix(item.text, middle)) + context.words.cut;
    if (context.cost(item, shown) <= tokens) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return std::string(utf8_prefix(item.text, low));
}

std::vector<std::size_t> order_of(const std::vector<PromptItem>& items,
                                  const std::vector<std::size_t>& costs, bool keep_order) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), 0);
  if (keep_order) return order;
  const auto density = [&](std::size_t i) {
    return items[i].relevance / static_cast<double>(std::max<std::size_t>(costs[i], 1));
  };
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return density(a) > density(b); });
  return order;
}

}  // namespace

double bigram_overlap(std::string_view a, std::string_view b) {
  return dice(bigrams(a), bigrams(b));
}

std::size_t BudgetContext::cost(const PromptItem& item, std::string_view text) const {
  const std::string printed = fenced(item, text, request, words);
  if (request.format == PromptFormat::plain) return counter.count(printed);
  return counter.count(nlohmann::json(printed).dump());  // with the escapes it will be sent with
}

std::vector<Chosen> choose(const std::vector<PromptItem>& items, std::size_t tokens,
                           bool keep_order, const BudgetContext& context) {
  std::vector<std::size_t> costs;
  for (const PromptItem& item : items) costs.push_back(context.cost(item, item.text));
  std::vector<Chosen> chosen;
  std::vector<std::vector<std::uint64_t>> seen;
  bool any_cut = false;
  for (const std::size_t i : order_of(items, costs, keep_order)) {
    std::vector<std::uint64_t> grams = bigrams(items[i].text);
    const bool repeat = std::ranges::any_of(
        seen, [&](const auto& other) { return dice(grams, other) >= near_duplicate_overlap; });
    if (repeat) continue;
    if (costs[i] <= tokens) {
      tokens -= costs[i];
      chosen.push_back({i, items[i].text, false});
    } else {
      if (any_cut) continue;
      const std::string beginning = cut_to_fit(items[i], tokens, context);
      if (beginning.empty() || beginning.size() * 3 < items[i].text.size()) continue;
      const std::string shown = beginning + context.words.cut;
      tokens -= context.cost(items[i], shown);
      chosen.push_back({i, shown, true});
      any_cut = true;
    }
    seen.push_back(std::move(grams));
  }
  std::ranges::sort(chosen, {}, &Chosen::index);
  return chosen;
}

}  // namespace mbe
