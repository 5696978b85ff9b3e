#ifndef BENCHMARKS_PEERS_PEERS_OPTIONS_H_
#define BENCHMARKS_PEERS_PEERS_OPTIONS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/peers/peer_sets.h"

namespace loadline::bench {

struct PeersOptions {
  bool help = false;
  bool list = false;  // the sets and engines, instead of a comparison
  std::vector<std::string> sets = {"Code384", "Code768", "Normal64"};
  std::vector<std::string> engines;  // empty: all
  std::vector<double> efforts;       // empty: all that an engine has
  SetSize size = {.rows = 20'000, .queries = 200};
  size_t rounds = 5;
  SetFolders folders;
  std::string csv;  // file for the points; empty: none
};

// The text of --help.
absl::string_view PeersUsage();

// kInvalidArgument, naming the option and what would be right. Names of sets and engines are not
// looked up.
absl::StatusOr<PeersOptions> ParsePeersOptions(const std::vector<std::string>& arguments);

}  // namespace loadline::bench

#endif  // BENCHMARKS_PEERS_PEERS_OPTIONS_H_
