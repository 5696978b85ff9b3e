#include "loadline/monitor/alert_book.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"

namespace loadline {
namespace {

bool NeedsOperation(AlertRule::Figure figure) {
  return figure == AlertRule::Figure::kErrorPercent ||
         figure == AlertRule::Figure::kLatencyP99Nanos;
}

absl::Status Check(const AlertRule& rule) {
  if (rule.name.empty()) return absl::InvalidArgumentError("an alert rule needs a name");
  if (!std::isfinite(rule.raise_above) || !std::isfinite(rule.clear_below)) {
    return absl::InvalidArgumentError(
        absl::StrCat("alert rule ", rule.name, ": thresholds must be finite"));
  }
  if (rule.clear_below > rule.raise_above) {
    return absl::InvalidArgumentError(absl::StrCat("alert rule ", rule.name, ": clear_below (",
                                                   rule.clear_below, ") is above raise_above (",
                                                   rule.raise_above, ")"));
  }
  if (NeedsOperation(rule.figure) && rule.operation.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("alert rule ", rule.name, ": name the operation that it watches"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AlertBook::Add(AlertRule rule) {
  if (absl::Status status = Check(rule); !status.ok()) return status;
  for (const Entry& entry : entries_) {
    if (entry.rule.name == rule.name) {
      return absl::AlreadyExistsError(absl::StrCat("there is an alert rule ", rule.name));
    }
  }
  entries_.push_back({std::move(rule)});
  return absl::OkStatus();
}

std::vector<Alert> AlertBook::Evaluate(const FigureReader& read, int64_t steady_nanos) {
  std::vector<Alert> changes;
  for (Entry& entry : entries_) {
    const std::optional<double> value = read(entry.rule);
    if (!value.has_value()) continue;
    const bool raise = !entry.raised && *value > entry.rule.raise_above;
    const bool clear = entry.raised && *value < entry.rule.clear_below;
    if (!raise && !clear) continue;
    entry.raised = raise;
    changes.push_back({entry.rule.name, raise, *value, steady_nanos});
  }
  return changes;
}

std::vector<std::string> AlertBook::Raised() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) {
    if (entry.raised) names.push_back(entry.rule.name);
  }
  return names;
}

}  // namespace loadline
