#ifndef STOWAGE_VECTOR_SEARCH_STOP_H_
#define STOWAGE_VECTOR_SEARCH_STOP_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "loadline/base/clock.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// What ends a search before it has found all: a deadline or a flag, see SearchOptions. Thread-safe.
class SearchStop {
 public:
  // `clock` and the flag outlive it.
  SearchStop(const SearchOptions& options, const loadline::Clock& clock)
      : cancelled_(options.cancelled), deadline_nanos_(options.deadline_nanos), clock_(clock) {}

  // Whether there is anything that could end the search.
  bool possible() const { return cancelled_ != nullptr || deadline_nanos_.has_value(); }

  // OK while the search may go on; kCancelled; kDeadlineExceeded. Costs a look at the clock.
  absl::Status Check() const {
    if (cancelled_ != nullptr && cancelled_->load(std::memory_order_relaxed)) {
      return absl::CancelledError("the search was cancelled");
    }
    if (deadline_nanos_ && clock_.SteadyNanos() >= *deadline_nanos_) {
      return absl::DeadlineExceededError("the search did not end before its deadline");
    }
    return absl::OkStatus();
  }

 private:
  const std::atomic<bool>* const cancelled_;
  const std::optional<int64_t> deadline_nanos_;
  const loadline::Clock& clock_;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_SEARCH_STOP_H_
