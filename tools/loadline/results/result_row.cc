#include "tools/loadline/results/result_row.h"

#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "tools/loadline/results/fault_advice.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {

// One of the pointers is set, or none of them for "run_type" and "loadline_dropped".
struct RowField {
  absl::string_view name;
  std::string Row::*text = nullptr;
  int64_t Row::*integer = nullptr;
  int64_t smallest = 0;
  bool Row::*flag = nullptr;
  std::optional<double> Row::*time = nullptr;
};

namespace {

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
constexpr char kDropped[] = "loadline_dropped";

constexpr RowField kFields[] = {
    {.name = "name", .text = &Row::name},
    {.name = "family_index", .integer = &Row::family_index},
    {.name = "per_family_instance_index", .integer = &Row::per_family_instance_index},
    {.name = "run_name", .text = &Row::run_name},
    {.name = "run_type"},
    {.name = "repetitions", .integer = &Row::repetitions},
    {.name = "repetition_index", .integer = &Row::repetition_index},
    {.name = "threads", .integer = &Row::threads, .smallest = 1},
    {.name = "aggregate_name", .text = &Row::aggregate_name},
    {.name = "aggregate_unit", .text = &Row::aggregate_unit},
    {.name = "error_occurred", .flag = &Row::error_occurred},
    {.name = "error_message", .text = &Row::error_message},
    {.name = "skipped", .flag = &Row::skipped},
    {.name = "skip_message", .text = &Row::skip_message},
    {.name = "iterations", .integer = &Row::iterations},
    {.name = "cpu_time", .time = &Row::cpu_time_ns},
    {.name = "real_time", .time = &Row::real_time_ns},
    {.name = "time_unit", .text = &Row::time_unit},
    {.name = "label", .text = &Row::label},
    {.name = kDropped},
};
static_assert(std::size(kFields) <= 32, "RowReader::seen_ has a bit for each");

// Null where the format does not have the name.
const RowField* FindField(absl::string_view name) {
  const auto* const field =
      absl::c_find_if(kFields, [&](const RowField& known) { return known.name == name; });
  return field == std::end(kFields) ? nullptr : field;
}

// A whole number; also one written as a double, which some tools do with every number.
std::optional<int64_t> AsInteger(const Json& json) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (const auto* integer = std::get_if<int64_t>(&json.value)) return *integer;
  const double value = json.AsNumber().value_or(kNotANumber);
  if (!(std::fabs(value) <= kExact) || std::trunc(value) != value) return std::nullopt;
  return static_cast<int64_t>(value);
}

// Tools that cannot write NaN write null.
std::optional<double> AsNumberOrNull(const Json& json) {
  return std::holds_alternative<std::nullptr_t>(json.value) ? kNotANumber : json.AsNumber();
}

// Whether the counter is one of ours that says how long something took. Of other people's counters
// one may well be below zero.
bool IsDuration(absl::string_view counter) {
  constexpr absl::string_view kDurations[] = {"init_main_ns", "init_ready_ns", "init_first_op_ns",
                                              "teardown_ns",  "lat_p50_ns",    "lat_p90_ns",
                                              "lat_p99_ns",   "lat_p999_ns",   "lat_max_ns"};
  return absl::c_linear_search(kDurations, counter);
}

}  // namespace

bool RowReader::IsField(absl::string_view name) { return FindField(name) != nullptr; }

bool RowReader::Name(absl::string_view name) {
  field_ = FindField(name);
  if (field_ != nullptr) {
    const uint32_t bit = uint32_t{1} << (field_ - kFields);
    return (std::exchange(seen_, seen_ | bit) & bit) == 0;
  }
  if (extras_.contains(name)) return false;
  const auto [counter, fresh] = row_.counters.try_emplace(name, kNotANumber);
  counter_ = counter;
  return fresh;
}

bool RowReader::Take(Json&& value, absl::string_view written) {
  if (field_ == nullptr) return TakeOther(std::move(value));
  if (field_->text != nullptr) return TakeText(std::get_if<std::string>(&value.value));
  if (field_->integer != nullptr) return TakeInteger(AsInteger(value), written);
  if (field_->time != nullptr) return TakeTime(AsNumberOrNull(value));
  if (field_->flag != nullptr) return TakeFlag(std::get_if<bool>(&value.value));
  return field_->name == kDropped ? TakeDropped(std::get_if<Json::Array>(&value.value))
                                  : TakeRunType(value.AsString());
}

bool RowReader::Fail(absl::string_view name, absl::string_view problem) {
  problem_ = absl::StrCat("row ", Quoted(row_.name), ": ", Quoted(name), " ", problem);
  return false;
}

bool RowReader::FailNegative(absl::string_view name, double value) {
  return Fail(name, absl::StrCat("is ", value, ", want no negative time"));
}

// A counter, or one of the extras.
bool RowReader::TakeOther(Json&& value) {
  const std::optional<double> number = AsNumberOrNull(value);
  if (number.has_value()) {
    counter_->second = *number;
    return true;
  }
  extras_.insert(counter_->first);
  row_.extras.emplace_back(counter_->first, std::move(value));
  row_.counters.erase(counter_);
  return true;
}

bool RowReader::TakeText(std::string* text) {
  if (text == nullptr) return Fail(field_->name, "is not a string");
  if (field_->text == &Row::time_unit && NanosPerTimeUnit(*text) == 0) {
    return Fail(field_->name, absl::StrCat("is ", Quoted(*text), ", want ns, us, ms or s"));
  }
  row_.*field_->text = std::move(*text);
  return true;
}

// A locale's separator of thousands may look like a point.
bool RowReader::TakeInteger(std::optional<int64_t> integer, absl::string_view written) {
  if (integer >= field_->smallest) {
    row_.*field_->integer = *integer;
    return true;
  }
  const std::string problem =
      integer.has_value() ? absl::StrCat("is ", *integer, ", want a number from ", field_->smallest)
                          : "is not a whole number of 63 bits";
  return Fail(field_->name, problem + (IsGroupedNumber(written) ? kLocaleAdvice : ""));
}

bool RowReader::TakeTime(std::optional<double> time) {
  row_.*field_->time = time;
  return time.has_value() || Fail(field_->name, "is not a number");
}

bool RowReader::TakeFlag(const bool* flag) {
  if (flag == nullptr) return Fail(field_->name, "is neither true nor false");
  row_.*field_->flag = *flag;
  return true;
}

bool RowReader::TakeRunType(const std::string* type) {
  if (type == nullptr || (*type != "iteration" && *type != "aggregate")) {
    return Fail(field_->name, "is neither \"iteration\" nor \"aggregate\"");
  }
  row_.run_type = *type == "aggregate" ? RunType::kAggregate : RunType::kIteration;
  return true;
}

bool RowReader::TakeDropped(const Json::Array* names) {
  if (names == nullptr) return Fail(kDropped, "is not an array of names");
  for (const Json& name : *names) {
    const std::string* text = name.AsString();
    if (text == nullptr) return Fail(kDropped, "is not an array of names");
    dropped_.push_back(*text);
  }
  return true;
}

// What needs the whole row, whatever the order of its members was.
bool RowReader::Finish() {
  if (row_.name.empty()) return Fail("name", "is missing or empty");
  if (row_.run_name.empty()) row_.run_name = row_.name;
  return ApplyDropped() && FinishTimes() &&
         (row_.run_type == RunType::kAggregate || CheckMeasurement());
}

bool RowReader::ApplyDropped() {
  for (const std::string& name : dropped_) {
    const RowField* field = FindField(name);
    bool there = false;
    if (field != nullptr && field->time != nullptr) {
      there = (row_.*field->time).has_value();
      row_.*field->time = kNotANumber;
    } else {
      there = !row_.counters.emplace(name, kNotANumber).second;
    }
    if (there) return Fail(name, absl::StrCat("has a value and is named in ", Quoted(kDropped)));
  }
  return true;
}

bool RowReader::FinishTimes() {
  for (const RowField& field : kFields) {
    if (field.time == nullptr || !(row_.*field.time).has_value()) continue;
    double& time = *(row_.*field.time);
    if (row_.time_unit.empty()) return Fail("time_unit", "is missing");
    if (row_.run_type == RunType::kIteration && time < 0) return FailNegative(field.name, time);
    if (row_.aggregate_unit != "percentage") time *= NanosPerTimeUnit(row_.time_unit);
  }
  return true;
}

// Of rows that are no aggregates: what a statistic of the program's own makes may be negative.
bool RowReader::CheckMeasurement() {
  for (const auto& [name, value] : row_.counters) {
    if (value < 0 && IsDuration(name)) return FailNegative(name, value);
  }
  if (!row_.measured()) return true;
  if (!row_.real_time_ns.has_value()) return Fail("real_time", "is missing");
  if (!row_.cpu_time_ns.has_value()) return Fail("cpu_time", "is missing");
  return row_.iterations >= 1 || Fail("iterations", "is missing or 0 in a row without error");
}

}  // namespace loadline::results
