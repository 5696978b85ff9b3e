#ifndef BENCHMARKS_PEERS_VECTOR_SETS_H_
#define BENCHMARKS_PEERS_VECTOR_SETS_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "stowage/vector/distance.h"
#include "stowage/vector/vector_types.h"

namespace loadline::bench {

// Rows and queries of one kind of data; of many kinds an index is known to fail on.
struct VectorSet {
  stowage::StoreConfig config;
  std::vector<float> rows;     // n x dimension, row-major
  std::vector<float> queries;  // likewise

  size_t size() const { return rows.size() / config.dimension; }
  size_t query_count() const { return queries.size() / config.dimension; }
  absl::Span<const float> row(size_t i) const { return Of(rows, i); }
  absl::Span<const float> query(size_t i) const { return Of(queries, i); }

  // What the row is multiplied by to become what the metric sees.
  float factor(size_t i) const {
    if (config.metric != stowage::Metric::kCosine) return 1;
    const float* const values = row(i).data();
    return static_cast<float>(1 /
                              std::sqrt(stowage::DotInDouble(values, values, config.dimension)));
  }
  // `prepared` as the metric sees it.
  double Distance(absl::Span<const float> prepared, size_t i) const {
    if (config.metric == stowage::Metric::kSquaredL2) {
      return stowage::SquaredL2InDouble(prepared.data(), row(i).data(), config.dimension);
    }
    return 1 - double{factor(i)} *
                   stowage::DotInDouble(prepared.data(), row(i).data(), config.dimension);
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
  // all of length one. x = B tanh(A (c + z) / 3) / |...| with z ~ N(0, I) of 32 dimensions, c one
  // of 60 centres ~ N(0, I), number floor(60 u^2), A of 64 x 32 and B of n x 64 standard normals
  // that are the same for every seed.
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
      const double norm = std::sqrt(stowage::DotInDouble(out, out, dimension));
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

struct SetSize {
  size_t rows = 0;
  size_t queries = 100;
  uint64_t seed = 1;
};

struct NamedSet {
  std::string name;     // as tests have them
  std::string formula;  // of a row x and, where it is another, of a query q
  std::function<VectorSet(const SetSize& size)> make;
};

// The ways of drawing vectors that several sets have in common: n rows of `dimension`.
using DrawVectors = std::vector<float> (*)(VectorSets& sets, size_t n, size_t dimension);
inline std::vector<float> DrawEmbeddings(VectorSets& sets, size_t n, size_t dimension) {
  return sets.Embeddings(n, dimension);
}
inline std::vector<float> DrawNormal(VectorSets& sets, size_t n, size_t dimension) {
  return sets.Normal(n * dimension);
}
inline std::vector<float> DrawUniform(VectorSets& sets, size_t n, size_t dimension) {
  return sets.Uniform(n * dimension);
}

// Rows and queries drawn alike, and then changed: by default not at all.
using ChangeVectors = std::function<void(VectorSets& sets, std::vector<float>& vectors)>;
inline std::function<VectorSet(const SetSize&)> Alike(
    stowage::Metric metric, size_t dimension, DrawVectors draw,
    const ChangeVectors& change_rows = [](VectorSets&, std::vector<float>&) {},
    const ChangeVectors& change_queries = [](VectorSets&, std::vector<float>&) {}) {
  return [=](const SetSize& size) {
    VectorSets sets(size.seed);
    VectorSet set{{dimension, metric}, draw(sets, size.rows, dimension), {}};
    set.queries = draw(sets, size.queries, dimension);
    change_rows(sets, set.rows);
    change_queries(sets, set.queries);
    return set;
  };
}

inline std::vector<NamedSet> PlainSets() {
  using stowage::Metric;
  return {
      {"EmbeddingsByCosine", "x = VectorSets::Embeddings, 384 dimensions, cosine",
       Alike(Metric::kCosine, 384, DrawEmbeddings)},
      {"EmbeddingsByInnerProduct", "x = VectorSets::Embeddings, 100 dimensions, inner product",
       Alike(Metric::kInnerProduct, 100, DrawEmbeddings)},
      {"EmbeddingsBySquaredL2", "x = VectorSets::Embeddings, 768 dimensions, squared L2",
       Alike(Metric::kSquaredL2, 768, DrawEmbeddings)},
      {"Normal64", "x ~ N(0, I), 64 dimensions, squared L2",
       Alike(Metric::kSquaredL2, 64, DrawNormal)},
      {"Normal768", "x ~ N(0, I), 768 dimensions, squared L2",
       Alike(Metric::kSquaredL2, 768, DrawNormal)},
      {"Uniform3", "x ~ U(0, 1)^3, squared L2", Alike(Metric::kSquaredL2, 3, DrawUniform)},
      {"Uniform16", "x ~ U(0, 1)^16, squared L2", Alike(Metric::kSquaredL2, 16, DrawUniform)},
      {"Uniform47", "x ~ U(0, 1)^47, squared L2", Alike(Metric::kSquaredL2, 47, DrawUniform)},
  };
}

inline std::vector<NamedSet> SetsWithCopies() {
  using stowage::Metric;
  const auto copies = [](double probability, size_t kinds) {
    return Alike(Metric::kCosine, 128, DrawEmbeddings,
                 [=](VectorSets& sets, std::vector<float>& rows) {
                   sets.Copy(rows, 128, probability, kinds);
                 });
  };
  const ChangeVectors twenty_of_each = [](VectorSets&, std::vector<float>& rows) {
    for (size_t i = 0; i < rows.size() / 128; ++i) {
      if (i % 20 != 0) std::copy_n(&rows[i / 20 * 20 * 128], 128, &rows[i * 128]);
    }
  };
  return {
      {"TenthOfOneCopy", "Embeddings, 128 dimensions, cosine; a row is row 0 with chance 0.1",
       copies(0.1, 1)},
      {"HalfOfOneCopy", "Embeddings, 128 dimensions, cosine; a row is row 0 with chance 0.5",
       copies(0.5, 1)},
      {"HalfOfFourCopies",
       "Embeddings, 128 dimensions, cosine; row i is row i mod 4 with chance 0.5", copies(0.5, 4)},
      {"TwentyCopiesOfEach", "Embeddings, 128 dimensions, cosine; row i is row 20 floor(i / 20)",
       Alike(Metric::kCosine, 128, DrawEmbeddings, twenty_of_each)},
      {"AllEqual", "x = (0.5, ..., 0.5), q ~ N(0, I), 128 dimensions, squared L2",
       Alike(Metric::kSquaredL2, 128, DrawNormal,
             [](VectorSets&, std::vector<float>& rows) {
               std::fill(rows.begin(), rows.end(), 0.5F);
             })},
  };
}

// Sets of which one direction, length or offset is far larger than what tells rows apart.
inline std::vector<NamedSet> UnevenSets() {
  using stowage::Metric;
  const auto changed = [](const ChangeVectors& change) {
    return Alike(Metric::kSquaredL2, 128, DrawEmbeddings, change, change);
  };
  const ChangeVectors none = [](VectorSets&, std::vector<float>&) {};
  return {
      {"FarFromTheOrigin", "Embeddings + 100, 128 dimensions, squared L2",
       changed([](VectorSets&, std::vector<float>& vectors) {
         for (float& value : vectors) value += 100;
       })},
      {"OneLargeConstantAxis", "Embeddings with x_7 = 1000, 128 dimensions, squared L2",
       changed([](VectorSets&, std::vector<float>& vectors) {
         for (size_t i = 7; i < vectors.size(); i += 128) vectors[i] = 1000;
       })},
      {"OneLargeAxis", "Embeddings with x_7 ~ N(0, 1000^2), 128 dimensions, squared L2",
       changed([](VectorSets& sets, std::vector<float>& vectors) {
         for (size_t i = 7; i < vectors.size(); i += 128) vectors[i] = sets.Normal(1, 1000)[0];
       })},
      {"LengthsOverThirtyDecades", "10^(30 u - 15) Embeddings, 128 dimensions, squared L2",
       changed([](VectorSets& sets, std::vector<float>& vectors) {
         sets.Scale(vectors, 128, [](float u) { return std::pow(10.0F, 30 * u - 15); });
       })},
      {"LengthsByPowerLaw", "x = z / sqrt(u), q ~ N(0, I), 96 dimensions, inner product",
       Alike(Metric::kInnerProduct, 96, DrawNormal,
             [](VectorSets& sets, std::vector<float>& rows) {
               sets.Scale(rows, 96, [](float u) { return 1 / std::sqrt(u + 1e-6F); });
             })},
      {"OneRowFarAway", "x ~ N(0, I), one of them (10^6, ...), 128 dimensions, squared L2",
       Alike(Metric::kSquaredL2, 128, DrawNormal,
             [](VectorSets&, std::vector<float>& rows) {
               std::fill_n(&rows[rows.size() / 128 / 2 * 128], 128, 1e6F);
             })},
      {"QueriesFromElsewhere", "x = Embeddings, q ~ N(0, I), 384 dimensions, cosine",
       Alike(Metric::kCosine, 384, DrawEmbeddings, none,
             [](VectorSets& sets, std::vector<float>& queries) {
               queries = sets.Normal(queries.size());
             })},
  };
}

inline std::vector<NamedSet> ClusteredSets() {
  using stowage::Metric;
  const auto around = [](size_t dimension, size_t centres, float spread, float deviation) {
    return [=](const SetSize& size) {
      VectorSets sets(size.seed);
      const std::vector<float> centre = sets.Normal(centres * dimension, spread);
      VectorSet set{{dimension, Metric::kSquaredL2},
                    sets.Around(centre, dimension, size.rows, deviation, true),
                    {}};
      set.queries = sets.Around(centre, dimension, size.queries, deviation, false);
      return set;
    };
  };
  const auto one_town = [](const SetSize& size) {
    VectorSets sets(size.seed);
    const std::vector<float> town = {48.137F, 11.575F};
    VectorSet set{{2, Metric::kSquaredL2}, sets.Around(town, 2, size.rows, 0.02F, true), {}};
    set.queries = sets.Around(town, 2, size.queries, 0.02F, true);
    return set;
  };
  return {
      {"Towns", "latitude and longitude: N(c, 0.05^2), 50 c ~ N(0, 60^2), squared L2",
       around(2, 50, 60, 0.05F)},
      {"OneTown", "latitude and longitude: N((48.137, 11.575), 0.02^2), squared L2", one_town},
      {"ClustersInOrder", "N(c, 0.15^2), 100 c ~ N(0, I), 64 dimensions, squared L2",
       around(64, 100, 1, 0.15F)},
      {"TightClustersFarApart", "N(c, 0.01^2), 100 c ~ N(0, 10^2), 64 dimensions, squared L2",
       around(64, 100, 10, 0.01F)},
  };
}

inline std::vector<NamedSet> DegenerateSets() {
  using stowage::Metric;
  const auto line = [](const SetSize& size) {
    VectorSet set{{1, Metric::kSquaredL2}, std::vector<float>(size.rows), {}};
    for (size_t i = 0; i < size.rows; ++i) set.rows[i] = 0.1F * static_cast<float>(i);
    set.queries = VectorSets(size.seed).Uniform(size.queries);
    for (float& value : set.queries) value *= 0.1F * static_cast<float>(size.rows);
    return set;
  };
  const auto seven = [](const SetSize& size) {
    return Alike(Metric::kCosine, 64,
                 DrawNormal)({.rows = 7, .queries = size.queries, .seed = size.seed});
  };
  return {
      {"SortedLine", "x_i = i / 10, q ~ U(0, rows / 10), 1 dimension, squared L2", line},
      {"FewerThanAskedFor", "7 rows ~ N(0, I), 64 dimensions, cosine", seven},
  };
}

inline std::vector<NamedSet> AllVectorSets() {
  std::vector<NamedSet> all;
  for (const auto& part :
       {PlainSets(), SetsWithCopies(), UnevenSets(), ClusteredSets(), DegenerateSets()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace loadline::bench

#endif  // BENCHMARKS_PEERS_VECTOR_SETS_H_
