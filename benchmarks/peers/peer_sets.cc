#include "benchmarks/peers/peer_sets.h"

#include <cmath>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/fixture/suite_dataset.h"
#include "benchmarks/peers/idx_images.h"
#include "benchmarks/peers/word_vectors.h"
#include "benchmarks/workload/corpus_dataset.h"
#include "benchmarks/workload/random.h"
#include "loadline/base/status_macros.h"

namespace loadline::bench {
namespace {

using stowage::Metric;

// Gives every vector norm 1.
absl::Status Normalise(std::vector<float>& vectors, size_t dimension) {
  for (size_t i = 0; i < vectors.size(); i += dimension) {
    const double norm = std::sqrt(stowage::DotInDouble(&vectors[i], &vectors[i], dimension));
    if (!(norm > 0)) return absl::InvalidArgumentError("a zero vector has no direction");
    for (size_t j = i; j < i + dimension; ++j) vectors[j] = static_cast<float>(vectors[j] / norm);
  }
  return absl::OkStatus();
}

// Moves vectors drawn from the rows into the queries, as many as there should be.
void HoldOutQueries(VectorSet& set, const SetSize& size) {
  const size_t dimension = set.config.dimension;
  workload::Random random(size.seed);
  for (size_t q = 0; q < size.queries && set.size() > 1; ++q) {
    float* const drawn = &set.rows[random.Below(set.size()) * dimension];
    set.queries.insert(set.queries.end(), drawn, drawn + dimension);
    std::copy(set.rows.end() - static_cast<ptrdiff_t>(dimension), set.rows.end(), drawn);
    set.rows.resize(set.rows.size() - dimension);
  }
}

absl::StatusOr<VectorSet> MakeWords(const std::string& folder, const SetSize& size) {
  VectorSet set{{kWordDimension, Metric::kCosine}, {}, {}};
  const size_t words = size.rows + size.queries;
  if (folder.empty()) {
    set.rows = VectorSets(size.seed).Embeddings(words, kWordDimension);
  } else {
    LOADLINE_ASSIGN_OR_RETURN(set.rows, ReadWordVectors(folder, words));
  }
  HoldOutQueries(set, size);
  return set;
}

std::vector<float> Lift(const std::vector<float>& words, const std::vector<float>& matrix,
                        size_t dimension) {
  std::vector<float> lifted(words.size() / kWordDimension * dimension);
  for (size_t i = 0; i < lifted.size(); ++i) {
    lifted[i] =
        stowage::ActiveKernels().dot(&words[i / dimension * kWordDimension],
                                     &matrix[i % dimension * kWordDimension], kWordDimension);
  }
  return lifted;
}

absl::StatusOr<VectorSet> MakeLifted(const std::string& folder, size_t dimension,
                                     const SetSize& size) {
  LOADLINE_ASSIGN_OR_RETURN(VectorSet set, MakeWords(folder, size));
  const std::vector<float> matrix = VectorSets(dimension).Normal(dimension * kWordDimension);
  set.config.dimension = dimension;
  set.rows = Lift(set.rows, matrix, dimension);
  set.queries = Lift(set.queries, matrix, dimension);
  return set;
}

absl::StatusOr<VectorSet> MakeCode(size_t dimension, const SetSize& size) {
  workload::CorpusDatasetOptions options;
  options.rows = size.rows;
  options.queries = size.queries;
  options.dimension = dimension;
  options.truth_depth = 1;
  options.truth_rows = {};
  options.corpus.seed = size.seed;
  options.corpus.min_lines = 1;
  if (const char* const corpus = std::getenv("LOADLINE_CORPUS"); corpus != nullptr) {
    options.corpus.roots = {corpus};
  }
  workload::CorpusDatasetSource source(options);
  LOADLINE_ASSIGN_OR_RETURN(const workload::CachedDataset cached,
                            workload::OpenCached(WorkloadFolder(), source));
  const absl::Span<const float> rows = cached.dataset->vectors().values;
  const absl::Span<const float> queries = cached.dataset->queries().values;
  return VectorSet{
      {dimension, Metric::kCosine}, {rows.begin(), rows.end()}, {queries.begin(), queries.end()}};
}

absl::StatusOr<VectorSet> MakeMnist(const std::string& folder, const SetSize& size) {
  const std::string data = absl::StrCat(folder, "/data/");
  LOADLINE_ASSIGN_OR_RETURN(Images rows,
                            ReadImages(absl::StrCat(data, "train-images-idx3-ubyte"), size.rows));
  LOADLINE_ASSIGN_OR_RETURN(Images queries,
                            ReadImages(absl::StrCat(data, "t10k-images-idx3-ubyte"), size.queries));
  if (rows.pixels != queries.pixels) {
    return absl::InvalidArgumentError(absl::StrCat("images in ", data, " have ", rows.pixels,
                                                   " and ", queries.pixels, " pixels"));
  }
  return VectorSet{
      {rows.pixels, Metric::kSquaredL2}, std::move(rows.values), std::move(queries.values)};
}

PeerSet Checked(PeerSet set) {
  set.make = [make = std::move(set.make),
              name = set.name](const SetSize& size) -> absl::StatusOr<VectorSet> {
    LOADLINE_ASSIGN_OR_RETURN(VectorSet made, make(size));
    if (made.size() == 0 || made.query_count() == 0) {
      return absl::InvalidArgumentError(absl::StrCat("set ", name, " has no rows or no queries"));
    }
    if (made.config.metric == Metric::kCosine) {
      LOADLINE_RETURN_IF_ERROR(Normalise(made.rows, made.config.dimension));
      LOADLINE_RETURN_IF_ERROR(Normalise(made.queries, made.config.dimension));
    }
    return made;
  };
  return set;
}

}  // namespace

std::vector<PeerSet> AllPeerSets(const SetFolders& folders) {
  std::vector<PeerSet> sets;
  for (const size_t dimension : {384, 768}) {
    sets.push_back({absl::StrCat("Code", dimension), "embedded chunks of source text, cosine",
                    [=](const SetSize& size) { return MakeCode(dimension, size); }});
  }
  const std::string words = folders.words.empty() ? "Embeddings of 100 dimensions" : "word vectors";
  sets.push_back({"Words100", absl::StrCat("w = ", words, ", cosine"),
                  [=](const SetSize& size) { return MakeWords(folders.words, size); }});
  for (const size_t dimension : {384, 768, 1'536}) {
    sets.push_back(
        {absl::StrCat("Lifted", dimension),
         absl::StrCat("A w / |A w|, A ~ N(0, 1), w = ", words, ", cosine"),
         [=](const SetSize& size) { return MakeLifted(folders.words, dimension, size); }});
  }
  if (!folders.mnist.empty()) {
    sets.push_back({"Mnist", "784 pixels of digits, squared L2",
                    [=](const SetSize& size) { return MakeMnist(folders.mnist, size); }});
  }
  for (NamedSet& set : AllVectorSets()) sets.push_back({set.name, set.formula, set.make});
  for (PeerSet& set : sets) set = Checked(std::move(set));
  return sets;
}

}  // namespace loadline::bench
