#ifndef TOOLS_LOADLINE_JUDGE_POLICY_H_
#define TOOLS_LOADLINE_JUDGE_POLICY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/judge/limit_expression.h"
#include "tools/loadline/judge/toml_string_position.h"
#include "tools/loadline/results/input_file.h"

namespace loadline::judge {

// One requirement of one [[limit]].
struct Limit {
  std::vector<std::string> benchmarks;  // globs over canonical names; any of them selects,
  std::vector<std::string> except;      // unless one of these does
  LimitExpression require;
  TextPosition where;  // of the requirement in the policy file
};

// [compare]: what a difference between two runs must exceed to count.
struct ComparePolicy {
  std::optional<double> margin;  // a fraction: 0.01 for "1%"; above 0, below 1
  std::optional<double> alpha;   // chance of a false alarm; above 0, at most 0.5
};

// A policy file. A plain value.
struct Policy {
  std::string source;  // the path it was read from
  std::vector<Limit> limits;
  ComparePolicy compare;
};

// Reads TOML as untrusted input. kInvalidArgument, as "FILE:LINE:COLUMN: ...", when it is not
// TOML, has a key that is not known, lacks one that is needed, or has a value that cannot be;
// errors inside a requirement point at the character.
absl::StatusOr<Policy> ParsePolicy(absl::string_view source, absl::string_view toml);

// ReadInputFile (at most 1 MiB), then ParsePolicy.
absl::StatusOr<Policy> ReadPolicy(absl::string_view path, results::InputOptions options = {});

}  // namespace loadline::judge

#endif  // TOOLS_LOADLINE_JUDGE_POLICY_H_
