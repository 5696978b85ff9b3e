#ifndef TOOLS_LOADLINE_CLI_VERDICT_OUTPUT_H_
#define TOOLS_LOADLINE_CLI_VERDICT_OUTPUT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/flags.h"
#include "tools/loadline/report/report.h"
#include "tools/loadline/results/output_file.h"

namespace loadline::cli {

// The flags --format and --out of every command that judges, and where they lead.
class VerdictOutput {
 public:
  void AddFlags(std::vector<Flag>& flags);
  Flag AllRowsFlag();  // --all, where the verdict is a comparison's

  // Opens --out before any work is done; errors of OutputFile::Create.
  absl::Status Open(absl::Span<const std::string> inputs);

  // Writes the report to --out, or to the terminal's `out`: coloured only straight to a terminal.
  template <typename Verdict>
  absl::StatusOr<results::ExitCode> Write(const Verdict& verdict, const Terminal& terminal) {
    options_.color = terminal.color && to_terminal();
    LOADLINE_RETURN_IF_ERROR(WriteText(report::Render(verdict, format(), options_), terminal));
    return verdict.exit_code;
  }

 private:
  report::Format format() const;
  bool to_terminal() const { return path_.empty() || path_ == "-"; }
  absl::Status WriteText(absl::string_view text, const Terminal& terminal);

  std::string format_{report::kFormatNames[0]};
  report::TextOptions options_;
  std::string path_;
  std::unique_ptr<results::OutputFile> file_;
};

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_VERDICT_OUTPUT_H_
