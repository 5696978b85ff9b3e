// What the suite's results are of, beside the program: the real source text that it works on.

#include "benchmarks/fixture/suite_dataset.h"
#include "loadline/harness/named_input.h"

namespace loadline::bench {
namespace {

[[maybe_unused]] const bool input_is_named = harness::NameInput(&SuiteInput);

}  // namespace
}  // namespace loadline::bench
