#include "tools/loadline/compare/advice.h"

#include <optional>

#include "tools/loadline/compare/effect.h"
#include "tools/loadline/compare/families.h"

namespace loadline::compare {

void AdviseProcesses(Matched& matched, const CompareVerdict& verdict) {
  for (std::vector<Asked>& benchmark : matched.asked) {
    for (Asked& asked : benchmark) {
      Change& change = asked.change;
      const bool open = asked.open() && asked.question.paired == nullptr &&
                        change.finding != Finding::kIncomparable && change.beyond == Beyond::kOpen;
      if (!open) continue;
      std::optional<double> target;  // twice the margin
      if (change.reason == Reason::kNotAmongSoMany) target = change.change->estimate;
      change.processes_to_tell = ProcessesToTell(asked.question, TestFor(verdict, change), target);
    }
  }
}

}  // namespace loadline::compare
