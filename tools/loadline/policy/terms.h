#ifndef TOOLS_LOADLINE_POLICY_TERMS_H_
#define TOOLS_LOADLINE_POLICY_TERMS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/policy/policy.h"

namespace loadline::policy {

// A metric that a comparison is about, and what is known of it whatever the benchmark.
struct ComparedMetric {
  std::string name;
  MetricTraits traits;
  bool listed = false;  // the policy's list of gating metrics has it
};

// What a metric of a benchmark is judged by.
struct Terms {
  Direction direction = Direction::kUnknown;
  bool gated = false;
  bool asked_for = false;  // the policy says by name whether it is gated
  double margin = 0;
  std::optional<double> guard;  // absent: ComparePolicy says what it is
};

// What a policy says about benchmarks and metrics by name: the metric table, then the policy's
// general margin (the caller's goes before it) and list of metrics, then its overrides in order.
// Both arguments must outlive it.
class TermsBook {
 public:
  TermsBook(const ComparePolicy& policy, std::optional<double> margin)
      : policy_(policy), margin_(margin.has_value() ? margin : policy.margin) {}

  ComparedMetric About(absl::string_view metric) const;
  Terms For(RunNames benchmark, const ComparedMetric& metric) const;
  Action Noisy(RunNames benchmark) const;
  Action Missing(RunNames benchmark) const;
  Action New(RunNames benchmark) const;

 private:
  Action ActionFor(RunNames benchmark, std::optional<Action> CompareOverride::*member,
                   Action otherwise) const;

  const ComparePolicy& policy_;
  const std::optional<double> margin_;
};

}  // namespace loadline::policy

#endif  // TOOLS_LOADLINE_POLICY_TERMS_H_
