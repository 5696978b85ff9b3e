#include "benchmarks/workload/corpus_dataset.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/workload/embedder.h"
#include "benchmarks/workload/random.h"
#include "loadline/base/status_macros.h"

namespace loadline::workload {
namespace {

constexpr uint64_t kCorpusSetVersion = 1;  // raise it when the same corpus gives another set

// For each of `total` chunks, whether it is one of `count` queries: all choices equally likely.
std::vector<bool> DrawQueries(size_t total, size_t count, uint64_t seed) {
  std::vector<size_t> order(total);
  std::iota(order.begin(), order.end(), size_t{0});
  Random random(seed);
  std::vector<bool> is_query(total);
  for (size_t i = 0; i < count; ++i) {
    std::swap(order[i], order[i + random.Below(total - i)]);
    is_query[order[i]] = true;
  }
  return is_query;
}

// Moves the corpus into `content`: first the chunks that are rows, then the queries.
void MoveChunks(Corpus corpus, const std::vector<bool>& is_query, DatasetContent& content) {
  std::vector<DatasetContent::Chunk> queries;
  for (CorpusFile& file : corpus.files) {
    content.files.push_back({.path = std::move(file.path),
                             .language = std::move(file.language),
                             .project = file.project});
  }
  for (CorpusProject& project : corpus.projects) {
    const size_t first_row = content.chunks.size();
    const size_t first_query = queries.size();
    for (size_t i = 0; i < project.chunk_count; ++i) {
      const size_t index = project.first_chunk + i;
      CorpusChunk& chunk = corpus.chunks[index];
      (is_query[index] ? queries : content.chunks)
          .push_back({.file = chunk.file,
                      .first_line = chunk.first_line,
                      .last_line = chunk.last_line,
                      .text = std::move(chunk.text)});
    }
    content.projects.push_back({.name = std::move(project.name),
                                .source_path = std::move(project.source_path),
                                .language = std::move(project.language),
                                .metadata = std::move(project.metadata),
                                .first_row = first_row,
                                .row_count = content.chunks.size() - first_row,
                                .first_query = first_query,
                                .query_count = queries.size() - first_query});
  }
  std::move(queries.begin(), queries.end(), std::back_inserter(content.chunks));
}

void EmbedChunks(const CorpusDatasetOptions& options, DatasetContent& content) {
  std::vector<absl::string_view> texts;
  for (const DatasetContent::Chunk& chunk : content.chunks) texts.push_back(chunk.text);
  const auto rows = absl::MakeConstSpan(texts).first(options.rows);
  const Embedder embedder =
      Embedder::Fit(rows, {.dimension = options.dimension, .seed = options.corpus.seed});
  content.vectors = embedder.EmbedAll(rows);
  content.queries = embedder.EmbedAll(absl::MakeConstSpan(texts).subspan(options.rows));
}

std::vector<size_t> TruthRows(const CorpusDatasetOptions& options) {
  std::vector<size_t> counts = options.truth_rows;
  counts.push_back(options.rows);
  std::erase_if(counts, [&](size_t count) { return count == 0 || count > options.rows; });
  std::sort(counts.begin(), counts.end());
  counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
  return counts;
}

void FindTruths(const CorpusDatasetOptions& options, DatasetContent& content) {
  for (size_t count : TruthRows(options)) {
    std::vector<NeighborTable> tables =
        ExactNeighbors(content.vector_matrix().first(count), content.query_matrix(),
                       options.truth_depth, kAllDistances);
    std::move(tables.begin(), tables.end(), std::back_inserter(content.truths));
  }
}

}  // namespace

CorpusDatasetSource::CorpusDatasetSource(const CorpusDatasetOptions& options) : options_(options) {
  options_.corpus.chunks = options.rows + options.queries;
}

ContentKey CorpusDatasetSource::RequestKey() const {
  ContentHasher hasher;
  const ContentKey corpus = KeyOf(options_.corpus);
  hasher.Add("corpus").Add(kCorpusSetVersion).Add(corpus.high).Add(corpus.low);
  hasher.Add(uint64_t{options_.rows}).Add(uint64_t{options_.queries});
  hasher.Add(uint64_t{options_.dimension}).Add(uint64_t{options_.truth_depth});
  for (size_t count : TruthRows(options_)) hasher.Add(uint64_t{count});
  return hasher.key();
}

absl::StatusOr<DatasetSource::Inputs> CorpusDatasetSource::Inspect() {
  if (options_.rows == 0 || options_.truth_depth == 0 || options_.dimension == 0 ||
      options_.dimension > 65'535) {
    return absl::InvalidArgumentError(absl::StrCat(
        "data set of ", options_.rows, " rows of ", options_.dimension, " floats with ",
        options_.truth_depth, " neighbours: want at least 1 of each and a dimension to 65535"));
  }
  LOADLINE_ASSIGN_OR_RETURN(corpus_, GatherCorpus(options_.corpus));
  const ContentKey request = RequestKey();
  ContentHasher hasher;
  hasher.Add(request.high).Add(request.low).Add(corpus_->key.high).Add(corpus_->key.low);
  return Inputs{.key = hasher.key(), .watched = corpus_->watched};
}

absl::StatusOr<DatasetContent> CorpusDatasetSource::Build() {
  if (!corpus_.has_value()) {
    return absl::FailedPreconditionError("build of a data set before Inspect gathered its text");
  }
  DatasetContent content{.dimension = options_.dimension};
  const std::vector<bool> is_query =
      DrawQueries(corpus_->chunks.size(), options_.queries, options_.corpus.seed);
  MoveChunks(*corpus_, is_query, content);
  EmbedChunks(options_, content);
  FindTruths(options_, content);
  return content;
}

}  // namespace loadline::workload
