#ifndef STOWAGE_REGISTRY_PROJECT_RECORD_H_
#define STOWAGE_REGISTRY_PROJECT_RECORD_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "stowage/registry/project_id.h"
#include "stowage/registry/project_name.h"

namespace stowage {

// kRemoving is final: set by Workspace::RemoveProject, and every component treats such a project
// as not there.
enum class ProjectStatus { kRegistered, kIndexing, kReady, kFailed, kRemoving };

// "registered", "indexing", "ready", "failed", "removing"; "unknown" for what is no status.
absl::string_view ProjectStatusName(ProjectStatus status);
// kInvalidArgument for any other text.
absl::StatusOr<ProjectStatus> ParseProjectStatus(absl::string_view text);

using ProjectMetadata = std::map<std::string, std::string>;

// One project as the registry knows it. A value: records that were handed out never change.
struct ProjectRecord {
  ProjectId id;
  ProjectName name;
  std::string
      source_path;  // absolute path of the project's sources, as given; bytes, not checked to exist
  std::string language;  // as given; may be empty
  ProjectMetadata metadata;
  ProjectStatus status = ProjectStatus::kRegistered;
  int64_t sequence = 0;            // 1, 2, 3... in order of registration; the order of lists
  int64_t created_wall_nanos = 0;  // for people; strictly increasing within a registry
  int64_t updated_wall_nanos = 0;
};

}  // namespace stowage

#endif  // STOWAGE_REGISTRY_PROJECT_RECORD_H_
