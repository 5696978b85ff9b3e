#ifndef TOOLS_LOADLINE_BRANCHES_BUILT_SIDES_H_
#define TOOLS_LOADLINE_BRANCHES_BUILT_SIDES_H_

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/loadline/branches/checkout.h"
#include "tools/loadline/branches/cmake_project.h"
#include "tools/loadline/branches/logged_run.h"
#include "tools/loadline/run/work_dir.h"

namespace loadline::branches {

struct BranchesOptions {
  std::string repo = ".";  // inside the repository
  std::string base;        // what git takes for a commit
  std::string candidate;
  std::string target;  // the benchmark program; empty: the only one that links Google Benchmark
  BuildOptions build;
};

// Two commits of a repository, checked out and built in a work directory of their own, at paths of
// equal length: where a program lies moves what it measures.
class BuiltSides {
 public:
  // `note` is called with what the user should know, printable, before the work it is about;
  // `terminal` gets the line of progress, null for none. To be called under an Interruption: then
  // kCancelled. Other errors say which side, and what the compiler last said. Whatever happens,
  // nothing is left behind.
  static absl::StatusOr<std::unique_ptr<BuiltSides>> Create(
      const BranchesOptions& options, const std::function<void(const std::string&)>& note,
      std::ostream* terminal);

  const std::string& base_program() const { return base_.suite.path; }
  const std::string& new_program() const { return candidate_.suite.path; }

  // Removes the checkouts and all that was built; the destructor does it silently.
  absl::Status Remove();

 private:
  struct Side {
    explicit Side(std::string folder) : dir(folder), run(folder + "/build.log") {}

    const std::string dir;
    LoggedRun run;
    Commit commit;
    std::string name;  // "base (v1.2)"
    std::unique_ptr<Checkout> checkout;
    Executable suite;
  };

  BuiltSides(std::unique_ptr<run::WorkDir> work_dir, std::ostream* terminal);

  absl::Status Resolve(const BranchesOptions& options,
                       const std::function<void(const std::string&)>& note);
  absl::Status Prepare(const BuildOptions& options, const std::string& target, Side& side);

  const std::unique_ptr<run::WorkDir> work_dir_;
  std::ostream* const terminal_;
  LoggedRun git_;
  std::optional<Repository> repository_;
  Side base_;
  Side candidate_;
};

}  // namespace loadline::branches

#endif  // TOOLS_LOADLINE_BRANCHES_BUILT_SIDES_H_
