#include "tools/loadline/compare/families.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "loadline/stats/multiplicity.h"
#include "loadline/stats/serial_dependence.h"

namespace loadline::compare {
namespace {

constexpr uint64_t kFewestForDependence = 10;
constexpr double kLeastRho = 0.05;  // below it the answers differ by less than ranks and means do

bool IsTime(const Change& change) { return change.metric_class == policy::MetricClass::kTime; }

template <typename Visit>
void ForEachOpen(Matched& matched, Visit visit) {
  for (std::vector<Asked>& benchmark : matched.asked) {
    for (Asked& asked : benchmark) {
      if (asked.open() && asked.change.finding != Finding::kIncomparable) visit(asked);
    }
  }
}

void MakeFamilies(Matched& matched, CompareVerdict& verdict) {
  ForEachOpen(matched, [&](Asked& asked) {
    const bool member = asked.change.gated && TakesATest(asked.question);
    if (member) ++verdict.FamilyOf(asked.change.metric_class).size;
  });
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
    if (!asked.change.gated || !IsTime(asked.change) || asked.question.paired != nullptr) return;
    dependence.Add(LogsInOrder(base, *asked.base), LogsInOrder(candidate, *asked.candidate));
  });
  const double rho = dependence.Rho();
  return dependence.pairs() < kFewestForDependence || rho < kLeastRho ? 0 : rho;
}

template <typename Adjust>
void AdjustClaims(const std::vector<Change*>& members, Adjust adjust) {
  for (Change::Claim Change::Claims::*const claim :
       {&Change::Claims::worse, &Change::Claims::better, &Change::Claims::at_all_worse,
        &Change::Claims::at_all_better}) {
    std::vector<double> p;
    for (const Change* change : members) p.push_back(((*change->claims).*claim).p);
    p = adjust(p);
    for (size_t i = 0; i < members.size(); ++i) ((*members[i]->claims).*claim).adjusted = p[i];
  }
}

void AdjustForNumber(const CompareVerdict& verdict, Matched& matched) {
  std::vector<Change*> exact, reported;
  std::map<const Family*, std::vector<Change*>> families;
  ForEachOpen(matched, [&](Asked& asked) {
    Change& change = asked.change;
    if (!change.claims.has_value() || change.method == Method::kPairedSigns) return;
    if (change.method == Method::kExact) {
      exact.push_back(&change);
    } else if (change.gated) {
      families[&verdict.FamilyOf(change.metric_class)].push_back(&change);
    } else {
      reported.push_back(&change);
    }
  });
  AdjustClaims(exact, [](const auto& p) { return p; });
  AdjustClaims(reported, [](const auto& p) { return stats::BenjaminiHochbergAdjusted(p); });
  for (const auto& [family, members] : families) {
    AdjustClaims(members, [](const auto& p) { return stats::HolmAdjusted(p); });
  }
}

Reason ReasonOfOpen(const Change& change, double alpha) {
  if (change.method == Method::kPairedSigns) return Reason::kBudgetUsedUp;
  if (!std::isfinite(change.MostWorse())) return Reason::kTooFewProcesses;
  if (change.claims.has_value() && change.claims->worse.p <= alpha) return Reason::kNotAmongSoMany;
  return Reason::kTooNoisy;
}

// `alpha` is that of the change's family. The finding is open so far.
void ConcludeDirected(double alpha, Change& change) {
  const Change::Claims claims = change.claims.value_or(Change::Claims());
  const auto proved = [&](const Change::Claim& claim) { return claim.adjusted <= alpha; };
  change.beyond = change.not_worse ? Beyond::kNo : Beyond::kOpen;
  if (proved(claims.worse)) {
    change.finding = Finding::kRegressed;
    change.beyond = Beyond::kYes;
  } else if (change.tail) {
    change.finding = Finding::kTail;
    change.beyond = Beyond::kOpen;
  } else if (proved(claims.at_all_worse)) {
    change.finding = IsTime(change) ? Finding::kSlower : Finding::kWorse;
  } else if (proved(claims.better)) {
    change.finding = Finding::kImproved;
  } else if (proved(claims.at_all_better)) {
    change.finding = IsTime(change) ? Finding::kFaster : Finding::kBetter;
  } else if (change.not_worse && change.not_better) {
    change.finding = Finding::kSame;
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

void Conclude(const EffectTest& test, Asked& asked) {
  Change& change = asked.change;
  if (change.direction == policy::Direction::kUnknown) {
    ConcludeUndirected(test.alpha, change);
  } else {
    ConcludeDirected(test.alpha, change);
  }
  if (change.beyond != Beyond::kOpen) return;
  change.reason = ReasonOfOpen(change, test.alpha);
  if (asked.question.paired != nullptr) return;
  std::optional<double> target;  // twice the margin
  if (change.reason == Reason::kNotAmongSoMany) target = change.change->estimate;
  change.processes_to_tell = ProcessesToTell(asked.question, test, target);
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
  MakeFamilies(matched, verdict);
  verdict.rho = RhoOf(matched, base, candidate);
  for (std::vector<Asked>& benchmark : matched.asked) {
    for (Asked& asked : benchmark) {
      if (!asked.open()) continue;
      const Reason refused = asked.change.reason;  // the figures are told all the same
      MeasureEffect(asked.question, TestFor(verdict, asked.change), asked.change);
      if (refused != Reason::kNone) asked.change.reason = refused;
    }
  }
  AdjustForNumber(verdict, matched);
  ForEachOpen(matched, [&](Asked& asked) { Conclude(TestFor(verdict, asked.change), asked); });
}

}  // namespace loadline::compare
