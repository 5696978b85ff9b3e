// Makes what the suite works on, in a process of its own: the suite starts it where something is
// missing. LOADLINE_PROFILE, LOADLINE_CORPUS, LOADLINE_DATASET and LOADLINE_WORKLOAD_DIR mean what
// they mean to the suite.

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "benchmarks/fixture/suite_dataset.h"
#include "benchmarks/fixture/workspace_bed.h"

namespace loadline::bench {
namespace {

constexpr char kUsage[] =
    "usage: loadline_prepare suite-dataset\n"
    "       loadline_prepare given-dataset\n"
    "       loadline_prepare bed PROJECTS MESSAGES VECTORS\n\n"
    "Makes a data set, or a workspace of PROJECTS with MESSAGES and VECTORS in each, unless it\n"
    "stands already; loadline_bench starts this by itself.\n\n"
    "example: LOADLINE_PROFILE=ci loadline_prepare suite-dataset\n";

std::optional<BedSpec> ParseBed(const std::vector<std::string>& numbers) {
  BedSpec spec;
  if (numbers.size() != 3 || !absl::SimpleAtoi(numbers[0], &spec.projects) ||
      !absl::SimpleAtoi(numbers[1], &spec.messages) ||
      !absl::SimpleAtoi(numbers[2], &spec.vectors) || spec.projects < 0 || spec.messages < 0 ||
      spec.vectors < 0) {
    return std::nullopt;
  }
  return spec;
}

int Main(const std::vector<std::string>& arguments) {
  const std::string what = arguments.empty() ? "" : arguments.front();
  const auto bed = ParseBed({arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end()});
  absl::Status status;
  if (what == "suite-dataset" && arguments.size() == 1) {
    status = MakeSuiteDataset();
  } else if (what == "given-dataset" && arguments.size() == 1) {
    status = MakeGivenDataset();
  } else if (what == "bed" && bed.has_value()) {
    status = PrepareBed(*bed);
  } else {
    const bool asked = what == "-h" || what == "--help";
    std::fputs(kUsage, asked ? stdout : stderr);
    return asked ? 0 : 2;
  }
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}

}  // namespace
}  // namespace loadline::bench

int main(int argc, char** argv) { return loadline::bench::Main({argv + 1, argv + argc}); }
