// Question: how much memory does the process need with many projects, how much once it is in its
// stride, and does it give it back?
// Timed: each step (a project made with its vectors; a search; a switch). What matters are the
// gauges: rss_peak_bytes is the harness's, rss_steady_bytes is read after the last step,
// rss_after_cleanup_bytes after every project was removed and the workspace closed.
// Would lie if: it ran in a process that had done something before; each row is to have a process
// of its own (loadline run), and the vectors are copied from the data set's file by read calls, so
// that its pages do not count.

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/fixture/profile.h"
#include "benchmarks/fixture/suite_dataset.h"
#include "benchmarks/fixture/sweep.h"
#include "benchmarks/fixture/workspace_bed.h"
#include "loadline/base/status_macros.h"
#include "loadline/harness/counters.h"
#include "loadline/harness/free_memory.h"
#include "loadline/harness/operation_loop.h"
#include "loadline/platform/memory.h"

namespace loadline::bench {
namespace {

using stowage::ProjectId;

constexpr size_t kTop = 10;

double ResidentBytes() {
  const platform::MemoryReading reading = platform::CurrentMemory();
  return reading.bytes.has_value() ? static_cast<double>(*reading.bytes) : 0;
}

// What is still resident once the allocator has given back what it is willing to: mimalloc does so
// half a second after it was freed, when it is asked again.
double ResidentBytesAfterPurge() {
  harness::ReturnFreeMemory();
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  harness::ReturnFreeMemory();
  return ResidentBytes();
}

// `count` vectors of project `number`, read without touching the data set's mapping.
absl::StatusOr<std::vector<stowage::VectorEntry>> ReadEntries(const workload::Dataset& dataset,
                                                              size_t number, size_t count) {
  const size_t first = number * count % (dataset.rows() - count + 1);
  std::vector<float> values(count * dataset.dimension());
  LOADLINE_RETURN_IF_ERROR(dataset.ReadVectors(first, absl::MakeSpan(values)));
  std::vector<stowage::VectorEntry> entries(count);
  for (size_t i = 0; i < count; ++i) {
    const auto row = values.begin() + static_cast<ptrdiff_t>(i * dataset.dimension());
    entries[i] = {.id = i,
                  .values = {row, row + static_cast<ptrdiff_t>(dataset.dimension())},
                  .chunk = {.file = absl::StrCat("file-", i / 20, ".h"),
                            .first_line = static_cast<int64_t>(i % 20) * 20 + 1,
                            .last_line = static_cast<int64_t>(i % 20) * 20 + 20,
                            .language = "cpp-header"}};
  }
  return entries;
}

struct Growing {
  WorkspaceBed& bed;
  const workload::Dataset& dataset;
  std::vector<ProjectId> ids = {};
};

absl::Status AddProject(Growing& growing, size_t vectors) {
  const size_t number = growing.ids.size();
  LOADLINE_ASSIGN_OR_RETURN(const ProjectId id, RegisterNumbered(growing.bed.registry(), number));
  LOADLINE_ASSIGN_OR_RETURN(auto entries, ReadEntries(growing.dataset, number, vectors));
  LOADLINE_RETURN_IF_ERROR(
      growing.bed.vectors().Create(id, {.dimension = growing.dataset.dimension()}));
  LOADLINE_RETURN_IF_ERROR(growing.bed.vectors().Add(id, std::move(entries)));
  growing.ids.push_back(id);
  return absl::OkStatus();
}

// Project `number`'s own first vector must come back first.
absl::Status SearchProject(Growing& growing, size_t number, size_t vectors) {
  LOADLINE_ASSIGN_OR_RETURN(const auto entries, ReadEntries(growing.dataset, number, vectors));
  LOADLINE_ASSIGN_OR_RETURN(
      const auto found,
      growing.bed.vectors().Search(growing.ids[number], entries.front().values, kTop));
  if (found.size() != kTop || found.front().id != 0) {
    return absl::DataLossError("a vector that was added is not its own nearest neighbour");
  }
  return absl::OkStatus();
}

absl::Status RemoveAll(Growing& growing) {
  for (const ProjectId& id : growing.ids) {
    LOADLINE_RETURN_IF_ERROR(growing.bed.workspace().RemoveProject(id));
  }
  growing.ids.clear();
  return absl::OkStatus();
}

void TimeSearchInTurn(benchmark::State& state) {
  const auto projects = static_cast<size_t>(state.range(0));
  const auto vectors = static_cast<size_t>(state.range(1));
  const auto dataset = SuiteDataset();
  auto bed = dataset.ok() ? WorkspaceBed::Make({}) : dataset.status();
  harness::OperationLoop loop(state);
  if (!bed.ok()) loop.Fail(bed.status().ToString());
  auto growing = bed.ok() ? std::make_unique<Growing>(Growing{**bed, **dataset}) : nullptr;
  size_t step = 0;
  while (loop.KeepRunning()) {
    const absl::Status done = loop.TimeAndReturn([&] {
      const size_t now = step++;
      return now < projects ? AddProject(*growing, vectors)
                            : SearchProject(*growing, now % projects, vectors);
    });
    if (!done.ok()) loop.Fail(done.ToString());
  }
  harness::SetGauge(state, "rss_steady_bytes", ResidentBytes());
  if (growing != nullptr) {
    const absl::Status removed = RemoveAll(*growing);
    if (!removed.ok()) state.SkipWithError(removed.ToString().c_str());
    growing.reset();
    bed->reset();
  }
  harness::SetGauge(state, "rss_after_cleanup_bytes", ResidentBytesAfterPurge());
}

// Walks through projects that have a conversation and vectors, as somebody does who changes
// between them all day: more projects than may be resident.
void TimeSwitching(benchmark::State& state) {
  auto bed = WorkspaceBed::Make({.projects = static_cast<int>(state.range(0)),
                                 .messages = ActiveProfile().message_counts.front(),
                                 .vectors = static_cast<int>(state.range(1))});
  harness::OperationLoop loop(state);
  if (!bed.ok()) loop.Fail(bed.status().ToString());
  size_t step = 0;
  while (loop.KeepRunning()) {
    loop.Time([&]() -> absl::Status {
      const ProjectId& id = (*bed)->ids()[step % (*bed)->ids().size()];
      LOADLINE_RETURN_IF_ERROR((*bed)->workspace().SwitchProject(id));
      LOADLINE_RETURN_IF_ERROR((*bed)->contexts().Recent(id, 20).status());
      const workload::Dataset& dataset = **SuiteDataset();
      return (*bed)
          ->vectors()
          .Search(id, dataset.query(step++ % dataset.query_count()), kTop)
          .status();
    });
  }
  harness::SetGauge(state, "rss_steady_bytes", ResidentBytes());
  if (bed.ok()) bed->reset();
  harness::SetGauge(state, "rss_after_cleanup_bytes", ResidentBytesAfterPurge());
}

const bool registered = [] {
  const Profile& profile = ActiveProfile();
  Register({.name = "Memory/ProjectsSearchedInTurn",
            .arg_names = {"projects", "vectors"},
            .args = {{profile.memory_projects, profile.memory_vectors}},
            .threads = {1},
            .iterations = profile.memory_projects * 3},
           TimeSearchInTurn);
  Register({.name = "Memory/Switching",
            .arg_names = {"projects", "vectors"},
            .args = {{profile.project_counts.front(), profile.memory_vectors}},
            .threads = {1},
            .iterations = profile.project_counts.front() * 5},
           TimeSwitching);
  return true;
}();

}  // namespace
}  // namespace loadline::bench
