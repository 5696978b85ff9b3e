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
#include "tools/loadline/duet/pinned.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/benchmark_names.h"
#include "tools/loadline/run/child_process.h"

namespace loadline::duet {
namespace {

constexpr uint64_t kPadBytes = 4096;
constexpr double kPinnedSliceSeconds = 0.02;
// Moving the programs takes at most a tenth of the time.
constexpr int64_t kPausePerMove = 9;
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

absl::StatusOr<std::unique_ptr<run::SuiteRunner>> Inspect(const DuetOptions& options,
                                                          const std::string& program,
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
  return std::make_unique<run::SuiteRunner>(std::move(runner));
}

// How long this thread has waited for a processor: while it waits, neither side has its turn.
double OwnWaitedSeconds() {
  return static_cast<double>(platform::ThreadRunDelayNanos().value_or(0)) / 1e9;
}

bool IsRealTimeOfOneThread(const std::string& name) {
  return absl::StrContains(name, "/real_time") && run::ThreadsOf(name) == 1;
}

double SecondsSince(int64_t start_nanos) {
  return static_cast<double>(run::MonotonicNanos() - start_nanos) / 1e9;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ProgramPair>> ProgramPair::Open(const DuetOptions& options) {
  auto programs = std::unique_ptr<ProgramPair>(new ProgramPair(options));
  LOADLINE_ASSIGN_OR_RETURN(programs->work_dir_, run::WorkDir::Create());
  programs->cpus_ = platform::UsableCpuNumbers();
  const std::string& dir = programs->work_dir_->path();
  LOADLINE_ASSIGN_OR_RETURN(programs->base_, Inspect(options, options.base, dir));
  LOADLINE_ASSIGN_OR_RETURN(programs->candidate_, Inspect(options, options.candidate, dir));
  LOADLINE_RETURN_IF_ERROR(programs->ChooseMode());
  std::error_code error;
  if (std::filesystem::equivalent(options.base, options.candidate, error)) {
    programs->next_move_nanos_ = kNever;  // one place for both sides
  }
  return programs;
}

absl::Status ProgramPair::ChooseMode() {
  const bool both = base_->ours() && candidate_->ours();
  mode_ = options_.mode == Mode::kAuto ? (both ? Mode::kLockStep : Mode::kPinned) : options_.mode;
  if (mode_ != Mode::kLockStep || both) return absl::OkStatus();
  const std::string& other = base_->ours() ? options_.candidate : options_.base;
  return absl::InvalidArgumentError(
      absl::StrCat(results::Quoted(other),
                   " does not take turns: link it with loadline::bench_main instead of "
                   "benchmark_main, or use --mode pinned"));
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

results::Json::Object ProgramPair::base_context() const {
  return mode_ == Mode::kPinned ? pinned_base_context_ : base_->context();
}
results::Json::Object ProgramPair::new_context() const {
  return mode_ == Mode::kPinned ? pinned_new_context_ : candidate_->context();
}

bool ProgramPair::CanSpike(const std::string& name, double spike) const {
  const auto known = known_.find(name);
  if (known == known_.end()) return false;
  // One iteration more must not be more than what the spike says.
  return static_cast<double>(known->second.plan.iterations) * spike >= 1;
}

// The padding moves the stack of both alike; the heap is moved by BenchProcess, each side for
// itself. A program's speed can depend on where its stack begins, and that on how long its path is,
// which lies there twice (as argv[0] and for the loader): the shorter path gets more padding.
std::vector<std::pair<std::string, std::string>> ProgramPair::Environment(
    const std::string& program, uint64_t pad) const {
  const size_t longest = std::max(options_.base.size(), options_.candidate.size());
  pad += 2 * (longest - program.size());
  return {{"LOADLINE_PROFILE", options_.profile},
          {"LOADLINE_SEED", absl::StrCat(options_.seed)},
          {"LOADLINE_BASELINE", "0"},
          {"LOADLINE_PADDING", std::string(pad, 'x')}};
}

// One processor for both sides, another in each sample. Threads need theirs.
std::optional<int> ProgramPair::CpuFor(const std::string& name, std::mt19937_64& random) const {
  if (cpus_.empty() || run::ThreadsOf(name) > 1) return std::nullopt;
  return cpus_[random() % cpus_.size()];
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
  if (sample.ok()) sample->seconds = SecondsSince(start);
  return sample;
}

absl::StatusOr<PairSample> ProgramPair::SampleInTurns(const SampleRequest& request,
                                                      std::mt19937_64& random) {
  Knowledge& known = known_[request.name];
  const double waited_before = OwnWaitedSeconds();
  BenchProcessOptions side;
  side.arguments = options_.arguments;
  side.filter = run::ExactFilter(request.name);
  side.cpu = CpuFor(request.name, random);
  side.time_limit_seconds = options_.time_limit_seconds;
  const uint64_t pad = random() % kPadBytes;
  const auto start = [&](bool is_new, std::unique_ptr<BenchProcess>& started) {
    const bool is_candidate = is_new && request.arms == Arms::kBaseAndCandidate;
    side.program = is_candidate ? options_.candidate : options_.base;
    side.environment = Environment(side.program, pad);
    side.err_path = absl::StrCat(work_dir_->path(), is_new ? "/new_.err" : "/base.err");
    side.family = is_candidate ? known.new_family : known.base_family;
    side.pad_bytes = random() % kPadBytes;
    absl::StatusOr<std::unique_ptr<BenchProcess>> process = BenchProcess::Start(side);
    if (!process.ok()) return OfSide(process.status(), is_new ? "new" : "base");
    started = *std::move(process);
    return absl::OkStatus();
  };
  std::unique_ptr<BenchProcess> base, candidate;
  const bool new_first = random() % 2 == 0;
  for (const bool is_new : {new_first, !new_first}) {
    LOADLINE_RETURN_IF_ERROR(start(is_new, is_new ? candidate : base));
  }
  known.base_family = base->family();
  if (request.arms == Arms::kBaseAndCandidate) known.new_family = candidate->family();
  SliceOptions slices;
  slices.real_time = policy::PrimaryTime(request.name) == "real_time_ns";
  slices.spike = request.arms == Arms::kBaseAndSpike ? request.spike : 0;
  slices.long_arm = request.long_arm;
  slices.long_seconds = request.long_seconds;
  LOADLINE_ASSIGN_OR_RETURN(SampledSlices sampled,
                            RunInTurns(*base, *candidate, slices, known.plan, random));
  PairSample sample = Summarize(std::move(sampled));
  const bool counted = base->waited_seconds() >= 0 && candidate->waited_seconds() >= 0;
  if (counted) {
    sample.waited_seconds =
        base->waited_seconds() + candidate->waited_seconds() + (OwnWaitedSeconds() - waited_before);
  }
  if (!counted && IsRealTimeOfOneThread(request.name)) fell_back_to_cpu_time_ = true;
  return sample;
}

absl::StatusOr<PairSample> ProgramPair::SampleAtOnce(const SampleRequest& request,
                                                     std::mt19937_64& random) {
  PinnedOptions options;
  options.filter = run::ExactFilter(request.name);
  options.arguments = options_.arguments;
  options.cpu = CpuFor(request.name, random);
  options.min_seconds = kPinnedSliceSeconds;
  options.time_limit_seconds = options_.time_limit_seconds;
  const uint64_t pad = random() % kPadBytes;
  const auto side = [&](const std::string& program, const char* result) {
    return PinnedSide{program, Environment(program, pad),
                      absl::StrCat(work_dir_->path(), "/", result)};
  };
  const bool with_candidate = request.arms == Arms::kBaseAndCandidate;
  const PinnedSide base = side(options_.base, "the-result-of-one-process-of-base.json");
  const PinnedSide candidate = side(with_candidate ? options_.candidate : options_.base,
                                    "the-result-of-one-process-of-new_.json");
  LOADLINE_ASSIGN_OR_RETURN(PinnedSample taken, RunAtOnce(base, candidate, options));
  if (with_candidate && pinned_base_context_.empty()) {
    pinned_base_context_ = std::move(taken.base.context);
    pinned_new_context_ = std::move(taken.candidate.context);
  }
  return taken.sample;
}

}  // namespace loadline::duet
