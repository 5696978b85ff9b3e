#include "stowage/workspace/health.h"

#include <array>
#include <cstddef>

namespace stowage {

absl::string_view HealthStateName(HealthState state) {
  static constexpr std::array<absl::string_view, 3> kNames = {"healthy", "degraded", "unhealthy"};
  return kNames[static_cast<size_t>(state)];
}

}  // namespace stowage
