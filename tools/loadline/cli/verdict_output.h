#ifndef TOOLS_LOADLINE_CLI_VERDICT_OUTPUT_H_
#define TOOLS_LOADLINE_CLI_VERDICT_OUTPUT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/flags.h"
#include "tools/loadline/report/report.h"
#include "tools/loadline/results/output_file.h"

namespace loadline::cli {

// The flags --format and --out of every command that judges, and where they lead.
class VerdictOutput {
 public:
  void AddFlags(std::vector<Flag>& flags);

  // Opens --out before any work is done; errors of OutputFile::Create.
  absl::Status Open(absl::Span<const std::string> inputs);

  report::Format format() const;
  // Whether text may be coloured: only straight to a terminal.
  bool color(const Terminal& terminal) const { return terminal.color && to_terminal(); }

  // Writes the report to --out, or to the terminal's `out`.
  absl::Status Write(absl::string_view text, const Terminal& terminal);

 private:
  bool to_terminal() const { return path_.empty() || path_ == "-"; }

  std::string format_ = "text";
  std::string path_;
  std::unique_ptr<results::OutputFile> file_;
};

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_VERDICT_OUTPUT_H_
