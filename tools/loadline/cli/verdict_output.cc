#include "tools/loadline/cli/verdict_output.h"

#include <CLI/CLI.hpp>

#include "loadline/base/status_macros.h"

namespace loadline::cli {

void VerdictOutput::Declare(CLI::App& app) {
  app.add_option("--format", format_, "How the verdict is written")
      ->check(CLI::IsMember(report::FormatNames()))
      ->capture_default_str()
      ->option_text("text|markdown|json|junit|sarif|csv [text]");
  app.add_option("--out", path_, "Where the verdict goes; - or nothing: standard output")
      ->option_text("FILE");
}

absl::Status VerdictOutput::Open(absl::Span<const std::string> inputs) {
  if (to_terminal()) return absl::OkStatus();
  LOADLINE_ASSIGN_OR_RETURN(file_, results::OutputFile::Create(path_, inputs));
  return absl::OkStatus();
}

report::Format VerdictOutput::format() const {
  return report::ParseFormat(format_).value_or(report::Format::kText);
}

absl::Status VerdictOutput::Write(absl::string_view text, const Terminal& terminal) {
  if (file_ != nullptr) return file_->Commit(text);
  terminal.out.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!terminal.out.flush()) return absl::UnavailableError("write standard output: failed");
  return absl::OkStatus();
}

}  // namespace loadline::cli
