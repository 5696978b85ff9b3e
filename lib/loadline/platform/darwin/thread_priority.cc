#include "loadline/platform/thread_priority.h"

#include <pthread.h>
#include <sys/qos.h>

namespace loadline::platform {

void GiveWayToOtherThreads() { ::pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0); }

}  // namespace loadline::platform
