#include "tools/loadline/duet/program_pair.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "loadline/platform/cpu.h"
#include "loadline/platform/page_cache.h"
#include "loadline/platform/run_delay.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/benchmark_names.h"
#include "tools/loadline/run/child_process.h"

namespace loadline::duet {
namespace {

constexpr uint64_t kPadBytes = 4096;
// Moving the programs takes at most a tenth of the time.
constexpr int64_t kPausePerMove = 9;
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

absl::StatusOr<run::SuiteRunner> Inspect(const DuetOptions& options, const std::string& program,
                                         const std::string& work_dir) {
  run::RunOptions run;
  run.suite = program;
  run.filter = options.filter;
  run.profile = options.profile;
  run.seed = options.seed;
  run.time_limit_seconds = options.time_limit_seconds;
  run.suite_arguments = options.arguments;
  LOADLINE_ASSIGN_OR_RETURN(run::SuiteRunner runner, run::SuiteRunner::Create(run, work_dir));
  if (runner.names().empty() && options.filter.empty()) {
    return absl::InvalidArgumentError(runner.why_none());
  }
  return runner;
}

// How long this thread has waited for a processor: while it waits, neither side has its turn.
double OwnWaitedSeconds() {
  return static_cast<double>(platform::ThreadRunDelayNanos().value_or(0)) / 1e9;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ProgramPair>> ProgramPair::Open(const DuetOptions& options) {
  auto programs = std::unique_ptr<ProgramPair>(new ProgramPair(options));
  LOADLINE_ASSIGN_OR_RETURN(programs->work_dir_, run::WorkDir::Create());
  programs->cpus_ = platform::UsableCpuNumbers();
  const std::string& dir = programs->work_dir_->path();
  LOADLINE_ASSIGN_OR_RETURN(programs->base_, Inspect(options, options.base, dir));
  LOADLINE_ASSIGN_OR_RETURN(programs->candidate_, Inspect(options, options.candidate, dir));
  const bool both = programs->base_->ours() && programs->candidate_->ours();
  const Mode best = both ? Mode::kLockStep : Mode::kPinned;
  programs->mode_ = options.mode == Mode::kAuto ? best : options.mode;
  if (programs->mode_ == Mode::kLockStep) {
    if (!both) {
      const std::string& other = programs->base_->ours() ? options.candidate : options.base;
      return absl::InvalidArgumentError(
          absl::StrCat(results::Quoted(other),
                       " does not take turns: link it with loadline::bench_main instead "
                       "of benchmark_main, or use --mode pinned"));
    }
    programs->base_context_ = programs->base_->context();
    programs->new_context_ = programs->candidate_->context();
  }
  std::error_code error;
  if (std::filesystem::equivalent(options.base, options.candidate, error)) {
    programs->next_move_nanos_ = kNever;  // one place for both sides
  }
  return programs;
}

// Every process of a program runs in the same physical pages, those that its file came to lie in
// when it was written, and some places are slower than others: of two copies of one program one was
// 3.5 % faster, whatever else of the layout changed. So the files are moved from time to time.
void ProgramPair::MovePrograms(std::mt19937_64& random) {
  const int64_t start = run::MonotonicNanos();
  if (start < next_move_nanos_) return;
  const bool dropped =
      platform::DropCachedPages(options_.base) && platform::DropCachedPages(options_.candidate);
  const bool base_first = random() % 2 == 0;
  platform::CachePages(base_first ? options_.base : options_.candidate);
  platform::CachePages(base_first ? options_.candidate : options_.base);
  const int64_t end = run::MonotonicNanos();
  next_move_nanos_ = dropped ? end + kPausePerMove * (end - start) : kNever;
}

bool ProgramPair::CanSpike(const std::string& name, double spike) const {
  const auto known = known_.find(name);
  if (known == known_.end()) return false;
  // One iteration more must not be more than what the spike says.
  return static_cast<double>(known->second.plan.iterations) * spike >= 1;
}

absl::StatusOr<PairSample> ProgramPair::TakeSample(const SampleRequest& request,
                                                   std::mt19937_64& random) {
  LOADLINE_RETURN_IF_ERROR(OfSide(base_->CheckBenchmark(request.name), "base"));
  LOADLINE_RETURN_IF_ERROR(OfSide(candidate_->CheckBenchmark(request.name), "new"));
  const int64_t start = run::MonotonicNanos();
  if (request.arms == Arms::kBaseAndCandidate) MovePrograms(random);
  absl::StatusOr<PairSample> sample =
      mode_ == Mode::kLockStep ? SampleInTurns(request, random) : SampleAtOnce(request, random);
  LOADLINE_RETURN_IF_ERROR(OfSide(base_->CheckUnchanged(), "base"));
  LOADLINE_RETURN_IF_ERROR(OfSide(candidate_->CheckUnchanged(), "new"));
  if (sample.ok()) sample->seconds = run::SecondsSince(start);
  return sample;
}

// The padding moves the stack of both alike; the heap is moved by BenchProcess, each side for
// itself. A program's speed can depend on where its stack begins, and that on how long its path is,
// which lies there twice (as argv[0] and for the loader): the shorter path gets more padding.
std::array<BenchProcessOptions, 2> ProgramPair::Sides(const SampleRequest& request,
                                                      std::mt19937_64& random) const {
  BenchProcessOptions alike;
  alike.arguments = options_.arguments;
  alike.filter = run::ExactFilter(request.name);
  alike.time_limit_seconds = options_.time_limit_seconds;
  // Another one in each sample. Threads need theirs.
  if (!cpus_.empty() && run::ThreadsOf(request.name) <= 1) {
    alike.cpu = cpus_[random() % cpus_.size()];
  }
  std::array<BenchProcessOptions, 2> sides = {alike, alike};
  const bool with_candidate = request.arms == Arms::kBaseAndCandidate;
  sides[0].program = options_.base;
  sides[1].program = with_candidate ? options_.candidate : options_.base;
  sides[0].file = absl::StrCat(work_dir_->path(), "/the-result-of-one-process-of-base.json");
  sides[1].file = absl::StrCat(work_dir_->path(), "/the-result-of-one-process-of-new_.json");
  const uint64_t pad = random() % kPadBytes;
  const size_t longest = std::max(options_.base.size(), options_.candidate.size());
  for (BenchProcessOptions& side : sides) {
    const size_t padding = pad + 2 * (longest - side.program.size());
    side.environment = {{"LOADLINE_PROFILE", options_.profile},
                        {"LOADLINE_SEED", absl::StrCat(options_.seed)},
                        {"LOADLINE_BASELINE", "0"},
                        {"LOADLINE_PADDING", std::string(padding, 'x')}};
  }
  return sides;
}

absl::StatusOr<PairSample> ProgramPair::SampleInTurns(const SampleRequest& request,
                                                      std::mt19937_64& random) {
  Knowledge& known = known_[request.name];
  const bool with_candidate = request.arms == Arms::kBaseAndCandidate;
  const double waited_before = OwnWaitedSeconds();
  std::array<BenchProcessOptions, 2> sides = Sides(request, random);
  sides[0].family = known.base_family;
  sides[1].family = with_candidate ? known.new_family : known.base_family;
  std::unique_ptr<BenchProcess> processes[2];
  const size_t first = random() % 2 == 0 ? 1 : 0;
  for (const size_t i : {first, 1 - first}) {
    sides[i].pad_bytes = random() % kPadBytes;
    absl::StatusOr<std::unique_ptr<BenchProcess>> process = BenchProcess::Start(sides[i]);
    if (!process.ok()) return OfSide(process.status(), i == 0 ? "base" : "new");
    processes[i] = *std::move(process);
  }
  BenchProcess& base = *processes[0];
  BenchProcess& candidate = *processes[1];
  known.base_family = base.family();
  if (with_candidate) known.new_family = candidate.family();
  SliceOptions slices = request.slices;
  slices.real_time = policy::PrimaryTime(request.name) == "real_time_ns";
  if (request.arms != Arms::kBaseAndSpike) slices.spike = 0;
  LOADLINE_ASSIGN_OR_RETURN(SampledSlices sampled,
                            RunInTurns(base, candidate, slices, known.plan, random));
  PairSample sample = Summarize(std::move(sampled));
  if (base.waited_seconds() >= 0 && candidate.waited_seconds() >= 0) {
    sample.waited_seconds =
        base.waited_seconds() + candidate.waited_seconds() + (OwnWaitedSeconds() - waited_before);
  } else if (absl::StrContains(request.name, "/real_time") && run::ThreadsOf(request.name) == 1) {
    fell_back_to_cpu_time_ = true;
  }
  return sample;
}

absl::StatusOr<PairSample> ProgramPair::SampleAtOnce(const SampleRequest& request,
                                                     std::mt19937_64& random) {
  const auto [base, candidate] = Sides(request, random);
  LOADLINE_ASSIGN_OR_RETURN(PinnedSample taken, RunAtOnce(base, candidate));
  if (request.arms == Arms::kBaseAndCandidate && base_context_.empty()) {
    base_context_ = std::move(taken.base.context);
    new_context_ = std::move(taken.candidate.context);
  }
  return taken.sample;
}

}  // namespace loadline::duet
