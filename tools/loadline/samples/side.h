#ifndef TOOLS_LOADLINE_SAMPLES_SIDE_H_
#define TOOLS_LOADLINE_SAMPLES_SIDE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/samples/environment.h"

namespace loadline::samples {

// The values of one metric of one benchmark on one side: one number a process (of a time: all that
// was spent over all iterations; of a counter: the median of the repetitions), in nanoseconds,
// bytes, percent or plain numbers. May be non-finite.
struct Series {
  uint32_t metric = 0;  // Side::metrics()
  std::vector<double> processes;
};

// Everything that one side holds of one benchmark.
struct SideBenchmark {
  std::string name;              // as the files have it
  int64_t threads = 1;           // the most of its rows
  std::string time_unit;         // as in its first row: "ns", "us", "ms", "s"
  bool units_mixed = false;      // its rows have several
  size_t processes = 0;          // that measured it
  size_t repetitions = 0;        // measured rows, in all processes
  size_t failed = 0;             // rows with an error
  size_t skipped = 0;            // rows that chose not to run
  bool only_aggregates = false;  // there are no iteration rows, only means and medians
  bool several = false;          // benchmarks of this name that nothing tells apart
  bool ran_as_named = true;      // as often as the name's last parts say, where they say it
  bool quantized = false;
  bool oversubscribed = false;
  bool memory_shared = false;  // other benchmarks ran before it in its process
  std::string message;         // the first error, else the first skip message
  std::vector<Series> series;  // sorted by metric
};

// One side of a comparison, digested file by file so that the files can be freed: compact samples
// and what has to be known about each file. A plain builder: Add() every file, then read.
// Thread-compatible.
//
// What a process is. Repetitions inside a process are not independent of each other, so inference
// is over processes. A file is one process, except that
// - in a file of `loadline run` (it says "loadline.isolation") every repetition is a process of
//   its own; where a benchmark repeats itself inside its process, the run's number of processes
//   ("loadline.repetitions") says which rows belong together;
// - where a repetition index of a benchmark appears again in the same file, another run was
//   appended to it: the n-th appearance belongs to the n-th process.
//
// What a benchmark is. Its run name, every part of it. Where a file's rows of one name belong to
// several benchmarks (other "family_index", other "per_family_instance_index") or may do so (a
// repetition index again without a family index, or several rows without a repetition index; never
// in a file of `loadline run`), they are kept and it is said (`several`): they are not to be
// compared.
class Side final : public results::ResultSink {
 public:
  void Add(const results::ResultFile& file);
  // The same, row by row while a file is read; a file of several documents is several. After a
  // failed read the side is not to be used.
  void OnRow(results::Row& row) override { AddRow(row); }
  void OnDocument(results::ResultFile document) override { Finish(document); }

  const std::vector<SideBenchmark>& benchmarks() const { return benchmarks_; }
  const SideBenchmark* Find(absl::string_view name) const;  // null: not there
  // The one of that canonical name (results::CanonicalName). Null where there are several, or where
  // the rows show that what looks like Google Benchmark's part of the name is the program's.
  const SideBenchmark* FindByCanonicalName(absl::string_view canonical_name) const;
  const std::vector<std::string>& metrics() const { return metrics_; }

  struct File {
    Environment environment;
    std::string source;
    std::string host;            // Host::Text
    std::string date;            // as the context says, "" where it does not
    std::string time_semantics;  // of threaded benchmarks: TimeSemanticsOf
    bool incomplete = false;     // the run was cut short
    bool isolated = false;       // written by `loadline run`
    size_t benchmarks = 0;       // with iteration rows
    bool aggregates = false;     // it has means and medians
    uint64_t fingerprint = 0;    // FingerprintOf: equal for copies of a file
  };
  const std::vector<File>& files() const { return files_; }

  // The series' values in the order in which they were measured; empty where that is not known:
  // several files that are not one process each, or do not each say another date.
  std::vector<double> InOrder(const Series& series) const;

 private:
  static constexpr uint32_t kSeveral = UINT32_MAX;

  struct Reading {
    uint32_t metric;
    uint32_t row;  // then, once it is known, the process
    double value;
    double iterations;  // of a time; 0 for counters
  };
  // What says which process a measured row is from.
  struct RowOrigin {
    int64_t family_index;
    int64_t per_family_instance_index;
    int64_t repetition_index;
    int64_t repetitions;
    bool start;  // of an initialisation probe
  };
  // A benchmark in the file at hand.
  struct Open {
    bool seen = false;  // it has iteration rows
    std::vector<RowOrigin> rows;
    std::vector<Reading> readings;
  };

  void AddRow(const results::Row& row);
  // Every row since the last call was of `file`; its own rows are not looked at.
  void Finish(const results::ResultFile& file);
  uint32_t BenchmarkIndex(const results::Row& row);
  uint32_t MetricIndex(absl::string_view name);
  void AddMeasurement(const results::Row& row, uint32_t index);
  static bool MayBeSeveral(const Open& open, bool isolated);
  static std::vector<uint32_t> ProcessesOf(const Open& open, bool isolated, int64_t run_processes);
  static void Reduce(const std::vector<uint32_t>& processes, Open& open, SideBenchmark& benchmark);
  static double ValueOfProcess(absl::Span<const Reading> readings);

  std::vector<File> files_;
  std::vector<SideBenchmark> benchmarks_;
  absl::flat_hash_map<std::string, uint32_t> index_;              // name -> benchmarks_
  absl::flat_hash_map<std::string, uint32_t> by_canonical_name_;  // or kSeveral
  std::vector<std::string> metrics_;
  absl::flat_hash_map<std::string, uint32_t> metric_index_;
  // Of the file at hand.
  std::vector<Open> open_;  // by benchmark of the side
  bool aggregates_ = false;
  uint64_t fingerprint_ = 0;
};

}  // namespace loadline::samples

#endif  // TOOLS_LOADLINE_SAMPLES_SIDE_H_
