#include "tools/loadline/results/result_reader.h"

#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/counted.h"
#include "tools/loadline/results/fault_advice.h"
#include "tools/loadline/results/json_reader.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {
namespace {

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
constexpr char kDropped[] = "loadline_dropped";
// The smallest document has 17 bytes, and is a process with an environment and a line of its own in
// every report: without a limit a file would cost a hundred times its size.
constexpr size_t kMostDocuments = 4096;

// A member of a row that the format names. One of the pointers is set, or none of them for
// "run_type" and "loadline_dropped".
struct Field {
  absl::string_view name;
  std::string Row::*text = nullptr;
  int64_t Row::*integer = nullptr;
  int64_t smallest = 0;
  bool Row::*flag = nullptr;
  std::optional<double> Row::*time = nullptr;
};

// In the order in which Google Benchmark writes them.
constexpr Field kFields[] = {
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
    {.name = "real_time", .time = &Row::real_time_ns},
    {.name = "cpu_time", .time = &Row::cpu_time_ns},
    {.name = "time_unit", .text = &Row::time_unit},
    {.name = "label", .text = &Row::label},
    {.name = kDropped},
};
static_assert(std::size(kFields) <= 32, "RowReader::seen_ has a bit for each");

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

// Reads one row, which comes next.
class RowReader {
 public:
  explicit RowReader(JsonReader& json) : json_(json) {}

  bool Read() {
    const size_t begin = json_.offset();
    const auto member = [this](absl::string_view name, size_t at) {
      at_ = at;
      return ReadMember(name);
    };
    if (!json_.ReadObject(member)) return false;
    at_ = begin;
    return Finish();
  }
  Row& row() { return row_; }

 private:
  bool Fail(absl::string_view name, absl::string_view problem) {
    return json_.Fail(at_,
                      absl::StrCat("row ", Quoted(row_.name), ": ", Quoted(name), " ", problem));
  }
  bool FailTwice(absl::string_view name, absl::string_view advice = "") {
    return json_.Fail(
        at_, absl::StrCat("found the name ", Quoted(name), " twice in one object", advice));
  }

  // Null where the format does not have the name. Members are mostly in the order of the table.
  const Field* FindField(absl::string_view name) {
    for (size_t i = 0; i < std::size(kFields); ++i) {
      const Field& field = kFields[next_++ % std::size(kFields)];
      if (field.name == name) return &field;
    }
    return nullptr;
  }

  bool ReadMember(absl::string_view name) {
    const Field* const field = FindField(name);
    if (field == nullptr) return ReadOther(std::string(name));
    const uint32_t bit = uint32_t{1} << (field - kFields);
    if ((seen_ & bit) != 0) return FailTwice(name, "; a user counter may not have this name");
    seen_ |= bit;
    Json value;
    json_.Peek();
    const size_t begin = json_.offset();
    if (!json_.ReadValue(value)) return false;
    if (field->integer == nullptr) return Take(*field, value);
    return TakeInteger(*field, AsInteger(value),
                       json_.text().substr(begin, json_.offset() - begin));
  }

  // A counter, or one of the extras.
  bool ReadOther(std::string name) {
    Json value;
    if (!json_.ReadValue(value)) return false;
    const std::optional<double> number = AsNumberOrNull(value);
    if (row_.counters.contains(name) || extras_.contains(name)) return FailTwice(name);
    if (number.has_value()) {
      row_.counters.emplace(std::move(name), *number);
    } else {
      extras_.insert(name);
      row_.extras.emplace_back(std::move(name), std::move(value));
    }
    return true;
  }

  bool Take(const Field& field, Json& value) {
    if (field.text != nullptr) return TakeText(field, std::get_if<std::string>(&value.value));
    if (field.time != nullptr) {
      row_.*field.time = AsNumberOrNull(value);
      return (row_.*field.time).has_value() || Fail(field.name, "is not a number");
    }
    if (field.flag != nullptr) {
      const bool* flag = std::get_if<bool>(&value.value);
      if (flag == nullptr) return Fail(field.name, "is neither true nor false");
      row_.*field.flag = *flag;
      return true;
    }
    if (field.name == kDropped) return TakeDropped(std::get_if<Json::Array>(&value.value));
    const std::string* text = value.AsString();
    if (text == nullptr || (*text != "iteration" && *text != "aggregate")) {
      return Fail(field.name, "is neither \"iteration\" nor \"aggregate\"");
    }
    row_.run_type = *text == "aggregate" ? RunType::kAggregate : RunType::kIteration;
    return true;
  }

  bool TakeText(const Field& field, std::string* text) {
    if (text == nullptr) return Fail(field.name, "is not a string");
    if (field.text == &Row::time_unit && NanosPerTimeUnit(*text) == 0) {
      return Fail(field.name, absl::StrCat("is ", Quoted(*text), ", want ns, us, ms or s"));
    }
    row_.*field.text = std::move(*text);
    return true;
  }

  // `written`: as the file has it. A locale's separator of thousands may look like a point.
  bool TakeInteger(const Field& field, std::optional<int64_t> integer, absl::string_view written) {
    if (integer >= field.smallest) {
      row_.*field.integer = *integer;
      return true;
    }
    const std::string problem =
        integer.has_value() ? absl::StrCat("is ", *integer, ", want a number from ", field.smallest)
                            : "is not a whole number of 63 bits";
    return Fail(field.name, problem + (IsGroupedNumber(written) ? kLocaleAdvice : ""));
  }

  bool TakeDropped(const Json::Array* names) {
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
    return ApplyDropped() && FinishTimes() &&
           (row_.run_type == RunType::kAggregate || CheckMeasurement());
  }

  bool ApplyDropped() {
    for (const std::string& name : dropped_) {
      const Field* field = FindField(name);
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

  bool FinishTimes() {
    for (const Field& field : kFields) {
      if (field.time == nullptr || !(row_.*field.time).has_value()) continue;
      double& time = *(row_.*field.time);
      if (row_.time_unit.empty()) return Fail("time_unit", "is missing");
      if (row_.run_type == RunType::kIteration && time < 0) return FailNegative(field.name, time);
      if (row_.aggregate_unit != "percentage") time *= NanosPerTimeUnit(row_.time_unit);
    }
    return true;
  }

  // Of rows that are no aggregates: what a statistic of the program's own makes may be negative.
  bool CheckMeasurement() {
    for (const auto& [name, value] : row_.counters) {
      if (value < 0 && IsDuration(name)) return FailNegative(name, value);
    }
    if (!row_.measured()) return true;
    if (!row_.real_time_ns.has_value()) return Fail("real_time", "is missing");
    if (!row_.cpu_time_ns.has_value()) return Fail("cpu_time", "is missing");
    return row_.iterations >= 1 || Fail("iterations", "is missing or 0 in a row without error");
  }

  bool FailNegative(absl::string_view name, double value) {
    return Fail(name, absl::StrCat("is ", value, ", want no negative time"));
  }

  JsonReader& json_;
  Row row_;
  size_t at_ = 0;                            // where a problem is said to be
  size_t next_ = 0;                          // the field that is expected
  uint32_t seen_ = 0;                        // fields, by their place in the table
  absl::flat_hash_set<std::string> extras_;  // their names
  std::vector<std::string> dropped_;
};

// Reads the documents of a text, one after another.
class DocumentReader {
 public:
  DocumentReader(absl::string_view source, const std::string& text, ResultSink& sink)
      : source_(source), json_(source, text), sink_(sink) {}

  absl::Status Read(size_t most) {
    if (!CheckText()) return json_.status();
    for (size_t count = 1;; ++count) {
      json_.SkipByteOrderMark();
      if (count > 1 && json_.Peek() == '\0') return absl::OkStatus();
      if (count > 1 && !ExpectDocument(count, most)) return json_.status();
      file_.source =
          count == 1 ? std::string(source_) : absl::StrCat(source_, " (document ", count, ")");
      if (!ReadDocument()) return json_.status();
      sink_.OnDocument(std::exchange(file_, ResultFile()));
    }
  }

 private:
  bool CheckText() {
    const absl::string_view text = json_.text();
    if (absl::StripAsciiWhitespace(text).empty()) {
      return json_.Fail(0, "the file is empty, want a JSON object with \"benchmarks\"");
    }
    if (absl::StartsWith(text, "#!")) {
      return json_.Fail(0, "found a script, and nothing that is read is ever run");
    }
    const size_t nul = text.find('\0');
    return nul == absl::string_view::npos || json_.Fail(nul, "found a NUL byte");
  }

  // After the first.
  bool ExpectDocument(size_t count, size_t most) {
    constexpr char kWhere[] = " after the end of the object";
    if (json_.Peek() != '{') return json_.FailHere(kWhere);
    return count <= most ||
           json_.FailHere(absl::StrCat(kWhere, ", want at most ", Counted(most, "result document"),
                                       " in this file"));
  }

  bool ReadDocument() {
    const char first = json_.Peek();
    const size_t begin = json_.offset();
    if (first == '[') return json_.Fail(begin, "found an array, want a JSON object");
    if (first != '{') {
      Json other;
      return json_.ReadValue(other) && json_.Fail(0, "found no JSON object at the top");
    }
    bool has_benchmarks = false;
    const auto member = [&](absl::string_view name, size_t at) {
      has_benchmarks = has_benchmarks || name == "benchmarks";
      return ReadMember(std::string(name), at);
    };
    if (!json_.ReadUniqueMembers(member)) return false;
    if (has_benchmarks) return true;
    // Programs log in JSON, too.
    const bool elsewhere = absl::StrContains(json_.text(), "\"benchmarks\"");
    return json_.Fail(
        begin, absl::StrCat("the object has no \"benchmarks\"", elsewhere ? kStrayTextAdvice : ""));
  }

  bool ReadMember(std::string name, size_t at) {
    if (name == "benchmarks" && json_.Peek() == '[') {
      return json_.ReadArray([this] { return ReadRow(); });
    }
    Json value;
    if (!json_.ReadValue(value)) return false;
    if (name == "benchmarks") return json_.Fail(at, "\"benchmarks\" is not an array");
    if (name == "context") {
      auto* context = std::get_if<Json::Object>(&value.value);
      if (context == nullptr) return json_.Fail(at, "\"context\" is not an object");
      file_.context = std::move(*context);
    } else {
      file_.extras.emplace_back(std::move(name), std::move(value));
    }
    return true;
  }

  bool ReadRow() {
    const char first = json_.Peek();
    if (first == '{') {
      RowReader reader(json_);
      if (!reader.Read()) return false;
      sink_.OnRow(reader.row());
      return true;
    }
    Json other;
    if (first != '[' && !json_.ReadValue(other)) return false;
    return json_.Fail(json_.offset() - (first == '[' ? 0 : 1),
                      "found an element of \"benchmarks\" that is no object");
  }

  const absl::string_view source_;
  JsonReader json_;
  ResultSink& sink_;
  ResultFile file_;
};

class Collector : public ResultSink {
 public:
  void OnRow(Row& row) override { rows_.push_back(std::move(row)); }
  void OnDocument(ResultFile document) override {
    document.rows = std::exchange(rows_, {});
    files_.push_back(std::move(document));
  }
  std::vector<ResultFile> Take() { return std::move(files_); }

 private:
  std::vector<Row> rows_;
  std::vector<ResultFile> files_;
};

}  // namespace

absl::Status StreamResults(absl::string_view source, const std::string& text, ResultSink& sink) {
  return DocumentReader(source, text, sink).Read(kMostDocuments);
}

absl::Status StreamResultFile(absl::string_view path, ResultSink& sink,
                              const InputOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(const std::string text, ReadInputFile(path, options));
  return StreamResults(path, text, sink);
}

absl::StatusOr<ResultFile> ParseResultFile(absl::string_view source, const std::string& text) {
  Collector collector;
  LOADLINE_RETURN_IF_ERROR(DocumentReader(source, text, collector).Read(1));
  return std::move(collector.Take().front());
}

absl::StatusOr<ResultFile> ReadResultFile(absl::string_view path, const InputOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(const std::string text, ReadInputFile(path, options));
  return ParseResultFile(path, text);
}

absl::StatusOr<std::vector<ResultFile>> ReadResultFiles(absl::string_view path,
                                                        const InputOptions& options) {
  Collector collector;
  LOADLINE_RETURN_IF_ERROR(StreamResultFile(path, collector, options));
  return collector.Take();
}

}  // namespace loadline::results
