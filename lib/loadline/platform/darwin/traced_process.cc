#include "loadline/platform/traced_process.h"

namespace loadline::platform {

bool HasTracedProcesses() { return false; }
void BecomeTraced() {}
bool StoppedAtEnd(int) { return false; }
void ContinueTraced(int, int, bool&) {}

}  // namespace loadline::platform
