#include "loadline/harness/compat.h"

#include "loadline/harness/benchmark_version.h"

namespace loadline::harness {

std::string BenchmarkLibraryVersion() { return kBenchmarkVersion; }

std::string TimeSemantics() {
  if (kBenchmarkVersionNumber < 10900) return "per_thread_divided";
  if (kBenchmarkVersionNumber < 10905) return "wall_rates_per_thread";
  return "wall";
}

const char* MinTimeUnit() { return kBenchmarkVersionNumber < 10800 ? "" : "s"; }

bool SetsIterationsByFlag() { return kBenchmarkVersionNumber >= 10800; }

void AddContextOnce(const std::string& key, const std::string& value) {
  const auto* context = benchmark::internal::GetGlobalContext();
  if (context != nullptr && context->count(key) != 0) return;
  benchmark::AddCustomContext(key, value);
}

HiddenContext::HiddenContext() : all_(benchmark::internal::GetGlobalContext()) {
  if (all_ == nullptr) return;
  for (const auto& [key, value] : *all_) {
    if (key.rfind("loadline.", 0) != 0) shown_.emplace(key, value);
  }
  benchmark::internal::GetGlobalContext() = &shown_;
}

HiddenContext::~HiddenContext() {
  if (all_ != nullptr) benchmark::internal::GetGlobalContext() = all_;
}

}  // namespace loadline::harness
