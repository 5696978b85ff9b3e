#ifndef TESTS_LOADLINE_STATS_DRAWN_SAMPLE_H_
#define TESTS_LOADLINE_STATS_DRAWN_SAMPLE_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace loadline::stats {

// Shapes of spread that run times have. The bimodal one has its two humps ten deviations apart,
// three tenths of the values in the upper one; t2 is Student's t with two degrees of freedom,
// which has no variance; Cauchy has no mean either.
enum class Shape { kNormal, kLognormal, kBimodal, kT2, kCauchy };
inline constexpr Shape kShapes[] = {Shape::kNormal, Shape::kLognormal, Shape::kBimodal, Shape::kT2,
                                    Shape::kCauchy};

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
    }
    return 0;
  }

  std::vector<double> Sample(Shape shape, size_t size, double shift = 0) {
    std::vector<double> sample(size);
    for (double& value : sample) value = Of(shape) + shift;
    return sample;
  }

  // Differences of pairs, symmetric around `shift`.
  std::vector<double> Differences(Shape shape, size_t size, double shift = 0) {
    std::vector<double> sample(size);
    for (double& value : sample) value = Of(shape) - Of(shape) + shift;
    return sample;
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace loadline::stats

#endif  // TESTS_LOADLINE_STATS_DRAWN_SAMPLE_H_
