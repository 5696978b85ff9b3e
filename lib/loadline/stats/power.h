#ifndef LOADLINE_STATS_POWER_H_
#define LOADLINE_STATS_POWER_H_

#include <cstdint>

namespace loadline::stats {

// What a comparison could have seen. A claim is made where an estimate lies more than t standard
// errors beyond a mark. The smallest detectable effect lies k of them beyond it: where the claim is
// made in kPower of comparisons of the same size.
inline constexpr double kPower = 0.80;

// k for a standard error with `degrees` degrees of freedom that was estimated from a sample. The
// next sample's estimate and the one at hand are both uncertain: k = t + z sqrt(1 + (t^2 + k^2) /
// (2 degrees)) with z the kPower quantile of the normal distribution, solved for k.
double ReachOfSample(double t, double degrees);

// k for a standard error that is known, in comparisons that will estimate it anew:
// k = t + z sqrt(1 + t^2 / (2 degrees)).
double ReachOfKnown(double t, double degrees);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_POWER_H_
