#include "server/fit_view.h"

namespace mbe {

Json fit_json(const Fit& fit, const Catalog& messages) {
  Json models = Json::array();
  for (const ModelFit& one : fit.models) {
    models.push_back({{"model", one.name},
                      {"needs_bytes", one.needs_bytes},
                      {"gpu_bytes", one.gpu_bytes},
                      {"verdict", planner::verdict_name(one.verdict)},
                      {"refused", one.refused ? Json(messages.text(*one.refused)) : Json()}});
  }
  return {{"available_bytes", fit.available_bytes ? Json(*fit.available_bytes) : Json()},
          {"models", std::move(models)}};
}

}  // namespace mbe
