#include "stowage/registry/project_record.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace stowage {

absl::string_view ProjectStatusName(ProjectStatus status) {
  switch (status) {
    case ProjectStatus::kRegistered:
      return "registered";
    case ProjectStatus::kIndexing:
      return "indexing";
    case ProjectStatus::kReady:
      return "ready";
    case ProjectStatus::kFailed:
      return "failed";
    case ProjectStatus::kRemoving:
      return "removing";
  }
  return "unknown";
}

absl::StatusOr<ProjectStatus> ParseProjectStatus(absl::string_view text) {
  for (const ProjectStatus status :
       {ProjectStatus::kRegistered, ProjectStatus::kIndexing, ProjectStatus::kReady,
        ProjectStatus::kFailed, ProjectStatus::kRemoving}) {
    if (text == ProjectStatusName(status)) return status;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("project status \"", absl::CHexEscape(text.substr(0, 64)),
                   "\": want registered, indexing, ready, failed or removing"));
}

}  // namespace stowage
