// Question: what does each operation of the context manager cost, in memory and from disk, and
// what does a durable append cost beside the two ways people keep conversations otherwise?
// Timed: the operation with its monitor on. Not timed: filling contexts, building messages.
// Bound by: appends by one sync of the disk a commit; cold reads by opening and checking a file.
// Would lie if: "cold" were only a cold manager over a warm page cache. It is: the file's pages
// are in memory; what is measured is opening, checking and reading, not the disk.

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/fixture/plain_sqlite.h"
#include "benchmarks/fixture/profile.h"
#include "benchmarks/fixture/sweep.h"
#include "benchmarks/fixture/workspace_bed.h"
#include "benchmarks/workload/random.h"
#include "loadline/base/directory.h"
#include "loadline/base/status_macros.h"
#include "loadline/harness/operation_loop.h"
#include "loadline/harness/shared_fixture.h"

namespace loadline::bench {
namespace {

using stowage::ProjectContextManager;
using stowage::ProjectId;

constexpr int kResident = 3;    // what a user has by default
constexpr int kProjects = 8;    // more than that, so that a walk over them is always cold
constexpr size_t kRecent = 20;  // messages a caller asks for
constexpr int64_t kFastBatch = 16;
constexpr int64_t kNoSuchMessage = 1'000'000'000;

absl::Status CheckContexts(WorkspaceBed& bed, int messages) {
  for (const ProjectId& id : bed.ids()) {
    LOADLINE_ASSIGN_OR_RETURN(const stowage::ContextStats stats, bed.contexts().Stats(id));
    LOADLINE_ASSIGN_OR_RETURN(const auto recent, bed.contexts().Recent(id, kRecent));
    if (stats.messages != messages ||
        recent.size() != std::min<size_t>(kRecent, static_cast<size_t>(messages)) ||
        recent.back().sequence != messages) {
      return absl::InternalError("a context does not hold the messages it was given");
    }
    for (const stowage::Message& message : recent) {
      LOADLINE_ASSIGN_OR_RETURN(const stowage::Message same,
                                bed.contexts().Get(id, message.sequence));
      if (same.text != message.text) return absl::InternalError("Get and Recent disagree");
    }
    LOADLINE_RETURN_IF_ERROR(bed.contexts().PutCache(id, "symbols", "a cached analysis"));
    LOADLINE_ASSIGN_OR_RETURN(const std::string value, bed.contexts().GetCache(id, "symbols"));
    if (value != "a cached analysis")
      return absl::InternalError("the cache returned another value");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<WorkspaceBed>> MakeContextBed(int messages) {
  BedSpec spec{.projects = kProjects, .messages = messages};
  spec.contexts.max_resident = kResident;
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<WorkspaceBed> bed, WorkspaceBed::Make(spec));
  LOADLINE_RETURN_IF_ERROR(CheckContexts(*bed, messages));
  return bed;
}

WorkspaceBed* BedOf(benchmark::State& state) {
  const int messages = static_cast<int>(state.range(0));
  return harness::SharedFixture<WorkspaceBed>(state, absl::StrCat("context/", messages),
                                              [&] { return MakeContextBed(messages); });
}

// kWarm: each thread stays with one of the resident projects. kCold: every operation goes to a
// project that was evicted.
enum class Residency { kWarm, kCold };

// `op` is called with the bed, the project to use and a number that grows.
template <typename Op>
void TimeOnContexts(benchmark::State& state, Residency residency, int64_t batch, Op op) {
  WorkspaceBed* bed = BedOf(state);
  if (bed == nullptr) return;
  size_t turn = static_cast<size_t>(state.thread_index());
  const ProjectId warm = bed->ids()[turn % kResident];
  if (!bed->contexts().Stats(warm).ok()) return state.SkipWithError("a warm context does not open");
  harness::OperationLoop loop(state, batch);
  while (loop.KeepRunning()) {
    loop.Time([&] {
      ++turn;
      const ProjectId& id = residency == Residency::kWarm ? warm : bed->ids()[turn % kProjects];
      return op(*bed, id, turn);
    });
  }
}

template <typename Op>
void RegisterFast(const std::string& name, Op op) {
  Register(
      {.name = absl::StrCat("Context/", name),
       .arg_names = {"messages"},
       .args = EachOf(ActiveProfile().message_counts)},
      [op](benchmark::State& state) { TimeOnContexts(state, Residency::kWarm, kFastBatch, op); });
}

template <typename Op>
void RegisterSized(const std::string& name, Residency residency, int64_t iterations, Op op) {
  Register({.name = absl::StrCat("Context/", name),
            .arg_names = {"messages"},
            .args = EachOf(ActiveProfile().message_counts),
            .iterations = iterations},
           [residency, op](benchmark::State& state) { TimeOnContexts(state, residency, 1, op); });
}

void RegisterReads() {
  RegisterFast("Switch_Resident", [](WorkspaceBed& bed, const ProjectId& id, size_t) {
    return bed.contexts().Switch(id);
  });
  RegisterFast("Active", [](WorkspaceBed& bed, const ProjectId&, size_t) {
    return bed.contexts().active() != bed.ids().back();
  });
  RegisterFast("GetCache_Hit", [](WorkspaceBed& bed, const ProjectId& id, size_t) {
    return bed.contexts().GetCache(id, "symbols");
  });
  RegisterFast("GetCache_Miss", [](WorkspaceBed& bed, const ProjectId& id, size_t) {
    return !bed.contexts().GetCache(id, "never put").ok();
  });
  RegisterFast("Stats_Manager", [](WorkspaceBed& bed, const ProjectId&, size_t) {
    return bed.contexts().Stats().resident <= kResident;
  });
  const Residency warm = Residency::kWarm;
  RegisterSized("Get_Hit", warm, 0, [](WorkspaceBed& bed, const ProjectId& id, size_t turn) {
    const auto messages = static_cast<size_t>(ActiveProfile().message_counts.front());
    return bed.contexts().Get(id, static_cast<int64_t>(1 + turn % messages));
  });
  RegisterSized("Get_Miss", warm, 0, [](WorkspaceBed& bed, const ProjectId& id, size_t) {
    return !bed.contexts().Get(id, kNoSuchMessage).ok();
  });
  RegisterSized("Recent_Warm", warm, 0, [](WorkspaceBed& bed, const ProjectId& id, size_t) {
    return bed.contexts().Recent(id, kRecent);
  });
  RegisterSized("Stats_Project", warm, 0, [](WorkspaceBed& bed, const ProjectId& id, size_t) {
    return bed.contexts().Stats(id);
  });
  RegisterSized("Observe", warm, 0, [](WorkspaceBed& bed, const ProjectId&, size_t) {
    const int number = bed.contexts().AddObserver([](const stowage::ContextSwitch&) {});
    bed.contexts().RemoveObserver(number);
    return true;
  });
  const Residency cold = Residency::kCold;
  const int slow = ActiveProfile().durable_iterations;
  RegisterSized("Recent_Cold", cold, slow, [](WorkspaceBed& bed, const ProjectId& id, size_t) {
    return bed.contexts().Recent(id, kRecent);
  });
  RegisterSized("Switch_Cold", cold, slow, [](WorkspaceBed& bed, const ProjectId& id, size_t) {
    return bed.contexts().Switch(id);
  });
}

template <typename Op>
void RegisterDurable(const std::string& name, Op op) {
  Register({.name = absl::StrCat("Context/", name),
            .arg_names = {"messages"},
            .args = {{ActiveProfile().message_counts.front()}},
            .iterations = ActiveProfile().durable_iterations},
           [op](benchmark::State& state) { TimeOnContexts(state, Residency::kWarm, 1, op); });
}

std::vector<stowage::NewMessage> TenMessages(size_t turn) {
  std::vector<stowage::NewMessage> messages;
  for (size_t i = 0; i < 10; ++i) messages.push_back(NumberedMessage(turn * 10 + i));
  return messages;
}

void RegisterWrites() {
  RegisterDurable("Append", [](WorkspaceBed& bed, const ProjectId& id, size_t turn) {
    return bed.contexts().Append(id, NumberedMessage(turn));
  });
  RegisterDurable("AppendBatch_10", [](WorkspaceBed& bed, const ProjectId& id, size_t turn) {
    return bed.contexts().AppendBatch(id, TenMessages(turn));
  });
  RegisterDurable("PutCache", [](WorkspaceBed& bed, const ProjectId& id, size_t turn) {
    return bed.contexts().PutCache(id, absl::StrCat("key ", turn % 64), "a cached analysis");
  });
  RegisterDurable("EraseCache_Miss", [](WorkspaceBed& bed, const ProjectId& id, size_t turn) {
    return bed.contexts().EraseCache(id, absl::StrCat("never put ", turn));
  });
  RegisterDurable("CleanUpOrphans", [](WorkspaceBed& bed, const ProjectId&, size_t) {
    return bed.contexts().CleanUpOrphans();
  });
  RegisterDurable("CheckAll", [](WorkspaceBed& bed, const ProjectId&, size_t) {
    return bed.contexts().CheckAll().empty();
  });
}

// `prepare` stands before every operation, outside the measured time.
template <typename Prepare, typename Op>
void RegisterPrepared(const std::string& name, Prepare prepare, Op op) {
  Register({.name = absl::StrCat("Context/", name),
            .arg_names = {"messages"},
            .args = {{ActiveProfile().message_counts.front()}},
            .iterations = ActiveProfile().durable_iterations},
           [prepare, op](benchmark::State& state) {
             WorkspaceBed* bed = BedOf(state);
             if (bed == nullptr) return;
             size_t turn = static_cast<size_t>(state.thread_index());
             const ProjectId id = bed->ids()[turn % kResident];
             harness::OperationLoop loop(state);
             while (loop.KeepRunning()) {
               absl::Status ready;
               loop.Untimed([&] { ready = prepare(*bed, id, ++turn); });
               if (!ready.ok()) return loop.Fail(ready.ToString());
               loop.Time([&] { return op(*bed, id, turn); });
             }
           });
}

void RegisterPreparedWrites() {
  const auto append_ten = [](WorkspaceBed& bed, const ProjectId& id, size_t turn) {
    return bed.contexts().AppendBatch(id, TenMessages(turn)).status();
  };
  RegisterPrepared("Prune_Ten", append_ten, [](WorkspaceBed& bed, const ProjectId& id, size_t) {
    return bed.contexts().Prune(id, {.keep = 50, .keep_recent = 20});
  });
  RegisterPrepared("Clear", append_ten, [](WorkspaceBed& bed, const ProjectId& id, size_t) {
    return bed.contexts().Clear(id);
  });
  RegisterPrepared(
      "EraseCache_Hit",
      [](WorkspaceBed& bed, const ProjectId& id, size_t turn) {
        return bed.contexts().PutCache(id, absl::StrCat("erased ", turn), "value");
      },
      [](WorkspaceBed& bed, const ProjectId& id, size_t turn) {
        return bed.contexts().EraseCache(id, absl::StrCat("erased ", turn));
      });
}

// --- What a user would pick instead. ---

struct Folder {
  std::string path;
  std::unique_ptr<Directory> directory;
  std::atomic<size_t> next{0};
};

absl::StatusOr<std::unique_ptr<Folder>> MakeFolder() {
  LOADLINE_RETURN_IF_ERROR(NumberedProject(0).status());  // opens the data set
  auto made = std::make_unique<Folder>();
  LOADLINE_ASSIGN_OR_RETURN(made->path, MakeScratchFolder());
  LOADLINE_ASSIGN_OR_RETURN(made->directory, Directory::Open(made->path));
  return made;
}

// The file exists, in WAL mode, before threads open connections to it.
absl::StatusOr<std::unique_ptr<Folder>> MakeSqliteFolder() {
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<Folder> made, MakeFolder());
  LOADLINE_RETURN_IF_ERROR(PlainSqlite::Open(absl::StrCat(made->path, "/peer.db")).status());
  return made;
}

// The whole conversation in one file, replaced as one unit at every append (temporary file, sync,
// rename, sync of the folder): what is needed for it to survive a power cut.
void TimeAppendByRewriting(benchmark::State& state) {
  auto* folder = harness::SharedFixture<Folder>(state, "rewritten", MakeFolder);
  if (folder == nullptr) return;
  const std::string name = absl::StrCat("conversation-", state.thread_index());
  std::string conversation;
  for (int64_t i = 0; i < state.range(0); ++i) {
    conversation += NumberedMessage(static_cast<size_t>(i)).text;
  }
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) {
    loop.Time([&] {
      conversation += NumberedMessage(folder->next.fetch_add(1)).text;
      return folder->directory->WriteFileAtomically(name, conversation);
    });
  }
}

void TimeAppendToSqlite(benchmark::State& state) {
  auto* folder = harness::SharedFixture<Folder>(state, "sqlite", MakeSqliteFolder);
  if (folder == nullptr) return;
  harness::OperationLoop loop(state);
  auto connection = PlainSqlite::Open(absl::StrCat(folder->path, "/peer.db"));
  if (!connection.ok()) loop.Fail(connection.status().ToString());
  while (loop.KeepRunning()) {
    loop.Time([&] {
      const size_t number = folder->next.fetch_add(1);
      return (*connection)->Insert(absl::StrCat(number), NumberedMessage(number).text);
    });
  }
}

void RegisterPeers() {
  Sweep sweep{.arg_names = {"messages"},
              .args = {{ActiveProfile().message_counts.front()}},
              .iterations = ActiveProfile().durable_iterations};
  sweep.name = "Context/Append_PeerRewrittenFile";
  Register(sweep, TimeAppendByRewriting);
  sweep.name = "Context/Append_PeerSqlite";
  Register(sweep, TimeAppendToSqlite);
}

const bool registered = [] {
  RegisterReads();
  RegisterWrites();
  RegisterPreparedWrites();
  RegisterPeers();
  return true;
}();

}  // namespace
}  // namespace loadline::bench
