#ifndef DOCS_EXAMPLES_TOKEN_BUCKET_H_
#define DOCS_EXAMPLES_TOKEN_BUCKET_H_

#include <algorithm>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "loadline/base/mutex.h"

namespace example {

// Lets through `per_second` calls a second in the long run, and `burst` at once. Thread-safe.
class TokenBucket {
 public:
  TokenBucket(double per_second, double burst)
      : per_nano_(per_second / 1e9), burst_(burst), tokens_(burst) {}

  // Whether a call at `now_nanos`, of a clock that never goes back, may pass.
  bool TryTake(int64_t now_nanos) {
    loadline::MutexLock lock(mutex_);
    const double refill = static_cast<double>(std::max<int64_t>(0, now_nanos - last_nanos_));
    tokens_ = std::min(burst_, tokens_ + refill * per_nano_);
    last_nanos_ = std::max(last_nanos_, now_nanos);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  const double per_nano_;
  const double burst_;
  loadline::Mutex mutex_;
  double tokens_ ABSL_GUARDED_BY(mutex_);
  int64_t last_nanos_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace example

#endif  // DOCS_EXAMPLES_TOKEN_BUCKET_H_
