#ifndef TOOLS_LOADLINE_RESULTS_RESULT_ROW_H_
#define TOOLS_LOADLINE_RESULTS_RESULT_ROW_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/results/json.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::results {

struct FixedField;  // a member of a row that the format names

// A number of a result file: integral where it was written so and has 63 bits.
struct Number {
  double value = 0;
  std::optional<int64_t> integer;
};

// Makes rows of the members that the "benchmarks" objects have, one row after another in the same
// memory: Begin(), then for each member Name() and one value, then Finish(). What returns bool is
// false when the members contradict the format; problem() says how, and the row is unspecified.
class RowReader {
 public:
  void Begin();
  bool Name(absl::string_view name);  // the only problem: it is there already
  bool Null();
  bool Bool(bool value);
  bool Number(const results::Number& number);
  bool Text(absl::string_view text);
  bool Nested(Json json);  // an object or array
  bool Finish();

  // Whether the value that comes next, or has just been refused, is to be a whole number.
  bool WantsInteger() const;

  Row& row() { return row_; }
  const std::string& problem() const { return problem_; }

 private:
  bool Fail(absl::string_view name, absl::string_view problem);
  bool WrongKind();
  bool NewOtherName(absl::string_view name);
  bool HasOtherName(absl::string_view name) const;
  bool AddCounter(double value);
  bool AddExtra(Json value);
  bool SetText(absl::string_view text);
  bool SetInteger(const results::Number& number);
  bool TakeDropped(const Json& names);
  bool ApplyDropped();
  bool CheckTimes();
  bool CheckMeasurement();
  void ScaleTimes();

  Row row_;
  const FixedField* field_ = nullptr;  // the member whose value comes next; null: not a fixed one
  std::string name_;                   // of that member where it is not a fixed one
  uint32_t seen_ = 0;                  // fixed fields, by their place in the table
  // The first `used_` are this row's; the rest is memory for the rows to come.
  std::vector<Counters::value_type> counters_;
  size_t used_ = 0;
  std::string last_name_;  // of the other members, as long as they are in ascending order
  bool ascending_ = true;
  absl::flat_hash_set<std::string> names_;  // of the other members, where there are many
  std::vector<std::string> dropped_;
  std::string problem_;
};

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_RESULT_ROW_H_
