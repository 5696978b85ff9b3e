#include "tools/loadline/results/result_row.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {

// Exactly one of the members is set, or none of them for "run_type" and "loadline_dropped".
struct FixedField {
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
// From here on a row's names are looked up in a hash set; most rows stay below.
constexpr size_t kFewNames = 24;

constexpr FixedField kFields[] = {
    // In the order of their lengths, so that a name is compared with two others at most.
    {.name = "name", .text = &Row::name},
    {.name = "label", .text = &Row::label},
    {.name = "threads", .integer = &Row::threads, .smallest = 1},
    {.name = "skipped", .flag = &Row::skipped},
    {.name = "run_name", .text = &Row::run_name},
    {.name = "run_type"},
    {.name = "cpu_time", .time = &Row::cpu_time_ns},
    {.name = "real_time", .time = &Row::real_time_ns},
    {.name = "time_unit", .text = &Row::time_unit},
    {.name = "iterations", .integer = &Row::iterations},
    {.name = "repetitions", .integer = &Row::repetitions},
    {.name = "family_index", .integer = &Row::family_index},
    {.name = "skip_message", .text = &Row::skip_message},
    {.name = "error_message", .text = &Row::error_message},
    {.name = "aggregate_name", .text = &Row::aggregate_name},
    {.name = "aggregate_unit", .text = &Row::aggregate_unit},
    {.name = "error_occurred", .flag = &Row::error_occurred},
    {.name = "repetition_index", .integer = &Row::repetition_index},
    {.name = kDropped},
    {.name = "per_family_instance_index", .integer = &Row::per_family_instance_index},
};
constexpr const FixedField& kRunType = kFields[5];
constexpr size_t kLongestName = 25;
static_assert(std::size(kFields) <= 32, "RowReader::seen_ has a bit for each");

// kFirstOfLength[n]: the first field whose name has n bytes or more.
constexpr std::array<size_t, kLongestName + 2> FirstOfLength() {
  std::array<size_t, kLongestName + 2> first{};
  for (size_t length = 0; length < first.size(); ++length) {
    while (first[length] < std::size(kFields) && kFields[first[length]].name.size() < length) {
      ++first[length];
    }
  }
  return first;
}
constexpr auto kFirstOfLength = FirstOfLength();

const FixedField* FindField(absl::string_view name) {
  if (name.size() > kLongestName) return nullptr;
  for (size_t i = kFirstOfLength[name.size()]; i < kFirstOfLength[name.size() + 1]; ++i) {
    if (kFields[i].name == name) return &kFields[i];
  }
  return nullptr;
}

// A whole number; also one written as a double, which some tools do with every number.
std::optional<int64_t> AsInteger(const Number& number) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (number.integer.has_value()) return number.integer;
  const double value = number.value;
  if (!(std::fabs(value) <= kExact) || std::trunc(value) != value) return std::nullopt;
  return static_cast<int64_t>(value);
}

// Whether the counter is one of ours that says how long something took. Of other people's counters
// one may well be below zero.
bool IsDuration(absl::string_view counter) {
  constexpr absl::string_view kDurations[] = {"init_main_ns", "init_ready_ns", "init_first_op_ns",
                                              "teardown_ns",  "lat_p50_ns",    "lat_p90_ns",
                                              "lat_p99_ns",   "lat_p999_ns",   "lat_max_ns"};
  return std::find(std::begin(kDurations), std::end(kDurations), counter) != std::end(kDurations);
}

void Clear(Row& row) {
  static const Row& empty = *new Row();
  for (const FixedField& field : kFields) {
    if (field.text != nullptr) (row.*field.text).clear();
    if (field.integer != nullptr) row.*field.integer = empty.*field.integer;
    if (field.flag != nullptr) row.*field.flag = false;
    if (field.time != nullptr) (row.*field.time).reset();
  }
  row.run_type = RunType::kIteration;
  row.extras.clear();
}

}  // namespace

void RowReader::Begin() {
  Clear(row_);
  seen_ = 0;
  used_ = 0;
  ascending_ = true;
  last_name_.clear();
  names_.clear();
  dropped_.clear();
}

bool RowReader::Name(absl::string_view name) {
  field_ = FindField(name);
  if (field_ == nullptr) {
    name_.assign(name.data(), name.size());
    return NewOtherName(name);
  }
  const uint32_t bit = uint32_t{1} << (field_ - kFields);
  if ((seen_ & bit) != 0) {
    problem_ = absl::StrCat("found the name ", Quoted(name),
                            " twice in one object; a user counter may not have this name");
    return false;
  }
  seen_ |= bit;
  return true;
}

// Google Benchmark writes counters in the order of their names: then nothing is looked up.
bool RowReader::NewOtherName(absl::string_view name) {
  if (ascending_ && (used_ + row_.extras.size() == 0 || last_name_ < name)) {
    last_name_.assign(name.data(), name.size());
    return true;
  }
  ascending_ = false;
  if (used_ + row_.extras.size() < kFewNames) {
    if (!HasOtherName(name)) return true;
  } else {
    if (names_.empty()) {
      for (size_t i = 0; i < used_; ++i) names_.insert(counters_[i].first);
      for (const Json::Member& extra : row_.extras) names_.insert(extra.first);
    }
    if (names_.emplace(name).second) return true;
  }
  problem_ = absl::StrCat("found the name ", Quoted(name), " twice in one object");
  return false;
}

bool RowReader::HasOtherName(absl::string_view name) const {
  for (size_t i = 0; i < used_; ++i) {
    if (counters_[i].first == name) return true;
  }
  for (const Json::Member& extra : row_.extras) {
    if (extra.first == name) return true;
  }
  return false;
}

bool RowReader::WantsInteger() const { return field_ != nullptr && field_->integer != nullptr; }

bool RowReader::Fail(absl::string_view name, absl::string_view problem) {
  problem_ = absl::StrCat("row ", Quoted(row_.name), ": ", Quoted(name), " ", problem);
  return false;
}

bool RowReader::WrongKind() {
  if (field_->text != nullptr) return Fail(field_->name, "is not a string");
  if (field_->integer != nullptr) return Fail(field_->name, "is not a whole number of 63 bits");
  if (field_->flag != nullptr) return Fail(field_->name, "is neither true nor false");
  if (field_->time != nullptr) return Fail(field_->name, "is not a number");
  if (field_ == &kRunType) {
    return Fail(field_->name, "is neither \"iteration\" nor \"aggregate\"");
  }
  return Fail(field_->name, "is not an array of names");
}

bool RowReader::AddCounter(double value) {
  if (used_ == counters_.size()) counters_.emplace_back();
  counters_[used_].first.swap(name_);
  counters_[used_].second = value;
  ++used_;
  return true;
}

bool RowReader::AddExtra(Json value) {
  row_.extras.emplace_back(name_, std::move(value));
  return true;
}

// Tools that cannot write NaN write null.
bool RowReader::Null() {
  if (field_ == nullptr) return AddCounter(kNotANumber);
  if (field_->time == nullptr) return WrongKind();
  row_.*field_->time = kNotANumber;
  return true;
}

bool RowReader::Bool(bool value) {
  if (field_ == nullptr) return AddExtra(value);
  if (field_->flag == nullptr) return WrongKind();
  row_.*field_->flag = value;
  return true;
}

bool RowReader::Number(const results::Number& number) {
  if (field_ == nullptr) return AddCounter(number.value);
  if (field_->integer != nullptr) return SetInteger(number);
  if (field_->time == nullptr) return WrongKind();
  row_.*field_->time = number.value;
  return true;
}

bool RowReader::SetInteger(const results::Number& number) {
  const std::optional<int64_t> integer = AsInteger(number);
  if (!integer.has_value()) return WrongKind();
  if (*integer < field_->smallest) {
    return Fail(field_->name,
                absl::StrCat("is ", *integer, ", want a number from ", field_->smallest));
  }
  row_.*field_->integer = *integer;
  return true;
}

bool RowReader::Text(absl::string_view text) {
  if (field_ == nullptr) return AddExtra(text);
  if (field_->text != nullptr) return SetText(text);
  if (field_ != &kRunType || (text != "iteration" && text != "aggregate")) return WrongKind();
  row_.run_type = text == "aggregate" ? RunType::kAggregate : RunType::kIteration;
  return true;
}

bool RowReader::SetText(absl::string_view text) {
  if (field_->text == &Row::time_unit && NanosPerTimeUnit(text) == 0) {
    return Fail(field_->name, absl::StrCat("is ", Quoted(text), ", want ns, us, ms or s"));
  }
  (row_.*field_->text).assign(text.data(), text.size());
  return true;
}

bool RowReader::Nested(Json json) {
  if (field_ == nullptr) return AddExtra(std::move(json));
  return field_->name == kDropped ? TakeDropped(json) : WrongKind();
}

bool RowReader::TakeDropped(const Json& names) {
  const auto* array = std::get_if<Json::Array>(&names.value);
  if (array == nullptr) return WrongKind();
  for (const Json& name : *array) {
    const std::string* text = name.AsString();
    if (text == nullptr) return WrongKind();
    dropped_.push_back(*text);
  }
  return true;
}

// What needs the whole row, whatever the order of its members was.
bool RowReader::Finish() {
  counters_.resize(used_);
  row_.counters.SwapIn(counters_);
  if (row_.name.empty()) return Fail("name", "is missing or empty");
  if (row_.run_name.empty()) row_.run_name = row_.name;
  if (!ApplyDropped() || !CheckTimes()) return false;
  if (row_.run_type == RunType::kIteration && !CheckMeasurement()) return false;
  ScaleTimes();
  return true;
}

bool RowReader::ApplyDropped() {
  for (const std::string& name : dropped_) {
    const FixedField* field = FindField(name);
    bool there = false;
    if (field != nullptr && field->time != nullptr) {
      there = (row_.*field->time).has_value();
      row_.*field->time = kNotANumber;
    } else {
      there = !row_.counters.emplace(name, kNotANumber);
    }
    if (there) return Fail(name, absl::StrCat("has a value and is named in ", Quoted(kDropped)));
  }
  return true;
}

bool RowReader::CheckTimes() {
  for (const FixedField& field : kFields) {
    if (field.time == nullptr || !(row_.*field.time).has_value()) continue;
    const double time = *(row_.*field.time);
    if (row_.time_unit.empty()) return Fail("time_unit", "is missing");
    if (row_.run_type == RunType::kIteration && time < 0) {
      return Fail(field.name, absl::StrCat("is ", time, ", want no negative time"));
    }
  }
  return true;
}

// Of rows that are no aggregates: what a statistic of the program's own makes may well be negative.
bool RowReader::CheckMeasurement() {
  for (const auto& [name, value] : row_.counters) {
    if (value < 0 && IsDuration(name)) {
      return Fail(name, absl::StrCat("is ", value, ", want no negative time"));
    }
  }
  if (!row_.measured()) return true;
  if (!row_.real_time_ns.has_value()) return Fail("real_time", "is missing");
  if (!row_.cpu_time_ns.has_value()) return Fail("cpu_time", "is missing");
  if (row_.iterations < 1) return Fail("iterations", "is missing or 0 in a row without error");
  return true;
}

void RowReader::ScaleTimes() {
  if (row_.aggregate_unit == "percentage") return;
  const double unit = NanosPerTimeUnit(row_.time_unit);
  if (row_.real_time_ns.has_value()) *row_.real_time_ns *= unit;
  if (row_.cpu_time_ns.has_value()) *row_.cpu_time_ns *= unit;
}

}  // namespace loadline::results
