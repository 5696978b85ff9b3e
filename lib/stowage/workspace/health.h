#ifndef STOWAGE_WORKSPACE_HEALTH_H_
#define STOWAGE_WORKSPACE_HEALTH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace stowage {

// kDegraded: it answers, but something is missing (a store that refuses writes, a damaged project,
// an unfinished removal). kUnhealthy: it does not do its work, or will not when opened again (the
// lock is not ours, registry.db is damaged, every project is damaged). A source path that vanished
// is evidence only: nothing of ours is wrong.
enum class HealthState { kHealthy, kDegraded, kUnhealthy };
absl::string_view HealthStateName(HealthState state);  // "healthy", "degraded", "unhealthy"

struct ComponentHealth {
  std::string component;  // "lock", "registry", "contexts", "vectors"
  HealthState state = HealthState::kHealthy;
  std::vector<std::string>
      evidence;  // what was looked at and found, one sentence each; never empty
};

struct HealthReport {
  HealthState state = HealthState::kHealthy;  // the worst of the components
  std::vector<ComponentHealth> components;    // in opening order
  int64_t duration_nanos = 0;
};

enum class HealthDepth {
  kCheap,  // from memory, microseconds: fit for a timer
  // Reads registry.db and every file of every project from the disk and checks every row. Reports
  // only: nothing is moved to quarantine, and what is in memory stays there and takes no more.
  // Calls for the project whose file is being read may wait for the end of that file.
  kDeep,
};

}  // namespace stowage

#endif  // STOWAGE_WORKSPACE_HEALTH_H_
