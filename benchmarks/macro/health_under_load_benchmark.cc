// Question: does asking how the workspace is keep working, and keep being quick, while it is busy?
// Timed: CheckHealth (cheap), and an append beside it. Load: two threads that append messages and
// search vectors in other projects as fast as they can, throughout.
// Would lie if: the load stood still while it is measured. So every run goes on until the load has
// done something, a load that stands still is an error, and load_ops says how much it did.

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/fixture/profile.h"
#include "benchmarks/fixture/suite_dataset.h"
#include "benchmarks/fixture/sweep.h"
#include "benchmarks/fixture/workspace_bed.h"
#include "loadline/base/status_macros.h"
#include "loadline/harness/counters.h"
#include "loadline/harness/operation_loop.h"
#include "loadline/harness/shared_fixture.h"

namespace loadline::bench {
namespace {

constexpr int kLoadThreads = 2;
constexpr std::chrono::seconds kPatience(30);

// A workspace under load from its making to its end.
class BusyWorkspace {
 public:
  static absl::StatusOr<std::unique_ptr<BusyWorkspace>> Make() {
    auto made = std::make_unique<BusyWorkspace>();
    LOADLINE_ASSIGN_OR_RETURN(
        made->bed_,
        WorkspaceBed::Make({.projects = kLoadThreads + 1, .messages = 20, .vectors = 200}));
    for (int i = 0; i < kLoadThreads; ++i) {
      made->threads_.emplace_back([busy = made.get(), i] { busy->Work(static_cast<size_t>(i)); });
    }
    return made;
  }
  ~BusyWorkspace() {
    stop_.store(true);
    for (std::thread& thread : threads_) thread.join();
  }

  WorkspaceBed& bed() { return *bed_; }
  int64_t operations() const { return operations_.load(); }
  int64_t failures() const { return failures_.load(); }
  // Waits until more than `before` operations are done; false if that takes too long.
  bool WentOn(int64_t before) const {
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (operations() <= before) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      std::this_thread::yield();
    }
    return true;
  }

 private:
  void Work(size_t number) {
    const stowage::ProjectId id = bed_->ids()[number + 1];
    const workload::Dataset& dataset = **SuiteDataset();
    for (size_t turn = 0; !stop_.load(std::memory_order_relaxed); ++turn) {
      const bool appended = bed_->contexts().Append(id, NumberedMessage(turn)).ok();
      const bool found =
          bed_->vectors().Search(id, dataset.query(turn % dataset.query_count()), 10).ok();
      operations_.fetch_add(2, std::memory_order_relaxed);
      if (!appended || !found) failures_.fetch_add(1, std::memory_order_relaxed);
    }
  }

  std::unique_ptr<WorkspaceBed> bed_;
  std::atomic<bool> stop_{false};
  std::atomic<int64_t> operations_{0};
  std::atomic<int64_t> failures_{0};
  std::vector<std::thread> threads_;
};

template <typename Op>
void TimeUnderLoad(benchmark::State& state, Op op) {
  auto* busy = harness::SharedFixture<BusyWorkspace>(state, "busy", BusyWorkspace::Make);
  if (busy == nullptr) return;
  const int64_t before = busy->operations();
  harness::OperationLoop loop(state);
  // A check takes less than a microsecond, an operation of the load a thousand times as long.
  bool went_on = false;
  while (loop.KeepRunning()) {
    loop.Time([&] { return op(busy->bed()); });
    if (went_on) continue;
    loop.Untimed([&] { went_on = busy->WentOn(before); });
    if (!went_on) loop.Fail("the load stood still");
  }
  harness::SetGauge(state, "load_ops", static_cast<double>(busy->operations() - before));
  harness::SetGauge(state, "load_failures", static_cast<double>(busy->failures()));
}

const bool registered = [] {
  Sweep sweep{.name = "Health/Cheap_UnderLoad", .threads = {1, 2}};
  Register(sweep, [](benchmark::State& state) {
    TimeUnderLoad(state, [](WorkspaceBed& bed) {
      return bed.workspace().CheckHealth(stowage::HealthDepth::kCheap).state ==
             stowage::HealthState::kHealthy;
    });
  });
  sweep.name = "Health/Append_UnderLoad";
  sweep.iterations = ActiveProfile().durable_iterations * 10;
  Register(sweep, [](benchmark::State& state) {
    TimeUnderLoad(state, [](WorkspaceBed& bed) {
      return bed.contexts().Append(bed.ids().front(), NumberedMessage(1));
    });
  });
  return true;
}();

}  // namespace
}  // namespace loadline::bench
