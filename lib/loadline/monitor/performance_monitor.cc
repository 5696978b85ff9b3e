#include "loadline/monitor/performance_monitor.h"

#include <atomic>
#include <chrono>
#include <map>
#include <system_error>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/log.h"
#include "loadline/base/mutex.h"
#include "loadline/monitor/alert_book.h"
#include "loadline/monitor/periodic_thread.h"
#include "loadline/monitor/process_samples.h"

namespace loadline {
namespace {

OperationSnapshot SnapshotOf(const OperationRecorder& recorder) {
  const OperationCounts counts = recorder.Read();
  OperationSnapshot snapshot;
  snapshot.name = recorder.name();
  snapshot.count = counts.count;
  snapshot.errors = counts.errors;
  for (size_t i = 0; i < counts.buckets.size(); ++i) {
    snapshot.latency.AddBucket(i, counts.buckets[i]);
  }
  return snapshot;
}

void LogAlert(const Alert& alert) {
  Log({.level = alert.raised ? LogLevel::kWarning : LogLevel::kInfo,
       .component = "monitor",
       .message = alert.raised ? "alert raised" : "alert cleared",
       .fields = {{"rule", alert.rule}, {"value", absl::StrCat(alert.value)}}});
}

}  // namespace

struct PerformanceMonitor::Impl {
  explicit Impl(const MonitorOptions& options)
      : clock(*options.clock),
        enabled(options.enabled),
        since_steady_nanos(options.clock->SteadyNanos()),
        samples(*options.clock, options.max_samples) {}

  // Calls visit(recorder) for every operation, by name.
  template <typename Visit>
  void VisitOperations(Visit visit) const {
    MutexLock lock(mutex);
    for (const auto& [name, recorder] : operations) visit(*recorder);
  }

  std::optional<OperationCounts> CountsOf(absl::string_view name) const {
    MutexLock lock(mutex);
    const auto it = operations.find(std::string(name));
    if (it == operations.end()) return std::nullopt;
    return it->second->Read();
  }

  const Clock& clock;
  std::atomic<bool> enabled;
  std::atomic<int64_t> since_steady_nanos;
  ProcessSamples samples;
  AlertBook alerts;  // its lock is taken before `mutex`

  mutable Mutex mutex;
  std::map<std::string, std::unique_ptr<OperationRecorder>> operations ABSL_GUARDED_BY(mutex);

  // The sampling thread cannot wait for itself, nor a log sink for a thread that may be waiting for
  // the sink.
  bool MustNotWait() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(sampling_mutex) {
    return InLogSink() || (sampling != nullptr && sampling->IsCurrentThread());
  }

  Mutex sampling_mutex;
  std::unique_ptr<PeriodicThread> sampling ABSL_GUARDED_BY(sampling_mutex);  // may be ending
};

PerformanceMonitor::PerformanceMonitor(MonitorOptions options)
    : impl_(std::make_unique<Impl>(options)) {}

PerformanceMonitor::~PerformanceMonitor() { StopSampling(); }

OperationRecorder* PerformanceMonitor::Operation(absl::string_view name) {
  MutexLock lock(impl_->mutex);
  std::unique_ptr<OperationRecorder>& recorder = impl_->operations[std::string(name)];
  if (recorder == nullptr) {
    recorder =
        std::make_unique<OperationRecorder>(std::string(name), impl_->clock, impl_->enabled.load());
  }
  return recorder.get();
}

bool PerformanceMonitor::enabled() const { return impl_->enabled.load(); }

void PerformanceMonitor::SetEnabled(bool enabled) {
  MutexLock lock(impl_->mutex);
  impl_->enabled.store(enabled);
  for (const auto& [name, recorder] : impl_->operations) recorder->SetEnabled(enabled);
}

ProcessSample PerformanceMonitor::SampleProcess() { return impl_->samples.Take(); }

absl::Status PerformanceMonitor::StartSampling(int period_ms) {
  constexpr int kShortestMs = 10;
  if (period_ms < kShortestMs) {
    return absl::InvalidArgumentError(
        absl::StrCat("start sampling every ", period_ms, " ms: want ", kShortestMs, " or more"));
  }
  std::unique_ptr<PeriodicThread> ending;  // waited for without the lock
  MutexLock lock(impl_->sampling_mutex);
  if (impl_->sampling != nullptr) {
    if (!impl_->sampling->stop_requested()) {
      return absl::FailedPreconditionError("start sampling: it is running; StopSampling() first");
    }
    if (impl_->MustNotWait()) {
      return absl::FailedPreconditionError(
          "start sampling: the thread before is still ending; start when the log sink has "
          "returned");
    }
  }
  try {
    auto sampling = std::make_unique<PeriodicThread>(std::chrono::milliseconds(period_ms), [this] {
      SampleProcess();
      EvaluateAlerts();
    });
    ending = std::exchange(impl_->sampling, std::move(sampling));
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat("start sampling: no thread to be had: ", error.what()));
  }
  return absl::OkStatus();
}

void PerformanceMonitor::StopSampling() {
  std::unique_ptr<PeriodicThread> ending;  // waited for without the lock
  MutexLock lock(impl_->sampling_mutex);
  if (impl_->sampling == nullptr) return;
  impl_->sampling->RequestStop();
  if (!impl_->MustNotWait()) ending.swap(impl_->sampling);
}

absl::Status PerformanceMonitor::AddAlert(AlertRule rule) {
  return impl_->alerts.Add(std::move(rule));
}

std::vector<Alert> PerformanceMonitor::EvaluateAlerts() {
  std::optional<ProcessSample> sample = impl_->samples.Newest();
  if (!sample.has_value() && impl_->alerts.NeedsProcessSample()) sample = SampleProcess();
  std::vector<Alert> changes = impl_->alerts.Evaluate(
      sample, [this](absl::string_view operation) { return impl_->CountsOf(operation); },
      impl_->clock.SteadyNanos());
  for (const Alert& change : changes) LogAlert(change);
  return changes;
}

std::vector<std::string> PerformanceMonitor::RaisedAlerts() const { return impl_->alerts.Raised(); }

MonitorSnapshot PerformanceMonitor::Snapshot() const {
  MonitorSnapshot snapshot;
  snapshot.since_steady_nanos = impl_->since_steady_nanos.load();
  impl_->VisitOperations([&snapshot](const OperationRecorder& recorder) {
    snapshot.operations.push_back(SnapshotOf(recorder));
  });
  snapshot.samples = impl_->samples.All();
  snapshot.taken_steady_nanos = impl_->clock.SteadyNanos();
  return snapshot;
}

void PerformanceMonitor::Reset() {
  impl_->alerts.RestartCounts(
      [this] { impl_->VisitOperations([](OperationRecorder& recorder) { recorder.Reset(); }); });
  impl_->samples.Clear();
  impl_->since_steady_nanos.store(impl_->clock.SteadyNanos());
}

}  // namespace loadline
