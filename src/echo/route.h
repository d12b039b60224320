// Which circuits take part in an answer: one alone, two, or all three. Rules over the analysed
// text; docs/formulas/route.md. Pure, microseconds.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "circuits/config.h"
#include "mbe/types.h"

namespace mbe {

enum class Route : std::uint8_t {
  direct,  ///< the voice alone
  duo,     ///< emotion and self leave their notes first
  trio,    ///< creation too
};

/// direct, duo, trio; nothing for another name.
[[nodiscard]] std::string_view route_name(Route route);
/// See route_name.
[[nodiscard]] std::optional<Route> route_from_name(std::string_view name);

/// Greetings go direct; what is felt or asked, duo; what is both, or is to be made, trio.
[[nodiscard]] Route route_of(const AnalysisView& analysis, bool is_creation);
/// The circuits that leave notes.
[[nodiscard]] std::vector<Circuit> circuits_of(Route route);

}  // namespace mbe
