// Question: what does each operation of the vector stores cost, and what does a search cost beside
// plain hnswlib on the same vectors at the same recall?
// Timed: the operation with its monitor on. Not timed: filling stores, making their lists, truth.
// Bound by: searches by the bytes of codes read; adds by one sync of the disk a commit.
// Would lie if: queries were drawn from the indexed vectors (recall and branches both flatter);
// here they are chunks of real code that no store holds.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/fixture/plain_hnsw.h"
#include "benchmarks/fixture/profile.h"
#include "benchmarks/fixture/search_check.h"
#include "benchmarks/fixture/suite_dataset.h"
#include "benchmarks/fixture/sweep.h"
#include "benchmarks/fixture/workspace_bed.h"
#include "loadline/base/clock.h"
#include "loadline/base/status_macros.h"
#include "loadline/harness/counters.h"
#include "loadline/harness/operation_loop.h"
#include "loadline/harness/shared_fixture.h"

namespace loadline::bench {
namespace {

using stowage::Neighbor;
using stowage::ProjectId;
using stowage::VectorEntry;

constexpr size_t kTop = 10;
constexpr size_t kBatch = 100;  // vectors of one Add
constexpr int64_t kFastBatch = 16;
constexpr int kColdStores = 6;                // stores that take turns in ...
constexpr size_t kColdOpen = 2;               // ... so many places
constexpr uint64_t kFreshId = 1'000'000'000;  // ids from here on belong to benchmarks

std::vector<uint64_t> IdsOf(const std::vector<Neighbor>& neighbors) {
  std::vector<uint64_t> ids;
  for (const Neighbor& neighbor : neighbors) ids.push_back(neighbor.id);
  return ids;
}

// A store of `vectors` real chunks in each of `projects`, whose answers have been checked.
struct VectorBed {
  const workload::Dataset* dataset = nullptr;
  std::unique_ptr<WorkspaceBed> bed;
  size_t vectors = 0;
  double recall_at_10 = 0;    // of the first project's store
  stowage::StoreStats stats;  // likewise, once it was indexed
  std::atomic<uint64_t> next_id{kFreshId};

  stowage::VectorStoreManager& stores() { return bed->vectors(); }
  const ProjectId& first() const { return bed->ids().front(); }
};

// Every answer that the read benchmarks time is of a kind that is checked here.
absl::Status CheckStore(VectorBed& made) {
  LOADLINE_ASSIGN_OR_RETURN(const size_t count, made.stores().Count(made.first()));
  if (count != made.vectors) return absl::InternalError("Count does not see every vector");
  LOADLINE_ASSIGN_OR_RETURN(const VectorEntry entry, made.stores().Get(made.first(), 0));
  const absl::Span<const float> row = made.dataset->vector(0);
  for (size_t i = 0; i < row.size(); ++i) {
    if (std::abs(entry.values[i] - row[i]) > 1e-5f) {
      return absl::InternalError("Get returned another vector than was added");
    }
  }
  const auto search = [&](absl::Span<const float> query,
                          size_t k) -> absl::StatusOr<std::vector<uint64_t>> {
    LOADLINE_ASSIGN_OR_RETURN(const auto found, made.stores().Search(made.first(), query, k));
    return IdsOf(found);
  };
  LOADLINE_ASSIGN_OR_RETURN(
      made.recall_at_10,
      MeanRecallAt10(*made.dataset, workload::Distance::kCosine, made.vectors, search));
  return CheckRecall(made.recall_at_10);
}

absl::StatusOr<std::unique_ptr<VectorBed>> MakeVectorBed(int projects, int vectors,
                                                         const stowage::VectorOptions& options) {
  auto made = std::make_unique<VectorBed>();
  LOADLINE_ASSIGN_OR_RETURN(made->dataset, SuiteDataset());
  BedSpec spec{.projects = projects, .vectors = vectors};
  spec.vectors_options = options;
  LOADLINE_ASSIGN_OR_RETURN(made->bed, WorkspaceBed::Make(spec));
  made->vectors = static_cast<size_t>(vectors);
  LOADLINE_RETURN_IF_ERROR(made->stores().Count(made->first()).status());  // opens the store
  made->stores().WaitUntilIndexed();
  LOADLINE_RETURN_IF_ERROR(CheckStore(*made));
  LOADLINE_ASSIGN_OR_RETURN(made->stats, made->stores().Stats(made->first()));
  return made;
}

VectorBed* WarmBed(benchmark::State& state) {
  const int vectors = static_cast<int>(state.range(0));
  return harness::SharedFixture<VectorBed>(state, absl::StrCat("warm/", vectors),
                                           [&] { return MakeVectorBed(1, vectors, {}); });
}

VectorBed* ColdBed(benchmark::State& state) {
  const int vectors = static_cast<int>(state.range(0));
  return harness::SharedFixture<VectorBed>(state, absl::StrCat("cold/", vectors), [&] {
    return MakeVectorBed(kColdStores, vectors, {.max_open = kColdOpen});
  });
}

// What was found of the searches checked here, and what the store says of itself.
void SetQuality(benchmark::State& state, double recall_at_10, const stowage::StoreStats& stats) {
  harness::SetGauge(state, "recall_at_10", recall_at_10);
  harness::SetGauge(state, "distinct_count", static_cast<double>(stats.distinct_count));
  harness::SetGauge(state, "lists", static_cast<double>(stats.lists));
  if (!stats.recall || !stats.search_micros) return;  // so small that all of it is read
  harness::SetGauge(state, "store_recall", *stats.recall);
  harness::SetGauge(state, "store_search_us", *stats.search_micros);
}

using BedFunction = VectorBed* (*)(benchmark::State&);

// `op` is called with the bed and a number that grows.
template <typename Op>
void TimeOnStores(benchmark::State& state, BedFunction bed_of, int64_t batch, Op op) {
  VectorBed* bed = bed_of(state);
  if (bed == nullptr) return;
  size_t turn = static_cast<size_t>(state.thread_index()) * 7'919;
  harness::OperationLoop loop(state, batch);
  while (loop.KeepRunning()) loop.Time([&] { return op(*bed, ++turn); });
  SetQuality(state, bed->recall_at_10, bed->stats);
}

absl::StatusOr<std::vector<Neighbor>> SearchTurn(VectorBed& bed, const ProjectId& id, size_t turn,
                                                 size_t k, const stowage::SearchFilter& filter) {
  return bed.stores().Search(id, bed.dataset->query(turn % bed.dataset->query_count()), k, filter);
}

template <typename Op>
void RegisterSearch(const std::string& name, int64_t k, BedFunction bed_of, Op op) {
  std::vector<std::vector<int64_t>> args;
  for (const int n : ActiveProfile().vector_counts) args.push_back({n, 384, k});
  Register(
      {.name = absl::StrCat("VectorStore/", name), .arg_names = {"n", "dim", "k"}, .args = args},
      [bed_of, op](benchmark::State& state) { TimeOnStores(state, bed_of, 1, op); });
}

void RegisterSearches() {
  RegisterSearch("Search_Warm", kTop, WarmBed, [](VectorBed& bed, size_t turn) {
    return SearchTurn(bed, bed.first(), turn, kTop, {});
  });
  RegisterSearch("Search_Deep", 100, WarmBed, [](VectorBed& bed, size_t turn) {
    return SearchTurn(bed, bed.first(), turn, 100, {});
  });
  RegisterSearch("Search_ByLanguage", kTop, WarmBed, [](VectorBed& bed, size_t turn) {
    return SearchTurn(bed, bed.first(), turn, kTop, {.language = "cpp-header"});
  });
  RegisterSearch("Search_ByPath", kTop, WarmBed, [](VectorBed& bed, size_t turn) {
    const workload::ChunkView chunk = bed.dataset->row_chunk(turn % bed.vectors);
    return SearchTurn(bed, bed.first(), turn, kTop, {.path_prefix = std::string(chunk.file)});
  });
  Register({.name = "VectorStore/Search_Cold",
            .arg_names = {"n", "dim", "k"},
            .args = {{ActiveProfile().vector_counts.front(), 384, kTop}},
            .iterations = ActiveProfile().durable_iterations},
           [](benchmark::State& state) {
             TimeOnStores(state, ColdBed, 1, [](VectorBed& bed, size_t turn) {
               return SearchTurn(bed, bed.bed->ids()[turn % kColdStores], turn, kTop, {});
             });
           });
}

template <typename Op>
void RegisterRead(const std::string& name, int64_t batch, Op op) {
  Register({.name = absl::StrCat("VectorStore/", name),
            .arg_names = {"n"},
            .args = EachOf(ActiveProfile().vector_counts)},
           [batch, op](benchmark::State& state) { TimeOnStores(state, WarmBed, batch, op); });
}

void RegisterReads() {
  RegisterRead("Get_Hit", 1, [](VectorBed& bed, size_t turn) {
    return bed.stores().Get(bed.first(), turn % bed.vectors);
  });
  RegisterRead("Get_Miss", 1, [](VectorBed& bed, size_t) {
    return !bed.stores().Get(bed.first(), kFreshId - 1).ok();
  });
  RegisterRead("Count", kFastBatch,
               [](VectorBed& bed, size_t) { return bed.stores().Count(bed.first()); });
  RegisterRead("Stats_Store", 1,
               [](VectorBed& bed, size_t) { return bed.stores().Stats(bed.first()); });
  RegisterRead("Stats_Manager", kFastBatch,
               [](VectorBed& bed, size_t) { return bed.stores().Stats().open >= 1; });
  RegisterRead("List", 1, [](VectorBed& bed, size_t) { return bed.stores().List(); });
  RegisterRead("CheckStore_Cheap", 1, [](VectorBed& bed, size_t) {
    return bed.stores().CheckStore(bed.first(), /*deep=*/false);
  });
  Register({.name = "VectorStore/CheckStore_Deep",
            .arg_names = {"n"},
            .args = EachOf(ActiveProfile().vector_counts),
            .threads = {1, 2},
            .iterations = ActiveProfile().slow_iterations},
           [](benchmark::State& state) {
             TimeOnStores(state, WarmBed, 1, [](VectorBed& bed, size_t) {
               return bed.stores().CheckStore(bed.first(), /*deep=*/true);
             });
           });
}

std::vector<VectorEntry> FreshEntries(VectorBed& bed, size_t count) {
  std::vector<VectorEntry> entries;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t id = bed.next_id.fetch_add(1);
    entries.push_back(NumberedVector(id, static_cast<size_t>(id)));
  }
  return entries;
}

std::vector<uint64_t> IdsOf(const std::vector<VectorEntry>& entries) {
  std::vector<uint64_t> ids;
  for (const VectorEntry& entry : entries) ids.push_back(entry.id);
  return ids;
}

// A durable operation on fresh entries: `prepare` stands before it and `undo` after it, both
// outside the measured time, so that the store is left as it was found.
template <typename Prepare, typename Op, typename Undo>
void TimeOnFresh(benchmark::State& state, size_t count, Prepare prepare, Op op, Undo undo) {
  VectorBed* bed = WarmBed(state);
  if (bed == nullptr) return;
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) {
    std::vector<VectorEntry> entries;
    absl::Status status;
    loop.Untimed([&] {
      entries = FreshEntries(*bed, count);
      status = prepare(*bed, entries);
    });
    if (!status.ok()) return loop.Fail(status.ToString());
    const std::vector<uint64_t> ids = IdsOf(entries);
    loop.Time([&] { return op(*bed, std::move(entries), ids); });
    loop.Untimed([&] { status = undo(*bed, ids); });
    if (!status.ok()) return loop.Fail(status.ToString());
  }
}

template <typename Prepare, typename Op, typename Undo>
void RegisterFresh(const std::string& name, size_t count, Prepare prepare, Op op, Undo undo) {
  Register({.name = absl::StrCat("VectorStore/", name),
            .arg_names = {"n", "batch"},
            .args = {{ActiveProfile().vector_counts.front(), static_cast<int64_t>(count)}},
            .iterations = ActiveProfile().durable_iterations},
           [=](benchmark::State& state) { TimeOnFresh(state, count, prepare, op, undo); });
}

void RegisterWrites() {
  using Entries = std::vector<VectorEntry>;
  using Ids = std::vector<uint64_t>;
  const auto nothing = [](VectorBed&, const Entries&) { return absl::OkStatus(); };
  const auto none_left = [](VectorBed&, const Ids&) { return absl::OkStatus(); };
  const auto add = [](VectorBed& bed, Entries entries, const Ids&) {
    return bed.stores().Add(bed.first(), std::move(entries));
  };
  const auto added = [](VectorBed& bed, const Entries& entries) {
    return bed.stores().Add(bed.first(), entries);
  };
  const auto removed = [](VectorBed& bed, const Ids& ids) {
    return bed.stores().Remove(bed.first(), ids);
  };
  const auto upsert = [](VectorBed& bed, Entries entries, const Ids&) {
    return bed.stores().Upsert(bed.first(), std::move(entries));
  };
  const auto remove = [](VectorBed& bed, const Entries&, const Ids& ids) {
    return bed.stores().Remove(bed.first(), ids);
  };
  for (const size_t count : {size_t{1}, kBatch}) {
    RegisterFresh("Add", count, nothing, add, removed);
    RegisterFresh("Upsert_Replacing", count, added, upsert, removed);
    RegisterFresh("Remove", count, added, remove, none_left);
  }
  // Each thread's entries are of a file of their own.
  const auto added_as_file = [](VectorBed& bed, Entries& entries) {
    for (VectorEntry& entry : entries) {
      entry.chunk.file = absl::StrCat("fresh/", entries.front().id);
    }
    return bed.stores().Add(bed.first(), entries);
  };
  RegisterFresh(
      "RemoveByFile", kBatch, added_as_file,
      [](VectorBed& bed, const Entries&, const Ids& ids) {
        const auto count =
            bed.stores().RemoveByFile(bed.first(), absl::StrCat("fresh/", ids.front()));
        return count.ok() && *count == ids.size();
      },
      none_left);
}

// A store made and dropped again on a project of the thread's own.
enum class Timed { kCreate, kDrop };

void TimeCreateOrDrop(benchmark::State& state, Timed timed) {
  VectorBed* bed = WarmBed(state);
  if (bed == nullptr) return;
  harness::OperationLoop loop(state);
  const auto id = RegisterNumbered(bed->bed->registry(), bed->next_id.fetch_add(1));
  if (!id.ok()) loop.Fail(id.status().ToString());
  const auto create = [&] {
    return bed->stores().Create(*id, {.dimension = bed->dataset->dimension()});
  };
  const auto drop = [&] { return bed->stores().Drop(*id); };
  while (loop.KeepRunning()) {
    if (timed == Timed::kCreate) {
      loop.Time(create);
      loop.Untimed([&] { drop().IgnoreError(); });  // a failure fails the next Create
    } else {
      absl::Status created;
      loop.Untimed([&] { created = create(); });
      if (!created.ok()) return loop.Fail(created.ToString());
      loop.Time(drop);
    }
  }
}

void RegisterLifeCycle() {
  Sweep sweep{.arg_names = {"n"},
              .args = {{ActiveProfile().vector_counts.front()}},
              .iterations = ActiveProfile().durable_iterations};
  sweep.name = "VectorStore/Create";
  Register(sweep, [](benchmark::State& state) { TimeCreateOrDrop(state, Timed::kCreate); });
  sweep.name = "VectorStore/Drop";
  Register(sweep, [](benchmark::State& state) { TimeCreateOrDrop(state, Timed::kDrop); });
}

// --- Beside plain hnswlib. ---

// hnswlib over the same rows, with the smallest ef whose recall reaches that of our store, or the
// floor if ours is exact.
struct Peer {
  VectorBed* ours = nullptr;
  std::unique_ptr<PlainHnsw> graph;
  double recall_at_10 = 0;
  size_t ef = 0;
};

absl::StatusOr<std::unique_ptr<Peer>> MakePeer(VectorBed* ours) {
  auto made = std::make_unique<Peer>();
  made->ours = ours;
  LOADLINE_ASSIGN_OR_RETURN(
      made->graph, PlainHnsw::Create({.dimension = ours->dataset->dimension()}, ours->vectors));
  for (size_t row = 0; row < ours->vectors; ++row) {
    LOADLINE_RETURN_IF_ERROR(made->graph->Add(row, ours->dataset->vector(row)));
  }
  const double wanted = std::min(ours->recall_at_10, 0.99);
  for (size_t ef = kTop; ef <= 640; ef = ef * 5 / 4) {
    made->graph->SetEf(ef);
    made->ef = ef;
    LOADLINE_ASSIGN_OR_RETURN(
        made->recall_at_10,
        MeanRecallAt10(*ours->dataset, workload::Distance::kCosine, ours->vectors,
                       [&](absl::Span<const float> query, size_t k) {
                         return made->graph->Search(query, k);
                       }));
    if (made->recall_at_10 >= wanted) return made;
  }
  return absl::DataLossError(
      absl::StrCat("plain hnswlib reaches recall_at_10 ", made->recall_at_10, " only"));
}

// One query to each, turn about, so that whatever the machine does it does to both. The row's own
// latencies are ours; peer_* are hnswlib's.
void TimeBesideHnswlib(benchmark::State& state) {
  VectorBed* bed = WarmBed(state);
  if (bed == nullptr) return;
  Peer* peer = harness::SharedFixture<Peer>(state, absl::StrCat("hnswlib/", state.range(0)),
                                            [&] { return MakePeer(bed); });
  if (peer == nullptr) return;
  stats::LatencyHistogram peer_latency;
  size_t turn = 0;
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) {
    ++turn;
    loop.Time([&] { return SearchTurn(*bed, bed->first(), turn, kTop, {}); });
    loop.Untimed([&] {
      const int64_t start = Clock::Real().SteadyNanos();
      auto found =
          peer->graph->Search(bed->dataset->query(turn % bed->dataset->query_count()), kTop);
      benchmark::DoNotOptimize(found);
      peer_latency.Record(static_cast<uint64_t>(Clock::Real().SteadyNanos() - start));
    });
  }
  const double ours_p50 = state.counters["lat_p50_ns"];
  const auto peer_p50 = static_cast<double>(peer_latency.QuantileNanos(0.5));
  SetQuality(state, bed->recall_at_10, bed->stats);
  harness::SetGauge(state, "peer_recall_at_10", peer->recall_at_10);
  harness::SetGauge(state, "peer_ef", static_cast<double>(peer->ef));
  harness::SetGauge(state, "peer_lat_p50_ns", peer_p50);
  harness::SetGauge(state, "speedup_ratio", ours_p50 > 0 ? peer_p50 / ours_p50 : 0);
}

// --- The field's standard files, when LOADLINE_DATASET names some. ---

struct GivenBed {
  NamedDataset given;
  std::unique_ptr<WorkspaceBed> bed;
  double recall_at_10 = 0;
  stowage::StoreStats stats;
};

absl::StatusOr<std::unique_ptr<GivenBed>> MakeGivenBed() {
  auto made = std::make_unique<GivenBed>();
  LOADLINE_ASSIGN_OR_RETURN(made->given, GivenDataset());
  const workload::Dataset& dataset = *made->given.dataset;
  LOADLINE_ASSIGN_OR_RETURN(made->bed, WorkspaceBed::Make({.projects = 1}));
  const ProjectId& id = made->bed->ids().front();
  stowage::VectorStoreManager& stores = made->bed->vectors();
  LOADLINE_RETURN_IF_ERROR(
      stores.Create(id, {.dimension = dataset.dimension(), .metric = stowage::Metric::kSquaredL2}));
  std::vector<VectorEntry> entries;
  for (size_t row = 0; row < dataset.rows(); ++row) {
    const absl::Span<const float> values = dataset.vector(row);
    entries.push_back({.id = row,
                       .values = {values.begin(), values.end()},
                       .chunk = {.file = "base", .first_line = 1, .last_line = 1}});
    if (entries.size() == 1'000 || row + 1 == dataset.rows()) {
      LOADLINE_RETURN_IF_ERROR(stores.Add(id, std::exchange(entries, {})));
    }
  }
  stores.WaitUntilIndexed();
  const auto search = [&](absl::Span<const float> query,
                          size_t k) -> absl::StatusOr<std::vector<uint64_t>> {
    LOADLINE_ASSIGN_OR_RETURN(const auto found, stores.Search(id, query, k));
    return IdsOf(found);
  };
  LOADLINE_ASSIGN_OR_RETURN(
      made->recall_at_10,
      MeanRecallAt10(dataset, workload::Distance::kSquaredL2, dataset.rows(), search));
  LOADLINE_RETURN_IF_ERROR(CheckRecall(made->recall_at_10));
  LOADLINE_ASSIGN_OR_RETURN(made->stats, stores.Stats(id));
  return made;
}

void TimeSearchGiven(benchmark::State& state) {
  GivenBed* bed = harness::SharedFixture<GivenBed>(state, "given", MakeGivenBed);
  if (bed == nullptr) return;
  const workload::Dataset& dataset = *bed->given.dataset;
  size_t turn = static_cast<size_t>(state.thread_index()) * 7'919;
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) {
    loop.Time([&] {
      return bed->bed->vectors().Search(bed->bed->ids().front(),
                                        dataset.query(++turn % dataset.query_count()), kTop);
    });
  }
  SetQuality(state, bed->recall_at_10, bed->stats);
}

const bool registered = [] {
  RegisterSearches();
  RegisterReads();
  RegisterWrites();
  RegisterLifeCycle();
  Register({.name = "VectorStore/Search_BesideHnswlib",
            .arg_names = {"n", "dim", "k"},
            .args = {{ActiveProfile().vector_counts.back(), 384, kTop}},
            .threads = {1}},
           TimeBesideHnswlib);
  if (const std::string name = GivenDatasetName(); !name.empty()) {
    Register({.name = absl::StrCat("VectorStore/Search_Given/dataset:", name)}, TimeSearchGiven);
  }
  return true;
}();

}  // namespace
}  // namespace loadline::bench
