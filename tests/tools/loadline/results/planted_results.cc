#include "tests/tools/loadline/results/planted_results.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace loadline::results {
namespace {

constexpr char kContext[] = R"({
  "context": {
    "date": "2026-11-25T10:37:27+00:00",
    "host_name": "example",
    "executable": "./planted",
    "num_cpus": 2,
    "mhz_per_cpu": 2596,
    "cpu_scaling_enabled": false,
    "caches": [
    ],
    "load_avg": [0.5,0.25,0.125],
    "library_build_type": "release"
  },
  "benchmarks": [
)";

double Mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

double StdDev(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double mean = Mean(values);
  double squares = 0;
  for (double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double Cv(const std::vector<double>& values) { return StdDev(values) / Mean(values); }

struct Aggregate {
  absl::string_view name;
  absl::string_view unit;
  double (*of)(const std::vector<double>&);
};
constexpr Aggregate kAggregates[] = {
    {"mean", "time", [](const std::vector<double>& v) { return Mean(v); }},
    {"median", "time", [](const std::vector<double>& v) { return Median(v); }},
    {"stddev", "time", StdDev},
    {"cv", "percentage", Cv},
};

class Maker {
 public:
  explicit Maker(const PlantedResults& options) : options_(options), random_(options.seed) {}

  std::string Make() {
    out_ = kContext;
    for (int i = 0; i < options_.benchmarks; ++i) AddBenchmark(i);
    out_.append("\n  ]\n}\n");
    return std::move(out_);
  }

 private:
  void AddBenchmark(int index) {
    name_ = absl::StrCat("BM_Planted/", index);
    const double base = options_.factor * 100 * (1 + index % 997);
    std::vector<double> times;
    for (int i = 0; i < options_.repetitions; ++i) {
      times.push_back(base * (1 + 0.02 * (Uniform() + Uniform() - 1)));
      Begin(name_, index, "iteration");
      absl::StrAppend(&out_, "      \"repetition_index\": ", i, ",\n      \"threads\": 1,\n");
      End(static_cast<int>(1e9 / base), times.back(), times.back() * 0.999);
    }
    if (options_.aggregates && options_.repetitions > 1) AddAggregates(index, times);
  }

  void AddAggregates(int index, const std::vector<double>& times) {
    for (const Aggregate& aggregate : kAggregates) {
      Begin(absl::StrCat(name_, "_", aggregate.name), index, "aggregate");
      absl::StrAppend(&out_, "      \"threads\": 1,\n      \"aggregate_name\": \"", aggregate.name,
                      "\",\n      \"aggregate_unit\": \"", aggregate.unit, "\",\n");
      End(options_.repetitions, aggregate.of(times), aggregate.of(times) * 0.999);
    }
  }

  void Begin(absl::string_view name, int index, absl::string_view run_type) {
    absl::StrAppend(&out_, first_ ? "" : ",\n", "    {\n      \"name\": \"", name, "\",\n");
    absl::StrAppend(&out_, "      \"family_index\": ", index,
                    ",\n      \"per_family_instance_index\": 0,\n      \"run_name\": \"", name_,
                    "\",\n      \"run_type\": \"", run_type,
                    "\",\n      \"repetitions\": ", options_.repetitions, ",\n");
    first_ = false;
  }

  void End(int iterations, double real_time, double cpu_time) {
    absl::StrAppend(&out_, "      \"iterations\": ", iterations);
    absl::StrAppendFormat(&out_, ",\n      \"real_time\": %.16e,\n      \"cpu_time\": %.16e",
                          real_time, cpu_time);
    out_.append(",\n      \"time_unit\": \"ns\"");
    for (int i = 0; i < options_.counters; ++i) {
      absl::StrAppendFormat(&out_, ",\n      \"planted_counter_%02d\": %.16e", i, real_time * i);
    }
    out_.append("\n    }");
  }

  double Uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  const PlantedResults& options_;
  std::mt19937_64 random_;
  std::string name_;
  std::string out_;
  bool first_ = true;
};

}  // namespace

std::string MakePlantedResults(const PlantedResults& options) { return Maker(options).Make(); }

}  // namespace loadline::results
