#ifndef TESTS_SUPPORT_FAULT_TABLE_H_
#define TESTS_SUPPORT_FAULT_TABLE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/quiet_log.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline::testing {

// One change of a component, by the name that failures show.
template <typename Component>
struct Change {
  std::string name;
  std::function<absl::Status(Component&)> apply;
};

// Fails every write, sync and truncation of each change once, in every way, and holds the component
// to: the call says so; memory shows nothing of it; a later call works or says what to do; opened
// anew, the component is as before the change or as after it, and works. A sample of the calls;
// with LOADLINE_DEEP in the environment, all.
//
// A Component opens the folder it is constructed with. Seed() fills it, Snapshot() is all that can
// be read from it, and Probe() is one more change, of something that Snapshot() leaves out.
template <typename Component>
class FaultTable {
 public:
  explicit FaultTable(std::vector<Change<Component>> changes) : changes_(std::move(changes)) {
    Component component(seed_.path());
    component.Seed();
  }

  void Run() {
    const QuietLog quiet;
    for (const Change<Component>& change : changes_) {
      Learn(change);
      for (size_t f = 0; f < kFaults.size(); ++f) {
        for (int n = 1; n <= calls_; ++n) {
          if (!Sampled(n, f)) continue;
          SCOPED_TRACE(change.name + ", call " + std::to_string(n) + " of " +
                       std::to_string(calls_) + ": " + kFaults[f].name);
          kFaults[f].error == FaultVfs::kKill ? KillAt(change, kFaults[f], n)
                                              : FailAt(change, kFaults[f], n);
        }
      }
    }
  }

 private:
  struct Fault {
    const char* name;
    int error;
    bool sticky;
    bool half;
  };
  inline static const std::vector<Fault> kFaults = {
      {"an I/O error", EIO, false, false},
      {"I/O errors from here on", EIO, true, false},
      {"no space left", ENOSPC, false, false},
      {"half a write", EIO, false, true},
      {"a kill", FaultVfs::kKill, false, false},
      {"a kill after half a write", FaultVfs::kKill, false, true}};

  bool Sampled(int n, size_t fault) const {
    if (std::getenv("LOADLINE_DEEP") != nullptr || n == 1 || n == calls_) return true;
    return (n + static_cast<int>(fault)) % 5 == 0;
  }

  std::string CopyOfSeed(const TempDir& copy) const {
    std::filesystem::copy(seed_.path(), copy.path(), std::filesystem::copy_options::recursive);
    return copy.path();
  }

  // What the change does when nothing fails, and in how many calls.
  void Learn(const Change<Component>& change) {
    const TempDir copy;
    {
      FaultVfs vfs;
      Component component(CopyOfSeed(copy));
      before_ = component.Snapshot();
      const int calls = vfs.calls();
      EXPECT_OK(change.apply(component)) << change.name;
      calls_ = vfs.calls() - calls;
      after_ = component.Snapshot();
      EXPECT_NE(before_, after_) << change.name << " must change something that can be seen";
      EXPECT_GE(calls_, 2) << change.name << " must write and sync";
    }
    EXPECT_EQ(Component(copy.path()).Snapshot(), after_) << change.name << ", opened anew";
  }

  void FailAt(const Change<Component>& change, const Fault& fault, int n) const {
    const TempDir copy;
    FaultVfs vfs;
    {
      Component component(CopyOfSeed(copy));
      vfs.HalfWrites(fault.half);
      vfs.FailNth(n, fault.error, fault.sticky);
      const absl::Status status = change.apply(component);
      EXPECT_TRUE(vfs.failed());
      EXPECT_THAT(status, StatusIs(fault.error == ENOSPC ? absl::StatusCode::kResourceExhausted
                                                         : absl::StatusCode::kUnavailable,
                                   ::testing::HasSubstr(".db")));
      if (!fault.sticky) vfs.Disarm();
      EXPECT_EQ(component.Snapshot(), before_) << "memory, after the failure";
      const absl::Status later = component.Probe();
      // While errors go on, another file may meet its first one.
      if (!later.ok()) {
        EXPECT_THAT(
            later,
            StatusIs(absl::StatusCode::kUnavailable,
                     ::testing::HasSubstr(fault.sticky ? ".db" : "until it is opened anew")));
      }
    }
    vfs.Disarm();
    ExpectBeforeOrAfter(copy.path());
  }

  void KillAt(const Change<Component>& change, const Fault& fault, int n) const {
    const TempDir copy;
    CopyOfSeed(copy);
    const pid_t child = ::fork();
    if (child == 0) {
      FaultVfs vfs;
      Component component(copy.path());
      vfs.HalfWrites(fault.half);
      vfs.FailNth(n, FaultVfs::kKill);
      ::_exit(change.apply(component).ok() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), FaultVfs::kKilled);
    ExpectBeforeOrAfter(copy.path());
  }

  void ExpectBeforeOrAfter(const std::string& path) const {
    {
      Component component(path);
      EXPECT_THAT(component.Snapshot(), ::testing::AnyOf(before_, after_)) << "opened anew";
      EXPECT_OK(component.Probe());
    }
    EXPECT_THAT(Component(path).Snapshot(), ::testing::AnyOf(before_, after_)) << "opened again";
  }

  const std::vector<Change<Component>> changes_;
  TempDir seed_;
  std::string before_, after_;
  int calls_ = 0;
};

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_FAULT_TABLE_H_
