// The parts of the operation table, one function a group of docs/operations.md.
#pragma once

#include <vector>

#include "operations/operation.h"

namespace mbe {

/// remember … forget.
[[nodiscard]] std::vector<Operation> writing_operations();
/// recall … history.
[[nodiscard]] std::vector<Operation> reading_operations();
/// observe … compose.
[[nodiscard]] std::vector<Operation> working_operations();
/// block_summary … conflicts.
[[nodiscard]] std::vector<Operation> deriving_operations();
/// import … scrub.
[[nodiscard]] std::vector<Operation> chain_operations();
/// import_upload … import_discard.
[[nodiscard]] std::vector<Operation> import_operations();
/// file_view, file_edit.
[[nodiscard]] std::vector<Operation> file_operations();
/// analyse, similarity.
[[nodiscard]] std::vector<Operation> analysis_operations();

}  // namespace mbe
