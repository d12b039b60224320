#include "analyse/forms.h"

#include <algorithm>
#include <array>

#include "analyse/table.h"

namespace mbe::analyse {
namespace {
struct FormName {
  std::string_view name;
  Form form;
};
constexpr std::array<FormName, 31> form_names{{
    {"negated", Form::negated},
    {"past", Form::past},
    {"progressive", Form::progressive},
    {"future", Form::future},
    {"hypothetical", Form::hypothetical},
    {"question", Form::question},
    {"request", Form::request},
    {"wish", Form::wish},
    {"decision", Form::decision},
    {"plan", Form::plan},
    {"promise", Form::promise},
    {"trial", Form::trial},
    {"opinion", Form::opinion},
    {"seems", Form::seems},
    {"change", Form::change},
    {"relative", Form::relative},
    {"quote", Form::quote},
    {"contrast", Form::contrast},
    {"concessive", Form::concessive},
    {"linked", Form::linked},
    {"routine", Form::routine},
    {"tag_question", Form::tag_question},
    {"copula", Form::copula},
    {"ends_clause", Form::ends_clause},
    {"nominal", Form::nominal},
    {"could_not", Form::could_not},
    {"cause", Form::cause},
    {"final", Form::final},
    {"obligation", Form::obligation},
    {"received", Form::received},
    {"imperative", Form::imperative},
}};
}  // namespace

Result<Forms> parse_forms(std::string_view names, const std::string& where) {
  Forms forms = 0;
  for (const auto& name : split(names, ',')) {
    const auto found = std::find_if(form_names.begin(), form_names.end(),
                                    [&](const FormName& f) { return f.name == name; });
    if (found == form_names.end()) {
      return fail(ErrorCode::corrupt, "{}: no form is called {}", where, name);
    }
    forms |= bit(found->form);
  }
  return forms;
}

}  // namespace mbe::analyse
