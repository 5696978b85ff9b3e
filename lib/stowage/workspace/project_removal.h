#ifndef STOWAGE_WORKSPACE_PROJECT_REMOVAL_H_
#define STOWAGE_WORKSPACE_PROJECT_REMOVAL_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "loadline/base/directory.h"
#include "stowage/registry/project_id.h"
#include "stowage/registry/project_registry.h"

namespace stowage {

// The steps of a removal behind the point of no return (docs/formats.md, "Removing a project").
// Each may be stopped anywhere and done again, any number of times.

inline constexpr absl::string_view kTrashFolder = "trash";

// Moves projects/<hex> to trash/<hex>, durably, and then removes the record. The project must be
// in kRemoving, or its record already gone, and no component may have its files open.
absl::Status FinishRemoval(const loadline::Directory& root, ProjectRegistry& registry,
                           const ProjectId& id);

struct TrashSweep {
  size_t deleted = 0;   // entries of trash/
  absl::Status status;  // of the first entry that could not be deleted
};
// Deletes what is in trash/: all of it belongs to projects that are gone.
TrashSweep SweepTrash(const loadline::Directory& root);

}  // namespace stowage

#endif  // STOWAGE_WORKSPACE_PROJECT_REMOVAL_H_
