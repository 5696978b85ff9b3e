#ifndef TESTS_STOWAGE_VECTOR_VECTOR_SETS_H_
#define TESTS_STOWAGE_VECTOR_VECTOR_SETS_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "stowage/vector/distance.h"
#include "stowage/vector/vector_types.h"

namespace stowage::testing {

// Rows and queries of one kind of data; of many kinds an index is known to fail on.
struct VectorSet {
  StoreConfig config;
  std::vector<float> rows;     // n x dimension, row-major
  std::vector<float> queries;  // likewise

  size_t size() const { return rows.size() / config.dimension; }
  size_t query_count() const { return queries.size() / config.dimension; }
  absl::Span<const float> row(size_t i) const { return Of(rows, i); }
  absl::Span<const float> query(size_t i) const { return Of(queries, i); }

  // What the row is multiplied by to become what the metric sees.
  float factor(size_t i) const {
    if (config.metric != Metric::kCosine) return 1;
    return static_cast<float>(1 / std::sqrt(DotInDouble(row(i).data(), row(i).data(),
                                                        config.dimension)));
  }
  // `prepared` as the metric sees it.
  double Distance(absl::Span<const float> prepared, size_t i) const {
    if (config.metric == Metric::kSquaredL2) {
      return SquaredL2InDouble(prepared.data(), row(i).data(), config.dimension);
    }
    return 1 - double{factor(i)} * DotInDouble(prepared.data(), row(i).data(), config.dimension);
  }
  // Of the k nearest rows, by double precision.
  std::vector<double> Nearest(absl::Span<const float> prepared, size_t k) const {
    std::vector<double> distances(size());
    for (size_t i = 0; i < size(); ++i) distances[i] = Distance(prepared, i);
    k = std::min(k, distances.size());
    std::partial_sort(distances.begin(), distances.begin() + static_cast<ptrdiff_t>(k),
                      distances.end());
    distances.resize(k);
    return distances;
  }

 private:
  absl::Span<const float> Of(const std::vector<float>& vectors, size_t i) const {
    return absl::MakeConstSpan(vectors).subspan(i * config.dimension, config.dimension);
  }
};

// Makes sets; the same seed gives the same ones.
class VectorSets {
 public:
  explicit VectorSets(uint64_t seed) : random_(seed) {}

  std::vector<float> Normal(size_t count, float deviation = 1) {
    std::vector<float> values(count);
    for (float& value : values) value = deviation * normal_(random_);
    return values;
  }
  std::vector<float> Uniform(size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = uniform_(random_);
    return values;
  }

  // As embeddings of text lie: near a curved surface of few dimensions, in groups of unequal size,
  // all of length one.
  std::vector<float> Embeddings(size_t n, size_t dimension) {
    constexpr size_t kLatent = 32;
    constexpr size_t kHidden = 64;
    std::mt19937_64 fixed(dimension);
    std::normal_distribution<float> normal;
    std::vector<float> first(kLatent * kHidden), second(kHidden * dimension), groups(60 * kLatent);
    for (float& weight : first) weight = normal(fixed) / 3;
    for (float& weight : second) weight = normal(fixed);
    for (float& value : groups) value = normal(fixed);
    std::vector<float> vectors(n * dimension);
    std::vector<float> hidden(kHidden);
    for (size_t i = 0; i < n; ++i) {
      const float draw = uniform_(random_);
      const size_t group = std::min<size_t>(59, static_cast<size_t>(60 * draw * draw));
      std::fill(hidden.begin(), hidden.end(), 0.0F);
      for (size_t l = 0; l < kLatent; ++l) {
        const float value = groups[group * kLatent + l] + normal_(random_);
        for (size_t h = 0; h < kHidden; ++h) hidden[h] += value * first[l * kHidden + h];
      }
      float* const out = &vectors[i * dimension];
      for (size_t h = 0; h < kHidden; ++h) {
        const float bent = std::tanh(hidden[h]);
        for (size_t j = 0; j < dimension; ++j) out[j] += bent * second[h * dimension + j];
      }
      const double norm = std::sqrt(DotInDouble(out, out, dimension));
      for (size_t j = 0; j < dimension; ++j) out[j] = static_cast<float>(out[j] / norm);
    }
    return vectors;
  }

  // Every row is, with this probability, a copy of one of the first `kinds`.
  void Copy(std::vector<float>& rows, size_t dimension, double probability, size_t kinds) {
    for (size_t i = kinds; i < rows.size() / dimension; ++i) {
      if (uniform_(random_) >= probability) continue;
      std::copy_n(&rows[i % kinds * dimension], dimension, &rows[i * dimension]);
    }
  }

  // n rows around `centres`, the centres in order or at random.
  std::vector<float> Around(const std::vector<float>& centres, size_t dimension, size_t n,
                            float deviation, bool in_order) {
    const size_t count = centres.size() / dimension;
    std::vector<float> rows = Normal(n * dimension, deviation);
    for (size_t i = 0; i < n; ++i) {
      const size_t centre = in_order ? i * count / n : random_() % count;
      for (size_t j = 0; j < dimension; ++j) {
        rows[i * dimension + j] += centres[centre * dimension + j];
      }
    }
    return rows;
  }

  // Multiplies every vector by a number of its own.
  void Scale(std::vector<float>& vectors, size_t dimension,
             const std::function<float(float uniform)>& by) {
    for (size_t i = 0; i < vectors.size() / dimension; ++i) {
      const float factor = by(uniform_(random_));
      for (size_t j = 0; j < dimension; ++j) vectors[i * dimension + j] *= factor;
    }
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<float> normal_;
  std::uniform_real_distribution<float> uniform_;
};

struct NamedSet {
  std::string name;
  std::function<VectorSet(size_t n)> make;
};

// Names as tests have them.
inline std::vector<NamedSet> AllVectorSets() {
  constexpr size_t kQueries = 100;
  const auto plain = [](Metric metric, size_t dimension,
                        std::vector<float> (*draw)(VectorSets&, size_t n, size_t dimension)) {
    return [=](size_t n) {
      VectorSets sets(1);
      VectorSet set{{dimension, metric}, draw(sets, n, dimension), {}};
      set.queries = draw(sets, kQueries, dimension);
      return set;
    };
  };
  const auto embeddings = [](VectorSets& sets, size_t n, size_t dimension) {
    return sets.Embeddings(n, dimension);
  };
  const auto normal = [](VectorSets& sets, size_t n, size_t dimension) {
    return sets.Normal(n * dimension);
  };
  const auto uniform = [](VectorSets& sets, size_t n, size_t dimension) {
    return sets.Uniform(n * dimension);
  };
  const auto copies = [](double probability, size_t kinds) {
    return [=](size_t n) {
      VectorSets sets(1);
      VectorSet set{{128, Metric::kCosine}, sets.Embeddings(n, 128), sets.Embeddings(kQueries, 128)};
      sets.Copy(set.rows, 128, probability, kinds);
      return set;
    };
  };
  // Embeddings of 128 dimensions under squared L2, with something done to each vector.
  const auto changed = [](const std::function<void(VectorSets&, std::vector<float>&)>& change) {
    return [=](size_t n) {
      VectorSets sets(1);
      VectorSet set{{128, Metric::kSquaredL2}, sets.Embeddings(n, 128),
                    sets.Embeddings(kQueries, 128)};
      change(sets, set.rows);
      change(sets, set.queries);
      return set;
    };
  };
  const auto around = [](size_t dimension, size_t centres, float spread, float deviation) {
    return [=](size_t n) {
      VectorSets sets(1);
      const std::vector<float> centre = sets.Normal(centres * dimension, spread);
      return VectorSet{{dimension, Metric::kSquaredL2},
                       sets.Around(centre, dimension, n, deviation, true),
                       sets.Around(centre, dimension, kQueries, deviation, false)};
    };
  };
  return {
      {"EmbeddingsByCosine", plain(Metric::kCosine, 384, embeddings)},
      {"EmbeddingsByInnerProduct", plain(Metric::kInnerProduct, 100, embeddings)},
      {"EmbeddingsBySquaredL2", plain(Metric::kSquaredL2, 768, embeddings)},
      {"Normal64", plain(Metric::kSquaredL2, 64, normal)},
      {"Normal768", plain(Metric::kSquaredL2, 768, normal)},
      {"Uniform3", plain(Metric::kSquaredL2, 3, uniform)},
      {"Uniform16", plain(Metric::kSquaredL2, 16, uniform)},
      {"Uniform47", plain(Metric::kSquaredL2, 47, uniform)},
      {"TenthOfOneCopy", copies(0.1, 1)},
      {"HalfOfOneCopy", copies(0.5, 1)},
      {"HalfOfFourCopies", copies(0.5, 4)},
      {"TwentyCopiesOfEach",
       [](size_t n) {
         VectorSets sets(1);
         VectorSet set{{128, Metric::kCosine}, sets.Embeddings(n, 128),
                       sets.Embeddings(kQueries, 128)};
         for (size_t i = 0; i < n; ++i) std::copy_n(&set.rows[i / 20 * 20 * 128], 128, &set.rows[i * 128]);
         return set;
       }},
      {"AllEqual",
       [](size_t n) {
         return VectorSet{{128, Metric::kSquaredL2}, std::vector<float>(n * 128, 0.5F),
                          VectorSets(1).Normal(kQueries * 128)};
       }},
      {"FarFromTheOrigin", changed([](VectorSets&, std::vector<float>& vectors) {
         for (float& value : vectors) value += 100;
       })},
      {"OneLargeConstantAxis", changed([](VectorSets&, std::vector<float>& vectors) {
         for (size_t i = 7; i < vectors.size(); i += 128) vectors[i] = 1000;
       })},
      {"OneLargeAxis", changed([](VectorSets& sets, std::vector<float>& vectors) {
         for (size_t i = 7; i < vectors.size(); i += 128) vectors[i] = sets.Normal(1, 1000)[0];
       })},
      {"LengthsOverThirtyDecades", changed([](VectorSets& sets, std::vector<float>& vectors) {
         sets.Scale(vectors, 128, [](float u) { return std::pow(10.0F, 30 * u - 15); });
       })},
      {"Towns", around(2, 50, 60, 0.05F)},
      {"OneTown",
       [](size_t n) {
         VectorSets sets(1);
         const std::vector<float> town = {48.137F, 11.575F};
         return VectorSet{{2, Metric::kSquaredL2}, sets.Around(town, 2, n, 0.02F, true),
                          sets.Around(town, 2, kQueries, 0.02F, true)};
       }},
      {"ClustersInOrder", around(64, 100, 1, 0.15F)},
      {"TightClustersFarApart", around(64, 100, 10, 0.01F)},
      {"SortedLine",
       [](size_t n) {
         VectorSet set{{1, Metric::kSquaredL2}, std::vector<float>(n), {}};
         for (size_t i = 0; i < n; ++i) set.rows[i] = 0.1F * static_cast<float>(i);
         set.queries = VectorSets(1).Uniform(kQueries);
         for (float& value : set.queries) value *= 0.1F * static_cast<float>(n);
         return set;
       }},
      {"LengthsByPowerLaw",
       [](size_t n) {
         VectorSets sets(1);
         VectorSet set{{96, Metric::kInnerProduct}, sets.Normal(n * 96), {}};
         sets.Scale(set.rows, 96, [](float u) { return 1 / std::sqrt(u + 1e-6F); });
         set.queries = sets.Normal(kQueries * 96);
         return set;
       }},
      {"OneRowFarAway",
       [](size_t n) {
         VectorSets sets(1);
         VectorSet set{{128, Metric::kSquaredL2}, sets.Normal(n * 128), sets.Normal(kQueries * 128)};
         std::fill_n(&set.rows[n / 2 * 128], 128, 1e6F);
         return set;
       }},
      {"QueriesFromElsewhere",
       [](size_t n) {
         VectorSets sets(1);
         return VectorSet{{384, Metric::kCosine}, sets.Embeddings(n, 384),
                          sets.Normal(kQueries * 384)};
       }},
      {"FewerThanAskedFor",
       [](size_t) {
         VectorSets sets(1);
         return VectorSet{{64, Metric::kCosine}, sets.Normal(7 * 64), sets.Normal(kQueries * 64)};
       }},
  };
}

}  // namespace stowage::testing

#endif  // TESTS_STOWAGE_VECTOR_VECTOR_SETS_H_
