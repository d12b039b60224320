#include "ui/filter_options.h"

namespace mbe::app {

void FilterOptions::add_to(CommandLine& command) {
  command.texts("--speaker", speakers, "NAME", "only what NAME said")
      .texts("--session", sessions, "ID", "only this conversation")
      .texts("--tag", tags, "TAG", "only with this mood or situation")
      .texts("--keyword", keywords, "WORD", "only with this keyword")
      .texts("--kind", kinds, "KIND", "only utterance, answer, fact, summary …")
      .texts("--trust", trusts, "TRUST", "only from owner, member, agent, tool, imported, web")
      .texts("--writer", writers, "NAME", "only what the account NAME wrote")
      .texts("--channel", channels, "NAME", "only what came this way: cli, rest, mcp, web …")
      .texts("--source", sources, "NAME", "only from this source, by its whole name")
      .text("--from", from, "TIME", "not before this time or day")
      .text("--until", until, "TIME", "not after this time or day")
      .text("--as-of", as_of, "TIME", "the memory as it was recorded then")
      .text("--tz", zone, "ZONE", "zone of times without one: UTC, local, +09:00, Asia/Seoul")
      .share("--importance-min", importance_min, "only at least this important")
      .flag("--hidden", hidden, "hidden blocks too")
      .flag("--superseded", superseded, "replaced statements too")
      .flag("--retold", retold, "recall: answers that only repeat memories too");
}

Result<std::optional<TimeMs>> time_option(const std::string& name, const std::string& text,
                                          const Zone& zone, bool end_of_day) {
  constexpr TimeMs day_ms = 86'400'000;
  if (text.empty()) return std::optional<TimeMs>();
  const std::optional<TimeMs> time = zone.parse_time(text);
  if (!time) {
    return fail(ErrorCode::invalid_argument,
                "{}: not a time: {}; write 2026-11-22 or 2026-11-22T14:03:00", name, text);
  }
  const bool whole_day = end_of_day && text.size() == 10;
  return std::optional<TimeMs>(whole_day ? *time + day_ms - 1 : *time);
}

Result<RecallFilter> FilterOptions::filter() const {
  RecallFilter out;
  out.speakers = speakers;
  out.sessions = sessions;
  out.tags = tags;
  out.keywords = keywords;
  out.kinds = kinds;
  out.trusts = trusts;
  out.writers = writers;
  out.channels = channels;
  out.sources = sources;
  MBE_ASSIGN(const Zone in, time_zone());
  MBE_ASSIGN(out.from_ms, time_option("--from", from, in));
  MBE_ASSIGN(out.until_ms, time_option("--until", until, in, true));
  MBE_ASSIGN(out.as_of_ms, time_option("--as-of", as_of, in, true));
  out.importance_min = importance_min;
  out.include_hidden = hidden;
  out.include_superseded = superseded;
  out.include_retold = retold;
  return out;
}

}  // namespace mbe::app
