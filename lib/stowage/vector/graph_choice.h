#ifndef STOWAGE_VECTOR_GRAPH_CHOICE_H_
#define STOWAGE_VECTOR_GRAPH_CHOICE_H_

#include <cstddef>

#include "stowage/vector/hnsw_graph.h"
#include "stowage/vector/list_index.h"
#include "stowage/vector/self_check.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// When a graph is to answer in place of a store's lists. Building it takes tens of times as long as
// making the lists; it is faster where data is of few dimensions, whatever those of its vectors
// are, and for no store could that be told but by trying.

// How large what is left of the rows without their lists' centres is, beside what is left of them
// without the mean alone; roots of mean squares, 0 to about 1.
double ResidualShare(const ListSnapshot& lists);

// Whether a graph is worth building beside these lists. Under kAuto `rows` are to be
// `least_rows`, searches of the lists to take so long that less is felt, and codes around the mean
// to be nearly as sharp as those around the lists' centres.
bool WorthTrying(IndexKind kind, size_t rows, size_t least_rows, const CheckedEffort& lists,
                 double residual_share);

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
