#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace mbe {

void assert_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "mbe: broken invariant: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace mbe
