#include "tools/loadline/cli/compare_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <future>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/cli/fraction.h"
#include "tools/loadline/cli/input_paths.h"
#include "tools/loadline/cli/verdict_output.h"
#include "tools/loadline/judge/compare.h"
#include "tools/loadline/judge/noise.h"
#include "tools/loadline/judge/policy.h"
#include "tools/loadline/judge/side.h"
#include "tools/loadline/report/compare_report.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::cli {
namespace {

constexpr char kFooter[] = R"(Example:
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
  void Declare(CLI::App& app) override {
    app.description("Hold two sets of Google Benchmark result files against each other");
    DeclareInputs(app);
    app.add_option("--margin", margin_, "What a time or rate may get worse by")
        ->option_text("PERCENT [5%]");
    app.add_option("--alpha", alpha_, "Chance of one false alarm among all benchmarks")
        ->option_text("P [0.01]");
    app.add_option("--metric", metrics_,
                   "Globs of the metrics that decide, instead of the policy's")
        ->option_text("GLOB ...");
    app.add_option("--benchmark", options_.benchmarks, "Globs of the benchmarks that are compared")
        ->option_text("GLOB ...");
    app.add_option("--allow-env", options_.allow_env,
                   "What the environments may differ in all the same; all: everything")
        ->option_text("KEY ...");
    app.add_flag("--all", all_, "Text: every row, however many");
    output_.Declare(app);
    app.footer(kFooter);
  }

  int Run(const Terminal& terminal) override {
    const absl::StatusOr<judge::CompareVerdict> verdict = Judge();
    if (!verdict.ok()) return Fail(verdict.status(), terminal);
    const absl::Status written = output_.Write(
        RenderCompare(*verdict, output_.format(), {.all = all_, .color = output_.color(terminal)}),
        terminal);
    if (!written.ok()) return Fail(written, terminal);
    return static_cast<int>(verdict->exit_code);
  }

 private:
  void DeclareInputs(CLI::App& app) {
    app.add_option("--base", base_, "Result files of what it was; globs; - is standard input")
        ->required()
        ->option_text("FILE ...");
    app.add_option("--new", new_, "Result files of what it is now")
        ->required()
        ->option_text("FILE ...");
    app.add_option("--policy", policy_, "Margins, metrics, overrides, limits (docs/formats.md)")
        ->option_text("FILE");
    app.add_option("--noise", noise_, "Recorded spread between processes (docs/formats.md)")
        ->option_text("FILE");
    app.add_option("--max-bytes", max_bytes_, "Largest result file that is read")
        ->check(CLI::Range(size_t{1}, size_t{1} << 40))
        ->option_text("N [67108864]");
  }

  absl::StatusOr<judge::CompareVerdict> Judge() {
    LOADLINE_RETURN_IF_ERROR(ReadNumbers());
    LOADLINE_ASSIGN_OR_RETURN(base_, ExpandInputPaths("--base", base_));
    LOADLINE_ASSIGN_OR_RETURN(new_, ExpandInputPaths("--new", new_));
    const std::vector<std::string> inputs = Inputs();
    LOADLINE_RETURN_IF_ERROR(CheckReadOnce(inputs));
    LOADLINE_RETURN_IF_ERROR(output_.Open(inputs));
    LOADLINE_ASSIGN_OR_RETURN(const judge::Policy policy, ReadPolicy());
    judge::Noise noise;
    if (!noise_.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(noise, judge::ReadNoise(noise_));
      options_.noise = &noise;
    }
    std::vector<results::ResultFile> kept;  // of the new side, for the limits
    judge::Side base, fresh;
    LOADLINE_RETURN_IF_ERROR(
        ReadSides(inputs, base, fresh, policy.limits.empty() ? nullptr : &kept));
    std::optional<judge::CheckVerdict> limits;
    if (!policy.limits.empty()) limits = judge::Check(policy, kept);
    return judge::Compare(policy, options_, base, fresh, std::move(limits));
  }

  absl::Status ReadNumbers() {
    if (!margin_.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(options_.margin, ParseFraction("--margin", margin_, 1));
    }
    if (!alpha_.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(options_.alpha, ParseFraction("--alpha", alpha_, 0.5));
    }
    return absl::OkStatus();
  }

  std::vector<std::string> Inputs() const {
    std::vector<std::string> inputs = base_;
    inputs.insert(inputs.end(), new_.begin(), new_.end());
    for (const std::string& path : {policy_, noise_}) {
      if (!path.empty()) inputs.push_back(path);
    }
    return inputs;
  }

  absl::StatusOr<judge::Policy> ReadPolicy() const {
    judge::Policy policy;
    if (!policy_.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(policy, judge::ReadPolicy(policy_));
    }
    if (!metrics_.empty()) policy.compare.metrics = metrics_;
    return policy;
  }

  // Both sides at once, since reading is nearly all that a comparison costs. In turn where one is
  // standard input, so that nobody types a file before hearing that the other is missing.
  absl::Status ReadSides(const std::vector<std::string>& inputs, judge::Side& base,
                         judge::Side& fresh, std::vector<results::ResultFile>* kept) const {
    if (absl::c_linear_search(inputs, "-")) {
      LOADLINE_RETURN_IF_ERROR(ReadSide(base_, base, nullptr));
      return ReadSide(new_, fresh, kept);
    }
    std::future<absl::Status> of_base = Start([&] { return ReadSide(base_, base, nullptr); });
    const absl::Status of_new = ReadSide(new_, fresh, kept);
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
  absl::Status ReadSide(const std::vector<std::string>& paths, judge::Side& side,
                        std::vector<results::ResultFile>* kept) const {
    results::InputOptions input;
    input.max_bytes = max_bytes_;
    for (const std::string& path : paths) {
      if (kept == nullptr) {
        judge::Side::Sink sink(side);
        LOADLINE_RETURN_IF_ERROR(results::StreamResultFile(path, sink, input));
        continue;
      }
      LOADLINE_ASSIGN_OR_RETURN(std::vector<results::ResultFile> files,
                                results::ReadResultFiles(path, input));
      for (results::ResultFile& file : files) {
        side.Add(file);
        kept->push_back(std::move(file));
      }
    }
    return absl::OkStatus();
  }

  static int Fail(const absl::Status& status, const Terminal& terminal) {
    const absl::string_view message = status.message();
    terminal.err << "loadline compare: " << report::EscapeTerminal({message.data(), message.size()})
                 << "\n";
    return static_cast<int>(judge::ExitCode::kInvalid);
  }

  std::vector<std::string> base_;
  std::vector<std::string> new_;
  std::string policy_;
  std::string noise_;
  std::string margin_;
  std::string alpha_;
  std::vector<std::string> metrics_;
  bool all_ = false;
  size_t max_bytes_ = results::InputOptions().max_bytes;
  judge::CompareOptions options_;
  VerdictOutput output_;
};

}  // namespace

std::unique_ptr<Command> MakeCompareCommand() { return std::make_unique<CompareCommand>(); }

}  // namespace loadline::cli
