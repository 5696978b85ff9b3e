#include "stowage/vector/graph_choice.h"

#include <algorithm>
#include <cmath>

#include "stowage/vector/distance.h"

namespace stowage {
namespace {

// Codes that a graph of some ten thousand rows scores for a search, at the least.
constexpr double kLeastFollowed = 600;
// Over data of more, graphs of 20,000 and 50,000 rows did not find enough or took 1.8 to 3.2 times
// as long as the lists.
constexpr double kMostDimensions = 20;
constexpr double kLeastResidualShare = 0.25;
constexpr double kLeastGain = 1.3;

}  // namespace

double ResidualShare(const ListSnapshot& lists) {
  double residuals = 0;
  double all = 0;
  for (size_t i = 0; i < lists.lists.size(); ++i) {
    const RowList& list = *lists.lists[i];
    const float* const centre = lists.centres->centre(i).data();
    const auto rows = static_cast<double>(list.size());
    const double residual = double{list.mean_radius()} * list.mean_radius();
    residuals += rows * residual;
    all += rows * (residual + DotInDouble(centre, centre, lists.coding->dim()));
  }
  return all > 0 ? std::sqrt(residuals / all) : 0;
}

bool WorthTrying(IndexKind kind, size_t least_rows, const CheckedEffort& lists,
                 const GraphProspects& prospects) {
  if (kind == IndexKind::kGraph) return true;
  const auto code = static_cast<double>(kScatteredCost * prospects.code_bytes);
  return kind == IndexKind::kAuto && prospects.rows >= least_rows &&
         lists.cost > kLeastGain * kLeastFollowed * code && prospects.intrinsic_dimension > 0 &&
         prospects.intrinsic_dimension <= kMostDimensions &&
         prospects.residual_share >= kLeastResidualShare;
}

bool Pays(IndexKind kind, const CheckedEffort& lists, const CheckedEffort& graph) {
  return kind == IndexKind::kGraph || graph.micros * kLeastGain <= lists.micros;
}

size_t MostBesideGraph(IndexKind kind, const CheckedEffort& lists, const CheckedEffort& graph,
                       size_t graph_rows) {
  if (kind == IndexKind::kGraph) return graph_rows / 4;
  // Most of the graph's time goes by scoring rows, which costs as much for others.
  const double spare = lists.micros / graph.micros - 1;
  return static_cast<size_t>(
      std::clamp(spare * graph.byte_rows, 0.0, static_cast<double>(graph_rows) / 4));
}

size_t RowsBeside(const HnswGraph& graph, const ListSnapshot& lists) {
  return lists.places.size() - std::min<size_t>(lists.places.size(), graph.rows_end());
}

bool StillAnswers(const HnswGraph& graph, const ListSnapshot& lists, size_t most_beside) {
  const size_t beside = RowsBeside(graph, lists);
  const size_t there = lists.rows - std::min(lists.rows, beside);
  return beside <= most_beside && 2 * there >= graph.size();
}

}  // namespace stowage
