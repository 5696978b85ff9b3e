#include "loadline/platform/common/hardware_model.h"
#include "loadline/platform/darwin/sysctl.h"

namespace loadline::platform {

std::string ReadHardwareModel() { return ReadSysctlText("hw.model").value_or(""); }

}  // namespace loadline::platform
