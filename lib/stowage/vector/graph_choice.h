#ifndef STOWAGE_VECTOR_GRAPH_CHOICE_H_
#define STOWAGE_VECTOR_GRAPH_CHOICE_H_

#include <cstddef>

#include "stowage/vector/hnsw_graph.h"
#include "stowage/vector/list_index.h"
#include "stowage/vector/self_check.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// When a graph is to answer in place of a store's lists. Building it takes tens of times as long as
// making the lists, and whether it is faster only trying tells; but where it cannot be is known
// before.

// How large what is left of the rows without their lists' centres is, beside what is left of them
// without the mean alone; roots of mean squares, 0 to about 1.
double ResidualShare(const ListSnapshot& lists);

struct GraphProspects {
  size_t rows = 0;
  size_t code_bytes = 0;           // of a row's eight-bit code
  double residual_share = 0;       // see above
  double intrinsic_dimension = 0;  // see SelfCheck
};

// Whether a graph is worth building beside these lists. Under kAuto there are to be `least_rows`;
// searches of the lists are to cost more than the least that following a graph does, which scores
// some hundreds of codes that lie anywhere; in few dimensions, for the rows that a graph has to
// follow grow exponentially with them; and codes around the mean are to be nearly as sharp as those
// around the lists' centres.
bool WorthTrying(IndexKind kind, size_t least_rows, const CheckedEffort& lists,
                 const GraphProspects& prospects);

// Whether a graph that finds enough is to answer: under kAuto if it is 1.3 times as fast.
bool Pays(IndexKind kind, const CheckedEffort& lists, const CheckedEffort& graph);

// How many rows may be scored beside the graph before lists are as fast; under kGraph a quarter of
// the graph's, until another one is built.
size_t MostBesideGraph(IndexKind kind, const CheckedEffort& lists, const CheckedEffort& graph,
                       size_t graph_rows);

// Rows of the lists that came after the graph was built.
size_t RowsBeside(const HnswGraph& graph, const ListSnapshot& lists);

// Whether the graph still answers for lists that have changed: not if there is more beside it, or
// if half of its rows were removed.
bool StillAnswers(const HnswGraph& graph, const ListSnapshot& lists, size_t most_beside);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_GRAPH_CHOICE_H_
