#include "loadline/harness/turn_taker.h"

#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "loadline/harness/compat.h"
#include "loadline/harness/held_benchmarks.h"
#include "loadline/platform/run_delay.h"
#include "loadline/turns/turn_channel.h"

namespace loadline::harness {
namespace {

using turns::TurnChannel;
using turns::TurnMessage;

// Google Benchmark has no functions that set its flags, but reads them again when asked.
void SetFlag(std::string flag) {
  char program[] = "program";
  char* argv[] = {program, flag.data(), nullptr};
  int argc = 2;
  benchmark::Initialize(&argc, argv);
}

double NanosOf(clockid_t clock) {
  struct timespec now {};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double WaitedNanos() {
  const std::optional<int64_t> delay = platform::ThreadRunDelayNanos();
  return delay.has_value() ? static_cast<double>(*delay) : -1;
}

// What this thread has done with its time until one moment.
struct ThreadTime {
  double wall_ns = 0;
  double cpu_ns = 0;
  double waited_ns = 0;  // for a processor; negative where that is not counted
};

// Three clocks cannot be read at once. Where the thread lost the processor between the first and
// the last of them, they are of different moments: they are read again, a few times.
ThreadTime ReadThreadTime() {
  constexpr double kOneMoment = 50'000;
  ThreadTime time;
  for (int attempt = 0; attempt < 5; ++attempt) {
    time.wall_ns = NanosOf(CLOCK_MONOTONIC);
    time.waited_ns = WaitedNanos();
    time.cpu_ns = NanosOf(CLOCK_THREAD_CPUTIME_ID);
    if (NanosOf(CLOCK_MONOTONIC) - time.wall_ns < kOneMoment) break;
  }
  return time;
}

// Adds up the runs of one call. Prints nothing.
class SliceReporter : public benchmark::BenchmarkReporter {
 public:
  SliceReporter() {
    SetOutputStream(&listed_);
    SetErrorStream(&unread_);
  }
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      if (RunFailed(run)) {
        failed_ = true;
        Run copy = run;
        message_ = RunMessage(copy);
        continue;
      }
      by_one_threads_wall_ = run.threads == 1 && run.run_name.time_type == "real_time";
      iterations_ += static_cast<double>(run.iterations);
      real_seconds_ += run.real_accumulated_time;
      cpu_seconds_ += run.cpu_accumulated_time;
    }
  }

  // Where the call listed names instead of running anything.
  std::vector<std::string> Names() const {
    return absl::StrSplit(listed_.str(), '\n', absl::SkipEmpty());
  }

  // kRan, or kFailed when there is no figure. `begin` and `end` enclose the call.
  TurnMessage Answer(const ThreadTime& begin, const ThreadTime& end) const {
    if (failed_ || !(iterations_ > 0)) {
      return {.kind = TurnMessage::Kind::kFailed,
              .text = failed_ ? message_
                              : "the benchmark reported no run: is it registered with "
                                "ReportAggregatesOnly()?"};
    }
    const double real_ns = real_seconds_ * 1e9;
    const double cpu_ns = cpu_seconds_ * 1e9;
    double own_ns = real_ns;
    if (by_one_threads_wall_) own_ns = OwnNanos(real_ns, cpu_ns, begin, end);
    return {.kind = TurnMessage::Kind::kRan,
            .iterations = static_cast<uint64_t>(iterations_),
            .real_ns = real_ns / iterations_,
            .cpu_ns = cpu_ns / iterations_,
            .own_ns = own_ns / iterations_,
            .call_wall_ns = end.wall_ns - begin.wall_ns,
            .waited_ns = end.waited_ns};
  }

 private:
  // The measured loop ran for cpu_ns and, within real_ns, slept and waited. What it slept is known
  // of the whole call, where all three clocks were read: what set-up slept beside it is counted up
  // to what the loop can have slept.
  static double OwnNanos(double real_ns, double cpu_ns, const ThreadTime& begin,
                         const ThreadTime& end) {
    if (end.waited_ns < 0) return cpu_ns;
    const double slept = (end.wall_ns - begin.wall_ns) - (end.cpu_ns - begin.cpu_ns) -
                         (end.waited_ns - begin.waited_ns);
    return cpu_ns + std::clamp(slept, 0.0, std::max(0.0, real_ns - cpu_ns));
  }

  std::ostringstream listed_;
  std::ostringstream unread_;
  bool failed_ = false;
  std::string message_;
  double iterations_ = 0;
  double real_seconds_ = 0;
  double cpu_seconds_ = 0;
  bool by_one_threads_wall_ = false;
};

constexpr char kIterations[] = "/iterations:";

class TurnTaker {
 public:
  explicit TurnTaker(int descriptor) : channel_(descriptor) {}
  ~TurnTaker() { std::free(pad_); }
  TurnTaker(const TurnTaker&) = delete;
  TurnTaker& operator=(const TurnTaker&) = delete;

  int Run() {
    while (true) {
      const absl::StatusOr<TurnMessage> request = channel_.Receive(0);
      if (absl::IsUnavailable(request.status())) return 0;
      if (!request.ok()) return GiveUp(request.status());
      const absl::Status sent = channel_.Send(Answer(*request));
      if (absl::IsUnavailable(sent)) return 0;
      if (!sent.ok()) return GiveUp(sent);
    }
  }

 private:
  static int GiveUp(const absl::Status& status) {
    std::cerr << "loadline: taking turns: " << status.message() << "\n";
    return 1;
  }

  TurnMessage Answer(const TurnMessage& request) {
    if (request.kind == TurnMessage::Kind::kChoose) return Choose(request);
    if (request.kind == TurnMessage::Kind::kRun) return RunSlice(request);
    return {.kind = TurnMessage::Kind::kFailed, .text = "neither kChoose nor kRun"};
  }

  TurnMessage Choose(const TurnMessage& request) {
    filter_ = request.text;
    pad_ = std::malloc(request.pad_bytes);
    if (pad_ != nullptr) std::memset(pad_, 1, request.pad_bytes);
    family_ = Find(request.family);
    const std::vector<std::string> chosen = Names(filter_);
    if (chosen.empty()) {
      return {.kind = TurnMessage::Kind::kFailed,
              .text = absl::StrCat("no benchmark matches ", filter_)};
    }
    name_ = chosen.front();
    sets_iterations_ = CanSetIterations();
    return {.kind = TurnMessage::Kind::kChosen,
            .family = family_,
            .iterations = sets_iterations_ ? 1U : 0U,
            .waited_ns = WaitedNanos()};
  }

  // Registers the family that the benchmark is of, and no other where its number is known already.
  uint64_t Find(uint64_t hint) const {
    if (hint < HeldBenchmarks::count()) {
      HeldBenchmarks::Register(hint);
      if (!Names(filter_).empty()) return hint;
    }
    for (size_t index = 0; index < HeldBenchmarks::count(); ++index) {
      if (index == hint) continue;
      HeldBenchmarks::Register(index);
      if (!Names(filter_).empty()) return index;
    }
    return TurnMessage::kUnknownFamily;
  }

  // The names of what is registered, in its order, as they are now.
  static std::vector<std::string> Names(const std::string& filter) {
    SetFlag("--benchmark_list_tests=true");
    SliceReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter, nullptr, filter);
    SetFlag("--benchmark_list_tests=false");
    return reporter.Names();
  }

  // A family whose iterations were set once cannot be told to choose them itself again, so they are
  // tried out only where the name does not tell an argument from iterations that were set.
  bool CanSetIterations() {
    if (SaysTime(name_, "/min_time:") || SaysTime(name_, "/min_warmup_time:")) return false;
    if (!absl::StrContains(name_, kIterations)) {
      return family_ != TurnMessage::kUnknownFamily || SetsIterationsByFlag();
    }
    return family_ != TurnMessage::kUnknownFamily && FollowSetIterations();
  }

  // Whether Google Benchmark put this part into the name. The times there have three decimals,
  // behind the point or the comma of the program's locale; an argument that somebody called the
  // same has none.
  static bool SaysTime(absl::string_view name, absl::string_view part) {
    const size_t at = name.rfind(part);
    if (at == absl::string_view::npos) return false;
    const absl::string_view value = name.substr(at + part.size());
    return value.substr(0, value.find('/')).find_first_of(".,") != absl::string_view::npos;
  }

  // Iterations that are set become a part of the name, behind the arguments, which may have names
  // like it. So what the name becomes is looked at, not taken apart. False, and nothing is changed,
  // where the benchmark has set them itself: then the part was there before. Afterwards the filter
  // finds the benchmark under its new name.
  bool FollowSetIterations() {
    const std::vector<std::string> before = Names(".");
    const auto place = std::find(before.begin(), before.end(), name_);
    if (place == before.end()) return false;
    HeldBenchmarks::SetIterations(family_, 1);
    const std::string now = Names(".").at(static_cast<size_t>(place - before.begin()));
    const size_t at = now.rfind(kIterations);
    const std::string behind = now.substr(at + std::strlen(kIterations) + 1);
    if (now.substr(0, at) + behind != name_) {
      HeldBenchmarks::SetIterations(family_,
                                    std::atoll(name_.c_str() + at + std::strlen(kIterations)));
      return false;
    }
    // What stands behind is "/real_time" and the like, which a filter has no other words for.
    filter_.insert(filter_.size() - 1 - behind.size(), absl::StrCat(kIterations, "[0-9]+"));
    follows_iterations_ = true;
    return true;
  }

  void SetIterations(uint64_t iterations) {
    if (family_ != TurnMessage::kUnknownFamily) {
      if (!follows_iterations_) FollowSetIterations();
      HeldBenchmarks::SetIterations(family_, static_cast<int64_t>(iterations));
    } else {
      SetFlag(absl::StrCat("--benchmark_min_time=", iterations, "x"));
    }
  }

  TurnMessage RunSlice(const TurnMessage& request) {
    if (sets_iterations_ && request.iterations > 0) {
      SetIterations(request.iterations);
    } else if (request.min_seconds > 0 && request.min_seconds != min_seconds_) {
      min_seconds_ = request.min_seconds;
      // Without a decimal point, which in the program's locale may be another character.
      SetFlag(absl::StrFormat("--benchmark_min_time=%.0fe-9%s", min_seconds_ * 1e9, MinTimeUnit()));
    }
    SliceReporter reporter;
    const ThreadTime begin = ReadThreadTime();
    benchmark::RunSpecifiedBenchmarks(&reporter, nullptr, filter_);
    TurnMessage answer = reporter.Answer(begin, ReadThreadTime());
    if (request.owned_iterations > 0 && request.iterations > 0) {
      const double share =
          static_cast<double>(request.iterations) / static_cast<double>(request.owned_iterations);
      answer.real_ns *= share;
      answer.cpu_ns *= share;
      answer.own_ns *= share;
    }
    return answer;
  }

  TurnChannel channel_;
  std::string filter_;
  std::string name_;
  void* pad_ = nullptr;
  uint64_t family_ = TurnMessage::kUnknownFamily;
  bool sets_iterations_ = false;
  bool follows_iterations_ = false;  // the filter finds the benchmark whatever they are set to
  double min_seconds_ = 0;
};

}  // namespace

int TakeTurns(int descriptor) { return TurnTaker(descriptor).Run(); }

}  // namespace loadline::harness
