#include "stowage/registry/project_record.h"

#include "stowage/registry/project_status.h"

namespace stowage {

absl::string_view ProjectStatusName(ProjectStatus status) { return ProjectStatuses().Name(status); }

absl::StatusOr<ProjectStatus> ParseProjectStatus(absl::string_view text) {
  return ProjectStatuses().Parse(text);
}

}  // namespace stowage
