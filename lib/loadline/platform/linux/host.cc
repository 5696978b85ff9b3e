#include "loadline/platform/common/hardware_model.h"

namespace loadline::platform {

std::string ReadHardwareModel() { return ""; }

}  // namespace loadline::platform
