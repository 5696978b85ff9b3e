#include "loadline/platform/children.h"

namespace loadline::platform {

bool AdoptOrphans() { return false; }

std::set<pid_t> Children() { return {}; }

}  // namespace loadline::platform
