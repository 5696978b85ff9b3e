#ifndef STOWAGE_VECTOR_SELF_CHECK_H_
#define STOWAGE_VECTOR_SELF_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stowage/vector/list_search.h"

namespace stowage {

// What searches of a store find, measured on its own rows.
struct CheckedEffort {
  double target = 0;  // that it was chosen for
  SearchEffort effort;
  double recall = 0;   // of the 10 nearest, by distance: copies and ties count alike
  double nothing = 0;  // share of the searches that found less than half of them
  size_t searches = 0;
  double micros = 0;      // of a search, of this thread's processor time; the median
  double byte_rows = 0;   // eight-bit codes that a search scores; the mean
  double cost = 0;        // by SearchCost(); the mean
  bool signs_pay = true;  // see SignsPay()
};

// How long a search takes, by what so many have read, in bytes that lie one after the other: the
// same whatever else the machine does.
inline constexpr size_t kScatteredCost = 4;  // of a byte that is read by itself, from memory
double SearchCost(const ListView& view, const SearchCounts& counts, size_t searches);
// Whether searches take less for scoring one-bit codes by the query's signs first, as these did.
bool SignsPay(const ListView& view, const SearchCounts& counts);

inline constexpr size_t kCheckedNeighbours = 10;
inline constexpr size_t kCheckedRows = 200;

// A store that is checked. What is referred to outlives the check.
struct CheckedStore {
  const ListView& view;
  absl::Span<const uint32_t> rows;  // which to search for, each beside itself; distinct
  // A row's values, as the store holds them, into `dimension` floats.
  absl::FunctionRef<absl::Status(uint32_t row, absl::Span<float> values)> read;
  // Calls visit(row, values) for every row that is there.
  using VisitRow = absl::FunctionRef<void(uint32_t row, absl::Span<const float> values)>;
  absl::FunctionRef<absl::Status(VisitRow visit)> scan;
  // The exact distance of such values of a row to a prepared query's values.
  absl::FunctionRef<float(uint32_t row, absl::Span<const float> values,
                          absl::Span<const float> query)>
      distance;
  absl::FunctionRef<bool()> cancelled;
};

// Searches for rows of a store, held against exact answers. All calls end with kCancelled once
// `cancelled` says so. For one thread.
class SelfCheck {
 public:
  // Finds the exact answers.
  static absl::StatusOr<std::unique_ptr<SelfCheck>> Begin(const CheckedStore& store);
  ~SelfCheck();

  // For each of the targets, which ascend, the least effort, by cost, with which searches
  // find `target` of their nearest neighbours, with a margin: what is chosen on a sample looks
  // better there than elsewhere. Rows that find nothing are at most 0.5 %. If no effort is enough,
  // all that there is. What was tried for one target counts for the others.
  absl::StatusOr<std::vector<CheckedEffort>> ChooseEfforts(absl::Span<const double> targets);
  // The same of searches by the view's graph: the least ef that is enough, beside what was chosen
  // for the lists, which is timed again in turns with it. None if no ef is.
  absl::StatusOr<std::optional<CheckedEffort>> ChooseGraphEffort(double target,
                                                                 CheckedEffort& lists);
  // How many dimensions the data has around its rows, as its distances tell, whatever those of its
  // vectors are: the maximum-likelihood estimate of Levina and Bickel (NIPS 2004) from the nearest
  // of each row, averaged as MacKay and Ghahramani's comment on it has it. 0 where no row has
  // others near it that differ.
  absl::StatusOr<double> IntrinsicDimension() const;

 private:
  class Trials;
  explicit SelfCheck(std::unique_ptr<Trials> trials);
  const std::unique_ptr<Trials> trials_;
};

// The first that was chosen for `target` or more; null if there is none.
const CheckedEffort* ForTarget(absl::Span<const CheckedEffort> efforts, double target);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_SELF_CHECK_H_
