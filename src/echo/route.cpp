#include "echo/route.h"

#include <algorithm>
#include <array>

namespace mbe {

namespace {

constexpr std::array<std::string_view, 3> names = {"direct", "duo", "trio"};

}  // namespace

std::string_view route_name(Route route) {
  return names[static_cast<std::size_t>(route)];
}

std::optional<Route> route_from_name(std::string_view name) {
  const auto* const found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Route>(found - names.begin());
}

Route route_of(const AnalysisView& analysis, bool is_creation) {
  if (is_creation) return Route::trio;
  if (analysis.is_chatter) return Route::direct;
  const bool is_felt = !analysis.tag_ids.empty();
  const bool is_asked = analysis.is_question || !analysis.intentions.empty();
  if (is_felt && is_asked) return Route::trio;
  return is_felt || is_asked ? Route::duo : Route::direct;
}

std::vector<Circuit> circuits_of(Route route) {
  switch (route) {
    case Route::direct:
      return {};
    case Route::duo:
      return {Circuit::emotion, Circuit::self};
    case Route::trio:
      return {Circuit::emotion, Circuit::self, Circuit::creation};
  }
  return {};
}

}  // namespace mbe
