#include "benchmarks/workload/project_catalogue.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace loadline::workload {

absl::StatusOr<std::vector<ProjectDescription>> DescribeProjects(const Dataset& dataset,
                                                                 size_t count) {
  const absl::Span<const DatasetProject> projects = dataset.projects();
  if (projects.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("describe ", count, " projects of data set ", dataset.path(),
                     ", which has none; use one that is made of source text"));
  }
  std::vector<ProjectDescription> catalogue;
  catalogue.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const DatasetProject& project = projects[i % projects.size()];
    const size_t round = i / projects.size();
    // Names of the data set may themselves end in "-2"; a space keeps rounds apart from them.
    catalogue.push_back(
        {.name = round == 0 ? project.name : absl::StrCat(project.name, " copy ", round + 1),
         .source_path = project.source_path,
         .language = project.language,
         .metadata = project.metadata,
         .dataset_project = i % projects.size()});
  }
  return catalogue;
}

}  // namespace loadline::workload
