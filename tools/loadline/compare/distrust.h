#ifndef TOOLS_LOADLINE_COMPARE_DISTRUST_H_
#define TOOLS_LOADLINE_COMPARE_DISTRUST_H_

#include <cstddef>

#include "tools/loadline/compare/verdict.h"

namespace loadline::compare {

// Differences where there can be none say that something else than the program decides.

// Replaces every claim that the sides differ by kVoid; says how many of them decided.
size_t VoidDifferences(Reason reason, CompareVerdict& verdict);

// Both sides ran the same program with the same settings: voids what differs, and says why.
void DistrustTheSameProgram(CompareVerdict& verdict);

// A planted difference was not seen: replaces every kSame by kOpen.
void OpenNegatives(CompareVerdict& verdict);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_DISTRUST_H_
