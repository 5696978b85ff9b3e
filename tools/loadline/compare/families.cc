#include "tools/loadline/compare/families.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "loadline/stats/multiplicity.h"
#include "loadline/stats/serial_dependence.h"

namespace loadline::compare {
namespace {

using policy::Direction;
using policy::MetricClass;

constexpr uint64_t kFewestForDependence = 10;
constexpr double kLeastRho = 0.05;  // below it the answers differ by less than ranks and means do

template <typename Visit>
void ForEachOpen(Matched& matched, Visit visit) {
  for (std::vector<Asked>& benchmark : matched.asked) {
    for (Asked& asked : benchmark) {
      if (asked.open() && asked.change.finding != Finding::kIncomparable) visit(asked);
    }
  }
}

Family* FamilyIn(CompareVerdict& verdict, MetricClass metric_class) {
  if (metric_class == MetricClass::kTime) return &verdict.times;
  return metric_class == MetricClass::kMemory ? &verdict.memory : &verdict.others;
}

void ShareAlpha(CompareVerdict& verdict) {
  const std::pair<Family*, double> weights[] = {
      {&verdict.times, 8}, {&verdict.memory, 1}, {&verdict.others, 1}};
  double sum = 0;
  for (const auto& [family, weight] : weights) sum += family->size > 0 ? weight : 0;
  for (const auto& [family, weight] : weights) {
    family->alpha = family->size > 0 ? verdict.alpha * weight / sum : verdict.alpha;
  }
}

std::vector<double> LogsInOrder(const samples::Side& side, const samples::Series& series) {
  std::vector<double> logs = side.InOrder(series);
  for (double& value : logs) value = std::log(value);
  return logs;
}

double RhoOf(Matched& matched, const samples::Side& base, const samples::Side& candidate) {
  stats::SerialDependence dependence;
  ForEachOpen(matched, [&](Asked& asked) {
    const bool counts = asked.change.gated && asked.change.metric_class == MetricClass::kTime &&
                        asked.question.paired == nullptr;
    if (counts)
      dependence.Add(LogsInOrder(base, *asked.base), LogsInOrder(candidate, *asked.candidate));
  });
  if (dependence.pairs() < kFewestForDependence) return 0;
  const double rho = dependence.Rho();
  return rho < kLeastRho ? 0 : rho;
}

// The changes of one family, to be adjusted together.
using Members = std::vector<Change*>;

template <typename Adjust>
void AdjustClaims(const Members& members, Adjust adjust) {
  for (Change::Claim Change::Claims::*const claim :
       {&Change::Claims::worse, &Change::Claims::better, &Change::Claims::at_all_worse,
        &Change::Claims::at_all_better}) {
    std::vector<double> p;
    for (const Change* change : members) p.push_back(((*change->claims).*claim).p);
    p = adjust(p);
    for (size_t i = 0; i < members.size(); ++i) ((*members[i]->claims).*claim).adjusted = p[i];
  }
}

void AdjustForNumber(Matched& matched) {
  Members times, memory, others, reported;
  ForEachOpen(matched, [&](Asked& asked) {
    Change& change = asked.change;
    if (!change.claims.has_value()) return;
    if (change.method == Method::kPairedSigns) return;
    if (change.method == Method::kExact) {
      Change::Claims& claims = *change.claims;
      for (Change::Claim* claim :
           {&claims.worse, &claims.better, &claims.at_all_worse, &claims.at_all_better}) {
        claim->adjusted = claim->p;
      }
    } else if (!change.gated) {
      reported.push_back(&change);
    } else {
      Members& family = change.metric_class == MetricClass::kTime     ? times
                        : change.metric_class == MetricClass::kMemory ? memory
                                                                      : others;
      family.push_back(&change);
    }
  });
  for (const Members* family : {&times, &memory, &others}) {
    AdjustClaims(*family, [](const auto& p) { return stats::HolmAdjusted(p); });
  }
  AdjustClaims(reported, [](const auto& p) { return stats::BenjaminiHochbergAdjusted(p); });
}

bool IsTime(const Change& change) { return change.metric_class == MetricClass::kTime; }

Reason ReasonOfOpen(const Change& change, double alpha) {
  if (change.method == Method::kPairedSigns) return Reason::kBudgetUsedUp;
  if (!std::isfinite(change.MostWorse())) return Reason::kTooFewProcesses;
  if (change.claims.has_value() && change.claims->worse.p <= alpha) return Reason::kNotAmongSoMany;
  return Reason::kTooNoisy;
}

// `alpha` is that of the change's family.
void ConcludeDirected(double alpha, Change& change) {
  const bool tested = change.claims.has_value();
  const auto proved = [&](Change::Claim Change::Claims::*claim) {
    return tested && ((*change.claims).*claim).adjusted <= alpha;
  };
  change.beyond = change.not_worse ? Beyond::kNo : Beyond::kOpen;
  if (proved(&Change::Claims::worse)) {
    change.finding = Finding::kRegressed;
    change.beyond = Beyond::kYes;
  } else if (change.tail) {
    change.finding = Finding::kTail;
    change.beyond = Beyond::kOpen;
  } else if (proved(&Change::Claims::at_all_worse)) {
    change.finding = IsTime(change) ? Finding::kSlower : Finding::kWorse;
  } else if (proved(&Change::Claims::better)) {
    change.finding = Finding::kImproved;
  } else if (proved(&Change::Claims::at_all_better)) {
    change.finding = IsTime(change) ? Finding::kFaster : Finding::kBetter;
  } else if (change.not_worse && change.not_better) {
    change.finding = Finding::kSame;
  } else {
    change.finding = Finding::kOpen;
  }
}

// Of a metric whose better direction is not known: that it differs at all by more than the margin.
void ConcludeUndirected(double alpha, Change& change) {
  const bool differs =
      change.claims.has_value() &&
      2 * std::min(change.claims->worse.adjusted, change.claims->better.adjusted) <= alpha;
  const bool same = change.not_worse && change.not_better;
  change.beyond = differs ? Beyond::kYes : same ? Beyond::kNo : Beyond::kOpen;
  change.finding = differs ? Finding::kChanged : same ? Finding::kSame : Finding::kOpen;
}

void Conclude(double alpha, Change& change) {
  if (change.direction == Direction::kUnknown) {
    ConcludeUndirected(alpha, change);
  } else {
    ConcludeDirected(alpha, change);
  }
  if (change.beyond == Beyond::kOpen) change.reason = ReasonOfOpen(change, alpha);
}

// The figures of what cannot be compared are told all the same.
void Answer(const CompareVerdict& verdict, Asked& asked) {
  if (!asked.open()) return;
  const Reason reason = asked.change.reason;
  MeasureEffect(asked.question, TestFor(verdict, asked.change), asked.change);
  if (asked.change.finding == Finding::kIncomparable && reason != Reason::kNone) {
    asked.change.reason = reason;
  }
}

}  // namespace

EffectTest TestFor(const CompareVerdict& verdict, const Change& change) {
  const Family& family = verdict.FamilyOf(change.metric_class);
  const double rho = IsTime(change) ? verdict.rho : 0;
  if (!change.gated) return {.alpha = verdict.alpha, .family = 1, .rho = rho};
  return {.alpha = family.alpha, .family = std::max<size_t>(1, family.size), .rho = rho};
}

void AnswerAll(const samples::Side& base, const samples::Side& candidate, Matched& matched,
               CompareVerdict& verdict) {
  ForEachOpen(matched, [&](Asked& asked) {
    const bool member = asked.change.gated && TakesATest(asked.question);
    if (member) ++FamilyIn(verdict, asked.change.metric_class)->size;
  });
  ShareAlpha(verdict);
  verdict.rho = RhoOf(matched, base, candidate);
  for (std::vector<Asked>& benchmark : matched.asked) {
    for (Asked& asked : benchmark) Answer(verdict, asked);
  }
  AdjustForNumber(matched);
  ForEachOpen(matched,
              [&](Asked& asked) { Conclude(TestFor(verdict, asked.change).alpha, asked.change); });
}

}  // namespace loadline::compare
