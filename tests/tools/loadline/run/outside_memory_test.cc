// What is known from outside of the memory of a program that knows nothing of it.

#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "loadline/platform/traced_process.h"
#include "support/sanitizer.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/run.h"

namespace loadline::run {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

class OutsideMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::loadline::testing::kHasShadowMemory) {
      GTEST_SKIP() << "memory figures include the sanitizer";
    }
    if (!platform::HasTracedProcesses()) GTEST_SKIP() << "no process stops at its end here";
  }
  ~OutsideMemory() override { ::unsetenv("PLANTED_MEMORY"); }

  static ChildOutcome ListAtItsEnd() {
    const auto outcome =
        RunChild({.arguments = {testing::TestPath("foreign_bench"), "--benchmark_list_tests=true"},
                  .environment = {},
                  .memory = ChildOptions::Memory::kAtItsEnd});
    EXPECT_OK(outcome.status());
    return outcome.value_or(ChildOutcome());
  }

  // The row of that one benchmark, measured by `loadline run`.
  results::Row Measure(const std::string& name) {
    RunOptions options;
    options.suite = testing::TestPath("foreign_bench");
    options.filter = "^" + name;
    options.profile = "tiny";
    options.out = dir_.Path("out.json");
    EXPECT_OK(run::Run(options, nullptr));
    const auto file = results::ReadResultFile(options.out);
    EXPECT_OK(file.status());
    return file.ok() && file->rows.size() == 1 ? file->rows.front() : results::Row();
  }

  testing::TempDir dir_;
};

TEST_F(OutsideMemory, AtItsEndHoldsTheVeryLastThingThatAProcessDid) {
  const auto plain = ListAtItsEnd().outside_peak_bytes;
  if (!plain.has_value()) GTEST_SKIP() << "no process may be traced here";
  ::setenv("PLANTED_MEMORY", "last", 1);
  for (int start = 0; start < 5; ++start) {
    const ChildOutcome outcome = ListAtItsEnd();
    EXPECT_TRUE(outcome.ok());
    EXPECT_GE(outcome.outside_peak_bytes.value_or(0), *plain + 31 * kMiB);
  }
}

TEST_F(OutsideMemory, AtItsEndChangesNothingOfWhatAProcessSaysAndHowItEnds) {
  const auto outcome =
      RunChild({.arguments = {"/bin/sh", "-c", "echo out; echo err >&2; kill -USR1 $$"},
                .environment = {},
                .memory = ChildOptions::Memory::kAtItsEnd});
  ASSERT_OK(outcome.status());
  EXPECT_EQ(outcome->out, "out\n");
  EXPECT_EQ(outcome->err_tail, "err\n");
  EXPECT_EQ(outcome->end, ChildOutcome::End::kSignaled);
  EXPECT_EQ(outcome->signal, SIGUSR1);
}

TEST_F(OutsideMemory, IsThatOfTheProcessWithoutItsChildren) {
  const results::Row row = Measure("HasAChildOf64MiB");
  EXPECT_TRUE(row.measured()) << row.error_message;
  EXPECT_LT(row.Counter("rss_peak_bytes").value_or(0), 32.0 * kMiB);
}

TEST_F(OutsideMemory, IsNeverBelowThatOfListingTheNames) {
  for (int again = 0; again < 5; ++again) {
    EXPECT_GE(Measure("Empty").Counter("rss_net_bytes").value_or(0), 0);
  }
}

TEST_F(OutsideMemory, IsNotSaidWhereItWasSeenBeforeTheProgramStood) {
  ::setenv("PLANTED_MEMORY", "listing", 1);
  const results::Row row = Measure("Empty");
  EXPECT_TRUE(row.measured()) << row.error_message;
  EXPECT_FALSE(row.Counter("rss_peak_bytes").has_value());
  EXPECT_FALSE(row.Counter("rss_net_bytes").has_value());
}

}  // namespace
}  // namespace loadline::run
