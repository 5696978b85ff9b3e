#ifndef TOOLS_LOADLINE_RESULTS_RESULT_ROW_H_
#define TOOLS_LOADLINE_RESULTS_RESULT_ROW_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "tools/loadline/results/json.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::results {

// What is wrong with a row, and with which of its members (none: with the row as a whole).
struct RowFault {
  std::string message;
  std::optional<size_t> member;
};

// Makes the row that the members of one "benchmarks" object say; the fault when they contradict
// the format. `row` is unspecified then.
std::optional<RowFault> ReadRow(Json::Object members, Row& row);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_RESULT_ROW_H_
