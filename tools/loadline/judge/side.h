#ifndef TOOLS_LOADLINE_JUDGE_SIDE_H_
#define TOOLS_LOADLINE_JUDGE_SIDE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/judge/environment.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::judge {

// The values of one metric of one benchmark on one side: one number a process, the median of the
// process's repetitions, in nanoseconds, bytes, percent or plain numbers. May be non-finite.
struct Series {
  uint32_t metric = 0;  // Side::metrics()
  std::vector<double> processes;
};

// Everything that one side holds of one benchmark.
struct SideBenchmark {
  std::string name;              // canonical
  int64_t threads = 1;           // the most of its rows
  std::string time_unit;         // as in its first row: "ns", "us", "ms", "s"
  bool units_mixed = false;      // its rows have several
  size_t processes = 0;          // that measured it
  size_t repetitions = 0;        // measured rows, in all processes
  size_t failed = 0;             // rows with an error
  size_t skipped = 0;            // rows that chose not to run
  bool only_aggregates = false;  // there are no iteration rows, only means and medians
  bool several_names = false;    // benchmarks of different full names share the canonical name
  bool quantized = false;
  bool oversubscribed = false;
  std::string message;         // the first error, else the first skip message
  std::vector<Series> series;  // by first appearance
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
// Rows that say no repetition at all are one process, however many there are.
class Side {
 public:
  void Add(const results::ResultFile& file);

  const std::vector<SideBenchmark>& benchmarks() const { return benchmarks_; }
  const SideBenchmark* Find(absl::string_view canonical_name) const;  // null: not there
  const std::vector<std::string>& metrics() const { return metrics_; }

  struct File {
    Environment environment;
    std::string source;
    std::string host;          // "NAME (DESCRIPTION)"
    std::string date;          // as the context says, "" where it does not
    bool incomplete = false;   // the run was cut short
    bool isolated = false;     // written by `loadline run`
    size_t benchmarks = 0;     // with iteration rows
    uint64_t fingerprint = 0;  // of its measurements and date; equal for copies of a file
  };
  const std::vector<File>& files() const { return files_; }

 private:
  struct Reading {
    uint32_t metric;
    uint32_t process;
    double value;
  };
  class Digest;

  uint32_t MetricIndex(absl::string_view name);

  std::vector<File> files_;
  std::vector<SideBenchmark> benchmarks_;
  absl::flat_hash_map<std::string, uint32_t> index_;  // canonical name -> benchmarks_
  std::vector<std::string> metrics_;
  absl::flat_hash_map<std::string, uint32_t> metric_index_;
};

}  // namespace loadline::judge

#endif  // TOOLS_LOADLINE_JUDGE_SIDE_H_
