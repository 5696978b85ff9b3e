#ifndef TOOLS_LOADLINE_COMPARE_PAIRED_H_
#define TOOLS_LOADLINE_COMPARE_PAIRED_H_

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace loadline::compare {

// What `loadline duet` has found out about the time of one benchmark. Every claim holds however
// long one went on (stats/sign_evidence.h): compare copies it and tests nothing again.
struct PairedAnswer {
  std::string estimand;  // "typical", "mean" or "life": the one that the change is of
  // The change, a fraction of the base: above 0 the candidate is slower. Each bound is wrong with a
  // chance of at most alpha; -1 and infinity where there is none.
  double estimate = 0;
  double low = -1;
  double high = std::numeric_limits<double>::infinity();
  // Always valid, over all estimands together: of "not worse by more than the margin", of "not
  // better by more than the margin".
  double p_worse = 1;
  double p_better = 1;
  // At the suite's level. By more than the margin:
  bool worse = false;
  bool better = false;
  // At all:
  bool slower = false;
  bool faster = false;
  // Within the margin by every estimand, and by the totals of all that was run.
  bool not_worse = false;
  bool not_better = false;
  // Slow blocks of the long arm are the candidate's, at the suite's level: that they cost is
  // proved, how much is not; in words, with an estimate, in `seen`.
  bool tail = false;
  // Some samples by themselves show the candidate clearly worse, others clearly not, so that it is
  // the layout of the process, not the program, that decides; and the same for better.
  bool layout_worse = false;
  bool layout_better = false;
  // The smallest typical change for the worse that 80 % of such tests would have called, a
  // fraction. Absent when no change could.
  std::optional<double> detectable;
  std::string seen;  // what was sampled, and what may have been missed: a sentence
};

// What `loadline duet` knows besides two sides' values.
struct PairedRuns {
  absl::flat_hash_map<std::string, PairedAnswer> benchmarks;  // by run name
  std::vector<std::string> void_reasons;  // a control alarm: no claim can be trusted
  std::vector<std::string> blind;         // a planted slowdown was not seen: nor would others be
  std::vector<std::string> doubts;        // each keeps the verdict from being a pass: exit code 3
  std::vector<std::string> notes;
};

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_PAIRED_H_
