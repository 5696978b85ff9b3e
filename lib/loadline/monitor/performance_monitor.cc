#include "loadline/monitor/performance_monitor.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadline/base/log.h"
#include "loadline/base/mutex.h"
#include "loadline/monitor/alert_book.h"
#include "loadline/platform/cpu.h"
#include "loadline/platform/memory.h"

namespace loadline {
namespace {

constexpr int kShortestPeriodMs = 10;

OperationSnapshot SnapshotOf(const OperationRecorder& recorder) {
  const OperationCounts counts = recorder.Read();
  OperationSnapshot snapshot;
  snapshot.name = recorder.name();
  snapshot.count = counts.count;
  snapshot.errors = counts.errors;
  for (size_t i = 0; i < counts.buckets.size(); ++i) {
    if (counts.buckets[i] > 0) snapshot.latency.AddBucket(i, counts.buckets[i]);
  }
  return snapshot;
}

void LogChange(const Alert& alert) {
  Log({.level = alert.raised ? LogLevel::kWarning : LogLevel::kInfo,
       .component = "monitor",
       .message = alert.raised ? "alert raised" : "alert cleared",
       .fields = {{"rule", alert.rule}, {"value", absl::StrCat(alert.value)}}});
}

}  // namespace

struct PerformanceMonitor::Impl {
  explicit Impl(const MonitorOptions& monitor_options)
      : options(monitor_options),
        since_steady_nanos(options.clock->SteadyNanos()),
        enabled(options.enabled) {}

  const MonitorOptions options;

  mutable Mutex mutex;
  std::map<std::string, std::unique_ptr<OperationRecorder>> operations ABSL_GUARDED_BY(mutex);
  int64_t since_steady_nanos ABSL_GUARDED_BY(mutex);
  std::deque<ProcessSample> samples ABSL_GUARDED_BY(mutex);
  std::optional<int64_t> last_cpu_nanos ABSL_GUARDED_BY(mutex);  // at samples.back()
  int64_t last_cpu_steady_nanos ABSL_GUARDED_BY(mutex) = 0;
  AlertBook alerts ABSL_GUARDED_BY(mutex);
  std::atomic<bool> enabled;

  Mutex sampler_mutex;  // taken before `mutex`, never while holding it
  CondVar sampler_wake;
  bool sampler_stop ABSL_GUARDED_BY(sampler_mutex) = false;
  std::thread sampler ABSL_GUARDED_BY(sampler_mutex);

  std::optional<double> FigureOf(const AlertRule& rule) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
};

std::optional<double> PerformanceMonitor::Impl::FigureOf(const AlertRule& rule) const {
  switch (rule.figure) {
    case AlertRule::Figure::kMemoryBytes:
      if (samples.empty() || !samples.back().memory_bytes.has_value()) return std::nullopt;
      return static_cast<double>(*samples.back().memory_bytes);
    case AlertRule::Figure::kCpuPercent:
      return samples.empty() ? std::nullopt : samples.back().cpu_percent;
    case AlertRule::Figure::kErrorPercent:
    case AlertRule::Figure::kLatencyP99Nanos:
      break;
  }
  const auto found = operations.find(rule.operation);
  if (found == operations.end()) return std::nullopt;
  const OperationSnapshot snapshot = SnapshotOf(*found->second);
  if (snapshot.count == 0) return std::nullopt;
  if (rule.figure == AlertRule::Figure::kLatencyP99Nanos) {
    return static_cast<double>(snapshot.latency.QuantileNanos(0.99));
  }
  return 100.0 * static_cast<double>(snapshot.errors) / static_cast<double>(snapshot.count);
}

PerformanceMonitor::PerformanceMonitor(MonitorOptions options)
    : impl_(std::make_unique<Impl>(options)) {}

PerformanceMonitor::~PerformanceMonitor() { StopSampling(); }

OperationRecorder* PerformanceMonitor::Operation(absl::string_view name) {
  MutexLock lock(impl_->mutex);
  std::unique_ptr<OperationRecorder>& recorder = impl_->operations[std::string(name)];
  if (recorder == nullptr) {
    recorder =
        std::make_unique<OperationRecorder>(std::string(name), *impl_->options.clock, enabled());
  }
  return recorder.get();
}

bool PerformanceMonitor::enabled() const { return impl_->enabled.load(std::memory_order_relaxed); }

void PerformanceMonitor::SetEnabled(bool enabled) {
  MutexLock lock(impl_->mutex);
  impl_->enabled.store(enabled, std::memory_order_relaxed);
  for (const auto& [name, recorder] : impl_->operations) recorder->SetEnabled(enabled);
}

ProcessSample PerformanceMonitor::SampleProcess() {
  ProcessSample sample;
  sample.memory_bytes = platform::CurrentMemory().bytes;
  sample.peak_memory_bytes = platform::PeakMemory().bytes;
  const std::optional<int64_t> cpu_nanos = platform::ProcessCpuNanos();

  MutexLock lock(impl_->mutex);
  sample.steady_nanos = impl_->options.clock->SteadyNanos();
  const int64_t elapsed_nanos = sample.steady_nanos - impl_->last_cpu_steady_nanos;
  if (cpu_nanos.has_value() && impl_->last_cpu_nanos.has_value() && elapsed_nanos > 0) {
    sample.cpu_percent = 100.0 * static_cast<double>(*cpu_nanos - *impl_->last_cpu_nanos) /
                         static_cast<double>(elapsed_nanos);
  }
  impl_->last_cpu_nanos = cpu_nanos;
  impl_->last_cpu_steady_nanos = sample.steady_nanos;
  impl_->samples.push_back(sample);
  while (impl_->samples.size() > std::max<size_t>(1, impl_->options.max_samples)) {
    impl_->samples.pop_front();
  }
  return sample;
}

absl::Status PerformanceMonitor::StartSampling(int period_ms) {
  if (period_ms < kShortestPeriodMs) {
    return absl::InvalidArgumentError(
        absl::StrCat("sampling period is ", period_ms, " ms, want at least ", kShortestPeriodMs));
  }
  MutexLock lock(impl_->sampler_mutex);
  if (impl_->sampler.joinable()) {
    return absl::FailedPreconditionError("sampling runs already; call StopSampling() first");
  }
  impl_->sampler_stop = false;
  impl_->sampler = std::thread([this, period_ms] {
    MutexLock sampler_lock(impl_->sampler_mutex);
    while (!impl_->sampler_stop) {
      impl_->sampler_mutex.Unlock();
      SampleProcess();
      EvaluateAlerts();
      impl_->sampler_mutex.Lock();
      if (!impl_->sampler_stop) {
        impl_->sampler_wake.WaitFor(impl_->sampler_mutex, std::chrono::milliseconds(period_ms));
      }
    }
  });
  return absl::OkStatus();
}

void PerformanceMonitor::StopSampling() {
  std::thread sampler;
  {
    MutexLock lock(impl_->sampler_mutex);
    impl_->sampler_stop = true;
    sampler = std::move(impl_->sampler);
  }
  impl_->sampler_wake.NotifyAll();
  if (sampler.joinable()) sampler.join();
}

absl::Status PerformanceMonitor::AddAlert(AlertRule rule) {
  MutexLock lock(impl_->mutex);
  return impl_->alerts.Add(std::move(rule));
}

std::vector<Alert> PerformanceMonitor::EvaluateAlerts() {
  std::vector<Alert> changes;
  {
    MutexLock lock(impl_->mutex);
    changes = impl_->alerts.Evaluate([this](const AlertRule& rule) ABSL_EXCLUSIVE_LOCKS_REQUIRED(
                                         impl_->mutex) { return impl_->FigureOf(rule); },
                                     impl_->options.clock->SteadyNanos());
  }
  for (const Alert& alert : changes) LogChange(alert);
  return changes;
}

std::vector<std::string> PerformanceMonitor::RaisedAlerts() const {
  MutexLock lock(impl_->mutex);
  return impl_->alerts.Raised();
}

MonitorSnapshot PerformanceMonitor::Snapshot() const {
  MonitorSnapshot snapshot;
  MutexLock lock(impl_->mutex);
  snapshot.since_steady_nanos = impl_->since_steady_nanos;
  snapshot.taken_steady_nanos = impl_->options.clock->SteadyNanos();
  for (const auto& [name, recorder] : impl_->operations) {
    snapshot.operations.push_back(SnapshotOf(*recorder));
  }
  snapshot.samples.assign(impl_->samples.begin(), impl_->samples.end());
  return snapshot;
}

void PerformanceMonitor::Reset() {
  MutexLock lock(impl_->mutex);
  for (const auto& [name, recorder] : impl_->operations) recorder->Reset();
  impl_->samples.clear();
  impl_->since_steady_nanos = impl_->options.clock->SteadyNanos();
}

}  // namespace loadline
