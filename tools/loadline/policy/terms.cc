#include "tools/loadline/policy/terms.h"

#include "tools/loadline/policy/glob.h"

namespace loadline::policy {

ComparedMetric TermsBook::About(absl::string_view metric) const {
  return {.name = std::string(metric),
          .traits = TraitsOf(metric),
          .listed = MatchesAnyGlob(policy_.metrics, metric)};
}

Terms TermsBook::For(RunNames benchmark, const ComparedMetric& metric) const {
  Terms terms{.direction = metric.traits.direction,
              .gated = metric.traits.gated,
              .margin = metric.traits.margin,
              .guard = policy_.guard};
  if (metric.traits.noisy && margin_.has_value()) terms.margin = *margin_;
  if (!policy_.metrics.empty()) {
    terms.gated = terms.asked_for = metric.listed;
  } else if (metric.name == "real_time_ns" || metric.name == "cpu_time_ns") {
    terms.gated = metric.name == PrimaryTime(benchmark.front());
  }
  for (const CompareOverride& override : policy_.overrides) {
    if (!override.Selects(benchmark, metric.name)) continue;
    terms.margin = override.margin.value_or(terms.margin);
    terms.direction = override.direction.value_or(terms.direction);
    terms.gated = override.gate.value_or(terms.gated);
    terms.asked_for = terms.asked_for || override.gate.has_value();
    if (override.guard.has_value()) terms.guard = override.guard;
  }
  return terms;
}

Action TermsBook::Noisy(RunNames benchmark) const {
  return ActionFor(benchmark, &CompareOverride::noisy, policy_.noisy);
}
Action TermsBook::Missing(RunNames benchmark) const {
  return ActionFor(benchmark, &CompareOverride::missing, policy_.missing);
}
Action TermsBook::New(RunNames benchmark) const {
  return ActionFor(benchmark, &CompareOverride::new_, policy_.new_);
}

Action TermsBook::ActionFor(RunNames benchmark, std::optional<Action> CompareOverride::*member,
                            Action otherwise) const {
  Action action = otherwise;
  for (const CompareOverride& override : policy_.overrides) {
    const std::optional<Action>& said = override.*member;
    if (said.has_value() && override.SelectsBenchmark(benchmark)) action = *said;
  }
  return action;
}

}  // namespace loadline::policy
