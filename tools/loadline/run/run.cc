#include "tools/loadline/run/run.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/base/status_macros.h"
#include "loadline/platform/cpu.h"
#include "loadline/platform/host.h"
#include "loadline/platform/settings.h"
#include "loadline/stats/shift_test.h"
#include "tools/loadline/results/counted.h"
#include "tools/loadline/results/output_file.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/results/result_writer.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/init_runner.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/progress.h"
#include "tools/loadline/run/suite_runner.h"
#include "tools/loadline/run/work_dir.h"

namespace loadline::run {
namespace {

// How many starts of the probe's baseline stand against the starts of its scenarios.
constexpr int kProbeBaselineStarts = 9;

// CPU time in clock ticks since boot, and how much of it the hypervisor gave to others; 0: unknown.
struct CpuTicks {
  uint64_t total = 0;
  uint64_t stolen = 0;
};
CpuTicks ReadCpuTicks() {
  std::ifstream file("/proc/stat");
  std::string word;
  CpuTicks ticks;
  if (!(file >> word) || word != "cpu") return ticks;
  uint64_t value = 0;
  // user nice system idle iowait irq softirq steal; the guest figures after them are in user.
  for (int field = 0; field < 8 && file >> value; ++field) {
    ticks.total += value;
    if (field == 7) ticks.stolen = value;
  }
  return ticks;
}

std::string StealPercent(const CpuTicks& before, const CpuTicks& after) {
  if (before.total == 0 || after.total <= before.total) return "unavailable";
  return absl::StrFormat("%.2f", 100.0 * static_cast<double>(after.stolen - before.stolen) /
                                     static_cast<double>(after.total - before.total));
}

void MoveTo(std::vector<results::Row>& all, std::vector<results::Row> rows) {
  std::move(rows.begin(), rows.end(), std::back_inserter(all));
}

std::string Load() {
  const auto load = platform::ReadLoadAverage();
  return load.has_value() ? absl::StrFormat("%.2f", load->one) : "unavailable";
}

// One process to be run: benchmark or scenario `index`, for the `repetition`th time.
struct Piece {
  bool init = false;
  size_t index = 0;
  int repetition = 0;
};

// The whole run, so that its parts can see what the others have gathered.
class Session {
 public:
  Session(const RunOptions& options, std::ostream* terminal, std::ostream* notes)
      : options_(options),
        terminal_(terminal),
        notes_(notes),
        load_before_(Load()),
        ticks_before_(ReadCpuTicks()) {}

  absl::StatusOr<RunSummary> Run() {
    LOADLINE_ASSIGN_OR_RETURN(const auto out,
                              results::OutputFile::Create(options_.out, InputsOf(options_)));
    LOADLINE_ASSIGN_OR_RETURN(const auto work_dir, WorkDir::Create());
    LOADLINE_RETURN_IF_ERROR(Prepare(work_dir->path()));
    if (notes_ != nullptr && !suite_rows_.empty()) {
      *notes_ << WhatRepetitionsTell(suite_rows_.size(), options_.repetitions) << "\n";
    }
    const bool complete = Measure();
    results::ResultFile file = Assemble(complete);
    LOADLINE_RETURN_IF_ERROR(out->Commit(results::WriteResultFile(file)));
    return Summarize(file, complete);
  }

 private:
  absl::Status Prepare(const std::string& work_dir) {
    if (!options_.suite.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(suite_, SuiteRunner::Create(options_, work_dir));
      suite_rows_.resize(suite_->names().size());
    }
    if (!options_.init_probe.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(init_, InitRunner::Create(options_, work_dir));
      init_rows_.resize(init_->names().size());
    }
    if (suite_rows_.empty() && init_rows_.empty() && !Interruption::Interrupted()) {
      return absl::InvalidArgumentError(absl::StrCat("nothing to run: ", WhyNone()));
    }
    return absl::OkStatus();
  }

  std::string WhyNone() const {
    if (suite_.has_value()) return suite_->why_none();
    const std::string probe = results::Quoted(options_.init_probe);
    if (options_.filter.empty()) return absl::StrCat(probe, " lists no scenario");
    return absl::StrCat("no scenario of ", probe, " matches the filter ",
                        results::Quoted(options_.filter));
  }

  // In rounds, each benchmark once in each, so that the repetitions of a benchmark are measured in
  // their order, and evenly over the run; within a round in random order.
  std::vector<Piece> Pieces() const {
    std::vector<Piece> pieces;
    const auto rounds = static_cast<size_t>(options_.repetitions);
    const auto starts = static_cast<size_t>(options_.starts);
    for (size_t round = 0; round < rounds; ++round) {
      std::vector<Piece> together;
      for (size_t i = 0; i < suite_rows_.size(); ++i) {
        together.push_back({false, i, static_cast<int>(round)});
      }
      for (size_t s = starts * round / rounds; s < starts * (round + 1) / rounds; ++s) {
        for (size_t i = 0; i < init_rows_.size(); ++i) {
          together.push_back({true, i, static_cast<int>(s)});
        }
      }
      // Fisher-Yates with our own draw: std::shuffle's order differs between standard libraries.
      std::mt19937_64 random(options_.seed + round);
      for (size_t i = together.size(); i > 1; --i)
        std::swap(together[i - 1], together[random() % i]);
      pieces.insert(pieces.end(), together.begin(), together.end());
    }
    return pieces;
  }

  // False when interrupted.
  bool Measure() {
    for (int i = 0; init_.has_value() && i < kProbeBaselineStarts; ++i) init_->StartBaseline();
    const std::vector<Piece> pieces = Pieces();
    Progress progress(terminal_, pieces.size());
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (Interruption::Interrupted()) return false;
      const auto& names = pieces[i].init ? init_->names() : suite_->names();
      progress.Show(i, names[pieces[i].index]);
      Measure(pieces[i]);
    }
    return !Interruption::Interrupted();
  }

  void Measure(const Piece& piece) {
    if (!piece.init) {
      MoveTo(suite_rows_[piece.index], suite_->Measure(piece.index, piece.repetition));
    } else if (auto row = init_->Start(piece.index, piece.repetition); row.has_value()) {
      row->family_index = static_cast<int64_t>(suite_rows_.size() + piece.index);
      row->per_family_instance_index = 0;
      init_rows_[piece.index].push_back(*std::move(row));
    }
  }

  // In the order of the lists, whatever the order of measuring was.
  results::ResultFile Assemble(bool complete) {
    results::ResultFile file;
    const auto by_repetition = [](const results::Row& a, const results::Row& b) {
      return a.repetition_index < b.repetition_index;
    };
    for (auto& rows : suite_rows_) {
      std::sort(rows.begin(), rows.end(), by_repetition);
      MoveTo(file.rows, std::move(rows));
    }
    for (auto& rows : init_rows_) {
      std::sort(rows.begin(), rows.end(), by_repetition);
      init_->AddBaseline(rows);
      std::vector<results::Row> aggregates = InitAggregates(rows);
      MoveTo(file.rows, std::move(rows));
      MoveTo(file.rows, std::move(aggregates));
    }
    if (suite_.has_value()) file.context = suite_->context();
    AddContext(file.context, complete);
    return file;
  }

  void AddContext(results::Json::Object& context, bool complete) const {
    AddHost(context);
    Set(context, "loadline.incomplete", complete ? "false" : "true");
    Set(context, "loadline.isolation", "one process a benchmark and repetition");
    Set(context, "loadline.settings", platform::ReadSettings(), kUnlessThere);
    if (!options_.suite.empty()) {
      Set(context, "loadline.arguments", platform::ArgumentsText(options_.suite_arguments));
    }
    Set(context, "loadline.order_seed", absl::StrCat(options_.seed));
    Set(context, "loadline.profile", options_.profile);
    Set(context, "loadline.repetitions", absl::StrCat(options_.repetitions));
    Set(context, "loadline.load_before", load_before_);
    Set(context, "loadline.load_after", Load());
    Set(context, "loadline.steal_pct", StealPercent(ticks_before_, ReadCpuTicks()));
  }

  // The machine, for programs that do not say it themselves.
  static void AddHost(results::Json::Object& context) {
    const platform::HostIdentity host = platform::ReadHostIdentity();
    const std::pair<const char*, std::string> keys[] = {
        {"host_name", host.name},
        {"loadline.host.name", host.name},
        {"loadline.host.os", host.os},
        {"loadline.host.os_release", host.os_release},
        {"loadline.host.architecture", host.architecture},
        {"loadline.host.hardware_model", host.hardware_model},
        {"loadline.host.cpu_model", platform::ReadCpuTopology().model}};
    for (const auto& [key, value] : keys) Set(context, key, value, kUnlessThere);
  }

  static constexpr bool kUnlessThere = true;
  static void Set(results::Json::Object& context, const char* key, std::string value,
                  bool unless_there = false) {
    const auto at =
        absl::c_find_if(context, [&](const auto& member) { return member.first == key; });
    if (at == context.end()) {
      context.emplace_back(key, std::move(value));
    } else if (!unless_there) {
      at->second = std::move(value);
    }
  }

  static RunSummary Summarize(const results::ResultFile& file, bool complete) {
    RunSummary summary{.incomplete = !complete};
    for (const results::Row& row : file.rows) {
      if (row.run_type == results::RunType::kAggregate) continue;
      ++summary.rows;
      if (row.error_occurred) ++summary.errors;
    }
    return summary;
  }

  const RunOptions& options_;
  std::ostream* const terminal_;
  std::ostream* const notes_;
  const std::string load_before_;
  const CpuTicks ticks_before_;
  std::optional<SuiteRunner> suite_;
  std::optional<InitRunner> init_;
  std::vector<std::vector<results::Row>> suite_rows_;  // by benchmark
  std::vector<std::vector<results::Row>> init_rows_;   // by scenario
};

}  // namespace

std::vector<std::string> InputsOf(const RunOptions& options) {
  std::vector<std::string> inputs = {options.suite, options.init_probe};
  inputs.insert(inputs.end(), options.suite_arguments.begin(), options.suite_arguments.end());
  return inputs;
}

std::string WhatRepetitionsTell(size_t benchmarks, int repetitions) {
  const auto processes = static_cast<uint64_t>(repetitions);
  const std::string subject = absl::StrCat(
      results::Counted(processes, "process", "processes"), " of ",
      benchmarks == 1 ? "1 benchmark" : absl::StrCat("each of ", benchmarks, " benchmarks"));
  if (processes < stats::kFewestForASpread) {
    return absl::StrCat(subject, ": enough to check limits; to compare with another run, ",
                        "--repetitions 10 or more");
  }
  const double alpha = stats::kDefaultAlpha;
  const auto detectable = [&](double deviation) {
    const double reach = stats::ShiftTestReach(deviation, processes, benchmarks, alpha);
    return absl::StrFormat("%+.2g %%", 100 * std::expm1(std::log1p(stats::kDefaultMargin) + reach));
  };
  std::string text = absl::StrCat(subject, ": a comparison with as many calls ", detectable(0.01),
                                  " REGRESSED (margin 5 %) where processes differ by 1 %, ",
                                  detectable(0.03), " where they differ by 3 %");
  const uint64_t fewest = stats::FewestForSeparation(benchmarks, alpha);
  if (processes < fewest) {
    absl::StrAppend(&text, "; among so many, less than a factor of 1.5 takes --repetitions ",
                    fewest, " or more");
  }
  return text;
}

absl::StatusOr<RunSummary> Run(const RunOptions& options, std::ostream* terminal,
                               std::ostream* notes) {
  return Session(options, terminal, notes).Run();
}

}  // namespace loadline::run
