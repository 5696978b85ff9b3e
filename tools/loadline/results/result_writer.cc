#include "tools/loadline/results/result_writer.h"

#include <cmath>
#include <utility>

namespace loadline::results {
namespace {

class RowWriter {
 public:
  explicit RowWriter(const Row& row) : row_(row) {}

  Json Write() {
    Add("name", row_.name);
    AddIndex("family_index", row_.family_index);
    AddIndex("per_family_instance_index", row_.per_family_instance_index);
    Add("run_name", row_.run_name);
    Add("run_type", row_.run_type == RunType::kAggregate ? "aggregate" : "iteration");
    AddIndex("repetitions", row_.repetitions);
    AddIndex("repetition_index", row_.repetition_index);
    Add("threads", row_.threads);
    AddText("aggregate_name", row_.aggregate_name);
    AddText("aggregate_unit", row_.aggregate_unit);
    if (row_.error_occurred) {
      Add("error_occurred", true);
      Add("error_message", row_.error_message);
    }
    if (row_.skipped) {
      Add("skipped", true);
      Add("skip_message", row_.skip_message);
    }
    AddMeasurement();
    for (const auto& [name, value] : row_.counters) AddNumber(name, value);
    AddText("label", row_.label);
    members_.insert(members_.end(), row_.extras.begin(), row_.extras.end());
    if (!dropped_.empty()) Add("loadline_dropped", std::move(dropped_));
    return Json(std::move(members_));
  }

 private:
  void Add(std::string name, Json value) {
    members_.emplace_back(std::move(name), std::move(value));
  }
  void AddText(const char* name, const std::string& text) {
    if (!text.empty()) Add(name, text);
  }
  void AddIndex(const char* name, int64_t index) {
    if (index >= 0) Add(name, index);
  }
  void AddNumber(const std::string& name, double value) {
    if (std::isfinite(value)) {
      Add(name, value);
    } else {
      dropped_.emplace_back(name);
    }
  }

  // BigO and RMS rows have no iterations and no times, and Google Benchmark writes none.
  void AddMeasurement() {
    const bool timed = row_.real_time_ns.has_value() || row_.cpu_time_ns.has_value();
    if (timed || row_.run_type == RunType::kIteration) Add("iterations", row_.iterations);
    const double nanos = NanosPerTimeUnit(row_.time_unit);
    const double unit = row_.aggregate_unit == "percentage" || nanos == 0 ? 1 : nanos;
    if (row_.real_time_ns.has_value()) AddNumber("real_time", *row_.real_time_ns / unit);
    if (row_.cpu_time_ns.has_value()) AddNumber("cpu_time", *row_.cpu_time_ns / unit);
    if (timed || !row_.time_unit.empty()) {
      Add("time_unit", row_.time_unit.empty() ? "ns" : row_.time_unit);
    }
  }

  const Row& row_;
  Json::Object members_;
  Json::Array dropped_;
};

}  // namespace

std::string WriteResultFile(const ResultFile& file) {
  Json::Array rows;
  rows.reserve(file.rows.size());
  for (const Row& row : file.rows) rows.push_back(RowWriter(row).Write());
  Json::Object top;
  top.emplace_back("context", file.context);
  top.emplace_back("benchmarks", std::move(rows));
  top.insert(top.end(), file.extras.begin(), file.extras.end());
  return WriteJson(Json(std::move(top))) + "\n";
}

}  // namespace loadline::results
