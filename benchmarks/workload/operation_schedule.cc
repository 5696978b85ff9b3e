#include "benchmarks/workload/operation_schedule.h"

#include <cassert>

#include "benchmarks/workload/random.h"
#include "benchmarks/workload/zipf.h"

namespace loadline::workload {
namespace {

constexpr MixShare kEditSession[] = {{Operation::kUpdateProject, 10},
                                     {Operation::kAppendMessage, 40},
                                     {Operation::kRecentMessages, 30},
                                     {Operation::kSearch, 20}};
constexpr MixShare kBrowse[] = {{Operation::kGetProject, 50},
                                {Operation::kUpdateProject, 5},
                                {Operation::kRecentMessages, 25},
                                {Operation::kSearch, 20}};
constexpr MixShare kReadOnly[] = {{Operation::kGetProject, 40},
                                  {Operation::kListProjects, 10},
                                  {Operation::kRecentMessages, 25},
                                  {Operation::kSearch, 25}};
constexpr MixShare kOnboarding[] = {{Operation::kRegisterProject, 5},
                                    {Operation::kAppendMessage, 5},
                                    {Operation::kAddVectors, 10},
                                    {Operation::kSearch, 30},
                                    {Operation::kGetProject, 50}};
constexpr MixShare kScan[] = {
    {Operation::kListProjects, 60}, {Operation::kRecentMessages, 10}, {Operation::kSearchDeep, 30}};
constexpr MixShare kSwitch[] = {
    {Operation::kUpdateProject, 30}, {Operation::kSwitchProject, 50}, {Operation::kSearch, 20}};

constexpr OperationMix kMixes[] = {
    {"edit_session", "half reads, half writes, on few favourite projects", ProjectChoice::kZipf,
     kEditSession},
    {"browse", "19 reads a write, on few favourite projects", ProjectChoice::kZipf, kBrowse},
    {"read_only", "reads alone: the ceiling of scaling", ProjectChoice::kZipf, kReadOnly},
    {"onboarding", "new projects, filled and searched while they are new", ProjectChoice::kLatest,
     kOnboarding},
    {"scan", "lists and deep searches", ProjectChoice::kUniform, kScan},
    {"switch_project", "changes of the project worked in", ProjectChoice::kUniform, kSwitch},
};

constexpr bool SharesAddUp() {
  for (const OperationMix& mix : kMixes) {
    int sum = 0;
    for (const MixShare& share : mix.shares) sum += share.percent;
    if (sum != 100) return false;
  }
  return true;
}
static_assert(SharesAddUp());

Operation DrawOperation(const OperationMix& mix, Random& random) {
  auto left = static_cast<int>(random.Below(100));
  for (const MixShare& share : mix.shares) {
    left -= share.percent;
    if (left < 0) return share.operation;
  }
  return mix.shares.back().operation;
}

// Draws projects while their number grows.
class ProjectDrawer {
 public:
  ProjectDrawer(ProjectChoice choice, size_t projects)
      : choice_(choice), ranks_(projects), projects_(projects) {}

  uint32_t Register() {
    ranks_ = ZipfSampler(++projects_);
    return static_cast<uint32_t>(projects_ - 1);
  }

  uint32_t Draw(Random& random) const {
    switch (choice_) {
      case ProjectChoice::kZipf:
        return static_cast<uint32_t>(ranks_.Draw(random));
      case ProjectChoice::kLatest:
        return static_cast<uint32_t>(projects_ - 1 - ranks_.Draw(random));
      case ProjectChoice::kUniform:
        break;
    }
    return static_cast<uint32_t>(random.Below(projects_));
  }

 private:
  ProjectChoice choice_;
  ZipfSampler ranks_;
  size_t projects_;
};

}  // namespace

absl::string_view OperationName(Operation operation) {
  constexpr absl::string_view kNames[kOperationCount] = {
      "get_project",     "list_projects",  "update_project", "register_project", "append_message",
      "recent_messages", "switch_project", "search",         "search_deep",      "add_vectors"};
  return kNames[static_cast<size_t>(operation)];
}

absl::Span<const OperationMix> OperationMixes() { return kMixes; }

const OperationMix* FindOperationMix(absl::string_view name) {
  for (const OperationMix& mix : kMixes) {
    if (mix.name == name) return &mix;
  }
  return nullptr;
}

std::vector<ScheduledOperation> DrawSchedule(const OperationMix& mix,
                                             const ScheduleOptions& options) {
  assert(options.projects >= 1 && options.arguments >= 1);
  // Streams of neighbouring threads must not be shifted copies of each other, as those of
  // neighbouring SplitMix64 seeds may be.
  Random random(MixBits(options.seed) ^ MixBits(~options.thread));
  ProjectDrawer projects(mix.choice, options.projects);
  const bool has_active = mix.shares.data() == kSwitch;
  uint32_t active = 0;
  std::vector<ScheduledOperation> schedule;
  schedule.reserve(options.operations);
  for (size_t i = 0; i < options.operations; ++i) {
    const Operation operation = DrawOperation(mix, random);
    uint32_t project =
        operation == Operation::kRegisterProject ? projects.Register() : projects.Draw(random);
    if (operation == Operation::kSwitchProject) active = project;
    if (has_active) project = active;
    schedule.push_back({operation, project, random.Below(options.arguments)});
  }
  return schedule;
}

}  // namespace loadline::workload
