#ifndef STOWAGE_VECTOR_GRAPH_TRIAL_H_
#define STOWAGE_VECTOR_GRAPH_TRIAL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stowage/vector/row_table.h"
#include "stowage/vector/top_k.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// Neighbours that each query of a trial asks for.
inline constexpr size_t kTrialNeighbors = 10;

// What a graph found on a trial, held to an exact scan. A graph is an approximation that some data
// defeats: rows that are copies of each other, and rows that their codes cannot tell apart.
struct GraphVerdict {
  double recall = 1;   // mean share of the nearest that were found, by distance
  size_t queries = 0;  // asked
  size_t lost = 0;     // of these, queries for which nothing right was found

  static constexpr double kNeededRecall = 0.95;
  // Never without queries.
  bool good() const { return queries > 0 && recall >= kNeededRecall && lost == 0; }
  // "finds 0.949 of the 10 nearest of a sample of the store's own vectors, and nothing right for 12
  // of 192 queries; want 0.950 and none".
  std::string Describe() const;
};

// Rows to try a graph on.
struct TrialRows {
  // Drawn evenly among the rows that differ: of copies, one. Recall is that on these.
  std::vector<uint32_t> drawn;
  // Each another row, as far from all before it as any is: what is rare is among them.
  std::vector<uint32_t> far_apart;
};
// Of slots [0, rows), whose codes are in the view; the same codes give the same rows. Fewer once
// `cancelled`.
TrialRows ChooseTrialRows(const StoreConfig& config, const CodeView& codes, uint32_t rows,
                          const std::atomic<bool>& cancelled);

// What choosing takes, but for a little, while it goes on.
inline size_t TrialBytes(uint32_t rows) { return rows * sizeof(float); }

// Adds up the answers to a trial's queries.
class GraphTrial {
 public:
  // Both nearest first; `counts` towards recall, or only as lost. Nothing is asked of no rows.
  void Add(const std::vector<RankedRow>& exact, const std::vector<RankedRow>& found, bool counts);
  GraphVerdict verdict() const;

 private:
  size_t queries_ = 0;
  size_t lost_ = 0;
  size_t wanted_ = 0;
  size_t right_ = 0;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_GRAPH_TRIAL_H_
