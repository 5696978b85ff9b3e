#ifndef TESTS_LOADLINE_STATS_DRAWN_SAMPLE_H_
#define TESTS_LOADLINE_STATS_DRAWN_SAMPLE_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace loadline::stats {

inline constexpr double kInfinite = std::numeric_limits<double>::infinity();

// Shapes of spread that run times have, in kShapes, and in kOtherShapes some more.
enum class Shape {
  kNormal,
  kLognormal,  // sigma 0.5
  kBimodal,    // two humps ten deviations apart, three tenths of the values in the upper one
  kT2,         // Student's t with two degrees of freedom, which has no variance
  kCauchy,     // has no mean either
  kExponential,
  kUniform,
  kSkewed,  // lognormal, sigma 1
  kT3,
  kTwins,      // two humps twenty deviations apart, as many values in each
  kDisturbed,  // normal, a tenth of the values with ten times the spread
  kDelayed,    // normal, a tenth of the values later by up to some tens of deviations
};
inline constexpr Shape kShapes[] = {Shape::kNormal, Shape::kLognormal, Shape::kBimodal, Shape::kT2,
                                    Shape::kCauchy};
inline constexpr Shape kOtherShapes[] = {Shape::kExponential, Shape::kUniform,   Shape::kSkewed,
                                         Shape::kT3,          Shape::kDisturbed, Shape::kDelayed,
                                         Shape::kTwins};

inline const char* NameOf(Shape shape) {
  switch (shape) {
    case Shape::kNormal:
      return "normal";
    case Shape::kLognormal:
      return "lognormal";
    case Shape::kBimodal:
      return "bimodal";
    case Shape::kT2:
      return "t, 2 df";
    case Shape::kCauchy:
      return "Cauchy";
    case Shape::kExponential:
      return "exponential";
    case Shape::kUniform:
      return "uniform";
    case Shape::kSkewed:
      return "lognormal, σ = 1";
    case Shape::kT3:
      return "t, 3 df";
    case Shape::kTwins:
      return "equal humps";
    case Shape::kDisturbed:
      return "disturbed";
    case Shape::kDelayed:
      return "delayed";
  }
  return "?";
}

// Independent numbers, the same on every machine for the same seed: the standard leaves its
// distributions to each library.
class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}

  // In (0, 1).
  double Uniform() { return (static_cast<double>(random_() >> 11) + 0.5) * 0x1p-53; }

  // Box & Muller 1958.
  double Normal() {
    constexpr double kTwoPi = 6.283185307179586;
    const double radius = std::sqrt(-2 * std::log(Uniform()));
    return radius * std::cos(kTwoPi * Uniform());
  }

  double Of(Shape shape) {
    switch (shape) {
      case Shape::kNormal:
        return Normal();
      case Shape::kLognormal:
        return std::exp(Normal() / 2);
      case Shape::kBimodal:
        return (Uniform() < 0.3 ? 5 : 0) + Normal() / 2;
      case Shape::kT2:
        return Normal() / std::sqrt(-std::log(Uniform()));
      case Shape::kCauchy:
        return Normal() / std::abs(Normal());
      case Shape::kExponential:
        return -std::log(Uniform());
      case Shape::kUniform:
        return Uniform();
      case Shape::kSkewed:
        return std::exp(Normal());
      case Shape::kT3:
        return Normal() / std::sqrt((Square() + Square() + Square()) / 3);
      case Shape::kTwins:
        return (Uniform() < 0.5 ? 20 : 0) + Normal();
      case Shape::kDisturbed:
        return (Uniform() < 0.1 ? 10 : 1) * Normal();
      case Shape::kDelayed:
        return (Uniform() < 0.1 ? 10 * std::abs(Normal()) : 0) + Normal();
    }
    return 0;
  }

  std::vector<double> Sample(Shape shape, size_t size, double shift = 0) {
    std::vector<double> sample(size);
    for (double& value : sample) value = Of(shape) + shift;
    return sample;
  }

  // Few values, so that many are alike.
  std::vector<double> Tied(size_t size) {
    std::vector<double> sample(size);
    for (double& value : sample) value = std::floor(Uniform() * 5);
    return sample;
  }

  // Differences of pairs, symmetric around `shift`.
  std::vector<double> Differences(Shape shape, size_t size, double shift = 0) {
    std::vector<double> sample(size);
    for (double& value : sample) value = Of(shape) - Of(shape) + shift;
    return sample;
  }

 private:
  double Square() {
    const double value = Normal();
    return value * value;
  }

  std::mt19937_64 random_;
};

}  // namespace loadline::stats

#endif  // TESTS_LOADLINE_STATS_DRAWN_SAMPLE_H_
