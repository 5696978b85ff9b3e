#include "loadline/platform/large_pages.h"

namespace loadline::platform {

void PreferLargePages(void* /*data*/, size_t /*bytes*/) {}

}  // namespace loadline::platform
