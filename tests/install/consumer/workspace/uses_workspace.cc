// Registers a project in the workspace directory named by the only argument, gives it a vector
// and searches for it: what a stranger's program does with the installed package.
#include <iostream>
#include <vector>

#include "stowage/workspace/workspace.h"

namespace {

absl::Status RegisterAndSearch(stowage::Workspace& workspace) {
  absl::StatusOr<stowage::ProjectName> name = stowage::ProjectName::Parse("ready-made");
  if (!name.ok()) return name.status();
  absl::StatusOr<stowage::ProjectId> id = workspace.registry().Register(
      {.name = *name, .source_path = "/", .language = "c++", .metadata = {}});
  if (!id.ok()) return id.status();
  absl::Status created =
      workspace.vectors().Create(*id, {.dimension = 2, .metric = stowage::Metric::kSquaredL2});
  if (!created.ok()) return created;
  absl::Status added = workspace.vectors().Add(
      *id, {{.id = 7,
             .values = {3, 4},
             .chunk = {.file = "a.cc", .first_line = 1, .last_line = 9, .language = "c++"}}});
  if (!added.ok()) return added;

  const std::vector<float> query = {3, 4};
  absl::StatusOr<std::vector<stowage::Neighbor>> nearest =
      workspace.vectors().Search(*id, query, 1);
  if (!nearest.ok()) return nearest.status();
  if (nearest->size() != 1 || nearest->front().id != 7) {
    return absl::InternalError("the search did not find the only vector");
  }
  std::cout << workspace.registry().Count() << " project, registered as " << name->text() << "\n";
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: uses_workspace DIRECTORY\n";
    return 2;
  }
  auto workspace = stowage::Workspace::Open(argv[1]);
  const absl::Status status = workspace.ok() ? RegisterAndSearch(**workspace) : workspace.status();
  if (!status.ok()) {
    std::cerr << status << "\n";
    return 1;
  }
  return 0;
}
