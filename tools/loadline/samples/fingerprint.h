#ifndef TOOLS_LOADLINE_SAMPLES_FINGERPRINT_H_
#define TOOLS_LOADLINE_SAMPLES_FINGERPRINT_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::samples {

// Tells copies of a result file: equal for files that hold the same measurements in the same order
// and were written at the same date. Means nothing outside the process. A plain value.
class Fingerprint {
 public:
  // A row that was measured.
  void Add(const results::Row& row);
  // 0 where no row was added: what holds nothing is no copy.
  uint64_t At(absl::string_view date) const;

 private:
  uint64_t rows_ = 0;
  bool any_ = false;
};

// Of all that a file measured.
uint64_t FingerprintOf(const results::ResultFile& file);

}  // namespace loadline::samples

#endif  // TOOLS_LOADLINE_SAMPLES_FINGERPRINT_H_
