#include "loadline/monitor/alert_book.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

namespace loadline {
namespace {

using Figure = AlertRule::Figure;

bool IsOfOperation(Figure figure) {
  return figure == Figure::kErrorPercent || figure == Figure::kLatencyP99Nanos;
}

absl::Status CheckRule(const AlertRule& rule) {
  if (rule.name.empty()) return absl::InvalidArgumentError("add an alert: its name is empty");
  const std::string what = absl::StrCat("add alert \"", rule.name, "\": ");
  if (!std::isfinite(rule.raise_above) || !std::isfinite(rule.clear_below)) {
    return absl::InvalidArgumentError(what + "a threshold is not a finite number");
  }
  if (rule.clear_below > rule.raise_above) {
    return absl::InvalidArgumentError(absl::StrCat(what, "clear_below ", rule.clear_below,
                                                   " is above raise_above ", rule.raise_above,
                                                   ", so it would flap; want it below or equal"));
  }
  if (IsOfOperation(rule.figure) && rule.operation.empty()) {
    return absl::InvalidArgumentError(what + "its figure is one of an operation; name one");
  }
  return absl::OkStatus();
}

// What was counted between two readings of the same counters.
OperationCounts Difference(const OperationCounts& now, const OperationCounts& before) {
  OperationCounts since = now;
  since.count -= std::min(before.count, now.count);
  since.errors -= std::min(before.errors, now.errors);
  for (size_t i = 0; i < before.buckets.size(); ++i) {
    since.buckets[i] -= std::min(before.buckets[i], now.buckets[i]);
  }
  return since;
}

std::optional<double> P99Nanos(const OperationCounts& counts) {
  stats::LatencyHistogram latency;
  for (size_t i = 0; i < counts.buckets.size(); ++i) latency.AddBucket(i, counts.buckets[i]);
  if (latency.count() == 0) return std::nullopt;
  return static_cast<double>(latency.QuantileNanos(0.99));
}

std::optional<double> OperationFigure(Figure figure, const OperationCounts& counts) {
  if (figure == Figure::kLatencyP99Nanos) return P99Nanos(counts);
  return 100.0 * static_cast<double>(counts.errors) / static_cast<double>(counts.count);
}

std::optional<double> ProcessFigure(Figure figure, const ProcessSample& sample) {
  if (figure == Figure::kCpuPercent) return sample.cpu_percent;
  if (!sample.memory_bytes.has_value()) return std::nullopt;
  return static_cast<double>(*sample.memory_bytes);
}

}  // namespace

absl::Status AlertBook::Add(AlertRule rule) {
  absl::Status valid = CheckRule(rule);
  if (!valid.ok()) return valid;
  MutexLock lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.rule.name == rule.name) {
      return absl::AlreadyExistsError(
          absl::StrCat("add alert \"", rule.name, "\": there is one of that name"));
    }
  }
  entries_.push_back({std::move(rule), false, {}});
  return absl::OkStatus();
}

std::optional<double> AlertBook::FigureOf(Entry& entry, const std::optional<ProcessSample>& sample,
                                          CountsOf counts_of) {
  const AlertRule& rule = entry.rule;
  if (!IsOfOperation(rule.figure)) {
    return sample.has_value() ? ProcessFigure(rule.figure, *sample) : std::nullopt;
  }
  std::optional<OperationCounts> now = counts_of(rule.operation);
  if (!now.has_value()) return std::nullopt;
  const OperationCounts since = Difference(*now, entry.judged);
  if (since.count < std::max<uint64_t>(rule.min_operations, 1)) return std::nullopt;
  entry.judged = *std::move(now);
  return OperationFigure(rule.figure, since);
}

std::vector<Alert> AlertBook::Evaluate(const std::optional<ProcessSample>& sample,
                                       CountsOf counts_of, int64_t steady_nanos) {
  std::vector<Alert> changes;
  MutexLock lock(mutex_);
  for (Entry& entry : entries_) {
    const std::optional<double> value = FigureOf(entry, sample, counts_of);
    if (!value.has_value()) continue;
    const bool crossed =
        entry.raised ? *value < entry.rule.clear_below : *value > entry.rule.raise_above;
    if (!crossed) continue;
    entry.raised = !entry.raised;
    changes.push_back({entry.rule.name, entry.raised, *value, steady_nanos});
  }
  return changes;
}

bool AlertBook::NeedsProcessSample() const {
  MutexLock lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return !IsOfOperation(entry.rule.figure); });
}

std::vector<std::string> AlertBook::Raised() const {
  std::vector<std::string> names;
  MutexLock lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.raised) names.push_back(entry.rule.name);
  }
  return names;
}

void AlertBook::RestartCounts(absl::FunctionRef<void()> reset) {
  MutexLock lock(mutex_);
  reset();
  for (Entry& entry : entries_) entry.judged = {};
}

}  // namespace loadline
