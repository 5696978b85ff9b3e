#include <future>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/input_paths.h"
#include "tools/loadline/cli/shared_flags.h"
#include "tools/loadline/cli/verdict_output.h"
#include "tools/loadline/compare/compare.h"
#include "tools/loadline/compare/noise.h"
#include "tools/loadline/policy/policy.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/samples/side.h"

namespace loadline::cli {
namespace {

constexpr char kCompareFooter[] = R"(Example:
  loadline run --suite old/my_benchmark --repetitions 10 --out base.json
  loadline run --suite new/my_benchmark --repetitions 10 --out new.json
  loadline compare --base base.json --new new.json
  loadline compare --base 'old/*.json' --new 'new/*.json' --policy limits.toml --format markdown

A file is one process of any Google Benchmark program, or a file of `loadline run`, where every
repetition is a process of its own. Repetitions inside a process are no evidence about another
process: with one process a side the answer is INCONCLUSIVE.

Exit codes:
  0  nothing regressed, and it could have been seen
  1  a benchmark regressed, or a limit of the policy is broken
  2  usage, unreadable or invalid input, a metric or benchmark of the policy that nothing has
  3  inconclusive: too little is known to say
  4  the environments, or the figures, are not comparable (--allow-env KEY)
  5  a benchmark is missing, failed or crashed, a run was cut short, or nothing was compared
  The first of 2, 4, 1, 5, 3, 0 that applies.)";

class CompareCommand : public Command {
 public:
  Usage Describe() override {
    std::vector<Flag> flags = {
        {"--base", Texts("FILE", &base_), "Result files of what it was; globs; - is standard input",
         kRequired},
        {"--new", Texts("FILE", &new_), "Result files of what it is now", kRequired},
        {"--policy", Text("FILE", &policy_),
         "Margins, metrics, overrides, limits (docs/formats.md)"},
        {"--noise", Text("FILE", &noise_), "Recorded spread between processes (docs/formats.md)"},
        MaxBytesFlag(&input_.max_bytes),
        MarginFlag("PERCENT [5%]", &options_.margin),
        AlphaFlag(&options_.alpha),
        {"--metric", Texts("GLOB", &metrics_),
         "Globs of the metrics that decide, instead of the policy's"},
        {"--benchmark", Texts("GLOB", &options_.benchmarks),
         "Globs of the benchmarks that are compared"},
        AllowEnvFlag(&options_.allow_env),
        output_.AllRowsFlag()};
    output_.AddFlags(flags);
    return {"compare", "Hold two sets of Google Benchmark result files against each other", flags,
            kCompareFooter};
  }

  absl::StatusOr<results::ExitCode> Run(const Terminal& terminal) override {
    LOADLINE_ASSIGN_OR_RETURN(base_, ExpandInputPaths("--base", base_));
    LOADLINE_ASSIGN_OR_RETURN(new_, ExpandInputPaths("--new", new_));
    std::vector<std::string> inputs = base_;
    inputs.insert(inputs.end(), new_.begin(), new_.end());
    inputs.insert(inputs.end(), {policy_, noise_});
    LOADLINE_RETURN_IF_ERROR(CheckReadOnce(inputs));
    LOADLINE_RETURN_IF_ERROR(output_.Open(inputs));
    LOADLINE_ASSIGN_OR_RETURN(const policy::Policy policy, ReadPolicy());
    compare::Noise noise;
    if (!noise_.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(noise, compare::ReadNoise(noise_));
      options_.noise = &noise;
    }
    std::vector<results::ResultFile> kept;  // of the new side, for the limits
    samples::Side base, candidate;
    LOADLINE_RETURN_IF_ERROR(
        ReadSides(inputs, base, candidate, policy.limits.empty() ? nullptr : &kept));
    std::optional<limits::CheckVerdict> limits;
    if (!policy.limits.empty()) limits = limits::Check(policy, kept);
    return output_.Write(compare::Compare(policy, options_, base, candidate, std::move(limits)),
                         terminal);
  }

 private:
  absl::StatusOr<policy::Policy> ReadPolicy() const {
    policy::Policy policy;
    if (!policy_.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(policy, policy::ReadPolicy(policy_));
    }
    if (!metrics_.empty()) policy.compare.metrics = metrics_;
    return policy;
  }

  // Both sides at once, since reading is nearly all that a comparison costs. In turn where one is
  // standard input, so that nobody types a file before hearing that the other is missing.
  absl::Status ReadSides(const std::vector<std::string>& inputs, samples::Side& base,
                         samples::Side& candidate, std::vector<results::ResultFile>* kept) const {
    if (absl::c_linear_search(inputs, "-")) {
      LOADLINE_RETURN_IF_ERROR(ReadSide(base_, base, nullptr));
      return ReadSide(new_, candidate, kept);
    }
    std::future<absl::Status> of_base = Start([&] { return ReadSide(base_, base, nullptr); });
    const absl::Status of_new = ReadSide(new_, candidate, kept);
    LOADLINE_RETURN_IF_ERROR(of_base.get());
    return of_new;
  }

  // Without a second thread to be had, the reading is done by whoever asks for its outcome.
  template <typename Read>
  static std::future<absl::Status> Start(const Read& read) {
    try {
      return std::async(std::launch::async, read);
    } catch (const std::system_error&) {
      return std::async(std::launch::deferred, read);
    }
  }

  // Row by row: the side keeps what it needs. Whole files only where `kept` wants them.
  absl::Status ReadSide(const std::vector<std::string>& paths, samples::Side& side,
                        std::vector<results::ResultFile>* kept) const {
    for (const std::string& path : paths) {
      if (kept == nullptr) {
        LOADLINE_RETURN_IF_ERROR(results::StreamResultFile(path, side, input_));
        continue;
      }
      LOADLINE_ASSIGN_OR_RETURN(std::vector<results::ResultFile> files,
                                results::ReadResultFiles(path, input_));
      for (results::ResultFile& file : files) {
        side.Add(file);
        kept->push_back(std::move(file));
      }
    }
    return absl::OkStatus();
  }

  std::vector<std::string> base_;
  std::vector<std::string> new_;
  std::string policy_;
  std::string noise_;
  std::vector<std::string> metrics_;
  results::InputOptions input_;
  compare::CompareOptions options_;
  VerdictOutput output_;
};

}  // namespace

std::unique_ptr<Command> MakeCompareCommand() { return std::make_unique<CompareCommand>(); }

}  // namespace loadline::cli
