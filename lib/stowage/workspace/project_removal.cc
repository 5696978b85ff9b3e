#include "stowage/workspace/project_removal.h"

#include <string>

#include "loadline/base/status_macros.h"
#include "stowage/context/resident_context.h"

namespace stowage {
namespace {

// OK where there is no folder: the project never wrote anything, or it has been moved already.
absl::Status MoveToTrash(const loadline::Directory& root, const std::string& hex) {
  auto projects = root.OpenChild(ResidentContext::kProjectsFolder);
  if (absl::IsNotFound(projects.status())) return absl::OkStatus();
  LOADLINE_RETURN_IF_ERROR(projects.status());
  LOADLINE_ASSIGN_OR_RETURN(const bool exists, (*projects)->Exists(hex));
  if (!exists) return absl::OkStatus();
  LOADLINE_ASSIGN_OR_RETURN(auto trash, root.OpenOrCreateChild(kTrashFolder));
  // Only a folder put there by hand can be in the way: ids are never used again.
  LOADLINE_RETURN_IF_ERROR(trash->RemoveTree(hex));
  return (*projects)->Move(hex, *trash, hex);
}

}  // namespace

absl::Status FinishRemoval(const loadline::Directory& root, ProjectRegistry& registry,
                           const ProjectId& id) {
  LOADLINE_RETURN_IF_ERROR(MoveToTrash(root, id.hex()));
  const absl::Status removed = registry.Remove(id);
  return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
}

TrashSweep SweepTrash(const loadline::Directory& root) {
  TrashSweep sweep;
  auto trash = root.OpenChild(kTrashFolder);
  if (absl::IsNotFound(trash.status())) return sweep;
  auto entries = trash.ok() ? (*trash)->List() : trash.status();
  if (!entries.ok()) {
    sweep.status = entries.status();
    return sweep;
  }
  for (const loadline::Directory::Entry& entry : *entries) {
    const absl::Status status = (*trash)->RemoveTree(entry.name);
    if (status.ok()) ++sweep.deleted;
    sweep.status.Update(status);
  }
  return sweep;
}

}  // namespace stowage
