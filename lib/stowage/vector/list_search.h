#ifndef STOWAGE_VECTOR_LIST_SEARCH_H_
#define STOWAGE_VECTOR_LIST_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "stowage/vector/byte_rows.h"
#include "stowage/vector/hnsw_graph.h"
#include "stowage/vector/list_query.h"
#include "stowage/vector/row_list.h"
#include "stowage/vector/row_places.h"
#include "stowage/vector/search_stop.h"
#include "stowage/vector/top_k.h"

namespace stowage {

// How much a search reads; what it finds with it is measured on the store (see self_check.h).
struct SearchEffort {
  // Every row's eight-bit code is scored, with bounds that hold for certain. Nothing else counts.
  bool exact = false;
  // A row's first code is believed to be off by at most so many standard deviations.
  float eps = 4;
  // A list is passed over when even a row at its mean radius, whose direction from the centre lies
  // so much towards the query (as a cosine), would be too far. Infinity: only lists that cannot
  // hold a row near enough are passed over.
  float reach = std::numeric_limits<float>::infinity();
  // One-bit codes are scored by the query's signs first.
  bool signs_first = true;
  // How many rows the graph, where the view has one, keeps as the nearest while it is followed, for
  // up to ten neighbours; for more in proportion. 0: lists are read instead.
  size_t ef = 0;
  // Lists are read all the same where the tenth nearest, or the last of fewer, scores more than
  // this; but under squared L2 times the query's length. A query that is farther from the rows than
  // those which the ef was measured for needs a larger one, and nobody knows how much.
  float farthest = std::numeric_limits<float>::infinity();

  friend bool operator==(const SearchEffort&, const SearchEffort&) = default;
};

// Beyond so many rows kept, a graph of so many reads more than the lists would.
constexpr size_t MostGraphEf(size_t rows) { return rows / 10; }

// What a search has read, for tests and measurements.
struct SearchCounts {
  size_t lists = 0;
  size_t blocks = 0;
  size_t plane_blocks = 0;  // of one-bit codes, that were scored by all of the query
  size_t byte_rows = 0;
  size_t full_rows = 0;
};

// What a search reads; nobody changes it meanwhile.
struct ListView {
  const ListCoding& coding;
  const ListCentres& centres;
  absl::Span<const std::shared_ptr<const RowList>> lists;  // as numbered in `centres`
  const ByteRows& bytes;                                   // of rows, unless the hot code is that
  const RowPlaceView& places;
  size_t rows = 0;          // in all lists
  float widest_radius = 0;  // the largest of a list's
  float widest_mean_radius = 0;
  const HnswGraph* graph = nullptr;  // of most of them: what it has not are the last
  // A row that the graph is to pass by as if it had never been linked: what would be found by its
  // own links is not what others find.
  std::optional<uint32_t> without = {};
};

// Finds the rows nearest to a query, in stages: whole lists, first codes, eight-bit codes, vectors.
// A row passes a stage while the least that it can score is not above the k-th smallest of what
// rows seen so far score at most; so no number of candidates is fixed anywhere.
//
// Where there is a graph and the effort says so, it is followed in place of lists and first codes;
// rows that it does not know are scored beside it. Lists are read all the same where the graph
// would have to keep a tenth of its rows, or most of what it finds has been removed.
//
// To be used by one thread at a time; keeps its memory from search to search.
class ListSearch {
 public:
  // Whether the row at `position` may be found at all.
  using Matches = absl::FunctionRef<bool(const RowList& list, size_t position)>;
  // Offers `top` what that row stands for, by exact distances.
  using Offer = absl::FunctionRef<absl::Status(const RowList& list, size_t position, TopK& top)>;

  // k >= 1; `matches` may be null, and so may `stop`. Errors are those of `offer` and of `stop`,
  // which is asked before each list, each few hundred thousand components of codes and each offer.
  absl::Status Run(const ListView& view, const ListQuery& query, size_t k,
                   const SearchEffort& effort, const Matches* matches, Offer offer, TopK& top,
                   const SearchStop* stop = nullptr);

  const SearchCounts& counts() const { return counts_; }

 private:
  struct NearList {
    float least = 0;  // of the base
    uint32_t list = 0;
    friend bool operator<(const NearList& a, const NearList& b) { return a.least > b.least; }
  };
  // A list that is read: its terms, with the query's distance from the centre in place of the
  // error, and what the rounding of floats may add to a score.
  struct ReadList {
    const RowList* rows = nullptr;
    ListTerms terms;
    float reference = 0;  // its length
    float slack = 0;      // for the list's radius
  };
  struct Place {
    uint32_t list = 0;  // in read_
    uint32_t position = 0;
  };
  struct Found {
    float lower = 0;
    Place place;
    friend bool operator<(const Found& a, const Found& b) { return a.lower < b.lower; }
  };

  // Whether the search is to end. Once it is, it stays so.
  bool Stopped() {
    if (stop_ == nullptr) return false;
    if (stopped_.ok()) stopped_ = stop_->Check();
    return !stopped_.ok();
  }
  // The same, asked for each of many blocks of rows, of which few are let through to the clock.
  bool StoppedAtBlock(size_t block) {
    return stop_ != nullptr && block % stop_blocks_ == 0 && Stopped();
  }

  // Whether the graph answers.
  bool FollowGraph();
  bool FartherThanMeasured() const;
  void ReadLists();
  void Start(const ListView& view, const ListQuery& query, size_t k, const SearchEffort& effort,
             const Matches* matches);
  void OrderLists();
  // What the rounding of floats may add to the score of a row that is so far from the reference.
  float Slack(const ReadList& read, float radius) const;
  // The least that a row can score in a list with this base and this radius; surely, or as the
  // effort has it.
  float SureLeast(const ListTerms& terms, float radius) const;
  float LikelyLeast(const ListTerms& terms, float radius) const;
  // Whether no list from this base on can hold a row near enough.
  bool NothingBeyond(float base) const;
  void ReadOne(uint32_t list);
  void Seed(const RowList& list);
  void Scan(const RowList& list);
  uint32_t ScoreBlock(const RowList& list, size_t block, float limit, float* lower);
  uint32_t ScoreBits(const RowList& list, size_t block, float limit, float* lower);
  bool Matching(const RowList& list, size_t position) const {
    return matches_ == nullptr || (*matches_)(list, position);
  }
  // Of the list that is read.
  Place PlaceOf(size_t position) const {
    return {static_cast<uint32_t>(read_.size() - 1), static_cast<uint32_t>(position)};
  }
  void Queue(Place place);
  void FlushQueue();
  // Of the row, unless it was removed or does not match.
  std::optional<Place> PlaceOfRow(uint32_t row);
  void KeepByteScore(float score, const ReadList& around, const ByteTerms& row, Place place);
  void KeepBound(float lower, float upper, Place place);
  absl::Status Finish(Offer offer, TopK& top);

  const ListView* view_ = nullptr;
  const ListQuery* query_ = nullptr;
  const Matches* matches_ = nullptr;
  const SearchStop* stop_ = nullptr;
  absl::Status stopped_;
  size_t stop_blocks_ = 1;  // between two questions whether to end
  size_t k_ = 0;
  SearchEffort effort_;
  float hot_share_ = 0;   // min(1, eps / sqrt(dim)) of the first code
  float byte_share_ = 0;  // and of the eight-bit one
  float limit_ = 0;       // the k-th smallest upper bound so far
  std::vector<NearList> near_;
  std::vector<ReadList> read_;
  std::optional<ReadList> mean_;  // what eight-bit codes are around, where that is not the list's
  std::vector<size_t> seeded_;    // positions in the list that is read which were found before
  std::vector<Place> queue_;
  std::vector<std::byte> byte_row_;  // that was not in memory
  std::vector<float> uppers_;        // a heap, the largest first
  std::vector<Found> found_;
  std::vector<HnswGraph::Found> in_graph_;
  std::vector<Place> beside_graph_;
  SearchCounts counts_;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_LIST_SEARCH_H_
