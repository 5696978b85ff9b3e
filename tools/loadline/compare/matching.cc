#include "tools/loadline/compare/matching.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
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
    out.exit_code = finding == Finding::kIncomparable ? results::ExitCode::kIncomparable
                    : action == policy::Action::kFail ? results::ExitCode::kNotMeasured
                                                      : results::ExitCode::kPass;
    out.ignored = action == policy::Action::kIgnore;
    const samples::SideBenchmark* teller = reason == Reason::kOnBase ? base : candidate;
    if (teller != nullptr) out.message = teller->message;
    return true;
  };
  const auto either = [&](bool samples::SideBenchmark::*is) {
    return candidate->*is || (base != nullptr && base->*is);
  };
  const bool base_measured = base != nullptr && base->failed == 0 && base->repetitions > 0;
  if (candidate == nullptr) return decide(Finding::kMissing, gone);
  if (candidate->failed > 0) return decide(Finding::kFailed, policy::Action::kFail);
  if (either(&samples::SideBenchmark::only_aggregates)) {
    return decide(Finding::kIncomparable, policy::Action::kFail, Reason::kOnlyAggregates);
  }
  if (either(&samples::SideBenchmark::several)) {
    return decide(Finding::kIncomparable, policy::Action::kFail, Reason::kSeveral);
  }
  if (candidate->repetitions == 0) {
    return decide(Finding::kSkipped, base_measured ? gone : policy::Action::kWarn);
  }
  if (base == nullptr) return decide(Finding::kNew, added);
  if (base->failed > 0) return decide(Finding::kFailed, added, Reason::kOnBase);
  if (!base_measured) return decide(Finding::kSkipped, added, Reason::kOnBase);
  return false;
}

BenchmarkComparison Described(const samples::SideBenchmark* base,
                              const samples::SideBenchmark* candidate) {
  BenchmarkComparison out;
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
  const std::string& name = out.run_names.front();
  out.name = out.run_names.size() == 1 ? name : results::CanonicalName(name);
  return out;
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
  BenchmarkComparison out;
  const samples::SideBenchmark* base;
  const samples::SideBenchmark* candidate;
};

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
          const CompareOptions& options,
          absl::Span<const samples::EnvironmentDifference> environment)
      : base_(base),
        candidate_(candidate),
        terms_(terms),
        options_(options),
        environment_(environment) {}

  Matched Run() {
    JoinMetrics();
    JoinTimeSemantics();
    std::vector<Pair> pairs = Pairs();
    matched_.benchmarks.reserve(pairs.size());
    for (Pair& pair : pairs) Compare(pair);
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

  // What threaded times mean in all files, each meaning once; nothing where that may differ.
  void JoinTimeSemantics() {
    for (const samples::EnvironmentDifference& difference : environment_) {
      if (difference.key == "time_semantics" && difference.allowed) return;
    }
    std::set<std::string> meanings;
    for (const samples::Side* side : {&base_, &candidate_}) {
      for (const samples::Side::File& file : side->files()) meanings.insert(file.time_semantics);
    }
    time_semantics_.assign(meanings.begin(), meanings.end());
  }

  // The benchmark of `other` that `benchmark` of `own` is compared with; null: none.
  const samples::SideBenchmark* PartnerOf(const samples::SideBenchmark& benchmark,
                                          const samples::Side& own,
                                          const samples::Side& other) const {
    if (const samples::SideBenchmark* same = other.Find(benchmark.name)) return same;
    // A duet has figures of those only that both programs have.
    if (options_.paired != nullptr) return nullptr;
    const std::string name = results::CanonicalName(benchmark.name);
    return own.FindByCanonicalName(name) == &benchmark ? other.FindByCanonicalName(name) : nullptr;
  }

  std::vector<Pair> Pairs() {
    std::vector<Pair> pairs;
    const auto add = [&](const samples::SideBenchmark* base,
                         const samples::SideBenchmark* candidate) {
      BenchmarkComparison out = Described(base, candidate);
      const auto selected = [&](const std::string& name) {
        return policy::MatchesBenchmark(options_.benchmarks, name);
      };
      if (options_.benchmarks.empty() || absl::c_any_of(out.run_names, selected)) {
        pairs.push_back({std::move(out), base, candidate});
      } else {
        ++matched_.filtered_out;
      }
    };
    for (const samples::SideBenchmark& base : base_.benchmarks()) {
      add(&base, PartnerOf(base, base_, candidate_));
    }
    for (const samples::SideBenchmark& candidate : candidate_.benchmarks()) {
      if (PartnerOf(candidate, candidate_, base_) == nullptr) add(nullptr, &candidate);
    }
    absl::c_sort(pairs, [](const Pair& a, const Pair& b) { return a.out.name < b.out.name; });
    return pairs;
  }

  void Compare(Pair& pair) {
    const samples::SideBenchmark* const base = pair.base;
    const samples::SideBenchmark* const candidate = pair.candidate;
    BenchmarkComparison& out = matched_.benchmarks.emplace_back(std::move(pair.out));
    asked_ = &matched_.asked.emplace_back();
    if (DecideWhole(base, candidate, terms_, out)) return;
    AddLabels(*base, *candidate, out);
    threaded_ = std::max(base->threads, candidate->threads) > 1;
    std::map<uint32_t, std::pair<const samples::Series*, const samples::Series*>> both;
    for (const auto& series : base->series) both[base_numbers_[series.metric]].first = &series;
    for (const auto& series : candidate->series) both[new_numbers_[series.metric]].second = &series;
    for (const auto& [metric, series] : both) {
      CompareMetric(out.run_names, metric, series.first, series.second);
    }
    LetTimesDecideForRates();
    // By name within each half: the numbers are, and the partition is stable.
    std::stable_partition(asked_->begin(), asked_->end(),
                          [](const Asked& one) { return one.change.gated; });
  }

  // A rate that is nothing but so much over a time is no question of its own.
  void LetTimesDecideForRates() {
    for (Asked& rate : *asked_) {
      if (!rate.open() || !rate.change.gated || !rate.question.traits.rate) continue;
      if (rate.question.terms.asked_for) continue;
      rate.change.gated = absl::c_none_of(*asked_, [&](const Asked& time) {
        const std::string& name = matched_.metrics[time.change.metric].name;
        return (name == "real_time_ns" || name == "cpu_time_ns") && time.open() &&
               Repeats(rate.question, time.question);
      });
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
                      .terms = terms,
                      .sigma_log = std::nullopt};
    if (options_.noise != nullptr) TakeNoise(names, metric.name, asked.question);
    if (options_.paired != nullptr && metric.name == policy::PrimaryTime(names.front())) {
      const auto series = options_.paired->benchmarks.find(names.front());
      if (series != options_.paired->benchmarks.end()) asked.question.paired = &series->second;
    }
    const bool refused = absl::c_any_of(environment_, [&](const auto& difference) {
      return difference.Refuses(metric.traits.metric_class);
    });
    if (refused || (threaded_ && samples::MeansDifferentThings(metric.name, time_semantics_))) {
      asked.change.finding = Finding::kIncomparable;
      asked.change.reason = refused ? Reason::kEnvironment : Reason::kTimeSemantics;
    }
  }

  // The wider of the spreads that are recorded under the sides' names.
  void TakeNoise(policy::RunNames names, const std::string& metric,
                 EffectQuestion& question) const {
    for (const std::string& name : names) {
      const std::optional<double> sigma = options_.noise->SigmaLog(name, metric);
      if (!(question.sigma_log < sigma)) continue;
      question.sigma_log = sigma;
      question.sigma_processes = options_.noise->benchmarks.at(name).processes;
    }
  }

  const samples::Side& base_;
  const samples::Side& candidate_;
  const policy::TermsBook& terms_;
  const CompareOptions& options_;
  const absl::Span<const samples::EnvironmentDifference> environment_;
  std::vector<std::string> time_semantics_;
  std::vector<uint32_t> base_numbers_;  // by the side's own number of a metric
  std::vector<uint32_t> new_numbers_;
  Matched matched_;
  bool threaded_ = false;                // the benchmark at hand
  std::vector<Asked>* asked_ = nullptr;  // of the benchmark at hand
};

}  // namespace

Matched Match(const samples::Side& base, const samples::Side& candidate,
              const policy::TermsBook& terms, const CompareOptions& options,
              absl::Span<const samples::EnvironmentDifference> environment) {
  return Matcher(base, candidate, terms, options, environment).Run();
}

}  // namespace loadline::compare
