#ifndef BENCHMARKS_PEERS_EQUAL_RECALL_H_
#define BENCHMARKS_PEERS_EQUAL_RECALL_H_

#include <optional>
#include <string>
#include <vector>

namespace loadline::bench {

// What an engine finds in what time at one effort.
struct EffortPoint {
  double effort = 0;      // the engine's own scale
  double recall = 0;      // mean over the queries
  double below_half = 0;  // share of the queries that found less than half of the nearest
  // Share of rows that are found when they are searched for, or an equal one; none by inner
  // product, where others may be nearer.
  std::optional<double> self = {};
  std::string by = {};     // what answered, see Engine::State()
  double cpu_micros = 0;   // of a query, of the thread's processor time; the median
  double wall_micros = 0;  // likewise, of time that passed
};

// The processor time at which an engine reaches `recall`, in microseconds; none if it reaches it
// nowhere.
//
// Points that another one beats, with no less recall in no more time, are left out; what remains
// grows in both. Between two neighbours log(time) is linear in -log(1 - recall):
//
//   x = -ln(max(1 - recall, finest)),  ln t = ln t_a + (ln t_b - ln t_a) (x - x_a) / (x_b - x_a)
//
// `finest` > 0 is the smallest share that the queries could show to be missing, a half neighbour of
// all that were asked for: beyond it there is nothing to interpolate by. Below the least recall of
// what remains the time is that of the fastest point, for no less effort was tried.
std::optional<double> MicrosAtRecall(const std::vector<EffortPoint>& points, double recall,
                                     double finest);

}  // namespace loadline::bench

#endif  // BENCHMARKS_PEERS_EQUAL_RECALL_H_
