#include "stowage/registry/orphan_folders.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

using loadline::Directory;

constexpr char kProjectsFolder[] = "projects";

RegistryProblem ForeignEntry(const Directory& projects, const std::string& name) {
  return {RegistryProblem::Kind::kOrphanFolder, std::nullopt,
          absl::StrCat(projects.path(), "/", absl::CHexEscape(name),
                       ": is no project's folder; it is left alone")};
}

// Nothing is known of what it holds, so it counts as what must not be lost.
RegistryProblem UnreadableFolder(const Directory& projects, const ProjectId& id,
                                 const absl::Status& status) {
  return {RegistryProblem::Kind::kOrphanFolder, id,
          absl::StrCat(projects.path(), "/", id.hex(),
                       ": belongs to no project of registry.db and cannot be looked into: ",
                       status.message(), "; keep it, and make it readable"),
          /*holds_data=*/true};
}

absl::StatusOr<RegistryProblem> OrphanFolder(const Directory& projects, const ProjectId& id) {
  LOADLINE_ASSIGN_OR_RETURN(const auto folder, projects.OpenChild(id.hex()));
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<Directory::Entry> entries, folder->List());
  std::string detail = absl::StrCat(folder->path(), ": belongs to no project of registry.db");
  if (entries.empty()) {
    absl::StrAppend(&detail, " and is empty; it can be deleted");
  } else {
    absl::StrAppend(&detail, " but holds ", absl::CHexEscape(entries.front().name),
                    entries.size() > 1 ? absl::StrCat(" and ", entries.size() - 1, " more") : "",
                    "; keep it: put back a registry.db that knows it, from quarantine/ or a "
                    "backup, or move the folder out of the workspace");
  }
  return RegistryProblem{RegistryProblem::Kind::kOrphanFolder, id, std::move(detail),
                         !entries.empty()};
}

}  // namespace

absl::StatusOr<std::vector<RegistryProblem>> FindOrphanFolders(
    const Directory& workspace, absl::FunctionRef<bool(const ProjectId&)> is_known) {
  std::vector<RegistryProblem> orphans;
  LOADLINE_ASSIGN_OR_RETURN(const bool any, workspace.Exists(kProjectsFolder));
  if (!any) return orphans;
  LOADLINE_ASSIGN_OR_RETURN(const auto folder, workspace.OpenChild(kProjectsFolder));
  // Listed before the records are looked at: a new project's folder comes later than its record.
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<Directory::Entry> entries, folder->List());
  for (const Directory::Entry& entry : entries) {
    const auto id = ProjectId::FromHex(entry.name);
    if (id.ok() && is_known(*id)) continue;
    if (!id.ok() || !entry.is_directory) {
      orphans.push_back(ForeignEntry(*folder, entry.name));
      continue;
    }
    auto orphan = OrphanFolder(*folder, *id);
    if (absl::IsNotFound(orphan.status())) continue;  // removed since
    orphans.push_back(orphan.ok() ? *std::move(orphan)
                                  : UnreadableFolder(*folder, *id, orphan.status()));
  }
  return orphans;
}

}  // namespace stowage
