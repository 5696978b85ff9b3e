#include "loadline/platform/cpu_features.h"

#include "loadline/platform/darwin/sysctl.h"

namespace loadline::platform {

bool CpuHasDotProduct() {
  return ReadSysctlNumber("hw.optional.arm.FEAT_DotProd").value_or(0) != 0;
}

}  // namespace loadline::platform
