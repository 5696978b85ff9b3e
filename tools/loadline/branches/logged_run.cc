#include "tools/loadline/branches/logged_run.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::branches {
namespace {

constexpr size_t kLastLines = 30;
constexpr int64_t kLastBytes = 16 << 10;
constexpr double kGraceSeconds = 5;

// What `git rev-parse --local-env-vars` lists; the shell then becomes the program.
constexpr char kUnset[] =
    "unset GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT "
    "GIT_OBJECT_DIRECTORY GIT_DIR GIT_WORK_TREE GIT_IMPLICIT_WORK_TREE GIT_GRAFT_FILE "
    "GIT_INDEX_FILE GIT_NO_REPLACE_OBJECTS GIT_REPLACE_REF_BASE GIT_PREFIX "
    "GIT_INTERNAL_SUPER_PREFIX GIT_SHALLOW_FILE GIT_COMMON_DIR GIT_NAMESPACE; ";

std::string LastLines(absl::string_view text) {
  std::vector<absl::string_view> lines = absl::StrSplit(text, '\n', absl::SkipWhitespace());
  if (lines.size() > kLastLines) lines.erase(lines.begin(), lines.end() - kLastLines);
  std::string last;
  for (const absl::string_view line : lines) {
    absl::StrAppend(&last, "\n  ",
                    results::EscapeUnprintable(absl::StripTrailingAsciiWhitespace(line)));
  }
  return last;
}

absl::Status Failure(absl::string_view what, run::ChildOutcome outcome, absl::string_view said) {
  if (outcome.end == run::ChildOutcome::End::kInterrupted) {
    return absl::CancelledError(absl::StrCat(what, ": interrupted"));
  }
  outcome.err_tail.clear();
  std::string message =
      absl::StrCat(what, ": ", run::Describe(outcome, /*time_limit_seconds=*/0), LastLines(said));
  if (absl::StrContains(said, "No space left on device")) {
    absl::StrAppend(&message, "\nThe disk is full; TMPDIR says where there is room");
  }
  return absl::FailedPreconditionError(message);
}

}  // namespace

run::ChildOptions LoggedRun::Child(absl::string_view script, std::string name,
                                   std::vector<std::string> words) const {
  run::ChildOptions child;
  child.arguments = {"/bin/sh", "-c", absl::StrCat(kUnset, script), std::move(name)};
  child.arguments.insert(child.arguments.end(), words.begin(), words.end());
  child.environment = environment_;
  child.grace_seconds = kGraceSeconds;
  return child;
}

void LoggedRun::Default(std::string name, std::string value) {
  if (std::getenv(name.c_str()) != nullptr) return;
  environment_.emplace_back(std::move(name), std::move(value));
}

absl::Status LoggedRun::Run(absl::string_view what, std::vector<std::string> words,
                            bool finishes) const {
  run::ChildOptions child = Child(R"(exec "$@" >"$0" 2>&1)", log_, std::move(words));
  child.finishes = finishes;
  LOADLINE_ASSIGN_OR_RETURN(const run::ChildOutcome outcome, run::RunChild(child));
  if (outcome.ok()) return absl::OkStatus();
  // What the shell itself says, of a log that cannot be made.
  return Failure(what, outcome,
                 absl::StrCat(run::EndOfFile(log_, kLastBytes), "\n", outcome.err_tail));
}

absl::StatusOr<std::string> LoggedRun::Ask(absl::string_view what,
                                           std::vector<std::string> words) const {
  LOADLINE_ASSIGN_OR_RETURN(const run::ChildOutcome outcome,
                            run::RunChild(Child(R"(exec "$@")", "sh", std::move(words))));
  if (!outcome.ok()) return Failure(what, outcome, outcome.err_tail);
  return std::string(absl::StripTrailingAsciiWhitespace(outcome.out));
}

}  // namespace loadline::branches
