#ifndef LOADLINE_MONITOR_SCOPED_OPERATION_H_
#define LOADLINE_MONITOR_SCOPED_OPERATION_H_

#include <cstdint>
#include <utility>

#include "loadline/monitor/operation_recorder.h"

namespace loadline {

// Times one operation from construction to destruction. A null recorder, or one whose monitor is
// off, costs a branch and reads no clock.
//   ScopedOperation operation(recorder_);
//   ... return operation.Done(status);   // or operation.Fail() before an early return
class ScopedOperation {
 public:
  explicit ScopedOperation(OperationRecorder* recorder)
      : recorder_(recorder != nullptr && recorder->enabled() ? recorder : nullptr) {
    if (recorder_ != nullptr) start_nanos_ = recorder_->NowNanos();
  }
  ~ScopedOperation() {
    if (recorder_ != nullptr) recorder_->Record(recorder_->NowNanos() - start_nanos_, failed_);
  }
  ScopedOperation(const ScopedOperation&) = delete;
  ScopedOperation& operator=(const ScopedOperation&) = delete;

  void Fail() { failed_ = true; }
  // Marks the operation failed unless `result` is OK, and hands the result through.
  template <typename StatusOrStatusOr>
  StatusOrStatusOr&& Done(StatusOrStatusOr&& result) {
    if (!result.ok()) failed_ = true;
    return std::forward<StatusOrStatusOr>(result);
  }

 private:
  OperationRecorder* const recorder_;  // null when nothing is to be recorded
  int64_t start_nanos_ = 0;
  bool failed_ = false;
};

}  // namespace loadline

#endif  // LOADLINE_MONITOR_SCOPED_OPERATION_H_
