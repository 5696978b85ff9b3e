#include "loadline/platform/cpu_features.h"

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace loadline::platform {

#if defined(__aarch64__)
bool CpuHasDotProduct() { return (::getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
#else
bool CpuHasDotProduct() { return false; }
#endif

}  // namespace loadline::platform
