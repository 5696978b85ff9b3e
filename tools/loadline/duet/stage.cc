#include "tools/loadline/duet/stage.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "loadline/platform/cpu.h"
#include "loadline/platform/page_cache.h"
#include "tools/loadline/duet/pinned.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/benchmark_name.h"
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

double SecondsSince(int64_t start_nanos) {
  return static_cast<double>(run::MonotonicNanos() - start_nanos) / 1e9;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Stage>> Stage::Set(const DuetOptions& options) {
  auto stage = std::unique_ptr<Stage>(new Stage(options));
  LOADLINE_ASSIGN_OR_RETURN(stage->work_dir_, run::WorkDir::Create());
  stage->cpus_ = platform::UsableCpuNumbers();
  const std::string& dir = stage->work_dir_->path();
  LOADLINE_ASSIGN_OR_RETURN(stage->base_, Inspect(options, options.base, dir));
  LOADLINE_ASSIGN_OR_RETURN(stage->fresh_, Inspect(options, options.fresh, dir));
  LOADLINE_RETURN_IF_ERROR(stage->ChooseMode());
  std::error_code error;
  if (std::filesystem::equivalent(options.base, options.fresh, error)) {
    stage->next_move_nanos_ = kNever;  // one place for both sides
  }
  return stage;
}

absl::Status Stage::ChooseMode() {
  const bool both = base_->ours() && fresh_->ours();
  mode_ = options_.mode == Mode::kAuto ? (both ? Mode::kLockStep : Mode::kPinned) : options_.mode;
  if (mode_ != Mode::kLockStep || both) return absl::OkStatus();
  const std::string& other = base_->ours() ? options_.fresh : options_.base;
  return absl::InvalidArgumentError(
      absl::StrCat(results::Quoted(other),
                   " does not take turns: link it with loadline::bench_main instead of "
                   "benchmark_main, or use --mode pinned"));
}

// Every process of a program runs in the same physical pages, those that its file came to lie in
// when it was written, and some places are slower than others: of two copies of one program one was
// 3.5 % faster, whatever else of the layout changed. So the files are moved from time to time.
void Stage::MovePrograms(std::mt19937_64& random) {
  const int64_t start = run::MonotonicNanos();
  if (start < next_move_nanos_) return;
  const bool dropped =
      platform::DropCachedPages(options_.base) && platform::DropCachedPages(options_.fresh);
  const bool base_first = random() % 2 == 0;
  platform::CachePages(base_first ? options_.base : options_.fresh);
  platform::CachePages(base_first ? options_.fresh : options_.base);
  const int64_t end = run::MonotonicNanos();
  next_move_nanos_ = dropped ? end + kPausePerMove * (end - start) : kNever;
}

results::Json::Object Stage::base_context() const {
  return mode_ == Mode::kPinned ? pinned_base_context_ : base_->context();
}
results::Json::Object Stage::new_context() const {
  return mode_ == Mode::kPinned ? pinned_new_context_ : fresh_->context();
}

bool Stage::CanSpike(const std::string& name, double spike) const {
  const auto known = known_.find(name);
  if (known == known_.end()) return false;
  // One iteration more must not be more than what the spike says.
  return static_cast<double>(known->second.plan.iterations) * spike >= 1;
}

// The padding moves the stack of both alike; the heap is moved by Player, each side for itself. A
// program's speed can depend on where its stack begins, and that on how long its path is, which
// lies there twice (as argv[0] and for the loader): the shorter path gets more padding.
std::vector<std::pair<std::string, std::string>> Stage::Environment(const std::string& program,
                                                                    uint64_t pad) const {
  const size_t longest = std::max(options_.base.size(), options_.fresh.size());
  pad += 2 * (longest - program.size());
  return {{"LOADLINE_PROFILE", options_.profile},
          {"LOADLINE_SEED", absl::StrCat(options_.seed)},
          {"LOADLINE_BASELINE", "0"},
          {"LOADLINE_PADDING", std::string(pad, 'x')}};
}

// One processor for both sides, another in each restart. Threads need theirs.
std::optional<int> Stage::CpuFor(const std::string& name, std::mt19937_64& random) const {
  if (cpus_.empty() || run::ThreadsOf(name) > 1) return std::nullopt;
  return cpus_[random() % cpus_.size()];
}

absl::StatusOr<Restart> Stage::Play(const std::string& name, Cast cast, double spike,
                                    std::mt19937_64& random) {
  LOADLINE_RETURN_IF_ERROR(OfSide(base_->CheckBenchmark(name), "base"));
  LOADLINE_RETURN_IF_ERROR(OfSide(fresh_->CheckBenchmark(name), "new"));
  const int64_t start = run::MonotonicNanos();
  if (cast == Cast::kBaseAndNew) MovePrograms(random);
  absl::StatusOr<Restart> restart = mode_ == Mode::kLockStep
                                        ? PlayLockStep(name, cast, spike, random)
                                        : PlayPinned(name, cast, random);
  LOADLINE_RETURN_IF_ERROR(OfSide(base_->CheckUnchanged(), "base"));
  LOADLINE_RETURN_IF_ERROR(OfSide(fresh_->CheckUnchanged(), "new"));
  if (restart.ok()) restart->seconds = SecondsSince(start);
  return restart;
}

absl::StatusOr<Restart> Stage::PlayLockStep(const std::string& name, Cast cast, double spike,
                                            std::mt19937_64& random) {
  Knowledge& known = known_[name];
  PlayerOptions side;
  side.arguments = options_.arguments;
  side.filter = run::ExactFilter(name);
  side.cpu = CpuFor(name, random);
  side.time_limit_seconds = options_.time_limit_seconds;
  const uint64_t pad = random() % kPadBytes;
  const auto start = [&](bool is_new) -> absl::StatusOr<std::unique_ptr<Player>> {
    const bool plays_new = is_new && cast == Cast::kBaseAndNew;
    side.program = plays_new ? options_.fresh : options_.base;
    side.environment = Environment(side.program, pad);
    side.err_path = absl::StrCat(work_dir_->path(), is_new ? "/new_.err" : "/base.err");
    side.family = plays_new ? known.new_family : known.base_family;
    side.pad_bytes = random() % kPadBytes;
    absl::StatusOr<std::unique_ptr<Player>> player = Player::Start(side);
    if (!player.ok()) return OfSide(player.status(), is_new ? "new" : "base");
    return player;
  };
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Player> base, start(false));
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Player> fresh, start(true));
  known.base_family = base->family();
  if (cast == Cast::kBaseAndNew) known.new_family = fresh->family();
  PlayOptions play;
  play.real_time = policy::PrimaryTime(name) == "real_time_ns";
  play.spike = cast == Cast::kBaseAndSpike ? spike : 0;
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<SlicePair> pairs,
                            PlayInTurns(*base, *fresh, play, known.plan, random));
  return Summarize(pairs);
}

absl::StatusOr<Restart> Stage::PlayPinned(const std::string& name, Cast cast,
                                          std::mt19937_64& random) {
  PinnedOptions options;
  options.filter = run::ExactFilter(name);
  options.arguments = options_.arguments;
  options.cpu = CpuFor(name, random);
  options.min_seconds = kPinnedSliceSeconds;
  options.time_limit_seconds = options_.time_limit_seconds;
  const uint64_t pad = random() % kPadBytes;
  const auto side = [&](const std::string& program, const char* result) {
    return PinnedSide{program, Environment(program, pad),
                      absl::StrCat(work_dir_->path(), "/", result)};
  };
  const PinnedSide base = side(options_.base, "the-result-of-one-process-of-base.json");
  const PinnedSide fresh = side(cast == Cast::kBaseAndNew ? options_.fresh : options_.base,
                                "the-result-of-one-process-of-new_.json");
  LOADLINE_ASSIGN_OR_RETURN(PinnedRestart played, PlayAtOnce(base, fresh, options));
  if (cast == Cast::kBaseAndNew && pinned_base_context_.empty()) {
    pinned_base_context_ = std::move(played.base.context);
    pinned_new_context_ = std::move(played.fresh.context);
  }
  return played.restart;
}

}  // namespace loadline::duet
