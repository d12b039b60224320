// The filter that recall, list, timeline, forget and export share, as command line options.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "importers/zone.h"
#include "mbe/types.h"
#include "ui/command_line.h"

namespace mbe::app {

struct FilterOptions {
  std::vector<std::string> speakers, sessions, tags, keywords, kinds, trusts;
  std::vector<std::string> writers, channels, sources;
  std::string from, until, as_of, zone = "local";
  float importance_min = 0;
  bool hidden = false, superseded = false, retold = false;

  /// Declares the options; `this` must outlive the command.
  void add_to(CommandLine& command);
  [[nodiscard]] Result<Zone> time_zone() const { return Zone::parse(zone); }
  /// Errors: invalid_argument (a time or the zone cannot be read).
  [[nodiscard]] Result<RecallFilter> filter() const;
};

/// A time option: ISO 8601, or a day, which as an end means its last millisecond.
/// Errors: invalid_argument.
[[nodiscard]] Result<std::optional<TimeMs>> time_option(const std::string& name,
                                                        const std::string& text, const Zone& zone,
                                                        bool end_of_day = false);

}  // namespace mbe::app
