#include <algorithm>

#include "operations/groups.h"

namespace mbe {

namespace {

std::vector<Operation> make_table() {
  std::vector<Operation> out;
  for (auto&& group :
       {writing_operations(), reading_operations(), working_operations(), deriving_operations(),
        analysis_operations(), chain_operations(), import_operations(), file_operations()}) {
    out.insert(out.end(), group.begin(), group.end());
  }
  return out;
}

}  // namespace

std::string_view effect_name(Effect effect) {
  constexpr std::string_view names[] = {"read", "write", "erase"};
  return names[static_cast<std::size_t>(effect)];
}

const std::vector<Operation>& operations() {
  static const std::vector<Operation> table = make_table();
  return table;
}

const Operation* find_operation(std::string_view name) {
  const auto found = std::ranges::find(operations(), name, &Operation::name);
  return found == operations().end() ? nullptr : &*found;
}

}  // namespace mbe
