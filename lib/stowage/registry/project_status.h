#ifndef STOWAGE_REGISTRY_PROJECT_STATUS_H_
#define STOWAGE_REGISTRY_PROJECT_STATUS_H_

#include "stowage/registry/project_record.h"
#include "stowage/storage/stored_enum.h"

namespace stowage {

inline const StoredEnum<ProjectStatus>& ProjectStatuses() {
  static constexpr absl::string_view kNames[] = {"registered", "indexing", "ready", "failed",
                                                 "removing"};
  static constexpr StoredEnum<ProjectStatus> kStatuses("project status", kNames);
  return kStatuses;
}

}  // namespace stowage

#endif  // STOWAGE_REGISTRY_PROJECT_STATUS_H_
