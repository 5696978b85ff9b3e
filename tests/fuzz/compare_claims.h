#ifndef TESTS_FUZZ_COMPARE_CLAIMS_H_
#define TESTS_FUZZ_COMPARE_CLAIMS_H_

#include <vector>

#include "tools/loadline/compare/compare.h"
#include "tools/loadline/policy/policy.h"
#include "tools/loadline/report/report.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::fuzz {

// Two sides and the question that is put to them.
struct Comparison {
  policy::Policy policy;
  compare::CompareOptions options;
  std::vector<results::ResultFile> base;
  std::vector<results::ResultFile> candidate;
  report::Format format = report::Format::kText;
};

// Compares, renders in one format, and aborts unless what holds of every comparison holds: each
// name is in the verdict once, the exit code is the gravest of what was found, a pass has something
// to show for it, and the report is text that neither a terminal nor a build service acts on. One
// call in 64, the first among them, also asks again: the same, in other orders, and of the sides
// exchanged.
void RequireSoundComparison(const Comparison& comparison);

}  // namespace loadline::fuzz

#endif  // TESTS_FUZZ_COMPARE_CLAIMS_H_
