// Arguments that several operations share.
#pragma once

#include "mbe/types.h"
#include "operations/fields.h"

namespace mbe {

inline constexpr double name_bytes_max = 512;  ///< of a speaker, a session, a source …
inline constexpr double text_bytes = 1'000'000;
inline constexpr double zone_minutes_max = 14 * 60;

/// One that takes a block's number alone.
struct BlockRequest {
  std::uint64_t block_index = 0;
};
/// `block_index`, required.
[[nodiscard]] Fields<BlockRequest> block_field();

/// Arguments of an operation without any.
struct NoArguments {};

/// Of a speaker, a session, a source: up to 512 bytes.
[[nodiscard]] Bounds name_bounds();
/// At least one byte.
[[nodiscard]] Bounds given_text();
[[nodiscard]] Bounds zone_bounds();

/// The filter's arguments; `get` gives the RecallFilter in a Request.
template <class Request, class Get>
void add_filter(Fields<Request>& fields, Get get) {
  const auto part = [get](auto member) {
    return [get, member](Request& request) -> auto& { return std::invoke(get, request).*member; };
  };
  const Bounds names = {.max = name_bytes_max, .choices = {}, .items_max = 100};
  const Bounds share = {.max = 1, .choices = {}};
  fields.add("speakers", part(&RecallFilter::speakers), "only what these said", names)
      .add("sessions", part(&RecallFilter::sessions), "only these conversations", names)
      .add("tags", part(&RecallFilter::tags), "only with one of these moods or situations", names)
      .add("keywords", part(&RecallFilter::keywords), "only with one of these keywords", names)
      .add("kinds", part(&RecallFilter::kinds), "only of these kinds", names)
      .add("trusts", part(&RecallFilter::trusts), "only of this trust", names)
      .add("writers", part(&RecallFilter::writers), "only what these accounts wrote", names)
      .add("channels", part(&RecallFilter::channels), "only what came through these doors", names)
      .add("sources", part(&RecallFilter::sources), "only what comes from these", names)
      .time("from", part(&RecallFilter::from_ms), "not before this time or day")
      .time("until", part(&RecallFilter::until_ms), "not after this time or day", true)
      .time("as_of", part(&RecallFilter::as_of_ms), "the memory as it was recorded then", true)
      .add("importance_min", part(&RecallFilter::importance_min), "only at least this important",
           share)
      .add("include_hidden", part(&RecallFilter::include_hidden), "hidden blocks too")
      .add("include_superseded", part(&RecallFilter::include_superseded), "replaced statements too")
      .add("include_retold", part(&RecallFilter::include_retold),
           "answers that only repeat memories too: recall passes them over, lists do not");
}

}  // namespace mbe
