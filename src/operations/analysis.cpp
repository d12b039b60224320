#include "operations/common_fields.h"
#include "operations/groups.h"
#include "operations/shapes.h"
#include "operations/views.h"

namespace mbe {

namespace {

constexpr std::size_t pairs_max = 1'000;

struct AnalyseRequest {
  std::string text;
  std::optional<TimeMs> time_ms;
  int utc_offset_minutes = 0;
};

Operation analyse() {
  using R = AnalyseRequest;
  Fields<R> fields;
  fields.add("text", &R::text, "what to look into; it is not stored", given_text())
      .required()
      .time("time", &R::time_ms, "when it is said, if not now")
      .add("utc_offset_minutes", &R::utc_offset_minutes, "where it is said, east of UTC",
           zone_bounds());
  return operation({.name = "analyse",
                    .group = "Analysis",
                    .summary = "terms, keywords, tags and importance of a text",
                    .errors = {ErrorCode::limit},
                    .on_chain = false},
                   fields, analysis_shape(), [](Call& call, const R& request) -> Result<Json> {
                     const TimeMs time = request.time_ms.value_or(system_clock().now_ms());
                     MBE_ASSIGN(
                         const AnalysisView analysis,
                         call.engine.analyse(request.text, time, request.utc_offset_minutes));
                     return analysis_json(analysis);
                   });
}

struct Pair {
  std::string a, b;
};
struct SimilarityRequest {
  std::vector<Pair> pairs;
};

Operation similarity() {
  Fields<Pair> pair;
  pair.add("a", &Pair::a, "a text", given_text())
      .required()
      .add("b", &Pair::b, "another", given_text())
      .required();
  Fields<SimilarityRequest> fields;
  fields.objects("pairs", &SimilarityRequest::pairs, pair, "texts to compare", pairs_max)
      .required();
  return operation({.name = "similarity",
                    .group = "Analysis",
                    .summary = "how near texts are in meaning, 0 … 1",
                    .errors = {ErrorCode::limit},
                    .on_chain = false},
                   fields, object_shape({{"scores", list_shape(number_shape())}}),
                   [](Call& call, const SimilarityRequest& request) -> Result<Json> {
                     std::vector<std::pair<std::string, std::string>> pairs;
                     for (const Pair& one : request.pairs) pairs.emplace_back(one.a, one.b);
                     MBE_ASSIGN(const std::vector<float> scores, call.engine.similarities(pairs));
                     Json list = Json::array();
                     for (const float score : scores) list.push_back(number(score));
                     return Json{{"scores", std::move(list)}};
                   });
}

}  // namespace

std::vector<Operation> analysis_operations() {
  return {analyse(), similarity()};
}

}  // namespace mbe
