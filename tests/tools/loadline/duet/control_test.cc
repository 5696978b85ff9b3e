#include "tools/loadline/duet/control.h"

#include <cmath>
#include <cstddef>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::duet {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// What a control with so many restarts, each of which reads this change, says. At alpha 0.01 a
// claim takes ten of them.
compare::PairedRuns Said(Arms arms, size_t restarts, double change) {
  Control control{arms, SequentialTest(TermsOfControl({.margin = 0.01, .alpha = 0.01}))};
  for (size_t i = 0; i < restarts; ++i) control.test.Add({.typical_log_ratio = std::log1p(change)});
  compare::PairedRuns paired;
  JudgeControl(control, paired);
  return paired;
}

TEST(Control, SaysWhatItSawOfTheBaseAgainstItself) {
  EXPECT_THAT(Said(Arms::kBaseAndBase, 12, 0).notes, ElementsAre(HasSubstr("no alarm")));
  EXPECT_THAT(Said(Arms::kBaseAndBase, 12, 0.02).void_reasons, ElementsAre(HasSubstr("void: ")));
  EXPECT_THAT(Said(Arms::kBaseAndBase, 12, -0.02).void_reasons, ElementsAre(HasSubstr("void: ")));
}

TEST(Control, SaysWhetherMoreWorkWasSeen) {
  EXPECT_THAT(Said(Arms::kBaseAndSpike, 12, 0.03).notes,
              ElementsAre(HasSubstr("with 3% more work was seen as +3.00%")));
  EXPECT_THAT(Said(Arms::kBaseAndSpike, 12, 0).blind,
              ElementsAre(HasSubstr("a regression of that size would have passed")));
}

TEST(Control, SaysNothingOfWhatItWouldHaveSeenWithTooFewRestartsToSeeAnything) {
  for (const double change : {0.0, 0.03}) {
    const compare::PairedRuns itself = Said(Arms::kBaseAndBase, 3, change);
    EXPECT_THAT(itself.notes, ElementsAre(AllOf(HasSubstr("too few restarts to tell: 3, "),
                                                Not(HasSubstr("no alarm")))));
    EXPECT_THAT(itself.void_reasons, IsEmpty());
    const compare::PairedRuns spike = Said(Arms::kBaseAndSpike, 3, change);
    EXPECT_THAT(spike.blind, ElementsAre(AllOf(HasSubstr("too few restarts to tell: 3, "),
                                               Not(HasSubstr("would have passed")))));
    EXPECT_THAT(spike.notes, IsEmpty());
  }
}

TEST(Control, IsOverNoSoonerThanItCanTell) {
  for (const double change : {0.0, 0.03, -0.03}) {
    Control control{Arms::kBaseAndBase,
                    SequentialTest(TermsOfControl({.margin = 0.01, .alpha = 0.01}))};
    while (!control.test.Over()) control.test.Add({.typical_log_ratio = std::log1p(change)});
    EXPECT_FALSE(NeedsMore(control)) << control.test.samples().size() << " restarts";
  }
}

TEST(Control, IsNotedWhereItWasNotRun) {
  EXPECT_THAT(Said(Arms::kBaseAndBase, 0, 0).notes, ElementsAre(HasSubstr("was not run")));
  EXPECT_THAT(Said(Arms::kBaseAndSpike, 0, 0).notes, ElementsAre(HasSubstr("was not run")));
}

}  // namespace
}  // namespace loadline::duet
