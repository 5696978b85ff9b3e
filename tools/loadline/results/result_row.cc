#include "tools/loadline/results/result_row.h"

#include <cmath>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {
namespace {

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
constexpr char kDropped[] = "loadline_dropped";

struct TextField {
  absl::string_view name;
  std::string Row::*field;
};
constexpr TextField kTextFields[] = {
    {"name", &Row::name},
    {"run_name", &Row::run_name},
    {"aggregate_name", &Row::aggregate_name},
    {"aggregate_unit", &Row::aggregate_unit},
    {"time_unit", &Row::time_unit},
    {"error_message", &Row::error_message},
    {"skip_message", &Row::skip_message},
    {"label", &Row::label},
};

struct IntegerField {
  absl::string_view name;
  int64_t Row::*field;
  int64_t smallest;
};
constexpr IntegerField kIntegerFields[] = {
    {"family_index", &Row::family_index, 0},
    {"per_family_instance_index", &Row::per_family_instance_index, 0},
    {"repetitions", &Row::repetitions, 0},
    {"repetition_index", &Row::repetition_index, 0},
    {"threads", &Row::threads, 1},
    {"iterations", &Row::iterations, 0},
};

struct FlagField {
  absl::string_view name;
  bool Row::*field;
};
constexpr FlagField kFlagFields[] = {
    {"error_occurred", &Row::error_occurred},
    {"skipped", &Row::skipped},
};

struct TimeField {
  absl::string_view name;
  std::optional<double> Row::*field;
};
constexpr TimeField kTimeFields[] = {
    {"real_time", &Row::real_time_ns},
    {"cpu_time", &Row::cpu_time_ns},
};

template <typename Table>
const auto* FindField(const Table& table, absl::string_view name) {
  for (const auto& entry : table) {
    if (entry.name == name) return &entry;
  }
  return static_cast<decltype(&table[0])>(nullptr);
}

// A number as a double; null too, because tools that cannot write NaN write null.
std::optional<double> AsNumber(const Json& json) {
  if (const auto* d = std::get_if<double>(&json.value)) return *d;
  if (const auto* i = std::get_if<int64_t>(&json.value)) return static_cast<double>(*i);
  if (const auto* u = std::get_if<uint64_t>(&json.value)) return static_cast<double>(*u);
  if (std::holds_alternative<std::nullptr_t>(json.value)) return kNotANumber;
  return std::nullopt;
}

// A whole number; also one written as a double, which some tools do with every number.
std::optional<int64_t> AsInteger(const Json& json) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (const auto* i = std::get_if<int64_t>(&json.value)) return *i;
  const auto* d = std::get_if<double>(&json.value);
  if (d == nullptr || !(std::fabs(*d) <= kExact) || std::trunc(*d) != *d) return std::nullopt;
  return static_cast<int64_t>(*d);
}

class RowReader {
 public:
  explicit RowReader(Row& row) : row_(row) {}

  std::optional<RowFault> Read(Json::Object members) {
    for (size_t i = 0; i < members.size(); ++i) {
      if (!ReadMember(members[i])) return RowFault{std::move(problem_), i};
    }
    if (!Finish()) return RowFault{std::move(problem_), std::nullopt};
    return std::nullopt;
  }

 private:
  bool Fail(absl::string_view name, absl::string_view problem) {
    problem_ = absl::StrCat(Quoted(name), " ", problem);
    return false;
  }

  bool ReadMember(Json::Member& member) {
    auto& [name, json] = member;
    if (const auto* field = FindField(kTextFields, name)) return ReadText(*field, json);
    if (const auto* field = FindField(kIntegerFields, name)) return ReadInteger(*field, json);
    if (const auto* field = FindField(kFlagFields, name)) return ReadFlag(*field, json);
    if (const auto* field = FindField(kTimeFields, name)) return ReadTime(*field, json);
    if (name == "run_type") return ReadRunType(json);
    if (name == kDropped) return ReadDropped(json);
    if (const std::optional<double> number = AsNumber(json)) {
      row_.counters.emplace(name, *number);
    } else {
      row_.extras.push_back(std::move(member));
    }
    return true;
  }

  bool ReadText(const TextField& field, Json& json) {
    auto* text = std::get_if<std::string>(&json.value);
    if (text == nullptr) return Fail(field.name, "is not a string");
    if (field.name == "time_unit" && NanosPerTimeUnit(*text) == 0) {
      return Fail(field.name, absl::StrCat("is ", Quoted(*text), ", want ns, us, ms or s"));
    }
    row_.*field.field = std::move(*text);
    return true;
  }

  bool ReadInteger(const IntegerField& field, const Json& json) {
    const std::optional<int64_t> integer = AsInteger(json);
    if (!integer.has_value()) return Fail(field.name, "is not a whole number of 63 bits");
    if (*integer < field.smallest) {
      return Fail(field.name,
                  absl::StrCat("is ", *integer, ", want a number from ", field.smallest));
    }
    row_.*field.field = *integer;
    return true;
  }

  bool ReadFlag(const FlagField& field, const Json& json) {
    const auto* flag = std::get_if<bool>(&json.value);
    if (flag == nullptr) return Fail(field.name, "is neither true nor false");
    row_.*field.field = *flag;
    return true;
  }

  bool ReadTime(const TimeField& field, const Json& json) {
    const std::optional<double> time = AsNumber(json);
    if (!time.has_value()) return Fail(field.name, "is not a number");
    row_.*field.field = *time;
    return true;
  }

  bool ReadRunType(const Json& json) {
    const std::string* text = json.AsString();
    if (text == nullptr || (*text != "iteration" && *text != "aggregate")) {
      return Fail("run_type", "is neither \"iteration\" nor \"aggregate\"");
    }
    row_.run_type = *text == "aggregate" ? RunType::kAggregate : RunType::kIteration;
    return true;
  }

  bool ReadDropped(const Json& json) {
    const auto* names = std::get_if<Json::Array>(&json.value);
    if (names == nullptr) return Fail(kDropped, "is not an array of names");
    for (const Json& name : *names) {
      const std::string* text = name.AsString();
      if (text == nullptr) return Fail(kDropped, "is not an array of names");
      dropped_.push_back(*text);
    }
    return true;
  }

  // What needs the whole row, whatever the order of its members was.
  bool Finish() {
    if (row_.name.empty()) return Fail("name", "is missing or empty");
    if (row_.run_name.empty()) row_.run_name = row_.name;
    if (!ApplyDropped() || !CheckTimes()) return false;
    if (row_.run_type == RunType::kIteration && !CheckMeasurement()) return false;
    ScaleTimes();
    return true;
  }

  bool ApplyDropped() {
    for (const std::string& name : dropped_) {
      if (const auto* time = FindField(kTimeFields, name)) {
        if ((row_.*time->field).has_value()) return FailDropped(name);
        row_.*time->field = kNotANumber;
      } else if (!row_.counters.emplace(name, kNotANumber)) {
        return FailDropped(name);
      }
    }
    return true;
  }
  bool FailDropped(absl::string_view name) {
    return Fail(name, absl::StrCat("has a value and is named in ", Quoted(kDropped)));
  }

  bool CheckTimes() {
    for (const TimeField& field : kTimeFields) {
      const std::optional<double>& time = row_.*field.field;
      if (!time.has_value()) continue;
      if (row_.time_unit.empty()) return Fail("time_unit", "is missing");
      if (row_.run_type == RunType::kIteration && *time < 0) {
        return Fail(field.name, absl::StrCat("is ", *time, ", want no negative time"));
      }
    }
    return true;
  }

  bool CheckMeasurement() {
    if (!row_.measured()) return true;
    for (const TimeField& field : kTimeFields) {
      if (!(row_.*field.field).has_value()) return Fail(field.name, "is missing");
    }
    if (row_.iterations < 1) return Fail("iterations", "is missing or 0 in a row without error");
    return true;
  }

  void ScaleTimes() {
    if (row_.aggregate_unit == "percentage") return;
    for (const TimeField& field : kTimeFields) {
      if ((row_.*field.field).has_value()) {
        row_.*field.field = *(row_.*field.field) * NanosPerTimeUnit(row_.time_unit);
      }
    }
  }

  Row& row_;
  std::vector<std::string> dropped_;
  std::string problem_;
};

}  // namespace

std::optional<RowFault> ReadRow(Json::Object members, Row& row) {
  return RowReader(row).Read(std::move(members));
}

}  // namespace loadline::results
