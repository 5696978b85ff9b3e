#include "benchmarks/peers/comparison.h"

#include <time.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmarks/workload/nearest.h"
#include "benchmarks/workload/random.h"
#include "loadline/base/clock.h"
#include "loadline/base/status_macros.h"
#include "loadline/platform/cpu.h"

namespace loadline::bench {
namespace {

// One effort of one engine, while it is measured.
struct Measured {
  Contestant* contestant = nullptr;
  EffortPoint point;
  std::vector<double> cpu_micros;
  std::vector<double> wall_micros;
};

double ThreadCpuMicros() {
  struct timespec used = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return 1e6 * static_cast<double>(used.tv_sec) + 1e-3 * static_cast<double>(used.tv_nsec);
}

double WallMicros() { return 1e-3 * static_cast<double>(Clock::Real().SteadyNanos()); }

double Median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

workload::Distance DistanceOf(const VectorSet& set) {
  switch (set.config.metric) {
    case stowage::Metric::kSquaredL2:
      return workload::Distance::kSquaredL2;
    case stowage::Metric::kInnerProduct:
      return workload::Distance::kInnerProduct;
    case stowage::Metric::kCosine:
      break;
  }
  return workload::Distance::kCosine;
}

class Answers {
 public:
  explicit Answers(const VectorSet& set)
      : set_(set),
        distance_(DistanceOf(set)),
        truth_(workload::ExactNeighbors({set.rows, set.config.dimension},
                                        {set.queries, set.config.dimension}, kNeighbours,
                                        {distance_})
                   .front()) {}

  double Recall(size_t query, absl::Span<const uint64_t> found) const {
    return workload::RecallAtK(
        truth_.query(query), found, kNeighbours, set_.size(), [&](uint64_t row) {
          return workload::TrueDistance(distance_, set_.query(query), set_.row(row));
        });
  }

 private:
  const VectorSet& set_;
  const workload::Distance distance_;
  const workload::NeighborTable truth_;
};

// Of so many rows at most.
constexpr size_t kSelfRows = 1'000;

absl::StatusOr<double> SelfFound(const VectorSet& set, Engine& engine) {
  const size_t step = std::max<size_t>(1, set.size() / kSelfRows);
  size_t asked = 0;
  size_t right = 0;
  for (size_t row = 0; row < set.size(); row += step, ++asked) {
    LOADLINE_ASSIGN_OR_RETURN(const auto found, engine.Search(set.row(row), kNeighbours));
    right += std::any_of(found.begin(), found.end(), [&](uint64_t other) {
      return other < set.size() && set.row(other) == set.row(row);
    });
  }
  return static_cast<double>(right) / static_cast<double>(asked);
}

absl::Status Check(const VectorSet& set, const Answers& answers, Measured& measured) {
  Engine& engine = *measured.contestant->engine;
  LOADLINE_RETURN_IF_ERROR(engine.SetEffort(measured.point.effort));
  measured.point.by = engine.State();
  if (set.config.metric != stowage::Metric::kInnerProduct) {
    LOADLINE_ASSIGN_OR_RETURN(measured.point.self, SelfFound(set, engine));
  }
  const auto queries = static_cast<double>(set.query_count());
  for (size_t q = 0; q < set.query_count(); ++q) {
    LOADLINE_ASSIGN_OR_RETURN(const auto found, engine.Search(set.query(q), kNeighbours));
    const double recall = answers.Recall(q, found);
    measured.point.recall += recall / queries;
    measured.point.below_half += recall < 0.5 ? 1 / queries : 0;
  }
  return absl::OkStatus();
}

absl::Status Time(const VectorSet& set, Measured& measured) {
  Engine& engine = *measured.contestant->engine;
  LOADLINE_RETURN_IF_ERROR(engine.SetEffort(measured.point.effort));
  for (size_t q = 0; q < set.query_count(); ++q) {
    const double wall = WallMicros();
    const double cpu = ThreadCpuMicros();
    const auto found = engine.Search(set.query(q), kNeighbours);
    measured.cpu_micros.push_back(ThreadCpuMicros() - cpu);
    measured.wall_micros.push_back(WallMicros() - wall);
    LOADLINE_RETURN_IF_ERROR(found.status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Contestant> Build(const EngineKind& kind, const VectorSet& set,
                                 const std::string& folder) {
  Contestant contestant{.kind = kind};
  const int64_t start = platform::ProcessCpuNanos().value_or(0);
  LOADLINE_ASSIGN_OR_RETURN(contestant.engine, kind.build(set, folder));
  contestant.engine->Settle();
  LOADLINE_RETURN_IF_ERROR(contestant.engine->Search(set.query(0), kNeighbours).status());
  contestant.build_cpu_seconds =
      1e-9 * static_cast<double>(platform::ProcessCpuNanos().value_or(0) - start);
  return contestant;
}

absl::Status Sweep(const VectorSet& set, std::vector<Contestant>& contestants,
                   const SweepOptions& options) {
  options.progress("true neighbours");
  const Answers answers(set);
  std::vector<Measured> all;
  for (Contestant& contestant : contestants) {
    for (const double effort : contestant.kind.efforts) {
      options.progress(absl::StrCat("answers of ", contestant.kind.name, " at ", effort));
      all.push_back({.contestant = &contestant, .point = {.effort = effort}});
      LOADLINE_RETURN_IF_ERROR(Check(set, answers, all.back()));
    }
  }
  workload::Random random(options.seed);
  std::vector<Measured*> turns;
  for (Measured& measured : all) turns.push_back(&measured);
  for (size_t round = 0; round < options.rounds; ++round) {
    options.progress(absl::StrCat("times, round ", round + 1, " of ", options.rounds));
    for (size_t i = 0; i < turns.size(); ++i) {
      std::swap(turns[i], turns[i + random.Below(turns.size() - i)]);
      LOADLINE_RETURN_IF_ERROR(Time(set, *turns[i]));
    }
  }
  for (Measured& measured : all) {
    measured.point.cpu_micros = Median(measured.cpu_micros);
    measured.point.wall_micros = Median(measured.wall_micros);
    measured.contestant->points.push_back(measured.point);
  }
  return absl::OkStatus();
}

}  // namespace loadline::bench
