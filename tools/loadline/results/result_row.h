#ifndef TOOLS_LOADLINE_RESULTS_RESULT_ROW_H_
#define TOOLS_LOADLINE_RESULTS_RESULT_ROW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/results/json.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::results {

struct RowField;  // a member of a row that the format names

// Makes one row of the members of an object: for each of them Name(), then Take(), and Finish()
// after the last. Take() and Finish() are false where the members contradict the format: problem()
// says how, and the row is unspecified.
class RowReader {
 public:
  static bool IsField(absl::string_view name);  // one that the format names

  bool Name(absl::string_view name);  // false where it is there already
  // The value of the member that was named last; it may be moved from. `written`: a number as the
  // file has it.
  bool Take(Json&& value, absl::string_view written);
  bool Finish();

  Row& row() { return row_; }
  const std::string& problem() const { return problem_; }

 private:
  bool Fail(absl::string_view name, absl::string_view problem);
  bool FailNegative(absl::string_view name, double value);
  bool TakeOther(Json&& value);
  bool TakeText(std::string* text);
  bool TakeInteger(std::optional<int64_t> integer, absl::string_view written);
  bool TakeTime(std::optional<double> time);
  bool TakeFlag(const bool* flag);
  bool TakeRunType(const std::string* type);
  bool TakeDropped(const Json::Array* names);
  bool ApplyDropped();
  bool FinishTimes();
  bool CheckMeasurement();

  Row row_;
  const RowField* field_ = nullptr;  // the member named last; null: the format does not name it
  Counters::iterator counter_;       // that member then, until its value is known to be no number
  uint32_t seen_ = 0;                // fields, by their place in the table
  absl::flat_hash_set<std::string> extras_;  // their names
  std::vector<std::string> dropped_;
  std::string problem_;
};

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_RESULT_ROW_H_
