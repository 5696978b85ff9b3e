#ifndef TOOLS_LOADLINE_POLICY_POLICY_H_
#define TOOLS_LOADLINE_POLICY_POLICY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/policy/limit_expression.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/results/input_file.h"

namespace loadline::policy {

// Lines and columns count from 1; a column is a UTF-8 character.
struct TextPosition {
  uint32_t line = 0;
  uint32_t column = 0;
};

// One requirement of one [[limit]].
struct Limit {
  std::vector<std::string> benchmarks;  // globs over run names; any of them selects,
  std::vector<std::string> except;      // unless one of these does
  LimitExpression require;
  bool skip_missing = false;  // benchmarks without the counter are left out, not an error
  // "confident": what the numbers were drawn from must hold the mark, not just the numbers; each
  // answer is wrong with a chance of at most 1 - confidence. Only of rates and quantiles.
  bool confident = false;
  double confidence = 0.95;
  TextPosition where;  // of the requirement in the policy file
};

// What becomes of a benchmark of which a comparison cannot say: it decides the exit code, or it is
// told and decides nothing, or it is counted and told only on demand.
enum class Action { kFail, kWarn, kIgnore };

// The run names of what is compared: one, or the base's and the new side's where they differ. What
// selects a benchmark by any of them selects it.
using RunNames = absl::Span<const std::string>;

// One [[compare.override]]: what is different for some benchmarks, or some of their metrics. Of
// several that select the same, the last one that says something says it.
struct CompareOverride {
  std::vector<std::string> benchmarks = {"*"};  // globs over run names
  std::vector<std::string> metrics = {"*"};     // globs over metrics' names
  std::optional<double> margin;
  std::optional<Direction> direction;
  std::optional<bool> gate;
  std::optional<double> guard;
  std::optional<Action> noisy;
  std::optional<Action> missing;
  std::optional<Action> new_;
  TextPosition where;  // of the table in the policy file

  bool Selects(RunNames names, absl::string_view metric) const;
  bool SelectsBenchmark(RunNames names) const;
};

inline constexpr double kGuardMargins = 5;

// [compare]: what a difference between two runs must exceed to count, and what counts.
struct ComparePolicy {
  std::optional<double> margin;  // of times and rates, a fraction: above 0, below 1
  std::optional<double> alpha;   // chance of a false alarm; above 0, below 0.5
  // Globs over metrics' names; those that decide the exit code. Empty: the metric table says.
  std::vector<std::string> metrics;
  std::vector<std::string> allow_env;  // keys of the environment table
  // A row that was not proved worse is let through while it is surely not worse by more than this,
  // a fraction: above 0. Absent: kGuardMargins times its margin.
  std::optional<double> guard;
  Action noisy = Action::kFail;    // of a row that may be worse by more than the guard: exit code 3
  bool slower_fails = false;       // fail_on = "slower": what is surely worse, by about the margin
  Action missing = Action::kFail;  // exit code 5
  Action new_ = Action::kWarn;     // "new" in the file; failing is exit code 5
  std::vector<CompareOverride> overrides;
};

// A policy file. A plain value.
struct Policy {
  std::string source;     // the path it was read from
  std::string reference;  // the machine that the limits are about; empty: they are about any
  // What a result file calls that machine: its name, hardware model or CPU model.
  std::string reference_model;
  std::vector<Limit> limits;
  ComparePolicy compare;
};

// Reads TOML as untrusted input. kInvalidArgument, as "FILE:LINE:COLUMN: ...", when it is not
// TOML, has a key that is not known, lacks one that is needed, or has a value that cannot be;
// errors inside a requirement point at the character.
absl::StatusOr<Policy> ParsePolicy(absl::string_view source, absl::string_view toml);

// ReadInputFile (at most 1 MiB), then ParsePolicy.
absl::StatusOr<Policy> ReadPolicy(absl::string_view path, results::InputOptions options = {});

}  // namespace loadline::policy

#endif  // TOOLS_LOADLINE_POLICY_POLICY_H_
