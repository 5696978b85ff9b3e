#ifndef TOOLS_LOADLINE_COMPARE_ADVICE_H_
#define TOOLS_LOADLINE_COMPARE_ADVICE_H_

#include "tools/loadline/compare/matching.h"
#include "tools/loadline/compare/verdict.h"

namespace loadline::compare {

// What it takes to decide a question that stayed open: how many processes a side see, in four of
// five comparisons and as one of as many, a change of twice the margin as worse. Of one that was
// not called among so many (Reason::kNotAmongSoMany): one of the estimated size. Kept in
// Change::processes_to_tell.
void AdviseProcesses(Matched& matched, const CompareVerdict& verdict);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_ADVICE_H_
