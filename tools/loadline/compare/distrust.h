#ifndef TOOLS_LOADLINE_COMPARE_DISTRUST_H_
#define TOOLS_LOADLINE_COMPARE_DISTRUST_H_

#include "tools/loadline/compare/paired.h"
#include "tools/loadline/compare/verdict.h"

namespace loadline::compare {

// Differences where there can be none say that something else than the program decides. Where both
// sides ran one program with the same settings, every claim that they differ becomes kVoid, and why
// is said; so does every such claim where a control of `runs` (may be null) differed. Where a
// planted difference was not seen, every kSame becomes kOpen.
void Distrust(bool same_program, const PairedRuns* runs, CompareVerdict& verdict);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_DISTRUST_H_
