#include "tools/loadline/cli/verdict_output.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::cli {
namespace {

bool SameFile(const std::string& a, const std::string& b) {
  struct stat info_a = {};
  struct stat info_b = {};
  return ::stat(a.c_str(), &info_a) == 0 && ::stat(b.c_str(), &info_b) == 0 &&
         S_ISREG(info_a.st_mode) && info_a.st_dev == info_b.st_dev &&
         info_a.st_ino == info_b.st_ino;
}

}  // namespace

void VerdictOutput::AddFlags(std::vector<Flag>& flags) {
  flags.push_back(
      {"--format", OneOf(report::FormatNames(), &format_), "How the verdict is written"});
  flags.push_back(
      {"--out", Text("FILE", &path_), "Where the verdict goes; - or nothing: standard output"});
}

absl::Status VerdictOutput::Open(absl::Span<const std::string> inputs) {
  if (to_terminal()) return absl::OkStatus();
  for (const std::string& input : inputs) {
    if (!SameFile(input, path_)) continue;
    return absl::InvalidArgumentError(absl::StrCat("--out ", results::EscapeUnprintable(path_),
                                                   ": is an input of this command; name another "
                                                   "file"));
  }
  LOADLINE_ASSIGN_OR_RETURN(file_, results::OutputFile::Create(path_));
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
