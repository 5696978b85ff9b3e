#ifndef BENCHMARKS_WORKLOAD_PROJECT_CATALOGUE_H_
#define BENCHMARKS_WORKLOAD_PROJECT_CATALOGUE_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/workload/dataset.h"

namespace loadline::workload {

// What is registered of a project.
struct ProjectDescription {
  std::string name;         // unique within a catalogue
  std::string source_path;  // absolute; a real folder
  std::string language;
  std::map<std::string, std::string> metadata;
  size_t dataset_project = 0;  // index into Dataset::projects(): where its text and vectors are
};

// `count` projects to register: the data set's own, then the same ones again as "NAME copy 2",
// "NAME copy 3"... (real folders with real metadata, however many are asked for). A project's
// description is the same in every catalogue that is long enough.
// kFailedPrecondition: a data set without projects.
absl::StatusOr<std::vector<ProjectDescription>> DescribeProjects(const Dataset& dataset,
                                                                 size_t count);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_PROJECT_CATALOGUE_H_
