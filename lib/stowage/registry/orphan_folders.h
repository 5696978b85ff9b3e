#ifndef STOWAGE_REGISTRY_ORPHAN_FOLDERS_H_
#define STOWAGE_REGISTRY_ORPHAN_FOLDERS_H_

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "loadline/base/directory.h"
#include "stowage/registry/project_id.h"
#include "stowage/registry/project_registry.h"

namespace stowage {

// What lies in the workspace's projects/ and is no folder of a known project, with what can be done
// about each. One that cannot be read is among them.
absl::StatusOr<std::vector<RegistryProblem>> FindOrphanFolders(
    const loadline::Directory& workspace, absl::FunctionRef<bool(const ProjectId&)> is_known);

}  // namespace stowage

#endif  // STOWAGE_REGISTRY_ORPHAN_FOLDERS_H_
