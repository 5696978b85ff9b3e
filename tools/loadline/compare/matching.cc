#include "tools/loadline/compare/matching.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "tools/loadline/policy/glob.h"
#include "tools/loadline/results/run_name.h"
#include "tools/loadline/samples/time_semantics.h"

namespace loadline::compare {
namespace {

constexpr double kRepeats = 1.05;

// Where there is nothing to compare: what became of the benchmark. False where there is.
bool DecideWhole(const samples::SideBenchmark* base, const samples::SideBenchmark* candidate,
                 const policy::TermsBook& terms, BenchmarkComparison& out) {
  const policy::Action gone = terms.Missing(out.run_names);
  const policy::Action added = terms.New(out.run_names);
  const auto decide = [&](Finding finding, policy::Action action, Reason reason = Reason::kNone) {
    out.finding = finding;
    out.reason = reason;
    out.exit_code = action == policy::Action::kFail ? results::ExitCode::kNotMeasured
                                                    : results::ExitCode::kPass;
    out.ignored = action == policy::Action::kIgnore;
    if (reason == Reason::kOnBase) {
      out.message = base->message;
    } else if (candidate != nullptr) {
      out.message = candidate->message;
    }
    return true;
  };
  const bool base_measured = base != nullptr && base->failed == 0 && base->repetitions > 0;
  if (candidate == nullptr) return decide(Finding::kMissing, gone);
  if (candidate->failed > 0) return decide(Finding::kFailed, policy::Action::kFail);
  if (candidate->only_aggregates || (base != nullptr && base->only_aggregates)) {
    decide(Finding::kIncomparable, policy::Action::kFail, Reason::kOnlyAggregates);
    out.exit_code = results::ExitCode::kIncomparable;
    return true;
  }
  if (candidate->several || (base != nullptr && base->several)) {
    decide(Finding::kIncomparable, policy::Action::kFail, Reason::kSeveral);
    out.exit_code = results::ExitCode::kIncomparable;
    return true;
  }
  if (candidate->repetitions == 0) {
    return decide(Finding::kSkipped, base_measured ? gone : policy::Action::kWarn);
  }
  if (base == nullptr) return decide(Finding::kNew, added);
  if (base->failed > 0) return decide(Finding::kFailed, added, Reason::kOnBase);
  if (!base_measured) return decide(Finding::kSkipped, added, Reason::kOnBase);
  return false;
}

std::string NameOf(const samples::SideBenchmark* base, const samples::SideBenchmark* candidate) {
  if (base == nullptr) return candidate->name;
  const bool same = candidate == nullptr || base->name == candidate->name;
  return same ? base->name : results::CanonicalName(base->name);
}

void Describe(const samples::SideBenchmark* base, const samples::SideBenchmark* candidate,
              BenchmarkComparison& out) {
  if (base != nullptr) {
    out.run_names.push_back(base->name);
    out.base_processes = base->processes;
    out.base_repetitions = base->repetitions;
    out.base_unit = base->time_unit;
  }
  if (candidate != nullptr) {
    if (base == nullptr || base->name != candidate->name) out.run_names.push_back(candidate->name);
    out.new_processes = candidate->processes;
    out.new_repetitions = candidate->repetitions;
    out.new_unit = candidate->time_unit;
  }
}

void AddLabels(const samples::SideBenchmark& base, const samples::SideBenchmark& candidate,
               BenchmarkComparison& out) {
  const auto set = [&](Label label, bool value) { out.labels[static_cast<size_t>(label)] = value; };
  set(Label::kUnitChanged,
      base.time_unit != candidate.time_unit || base.units_mixed || candidate.units_mixed);
  set(Label::kProcessesUnequal, base.processes != candidate.processes);
  set(Label::kRepetitionsUnequal,
      base.repetitions * candidate.processes != candidate.repetitions * base.processes);
  set(Label::kLengthChanged, base.name != candidate.name);
  set(Label::kQuantized, base.quantized || candidate.quantized);
  set(Label::kOversubscribed, base.oversubscribed || candidate.oversubscribed);
  set(Label::kMemoryShared, base.memory_shared != candidate.memory_shared);
}

// What is compared: at least one of the two is there.
struct Pair {
  std::string name;
  const samples::SideBenchmark* base;
  const samples::SideBenchmark* candidate;
};

// A series by the number that its metric has for both sides.
struct NumberedSeries {
  uint32_t metric;
  const samples::Series* series;
};

std::vector<NumberedSeries> Numbered(const samples::SideBenchmark& benchmark,
                                     const std::vector<uint32_t>& numbers) {
  std::vector<NumberedSeries> numbered;
  numbered.reserve(benchmark.series.size());
  for (const samples::Series& series : benchmark.series) {
    numbered.push_back({numbers[series.metric], &series});
  }
  std::sort(numbered.begin(), numbered.end(),
            [](const NumberedSeries& a, const NumberedSeries& b) { return a.metric < b.metric; });
  return numbered;
}

// Whether rate x time is the same in all processes of both sides, nearly.
bool Repeats(const EffectQuestion& rate, const EffectQuestion& time) {
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  const auto take = [&](absl::Span<const double> rates, absl::Span<const double> times) {
    if (rates.size() != times.size()) return false;
    for (size_t i = 0; i < rates.size(); ++i) {
      const double product = rates[i] * times[i];
      if (!(product > 0) || !std::isfinite(product)) return false;
      least = std::min(least, product);
      most = std::max(most, product);
    }
    return true;
  };
  return take(rate.base, time.base) && take(rate.candidate, time.candidate) &&
         most <= kRepeats * least;
}

class Matcher {
 public:
  Matcher(const samples::Side& base, const samples::Side& candidate, const policy::TermsBook& terms,
          const MatchOptions& options)
      : base_(base), candidate_(candidate), terms_(terms), options_(options) {}

  Matched Run() {
    JoinMetrics();
    const std::vector<Pair> pairs = Pairs();
    matched_.benchmarks.reserve(pairs.size());
    for (const Pair& pair : pairs) Compare(pair);
    return std::move(matched_);
  }

 private:
  // One numbering of metrics for both sides, by name.
  void JoinMetrics() {
    std::map<std::string, uint32_t> numbers;
    for (const samples::Side* side : {&base_, &candidate_}) {
      for (const std::string& name : side->metrics()) numbers.emplace(name, 0);
    }
    for (auto& [name, number] : numbers) {
      number = static_cast<uint32_t>(matched_.metrics.size());
      matched_.metrics.push_back(terms_.About(name));
    }
    for (const std::string& name : base_.metrics()) base_numbers_.push_back(numbers[name]);
    for (const std::string& name : candidate_.metrics()) new_numbers_.push_back(numbers[name]);
  }

  // The benchmark of `other` that `benchmark` of `own` is compared with; null: none.
  const samples::SideBenchmark* PartnerOf(const samples::SideBenchmark& benchmark,
                                          const samples::Side& own,
                                          const samples::Side& other) const {
    if (const samples::SideBenchmark* same = other.Find(benchmark.name); same != nullptr)
      return same;
    // A duet has figures of those only that both programs have.
    if (options_.paired != nullptr) return nullptr;
    const std::string name = results::CanonicalName(benchmark.name);
    return own.FindByCanonicalName(name) == &benchmark ? other.FindByCanonicalName(name) : nullptr;
  }

  std::vector<Pair> Pairs() {
    std::vector<Pair> pairs;
    const auto add = [&](const samples::SideBenchmark* base,
                         const samples::SideBenchmark* candidate) {
      const auto selected = [&](const samples::SideBenchmark* benchmark) {
        return benchmark != nullptr &&
               policy::MatchesBenchmark(options_.benchmarks, benchmark->name);
      };
      if (options_.benchmarks.empty() || selected(base) || selected(candidate)) {
        pairs.push_back({NameOf(base, candidate), base, candidate});
      } else {
        ++matched_.filtered_out;
      }
    };
    for (const samples::SideBenchmark& base : base_.benchmarks())
      add(&base, PartnerOf(base, base_, candidate_));
    for (const samples::SideBenchmark& candidate : candidate_.benchmarks()) {
      if (PartnerOf(candidate, candidate_, base_) == nullptr) add(nullptr, &candidate);
    }
    std::sort(pairs.begin(), pairs.end(),
              [](const Pair& a, const Pair& b) { return a.name < b.name; });
    return pairs;
  }

  void Compare(const Pair& pair) {
    const auto& [name, base, candidate] = pair;
    BenchmarkComparison& out = matched_.benchmarks.emplace_back();
    asked_ = &matched_.asked.emplace_back();
    out.name = name;
    Describe(base, candidate, out);
    if (DecideWhole(base, candidate, terms_, out)) return;
    AddLabels(*base, *candidate, out);
    threaded_ = std::max(base->threads, candidate->threads) > 1;
    CompareMetrics(*base, *candidate, out.run_names);
    LetTimesDecideForRates();
    // By name within each half: the numbers are, and the partition is stable.
    std::stable_partition(asked_->begin(), asked_->end(),
                          [](const Asked& one) { return one.change.gated; });
  }

  // A rate that is nothing but so much over a time is no question of its own.
  void LetTimesDecideForRates() {
    for (Asked& rate : *asked_) {
      if (!rate.open() || !rate.change.gated || !rate.question.traits.rate) continue;
      if (rate.question.asked_for) continue;
      for (const Asked& time : *asked_) {
        const std::string& name = matched_.metrics[time.change.metric].name;
        const bool is_time = name == "real_time_ns" || name == "cpu_time_ns";
        if (is_time && time.open() && Repeats(rate.question, time.question)) {
          rate.change.gated = false;
        }
      }
    }
  }

  void CompareMetrics(const samples::SideBenchmark& base, const samples::SideBenchmark& candidate,
                      policy::RunNames names) {
    const std::vector<NumberedSeries> of_base = Numbered(base, base_numbers_);
    const std::vector<NumberedSeries> of_new = Numbered(candidate, new_numbers_);
    auto b = of_base.begin();
    auto f = of_new.begin();
    while (b != of_base.end() || f != of_new.end()) {
      const bool has_base = b != of_base.end() && (f == of_new.end() || b->metric <= f->metric);
      const bool has_new = f != of_new.end() && (b == of_base.end() || f->metric <= b->metric);
      const uint32_t metric = has_base ? b->metric : f->metric;
      CompareMetric(names, metric, has_base ? b->series : nullptr, has_new ? f->series : nullptr);
      if (has_base) ++b;
      if (has_new) ++f;
    }
  }

  void CompareMetric(policy::RunNames names, uint32_t number, const samples::Series* base,
                     const samples::Series* candidate) {
    const policy::ComparedMetric& metric = matched_.metrics[number];
    const policy::Terms terms = terms_.For(names, metric);
    if (metric.traits.flag || (!metric.traits.judged && !terms.gated)) return;
    Asked& asked = asked_->emplace_back();
    Change& change = asked.change;
    change.metric = number;
    change.gated = terms.gated;
    change.metric_class = metric.traits.metric_class;
    change.direction = terms.direction;
    change.margin = terms.margin;
    change.base_processes = base == nullptr ? 0 : base->processes.size();
    change.new_processes = candidate == nullptr ? 0 : candidate->processes.size();
    if (base == nullptr || candidate == nullptr) {
      change.finding = candidate == nullptr ? Finding::kMissing : Finding::kNew;
      change.reason = Reason::kMetricGone;
    } else {
      Ask(names, metric, terms, *base, *candidate, asked);
    }
  }

  void Ask(policy::RunNames names, const policy::ComparedMetric& metric, const policy::Terms& terms,
           const samples::Series& base, const samples::Series& candidate, Asked& asked) {
    asked.base = &base;
    asked.candidate = &candidate;
    asked.question = {.base = base.processes,
                      .candidate = candidate.processes,
                      .traits = metric.traits,
                      .direction = terms.direction,
                      .margin = terms.margin,
                      .guard = terms.guard,
                      .asked_for = terms.asked_for,
                      .sigma_log = std::nullopt};
    if (options_.noise != nullptr) TakeNoise(names, metric.name, asked.question);
    if (options_.paired != nullptr && metric.name == policy::PrimaryTime(names.front())) {
      const auto series = options_.paired->benchmarks.find(names.front());
      if (series != options_.paired->benchmarks.end()) asked.question.paired = &series->second;
    }
    if (Refused(metric.traits.metric_class)) {
      asked.change.finding = Finding::kIncomparable;
      asked.change.reason = Reason::kEnvironment;
    } else if (threaded_ && samples::MeansDifferentThings(metric.name, options_.time_semantics)) {
      asked.change.finding = Finding::kIncomparable;
      asked.change.reason = Reason::kTimeSemantics;
    }
  }

  bool Refused(policy::MetricClass metric_class) const {
    return std::any_of(options_.environment.begin(), options_.environment.end(),
                       [&](const samples::EnvironmentDifference& difference) {
                         return difference.Refuses(metric_class);
                       });
  }

  // The wider of the spreads that are recorded under the sides' names.
  void TakeNoise(policy::RunNames names, const std::string& metric,
                 EffectQuestion& question) const {
    for (const std::string& name : names) {
      const std::optional<double> sigma = options_.noise->SigmaLog(name, metric);
      if (!(question.sigma_log < sigma)) continue;
      question.sigma_log = sigma;
      question.sigma_processes = options_.noise->Processes(name);
    }
  }

  const samples::Side& base_;
  const samples::Side& candidate_;
  const policy::TermsBook& terms_;
  const MatchOptions& options_;
  std::vector<uint32_t> base_numbers_;  // by the side's own number of a metric
  std::vector<uint32_t> new_numbers_;
  Matched matched_;
  bool threaded_ = false;                // the benchmark at hand
  std::vector<Asked>* asked_ = nullptr;  // of the benchmark at hand
};

}  // namespace

Matched Match(const samples::Side& base, const samples::Side& candidate,
              const policy::TermsBook& terms, const MatchOptions& options) {
  return Matcher(base, candidate, terms, options).Run();
}

}  // namespace loadline::compare
