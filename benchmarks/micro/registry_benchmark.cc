// Question: what does each operation of the project registry cost, alone and from many threads, and
// what would a user pay who kept the list otherwise?
// Timed: the operation with its monitor on, as in production. Not timed: filling the registry,
// drawing which project, building the argument.
// Bound by: reads by one lock of the thread's own stripe; writes by one sync of the disk a commit.
// Would lie if: one project were read again and again (all of it in the nearest cache), or the
// scratch folder lay in memory (a sync there costs nothing).

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/fixture/plain_sqlite.h"
#include "benchmarks/fixture/profile.h"
#include "benchmarks/fixture/sweep.h"
#include "benchmarks/fixture/workspace_bed.h"
#include "benchmarks/workload/random.h"
#include "loadline/base/status_macros.h"
#include "loadline/harness/operation_loop.h"
#include "loadline/harness/shared_fixture.h"

namespace loadline::bench {
namespace {

using stowage::ProjectId;
using stowage::ProjectMetadata;
using stowage::ProjectName;
using stowage::ProjectRecordPtr;
using stowage::ProjectRegistry;
using stowage::ProjectStatus;

constexpr int64_t kFastBatch = 32;  // operations of tens of nanoseconds
constexpr int64_t kListBatch = 1;

// A bed and what the benchmarks draw from it.
struct RegistryBed {
  std::unique_ptr<WorkspaceBed> bed;
  std::vector<ProjectName> names;  // of bed->ids(), in that order
  std::vector<ProjectId> strangers;
  std::vector<ProjectName> strange_names;
  std::atomic<size_t> next_number{1'000'000};  // of projects registered by a benchmark

  ProjectRegistry& registry() { return bed->registry(); }
  const std::vector<ProjectId>& ids() const { return bed->ids(); }
};

// Every answer that the read benchmarks time is checked here, once, before any is timed.
absl::Status CheckReads(RegistryBed& bed) {
  const size_t count = bed.ids().size();
  if (bed.registry().Count() != count || bed.registry().List().size() != count) {
    return absl::InternalError("Count or List does not see every project");
  }
  for (size_t i = 0; i < count; ++i) {
    LOADLINE_ASSIGN_OR_RETURN(const ProjectRecordPtr by_id, bed.registry().Get(bed.ids()[i]));
    LOADLINE_ASSIGN_OR_RETURN(const ProjectRecordPtr by_name,
                              bed.registry().FindByName(bed.names[i]));
    if (by_id->name != bed.names[i] || by_name->id != bed.ids()[i]) {
      return absl::InternalError(absl::StrCat("project ", i, " is another one by id than by name"));
    }
  }
  for (size_t i = 0; i < bed.strangers.size(); ++i) {
    if (bed.registry().Contains(bed.strangers[i]) ||
        bed.registry().FindByName(bed.strange_names[i]).ok()) {
      return absl::InternalError("a project that was never registered is found");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<RegistryBed>> MakeRegistryBed(int projects) {
  auto made = std::make_unique<RegistryBed>();
  LOADLINE_ASSIGN_OR_RETURN(made->bed, WorkspaceBed::Make({.projects = projects}));
  for (int i = 0; i < projects; ++i) {
    LOADLINE_ASSIGN_OR_RETURN(const ProjectRecordPtr record,
                              made->registry().Get(made->ids()[static_cast<size_t>(i)]));
    made->names.push_back(record->name);
    LOADLINE_ASSIGN_OR_RETURN(ProjectId stranger, ProjectId::Generate());
    made->strangers.push_back(stranger);
    LOADLINE_ASSIGN_OR_RETURN(ProjectName name, ProjectName::Parse(absl::StrCat("stranger ", i)));
    made->strange_names.push_back(std::move(name));
  }
  LOADLINE_RETURN_IF_ERROR(made->registry().SetActive(made->ids().front()));
  LOADLINE_RETURN_IF_ERROR(CheckReads(*made));
  return made;
}

RegistryBed* BedOf(benchmark::State& state) {
  const int projects = static_cast<int>(state.range(0));
  return harness::SharedFixture<RegistryBed>(state, absl::StrCat("registry/", projects),
                                             [&] { return MakeRegistryBed(projects); });
}

// `op` is called with the bed and the index of a project drawn at random.
template <typename Op>
void TimeOnProjects(benchmark::State& state, int64_t batch, Op op) {
  RegistryBed* bed = BedOf(state);
  if (bed == nullptr) return;
  workload::Random random(static_cast<uint64_t>(state.thread_index()) + 1);
  harness::OperationLoop loop(state, batch);
  while (loop.KeepRunning()) {
    loop.Time([&] { return op(*bed, static_cast<size_t>(random.Below(bed->ids().size()))); });
  }
}

template <typename Op>
void RegisterRead(const std::string& name, int64_t batch, Op op) {
  Register({.name = absl::StrCat("Registry/", name),
            .arg_names = {"projects"},
            .args = EachOf(ActiveProfile().project_counts)},
           [batch, op](benchmark::State& state) { TimeOnProjects(state, batch, op); });
}

template <typename Op>
void RegisterWrite(const std::string& name, Op op) {
  Register({.name = absl::StrCat("Registry/", name),
            .arg_names = {"projects"},
            .args = {{ActiveProfile().LargestProjectCount()}},
            .iterations = ActiveProfile().durable_iterations},
           [op](benchmark::State& state) { TimeOnProjects(state, 1, op); });
}

// The number of projects seen, as a success: wrong when it is not what the bed holds.
bool SeesAll(RegistryBed& bed, size_t seen) { return seen == bed.ids().size(); }

void RegisterReads() {
  RegisterRead("Get_Hit", kFastBatch,
               [](RegistryBed& bed, size_t i) { return bed.registry().Get(bed.ids()[i]); });
  RegisterRead("Get_Miss", kFastBatch, [](RegistryBed& bed, size_t i) {
    return !bed.registry().Get(bed.strangers[i]).ok();
  });
  RegisterRead("FindByName_Hit", kFastBatch,
               [](RegistryBed& bed, size_t i) { return bed.registry().FindByName(bed.names[i]); });
  RegisterRead("FindByName_Miss", kFastBatch, [](RegistryBed& bed, size_t i) {
    return !bed.registry().FindByName(bed.strange_names[i]).ok();
  });
  RegisterRead("Contains_Hit", kFastBatch,
               [](RegistryBed& bed, size_t i) { return bed.registry().Contains(bed.ids()[i]); });
  RegisterRead("Contains_Miss", kFastBatch, [](RegistryBed& bed, size_t i) {
    return !bed.registry().Contains(bed.strangers[i]);
  });
  RegisterRead("GetActive", kFastBatch,
               [](RegistryBed& bed, size_t) { return bed.registry().GetActive(); });
  RegisterRead("Count_All", kFastBatch,
               [](RegistryBed& bed, size_t) { return SeesAll(bed, bed.registry().Count()); });
  RegisterRead("Count_ByStatus", kFastBatch, [](RegistryBed& bed, size_t) {
    return SeesAll(bed, bed.registry().Count({.status = ProjectStatus::kReady}));
  });
  RegisterRead("List_All", kListBatch,
               [](RegistryBed& bed, size_t) { return SeesAll(bed, bed.registry().List().size()); });
  RegisterRead("List_ByStatus", kListBatch, [](RegistryBed& bed, size_t) {
    return SeesAll(bed, bed.registry().List({.status = ProjectStatus::kReady}).size());
  });
  RegisterRead("ListPage", kListBatch, [](RegistryBed& bed, size_t i) {
    return bed.registry().ListPage({}, static_cast<int64_t>(i), 20);
  });
  RegisterRead("ListRemoving", kFastBatch,
               [](RegistryBed& bed, size_t) { return bed.registry().ListRemoving().empty(); });
  RegisterRead("Validate", kListBatch,
               [](RegistryBed& bed, size_t) { return bed.registry().Validate(); });
  RegisterRead("Stats", kListBatch, [](RegistryBed& bed, size_t) {
    return SeesAll(bed, bed.registry().Stats().projects);
  });
  RegisterRead("Observe", kListBatch, [](RegistryBed& bed, size_t) {
    const int number = bed.registry().AddObserver([](const stowage::RegistryChange&) {});
    bed.registry().RemoveObserver(number);
    return true;
  });
}

void RegisterWrites() {
  RegisterWrite("UpdateMetadata", [](RegistryBed& bed, size_t i) {
    return bed.registry().UpdateMetadata(
        bed.ids()[i], {{"files", "120"}, {"indexed", absl::StrCat(i)}, {"branch", "main"}});
  });
  RegisterWrite("SetStatus", [](RegistryBed& bed, size_t i) {
    return bed.registry().SetStatus(bed.ids()[i], ProjectStatus::kReady);
  });
  RegisterWrite("SetActive",
                [](RegistryBed& bed, size_t i) { return bed.registry().SetActive(bed.ids()[i]); });
}

// Registers and removes: the registry is left as it was found.
void TimeRegister(benchmark::State& state) {
  RegistryBed* bed = BedOf(state);
  if (bed == nullptr) return;
  std::vector<ProjectId> made;
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) {
    absl::StatusOr<stowage::NewProject> project = absl::UnknownError("not drawn");
    loop.Untimed([&] { project = NumberedProject(bed->next_number.fetch_add(1)); });
    if (!project.ok()) return loop.Fail(project.status().ToString());
    const auto id =
        loop.TimeAndReturn([&] { return bed->registry().Register(*std::move(project)); });
    if (id.ok()) made.push_back(*id);
  }
  for (const ProjectId& id : made) bed->registry().Remove(id).IgnoreError();  // the loop is over
}

void TimeRemove(benchmark::State& state) {
  RegistryBed* bed = BedOf(state);
  if (bed == nullptr) return;
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) {
    absl::StatusOr<ProjectId> id = absl::UnknownError("not registered");
    loop.Untimed([&] { id = RegisterNumbered(bed->registry(), bed->next_number.fetch_add(1)); });
    if (!id.ok()) return loop.Fail(id.status().ToString());
    loop.Time([&] { return bed->registry().Remove(*id); });
  }
}

// --- What a user would pick instead. ---

struct PlainRecord {
  std::string name, source_path, language;
  ProjectMetadata metadata;
};

// A map behind one mutex, records handed out as copies.
struct MutexMap {
  std::mutex mutex;
  std::unordered_map<std::string, PlainRecord> records;
  std::vector<std::string> keys;
};

absl::StatusOr<std::unique_ptr<MutexMap>> MakeMutexMap(int projects) {
  auto made = std::make_unique<MutexMap>();
  for (int i = 0; i < projects; ++i) {
    LOADLINE_ASSIGN_OR_RETURN(stowage::NewProject project, NumberedProject(static_cast<size_t>(i)));
    LOADLINE_ASSIGN_OR_RETURN(const ProjectId id, ProjectId::Generate());
    made->keys.push_back(id.hex());
    made->records[id.hex()] = {project.name.text(), project.source_path, project.language,
                               project.metadata};
  }
  return made;
}

void TimeGetFromMutexMap(benchmark::State& state) {
  const int projects = static_cast<int>(state.range(0));
  auto* map = harness::SharedFixture<MutexMap>(state, absl::StrCat("mutex-map/", projects),
                                               [&] { return MakeMutexMap(projects); });
  if (map == nullptr) return;
  workload::Random random(static_cast<uint64_t>(state.thread_index()) + 1);
  harness::OperationLoop loop(state, kFastBatch);
  while (loop.KeepRunning()) {
    loop.Time([&] {
      const std::string& key = map->keys[random.Below(map->keys.size())];
      const std::lock_guard<std::mutex> lock(map->mutex);
      const auto found = map->records.find(key);
      return found == map->records.end() ? std::optional<PlainRecord>()
                                         : std::optional<PlainRecord>(found->second);
    });
  }
}

// One file for all threads; each opens a connection of its own.
struct SqliteFile {
  std::string folder, path;
  std::vector<std::string> keys;
  std::atomic<size_t> next_key{0};
};

absl::StatusOr<std::unique_ptr<SqliteFile>> MakeSqliteFile(int projects) {
  auto made = std::make_unique<SqliteFile>();
  LOADLINE_ASSIGN_OR_RETURN(made->folder, MakeScratchFolder());
  made->path = absl::StrCat(made->folder, "/peer.db");
  LOADLINE_ASSIGN_OR_RETURN(const auto connection, PlainSqlite::Open(made->path));
  LOADLINE_RETURN_IF_ERROR(connection->Execute("BEGIN"));
  for (int i = 0; i < projects; ++i) {
    LOADLINE_ASSIGN_OR_RETURN(stowage::NewProject project, NumberedProject(static_cast<size_t>(i)));
    made->keys.push_back(project.name.text());
    LOADLINE_RETURN_IF_ERROR(connection->Insert(
        project.name.text(), absl::StrCat(project.source_path, project.language)));
  }
  LOADLINE_RETURN_IF_ERROR(connection->Execute("COMMIT"));
  return made;
}

template <typename Op>
void TimeOnSqlite(benchmark::State& state, Op op) {
  const int projects = static_cast<int>(state.range(0));
  auto* file = harness::SharedFixture<SqliteFile>(state, absl::StrCat("sqlite/", projects),
                                                  [&] { return MakeSqliteFile(projects); });
  if (file == nullptr) return;
  harness::OperationLoop loop(state);
  auto connection = PlainSqlite::Open(file->path);
  if (!connection.ok()) loop.Fail(connection.status().ToString());
  workload::Random random(static_cast<uint64_t>(state.thread_index()) + 1);
  while (loop.KeepRunning()) {
    loop.Time([&] { return op(*file, **connection, random); });
  }
}

void RegisterPeers() {
  const std::vector<int>& counts = ActiveProfile().project_counts;
  Register({.name = "Registry/Get_PeerMutexMap", .arg_names = {"projects"}, .args = EachOf(counts)},
           TimeGetFromMutexMap);
  Register({.name = "Registry/Get_PeerSqlite", .arg_names = {"projects"}, .args = EachOf(counts)},
           [](benchmark::State& state) {
             TimeOnSqlite(state, [](SqliteFile& file, PlainSqlite& db, workload::Random& random) {
               return db.Get(file.keys[random.Below(file.keys.size())]);
             });
           });
  Register({.name = "Registry/List_PeerSqlite", .arg_names = {"projects"}, .args = EachOf(counts)},
           [](benchmark::State& state) {
             TimeOnSqlite(state, [](SqliteFile&, PlainSqlite& db, workload::Random&) {
               return db.ReadAll();
             });
           });
  Register({.name = "Registry/Register_PeerSqlite",
            .arg_names = {"projects"},
            .args = {{ActiveProfile().project_counts.front()}},
            .iterations = ActiveProfile().durable_iterations},
           [](benchmark::State& state) {
             TimeOnSqlite(state, [](SqliteFile& file, PlainSqlite& db, workload::Random&) {
               return db.Insert(absl::StrCat("new ", file.next_key.fetch_add(1)), "value");
             });
           });
}

const bool registered = [] {
  RegisterReads();
  RegisterWrites();
  const Sweep durable = {.arg_names = {"projects"},
                         .args = {{ActiveProfile().project_counts.front()}},
                         .iterations = ActiveProfile().durable_iterations};
  Sweep sweep = durable;
  sweep.name = "Registry/Register";
  Register(sweep, TimeRegister);
  sweep.name = "Registry/Remove";
  Register(sweep, TimeRemove);
  RegisterPeers();
  return true;
}();

}  // namespace
}  // namespace loadline::bench
