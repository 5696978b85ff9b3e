#ifndef LOADLINE_BASE_STATUS_MACROS_H_
#define LOADLINE_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function when `expr` (an absl::Status) is not OK.
#define LOADLINE_RETURN_IF_ERROR(expr)                                                           \
  do {                                                                                           \
    if (absl::Status loadline_status_ = (expr); !loadline_status_.ok()) return loadline_status_; \
  } while (false)

// LOADLINE_ASSIGN_OR_RETURN(auto x, expr): assigns the value of an absl::StatusOr, or returns its
// status.
#define LOADLINE_ASSIGN_OR_RETURN(lhs, expr) \
  LOADLINE_ASSIGN_OR_RETURN_IMPL_(LOADLINE_CONCAT_(loadline_statusor_, __LINE__), lhs, expr)
#define LOADLINE_ASSIGN_OR_RETURN_IMPL_(statusor, lhs, expr) \
  auto statusor = (expr);                                    \
  if (!statusor.ok()) return std::move(statusor).status();   \
  lhs = *std::move(statusor)
#define LOADLINE_CONCAT_(a, b) LOADLINE_CONCAT_IMPL_(a, b)
#define LOADLINE_CONCAT_IMPL_(a, b) a##b

#endif  // LOADLINE_BASE_STATUS_MACROS_H_
