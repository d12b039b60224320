#include "operations/common_fields.h"

namespace mbe {

Fields<BlockRequest> block_field() {
  Fields<BlockRequest> fields;
  fields.add("block_index", &BlockRequest::block_index, "the block's number").required();
  return fields;
}

Bounds name_bounds() {
  return {.max = name_bytes_max, .choices = {}};
}

Bounds given_text() {
  return {.min = 1, .max = text_bytes, .choices = {}};
}

Bounds zone_bounds() {
  return {.min = -zone_minutes_max, .max = zone_minutes_max, .choices = {}};
}

}  // namespace mbe
