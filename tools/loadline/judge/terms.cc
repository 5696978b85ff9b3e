#include "tools/loadline/judge/terms.h"

#include "tools/loadline/judge/glob.h"

namespace loadline::judge {

ComparedMetric TermsBook::About(absl::string_view metric) const {
  return {.name = std::string(metric),
          .traits = TraitsOf(metric),
          .listed = MatchesAnyGlob(policy_.metrics, metric)};
}

Terms TermsBook::For(absl::string_view benchmark, const ComparedMetric& metric) const {
  Terms terms{metric.traits.direction, metric.traits.gated, metric.traits.margin};
  if (metric.traits.noisy && margin_.has_value()) terms.margin = *margin_;
  if (!policy_.metrics.empty()) {
    terms.gated = metric.listed;
  } else if (metric.name == "real_time_ns" || metric.name == "cpu_time_ns") {
    terms.gated = metric.name == PrimaryTime(benchmark);
  }
  for (const CompareOverride& override : policy_.overrides) {
    if (!override.Selects(benchmark, metric.name)) continue;
    terms.margin = override.margin.value_or(terms.margin);
    terms.direction = override.direction.value_or(terms.direction);
    terms.gated = override.gate.value_or(terms.gated);
  }
  return terms;
}

Action TermsBook::Inconclusive(absl::string_view benchmark) const {
  return ActionFor(benchmark, &CompareOverride::inconclusive, policy_.inconclusive);
}
Action TermsBook::Missing(absl::string_view benchmark) const {
  return ActionFor(benchmark, &CompareOverride::missing, policy_.missing);
}
Action TermsBook::New(absl::string_view benchmark) const {
  return ActionFor(benchmark, &CompareOverride::fresh, policy_.fresh);
}

Action TermsBook::ActionFor(absl::string_view benchmark,
                            std::optional<Action> CompareOverride::*member,
                            Action otherwise) const {
  Action action = otherwise;
  for (const CompareOverride& override : policy_.overrides) {
    if ((override.*member).has_value() && override.SelectsBenchmark(benchmark)) {
      action = *(override.*member);
    }
  }
  return action;
}

}  // namespace loadline::judge
