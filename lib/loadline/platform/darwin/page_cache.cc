#include "loadline/platform/page_cache.h"

namespace loadline::platform {

bool DropCachedPages(const std::string&) { return false; }

}  // namespace loadline::platform
