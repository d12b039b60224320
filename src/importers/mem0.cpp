// mem0: what `get_all` gives, `{"results": [{"id", "memory", "created_at", …}]}`, a list of the
// same, or one a line. Source of the form: https://docs.mem0.ai.
#include "importers/json_reader.h"

namespace mbe::importers {

namespace {

class Mem0 final : public JsonForm {
 public:
  bool whole(const Json&, const JsonPlace&, Emitter&) const override { return false; }
  bool is_message(const Json& object) const override {
    return member_of(object, "memory").is_string();
  }
  void message(const Json& object, const JsonPlace& place, Emitter& out) const override {
    Said said;
    said.text = text_of(object, "memory");
    if (const std::string id = text_of(object, "id"); !id.empty()) said.id = "mem0:" + id;
    said.kind = "fact";
    const std::string run = text_of(object, "run_id");
    said.chat = run.empty() ? "mem0" : run;
    said.time_ms = time_of(object, "created_at");
    if (said.time_ms) said.local_time = format_time(*said.time_ms);
    said.line = place.line;
    out.say(std::move(said));
  }
};

}  // namespace

const JsonForm& mem0_form() {
  static const Mem0 form;
  return form;
}

}  // namespace mbe::importers
