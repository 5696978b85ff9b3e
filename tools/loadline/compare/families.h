#ifndef TOOLS_LOADLINE_COMPARE_FAMILIES_H_
#define TOOLS_LOADLINE_COMPARE_FAMILIES_H_

#include "tools/loadline/compare/effect.h"
#include "tools/loadline/compare/matching.h"
#include "tools/loadline/compare/verdict.h"
#include "tools/loadline/samples/side.h"

namespace loadline::compare {

// Answers everything that was asked, and concludes each change: finding, beyond and reason.
//
// What decides is asked in three families, times and rates, memory, and everything else, which
// share the chance of a false claim 8 : 1 : 1, as far as they are there. Claims are Holm's (1979)
// in their family, each direction by itself. A claim that something is within the margin needs no
// adjustment: the whole passes only if every single one does (an intersection-union test, Berger
// 1982). What only is reported is a family by itself, by Benjamini and Hochberg (1995). What does
// not vary takes no test and is in no family.
//
// Values of times that lean on each other are recognised over ten benchmarks or more and answered
// for (stats/serial_dependence.h).
//
// What stays open is told what it takes (Change::processes_to_tell): a change of twice the margin
// to be called worse, of what was not called among so many one of the estimated size.
//
// Takes verdict.alpha; sets the verdict's families and rho. The sides are those that were matched.
void AnswerAll(const samples::Side& base, const samples::Side& candidate, Matched& matched,
               CompareVerdict& verdict);

// What the answer to `question` was held to.
EffectTest TestFor(const CompareVerdict& verdict, const Change& change);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_FAMILIES_H_
