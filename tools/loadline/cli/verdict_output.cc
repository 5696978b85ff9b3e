#include "tools/loadline/cli/verdict_output.h"

#include "absl/algorithm/container.h"
#include "tools/loadline/cli/flag_values.h"

namespace loadline::cli {

void VerdictOutput::AddFlags(std::vector<Flag>& flags) {
  flags.push_back(
      {"--format", OneOf(report::kFormatNames, &format_), "How the verdict is written"});
  flags.push_back(
      {"--out", Text("FILE", &path_), "Where the verdict goes; - or nothing: standard output"});
}

Flag VerdictOutput::AllRowsFlag() {
  return {"--all", Switch(&options_.all), "Text: every row, however many"};
}

absl::Status VerdictOutput::Open(absl::Span<const std::string> inputs) {
  if (to_terminal()) return absl::OkStatus();
  LOADLINE_ASSIGN_OR_RETURN(file_, results::OutputFile::Create(path_, inputs));
  return absl::OkStatus();
}

report::Format VerdictOutput::format() const {
  return static_cast<report::Format>(absl::c_find(report::kFormatNames, format_) -
                                     report::kFormatNames);
}

absl::Status VerdictOutput::WriteText(absl::string_view text, const Terminal& terminal) {
  if (file_ != nullptr) return file_->Commit(text);
  terminal.out.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!terminal.out.flush()) return absl::UnavailableError("write standard output: failed");
  return absl::OkStatus();
}

}  // namespace loadline::cli
