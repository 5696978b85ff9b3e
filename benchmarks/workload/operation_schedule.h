#ifndef BENCHMARKS_WORKLOAD_OPERATION_SCHEDULE_H_
#define BENCHMARKS_WORKLOAD_OPERATION_SCHEDULE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadline::workload {

// What a mix does to a project. What `argument` means is said with each.
enum class Operation : uint8_t {
  kGetProject,       // read the record
  kListProjects,     // argument: which status or page
  kUpdateProject,    // read, change a metadata value, write back; argument: the value
  kRegisterProject,  // a new project
  kAppendMessage,    // argument: which message
  kRecentMessages,   // the newest few
  kSwitchProject,    // make it the active one
  kSearch,           // 10 nearest; argument: which query
  kSearchDeep,       // 100 nearest; argument: which query
  kAddVectors,       // one batch; argument: its first row
};
inline constexpr size_t kOperationCount = 10;

absl::string_view OperationName(Operation operation);  // "get_project" ...

// Which project an operation takes. kZipf: rank r with probability ~ 1 / (r + 1)^0.99, rank 0 being
// project 0; kLatest: the same with rank 0 the newest project; kUniform.
enum class ProjectChoice { kZipf, kLatest, kUniform };

struct MixShare {
  Operation operation;
  int percent;
};

// Shares of operations, 100 % together, in the manner of YCSB's core workloads (Cooper et al.,
// SoCC 2010).
struct OperationMix {
  absl::string_view name;       // lower case, for names of benchmarks
  absl::string_view describes;  // one line
  ProjectChoice choice;
  absl::Span<const MixShare> shares;
};

// edit_session (half writes), browse (95 % reads), read_only, onboarding (new projects and work on
// the newest), scan (lists and deep searches), switch_project (every second operation changes the
// project worked in; a search then finds it cold).
absl::Span<const OperationMix> OperationMixes();
// Null when there is none of this name.
const OperationMix* FindOperationMix(absl::string_view name);

struct ScheduledOperation {
  Operation operation;
  // Below ScheduleOptions::projects: one of those that exist at the start. From there on: the
  // (project - projects)th that this schedule itself registered, never one not yet registered.
  uint32_t project;
  uint64_t argument;  // in [0, ScheduleOptions::arguments)

  friend bool operator==(const ScheduledOperation&, const ScheduledOperation&) = default;
};

struct ScheduleOptions {
  size_t operations = 10'000;
  size_t projects = 10;        // at the start; at least 1
  uint64_t arguments = 1'000;  // at least 1
  uint64_t seed = 1;
  uint64_t thread = 0;  // each thread has a schedule of its own
};

// Draws a schedule before anything is timed, so that drawing costs nothing and every run does the
// same. In switch_project a kSearch or kUpdateProject goes to the project that was switched to
// last (to project 0 before the first switch).
std::vector<ScheduledOperation> DrawSchedule(const OperationMix& mix,
                                             const ScheduleOptions& options);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_OPERATION_SCHEDULE_H_
