#ifndef LOADLINE_STATS_STUDENT_H_
#define LOADLINE_STATS_STUDENT_H_

namespace loadline::stats {

// Student's t distribution ("Student" 1908): a normal estimate over a standard deviation that is
// itself estimated, with `degrees` degrees of freedom, above 0; infinity is the normal
// distribution. Pure. Any other `degrees` gives NaN.

// The t with P(T <= t) = p; -infinity for p <= 0, infinity for p >= 1, NaN for NaN.
double StudentQuantile(double p, double degrees);

// P(T > t). NaN for NaN.
double StudentTail(double t, double degrees);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_STUDENT_H_
