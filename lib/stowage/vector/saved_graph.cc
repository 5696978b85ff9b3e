#include "stowage/vector/saved_graph.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

// Links of so many nodes are one chunk: of each node for each of its levels their number, and then
// the nodes.
constexpr size_t kNodesPerChunk = 4096;
// hnswlib draws levels of -log(u) / log(m), u > 2^-53: below 54 for any m.
constexpr uint8_t kMaxLevel = 64;

struct GraphHeader {
  uint32_t nodes = 0;
  uint32_t m = 0;
  uint32_t entry = 0;
  uint32_t max_level = 0;  // the entry's
};

absl::Status DamagedGraph(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the graph ", what));
}

absl::StatusOr<HnswGraph::Nodes> ReadNodes(ChunkReader& reader, const ListCoding& coding,
                                           size_t rows_end) {
  GraphHeader header;
  HnswGraph::Nodes nodes;
  LOADLINE_RETURN_IF_ERROR(reader.ReadAll(absl::MakeSpan(&header, 1)));
  LOADLINE_ASSIGN_OR_RETURN(nodes.rows, reader.ReadVector<uint32_t>());
  LOADLINE_ASSIGN_OR_RETURN(nodes.on_mean, reader.ReadVector<float>());
  LOADLINE_ASSIGN_OR_RETURN(nodes.levels, reader.ReadVector<uint8_t>());
  nodes.m = header.m;
  nodes.entry = header.entry;
  const bool products = coding.config().metric == Metric::kInnerProduct;
  if (nodes.rows.empty() || nodes.rows.size() != header.nodes ||
      nodes.levels.size() != header.nodes ||
      nodes.on_mean.size() != (products ? header.nodes : 0) || header.entry >= header.nodes ||
      nodes.levels[header.entry] != header.max_level ||
      *std::max_element(nodes.levels.begin(), nodes.levels.end()) != header.max_level ||
      header.max_level > kMaxLevel || header.m < 2 || header.m > 100) {
    return DamagedGraph("has other nodes than it says");
  }
  std::vector<bool> there(rows_end);
  for (const uint32_t row : nodes.rows) {
    if (row >= rows_end || there[row]) return DamagedGraph("has a row twice or one too many");
    there[row] = true;
  }
  return nodes;
}

// Takes the links of one node at one level from the front of the words.
absl::Status TakeLinks(HnswGraph& graph, uint32_t node, size_t level,
                       absl::Span<const uint32_t>& words) {
  if (words.empty() || words[0] > graph.MostLinks(level) || words[0] >= words.size()) {
    return DamagedGraph("has a node with too many links or too few");
  }
  const auto links = words.subspan(1, words[0]);
  words.remove_prefix(1 + links.size());
  for (const uint32_t to : links) {
    if (to >= graph.size() || graph.level(to) < level) return DamagedGraph("links to no node");
  }
  graph.SetLinks(node, level, links);
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteGraph(const HnswGraph& graph, ChunkWriter& writer) {
  const auto nodes = static_cast<uint32_t>(graph.size());
  const GraphHeader header = {nodes, static_cast<uint32_t>(graph.m()), graph.entry(),
                              static_cast<uint32_t>(graph.level(graph.entry()))};
  std::vector<uint8_t> levels;
  for (uint32_t node = 0; node < nodes; ++node) {
    levels.push_back(static_cast<uint8_t>(graph.level(node)));
  }
  LOADLINE_RETURN_IF_ERROR(writer.WriteAll(absl::MakeConstSpan(&header, 1)));
  LOADLINE_RETURN_IF_ERROR(writer.WriteAll(graph.rows()));
  LOADLINE_RETURN_IF_ERROR(writer.WriteAll(graph.on_mean()));
  LOADLINE_RETURN_IF_ERROR(writer.WriteAll(absl::MakeConstSpan(levels)));
  std::vector<uint32_t> words;
  for (uint32_t node = 0; node < nodes; ++node) {
    for (size_t level = 0; level <= levels[node]; ++level) {
      const auto links = graph.links(node, level);
      words.push_back(static_cast<uint32_t>(links.size()));
      words.insert(words.end(), links.begin(), links.end());
    }
    if ((node + 1) % kNodesPerChunk != 0 && node + 1 != nodes) continue;
    LOADLINE_RETURN_IF_ERROR(writer.WriteAll(absl::MakeConstSpan(words)));
    words.clear();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<HnswGraph>> ReadGraph(ChunkReader& reader,
                                                     std::shared_ptr<const ListCoding> coding,
                                                     size_t rows_end) {
  LOADLINE_ASSIGN_OR_RETURN(HnswGraph::Nodes nodes, ReadNodes(reader, *coding, rows_end));
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<HnswGraph> graph,
                            HnswGraph::Restore(std::move(coding), std::move(nodes)));
  for (uint32_t node = 0; node < graph->size();) {
    LOADLINE_ASSIGN_OR_RETURN(const std::vector<uint32_t> words, reader.ReadVector<uint32_t>());
    absl::Span<const uint32_t> left = words;
    const size_t end = std::min<size_t>(node + kNodesPerChunk, graph->size());
    for (; node < end; ++node) {
      for (size_t level = 0; level <= graph->level(node); ++level) {
        LOADLINE_RETURN_IF_ERROR(TakeLinks(*graph, node, level, left));
      }
    }
    if (!left.empty()) return DamagedGraph("has more links than nodes");
  }
  return graph;
}

}  // namespace stowage
