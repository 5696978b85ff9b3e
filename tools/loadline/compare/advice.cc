#include "tools/loadline/compare/advice.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace loadline::compare {
namespace {

struct Open {
  const EffectQuestion* question;
  Change* change;

  double worse() const {
    if (!change->change.has_value()) return 0;
    const double estimate = change->change->estimate;
    return change->direction == policy::Direction::kHigherIsBetter ? -estimate : estimate;
  }
};

}  // namespace

void AdviseProcesses(const std::vector<EffectQuestion>& questions, CompareVerdict& verdict) {
  std::vector<Open> open;
  size_t index = 0;
  for (BenchmarkComparison& benchmark : verdict.benchmarks) {
    for (Change& change : benchmark.changes) {
      const EffectQuestion& question = questions[index++];
      if (change.finding == Finding::kInconclusive && !question.base.empty() &&
          question.paired == nullptr) {
        open.push_back({&question, &change});
      }
    }
  }
  std::stable_sort(open.begin(), open.end(), [](const Open& a, const Open& b) {
    return std::tuple(!a.change->gated, -a.worse()) < std::tuple(!b.change->gated, -b.worse());
  });
  open.resize(std::min(open.size(), kMostAdvised));
  for (const Open& one : open) {
    EffectQuestion question = *one.question;
    std::optional<double> change;  // twice the margin
    if (one.change->reason == Reason::kNotAmongSoMany && one.change->change.has_value()) {
      change = one.change->change->estimate;
      question.alpha /= static_cast<double>(std::max<size_t>(1, verdict.gate_size));
    }
    one.change->processes_to_tell = ProcessesToTell(question, change);
  }
}

}  // namespace loadline::compare
