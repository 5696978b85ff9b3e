#include "tools/loadline/duet/duet.h"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/duet/control.h"
#include "tools/loadline/duet/program_pair.h"
#include "tools/loadline/duet/sequential_test.h"
#include "tools/loadline/policy/terms.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/benchmark_names.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/progress.h"

namespace loadline::duet {
namespace {

constexpr double kControlShare = 0.15;  // of all time, when the suite is large enough for it
constexpr char kNoControls[] =
    "no controls were run: nothing shows that a difference of this size "
    "would be seen here, nor that none is invented";
constexpr char kFellBack[] =
    "benchmarks that ask for real time were compared by CPU time: this system does not count how "
    "long a thread waits for a processor (/proc/thread-self/schedstat), and what a busy machine "
    "makes them wait cannot be told from their own time";

results::Row RowOf(const std::string& name, size_t index, double time_ns) {
  results::Row row;
  row.name = row.run_name = name;
  row.threads = run::ThreadsOf(name);
  row.repetitions = 1;
  row.repetition_index = static_cast<int64_t>(index);
  row.iterations = 1;
  row.time_unit = "ns";
  (policy::PrimaryTime(name) == "real_time_ns" ? row.real_time_ns : row.cpu_time_ns) = time_ns;
  return row;
}

class Duet {
 public:
  Duet(const DuetOptions& options, const policy::Policy& policy, double margin,
       ProgramPair& programs, std::ostream* terminal)
      : options_(options),
        policy_(policy),
        margin_(margin > 0 ? margin
                           : policy.compare.margin.value_or(DefaultMargin(programs.mode()))),
        programs_(programs),
        terminal_(terminal),
        random_(options.seed),
        start_nanos_(run::MonotonicNanos()) {}

  DuetOutcome Run() {
    MatchNames();
    run::Progress progress(terminal_, open_.size());
    while (!open_.empty() && !Stopped()) {
      std::shuffle(open_.begin(), open_.end(), random_);
      for (const std::string& name : std::vector<std::string>(open_)) {
        if (Stopped()) break;
        Show(progress, name);
        SampleOne(name);
        SampleControls(false);
      }
    }
    while (!Stopped() && SampleControls(true)) progress.Show(tests_.size(), "controls");
    return Outcome();
  }

 private:
  static bool Stopped() { return run::Interruption::Interrupted(); }

  void Show(run::Progress& progress, const std::string& name) {
    const SequentialTest& test = tests_.at(name);
    const double percent = 100 * test.Estimate();
    const std::string seen = test.samples().empty() ? "" : absl::StrFormat("%+.2f%%  ", percent);
    progress.Show(tests_.size() - open_.size(), absl::StrCat(seen, name));
  }

  void MatchNames() {
    const std::set<std::string> candidate(programs_.new_names().begin(),
                                          programs_.new_names().end());
    for (const std::string& name : programs_.base_names()) {
      if (candidate.count(name) > 0) open_.push_back(name);
    }
    if (open_.empty()) return;
    TestTerms terms{.margin = margin_,
                    .alpha = options_.alpha,
                    .alpha_harm = options_.alpha / static_cast<double>(open_.size()),
                    .most_restarts = options_.most_restarts,
                    .budget_seconds = options_.budget_seconds};
    if (options_.controls) {
      const SequentialTest control(TermsOfControl(terms));
      controls_.push_back({Arms::kBaseAndBase, control});
      if (programs_.mode() == Mode::kLockStep) controls_.push_back({Arms::kBaseAndSpike, control});
    }
    const policy::TermsBook book(policy_.compare, margin_);
    for (const std::string& name : open_) {
      terms.margin = book.For({name}, book.About(policy::PrimaryTime(name))).margin;
      tests_.emplace(name, SequentialTest(terms));
    }
  }

  void SampleOne(const std::string& name) {
    SequentialTest& test = tests_.at(name);
    const SampleRequest request{
        .name = name,
        .slices = {.long_arm = test.LongDue(),
                   .long_seconds = LongArmSeconds(options_.budget_seconds)}};
    const absl::StatusOr<PairSample> sample = programs_.TakeSample(request, random_);
    if (absl::IsCancelled(sample.status())) return;
    if (sample.ok()) {
      test.Add(*sample);
    } else {
      failed_.emplace(name, sample.status().message());
    }
    if (!sample.ok() || test.Over()) std::erase(open_, name);
  }

  // At the end controls take no more time than the benchmarks did, or one budget: what the caller
  // allowed is for the benchmarks first. Only the restarts that a control needs to say anything are
  // made beyond it.
  bool IsDue(const Control& control, bool finish) const {
    if (Stopped() || control.stopped || control.test.Over()) return false;
    const double all = run::SecondsSince(start_nanos_);
    if (!finish) return control_seconds_ < kControlShare * all;
    return control_seconds_ < std::max(all - control_seconds_, options_.budget_seconds) ||
           NeedsMore(control);
  }

  // Takes a sample of each control that is due. True if one was taken.
  bool SampleControls(bool finish) {
    bool taken = false;
    for (Control& control : controls_) {
      if (!IsDue(control, finish)) continue;
      const std::string name = NameForControl(control.arms);
      if (name.empty()) {
        control.stopped = finish;
        continue;
      }
      const int64_t start = run::MonotonicNanos();
      const SampleRequest request{.name = name, .arms = control.arms, .slices = {.spike = kSpike}};
      const absl::StatusOr<PairSample> sample = programs_.TakeSample(request, random_);
      control_seconds_ += run::SecondsSince(start);
      if (sample.ok()) control.test.Add(*sample);
      control.stopped = !sample.ok();
      taken = true;
    }
    return taken;
  }

  // A benchmark that has been measured and did not fail; "" if there is none.
  std::string NameForControl(Arms arms) {
    std::vector<std::string> names;
    for (const auto& [name, test] : tests_) {
      if (test.samples().empty() || failed_.count(name) > 0) continue;
      if (arms == Arms::kBaseAndSpike && !programs_.CanSpike(name, kSpike)) continue;
      names.push_back(name);
    }
    return names.empty() ? "" : names[random_() % names.size()];
  }

  void AddRows(DuetOutcome& outcome) const {
    for (const auto& [name, test] : tests_) {
      const Estimand shown = test.Shown();
      for (size_t i = 0; i < test.samples().size(); ++i) {
        const PairSample& sample = test.samples()[i];
        outcome.base.rows.push_back(RowOf(name, i, sample.base.TimeOf(shown)));
        outcome.candidate.rows.push_back(RowOf(name, i, sample.candidate.TimeOf(shown)));
      }
      outcome.paired.benchmarks.emplace(name, test.Answer());
    }
    // Whichever side broke, neither was measured; the message begins with the side.
    for (const auto& [name, message] : failed_) {
      outcome.base.rows.push_back(run::ErrorRow(name, 0, 1, message));
      outcome.candidate.rows.push_back(run::ErrorRow(name, 0, 1, message));
    }
    AddUnmatched(programs_.base_names(), outcome.base);
    AddUnmatched(programs_.new_names(), outcome.candidate);
  }

  // Benchmarks that the other side has not. They are not measured.
  void AddUnmatched(const std::vector<std::string>& names, results::ResultFile& side) const {
    for (const std::string& name : std::set<std::string>(names.begin(), names.end())) {
      if (tests_.count(name) == 0) side.rows.push_back(RowOf(name, 0, 1));
    }
  }

  // Of the benchmark that the fewest operations were sampled of.
  void TellWhatWasSeen(compare::PairedRuns& paired) const {
    const auto order = [](const auto& entry) {
      return std::pair(entry.second.samples().empty(), entry.second.Operations());
    };
    const auto fewest = absl::c_min_element(
        tests_, [&](const auto& one, const auto& other) { return order(one) < order(other); });
    if (fewest == tests_.end() || fewest->second.samples().empty()) return;
    paired.notes.push_back(absl::StrCat("seen of ", results::Quoted(fewest->first),
                                        tests_.size() > 1 ? ", the least of all: " : ": ",
                                        fewest->second.Answer().seen));
  }

  void JudgeControls(compare::PairedRuns& paired) const {
    if (!options_.controls) paired.notes.push_back(kNoControls);
    for (const Control& control : controls_) JudgeControl(control, paired);
    if (options_.controls && programs_.mode() == Mode::kPinned) {
      paired.notes.push_back(
          "pinned mode: programs that do not link loadline::bench_main, both at once on one "
          "processor, by CPU time; no spike control");
    }
  }

  DuetOutcome Outcome() {
    DuetOutcome outcome;
    outcome.mode = programs_.mode();
    outcome.interrupted = Stopped();
    outcome.seconds = run::SecondsSince(start_nanos_);
    outcome.control_seconds = control_seconds_;
    outcome.base.source = options_.base;
    outcome.candidate.source = options_.candidate;
    outcome.base.context = programs_.base_context();
    outcome.candidate.context = programs_.new_context();
    for (results::ResultFile* side : {&outcome.base, &outcome.candidate}) {
      side->context.emplace_back("loadline.isolation", "process");  // a restart each
    }
    AddRows(outcome);
    JudgeControls(outcome.paired);
    TellWhatWasSeen(outcome.paired);
    if (programs_.fell_back_to_cpu_time()) outcome.paired.notes.push_back(kFellBack);
    if (outcome.interrupted) {
      outcome.paired.doubts.push_back("interrupted: what is not decided yet stays open");
    }
    return outcome;
  }

  const DuetOptions& options_;
  const policy::Policy& policy_;
  const double margin_;
  ProgramPair& programs_;
  std::ostream* const terminal_;
  std::mt19937_64 random_;
  const int64_t start_nanos_;
  std::vector<std::string> open_;                // benchmarks that are not decided
  std::map<std::string, SequentialTest> tests_;  // of all that both programs have
  std::map<std::string, std::string> failed_;
  std::vector<Control> controls_;
  double control_seconds_ = 0;
};

}  // namespace

double DefaultMargin(Mode mode) { return mode == Mode::kPinned ? 0.05 : 0.01; }

absl::StatusOr<DuetOutcome> RunDuet(const DuetOptions& options, const policy::Policy& policy,
                                    double margin, std::ostream* terminal) {
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<ProgramPair> programs,
                            ProgramPair::Open(options));
  if (programs->base_names().empty() && programs->new_names().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "no benchmark of either program matches the filter ", results::Quoted(options.filter)));
  }
  return Duet(options, policy, margin, *programs, terminal).Run();
}

}  // namespace loadline::duet
