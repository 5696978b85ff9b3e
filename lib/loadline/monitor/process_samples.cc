#include "loadline/monitor/process_samples.h"

#include "loadline/platform/cpu.h"
#include "loadline/platform/memory.h"

namespace loadline {

std::optional<double> ProcessSamples::CpuPercent(const CpuReading& now) {
  const std::optional<CpuReading> before = previous_;
  previous_ = now;
  if (!before.has_value() || now.steady_nanos <= before->steady_nanos) return std::nullopt;
  return 100.0 * static_cast<double>(now.cpu_nanos - before->cpu_nanos) /
         static_cast<double>(now.steady_nanos - before->steady_nanos);
}

ProcessSample ProcessSamples::Take() {
  MutexLock lock(mutex_);  // over the readings too, so that samples lie in the order of their time
  ProcessSample sample;
  sample.memory_bytes = platform::CurrentMemory().bytes;
  sample.peak_memory_bytes = platform::PeakMemory().bytes;
  sample.steady_nanos = clock_.SteadyNanos();
  const std::optional<int64_t> cpu_nanos = platform::ProcessCpuNanos();
  if (cpu_nanos.has_value()) sample.cpu_percent = CpuPercent({sample.steady_nanos, *cpu_nanos});
  samples_.push_back(sample);
  while (samples_.size() > max_samples_) samples_.pop_front();
  return sample;
}

std::optional<ProcessSample> ProcessSamples::Newest() const {
  MutexLock lock(mutex_);
  if (samples_.empty()) return std::nullopt;
  return samples_.back();
}

std::vector<ProcessSample> ProcessSamples::All() const {
  MutexLock lock(mutex_);
  return {samples_.begin(), samples_.end()};
}

void ProcessSamples::Clear() {
  MutexLock lock(mutex_);
  samples_.clear();
}

}  // namespace loadline
