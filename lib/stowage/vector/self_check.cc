#include "stowage/vector/self_check.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "loadline/base/status_macros.h"
#include "stowage/vector/distance.h"
#include "stowage/vector/top_k.h"

namespace stowage {
namespace {

constexpr double kMostNothing = 0.005;
// How much of what the target leaves is to be found on the sample besides.
constexpr double kMargin = 0.5;
// What reads less must be so much faster than all lists with the widest bounds: those are right
// where the sample happens not to show what is wrong.
constexpr double kWorthwhile = 1.5;
constexpr float kAllEps = 4;
// Below two, queries that are not like the rows find less than the rows themselves do.
constexpr float kSmallerEps[] = {2, 2.5F, 3};
constexpr float kLeastReach = 0.15F;
constexpr float kMostReach = 1.2F;
constexpr float kReachStep = 0.025F;
// Of timing what is to be compared: other work on the machine must not decide.
constexpr int kTurns = 3;
// As a share: what a score may be beyond those that were seen.
constexpr float kBeyond = 0.1F;
constexpr size_t kGraphEfs[] = {12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512};

constexpr size_t kFileCost = 24;  // of a byte of a row from a file: most is the call's
// What a block takes besides its words, as words.
constexpr double kBlockWords = 20;

double ThreadSeconds() {
  struct timespec now = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Distances that differ by less are those of equally near rows, computed in another order.
float WithRounding(float distance) { return distance + 1e-5F * std::fabs(distance) + 1e-12F; }

void Count(const SearchCounts& search, SearchCounts& all) {
  all.blocks += search.blocks;
  all.plane_blocks += search.plane_blocks;
  all.byte_rows += search.byte_rows;
  all.full_rows += search.full_rows;
}

bool Enough(const CheckedEffort& checked, double target) {
  return checked.recall >= target + kMargin * (1 - target) && checked.nothing <= kMostNothing;
}

}  // namespace

class SelfCheck::Trials {
 public:
  explicit Trials(const CheckedStore& store)
      : store_(store), values_(store.view.coding.config().dimension) {}

  const ListView& view() const { return store_.view; }

  absl::Status Prepare() {
    for (const uint32_t row : store_.rows) {
      LOADLINE_RETURN_IF_ERROR(store_.read(row, absl::MakeSpan(values_)));
      Query& query = queries_.emplace_back();
      query.row = row;
      PrepareQuery(store_.view.coding, values_, query.prepared);
    }
    return ScanForNearest();
  }

  // What is tried is remembered.
  absl::StatusOr<CheckedEffort> Try(const SearchEffort& effort) {
    const auto before = std::find_if(tried_.begin(), tried_.end(), [&](const CheckedEffort& tried) {
      return tried.effort == effort;
    });
    if (before != tried_.end()) return *before;
    LOADLINE_ASSIGN_OR_RETURN(const CheckedEffort checked, TryAgain(effort));
    tried_.push_back(checked);
    return checked;
  }
  const std::vector<CheckedEffort>& tried() const { return tried_; }

  // Tries what finds the smallest reach that is enough with these bounds, by halving: what is found
  // grows with it but for chance.
  absl::Status TryReaches(const SearchEffort& all_lists, double target) {
    float too_small = kLeastReach - kReachStep;
    float enough = kMostReach;
    while (enough - too_small > kReachStep * 1.01F) {
      SearchEffort effort = all_lists;
      effort.reach = (too_small + enough) / 2;
      LOADLINE_ASSIGN_OR_RETURN(const CheckedEffort checked, Try(effort));
      (Enough(checked, target) ? enough : too_small) = effort.reach;
    }
    return absl::OkStatus();
  }

  absl::Status TryForTarget(double target) {
    for (const float eps : kSmallerEps) {
      LOADLINE_ASSIGN_OR_RETURN(const CheckedEffort checked, Try({.eps = eps}));
      if (!Enough(checked, target) || store_.view.lists.size() == 1) continue;
      LOADLINE_RETURN_IF_ERROR(TryReaches(checked.effort, target));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<CheckedEffort> TryAgain(const SearchEffort& effort) {
    CheckedEffort checked;
    checked.effort = effort;
    std::vector<double> seconds;
    SearchCounts read;
    for (const Query& query : queries_) {
      if (query.nearest.empty()) continue;
      if (store_.cancelled()) return Cancelled();
      const double start = ThreadSeconds();
      LOADLINE_ASSIGN_OR_RETURN(const std::vector<RankedRow> found, Search(query, effort));
      seconds.push_back(ThreadSeconds() - start);
      Count(search_.counts(), read);
      const float limit = WithRounding(query.nearest.back().distance);
      const auto right = std::count_if(found.begin(), found.end(),
                                       [&](const RankedRow& row) { return row.distance <= limit; });
      const double share = static_cast<double>(right) / static_cast<double>(query.nearest.size());
      checked.recall += share;
      checked.nothing += share < 0.5 ? 1 : 0;
    }
    checked.searches = seconds.size();
    if (seconds.empty()) return checked;
    const auto searches = static_cast<double>(seconds.size());
    checked.recall /= searches;
    checked.nothing /= searches;
    checked.byte_rows = static_cast<double>(read.byte_rows) / searches;
    checked.cost = SearchCost(store_.view, read, seconds.size());
    checked.signs_pay = SignsPay(store_.view, read);
    std::nth_element(seconds.begin(), seconds.begin() + static_cast<ptrdiff_t>(seconds.size() / 2),
                     seconds.end());
    checked.micros = seconds[seconds.size() / 2] * 1e6;
    return checked;
  }

  // Beyond what the last of the nearest scored for any query; see SearchEffort.
  float Farthest() const {
    const bool squared_l2 = store_.view.coding.squared_l2();
    float farthest = -std::numeric_limits<float>::infinity();
    for (const Query& query : queries_) {
      if (query.nearest.empty() || query.prepared.length == 0) continue;
      const float last = query.nearest.back().distance;
      farthest = std::max(farthest, squared_l2 ? last : (last - 1) / query.prepared.length);
    }
    return farthest + kBeyond * std::fabs(farthest);
  }

  // Of log(T_k / T_j), where T_j is how far the j-th nearest is; copies are left out.
  absl::StatusOr<double> MeanLogRatio() const {
    double sum = 0;
    size_t count = 0;
    std::vector<float> values(values_.size());
    for (const Query& query : queries_) {
      std::vector<double> far;
      for (const RankedRow& row : query.nearest) {
        LOADLINE_ASSIGN_OR_RETURN(const double distance, Between(query, row, values));
        if (distance > 0) far.push_back(distance);
      }
      if (far.size() < 2) continue;
      std::sort(far.begin(), far.end());
      for (size_t j = 0; j + 1 < far.size(); ++j) sum += std::log(far.back() / far[j]) / 2;
      count += far.size() - 1;
    }
    return count == 0 ? 0 : sum / static_cast<double>(count);
  }

 private:
  struct Query {
    uint32_t row = 0;
    ListQuery prepared;
    std::vector<RankedRow> nearest;  // without itself
  };

  // Every row for all of the queries at once: an exact search reads codes for each of them.
  absl::Status ScanForNearest() {
    std::vector<TopK> nearest(queries_.size(), TopK(kCheckedNeighbours));
    LOADLINE_RETURN_IF_ERROR(store_.scan([&](uint32_t row, absl::Span<const float> values) {
      for (size_t i = 0; i < queries_.size(); ++i) {
        if (queries_[i].row == row) continue;
        Offer(row, store_.distance(row, values, queries_[i].prepared.values), nearest[i]);
      }
    }));
    for (size_t i = 0; i < queries_.size(); ++i) queries_[i].nearest = nearest[i].TakeSorted();
    return absl::OkStatus();
  }

  // Equal vectors count each: one row may be all that there is to find.
  void Offer(uint32_t row, float distance, TopK& nearest) const {
    const RowPlace& place = store_.view.places.place(row);
    store_.view.lists[place.list]->ForEachEntry(place.position, [&](uint32_t entry) {
      nearest.Offer({distance, entry, row});
    });
  }

  // Squared, as the crow flies.
  absl::StatusOr<double> Between(const Query& query, const RankedRow& row,
                                 std::vector<float>& values) const {
    const Metric metric = store_.view.coding.config().metric;
    if (metric == Metric::kSquaredL2) return row.distance;
    if (metric == Metric::kCosine) return 2 * row.distance;
    LOADLINE_RETURN_IF_ERROR(store_.read(row.slot, absl::MakeSpan(values)));
    return SquaredL2InDouble(query.prepared.values.data(), values.data(), values.size());
  }

  static absl::Status Cancelled() { return absl::CancelledError("a check of a vector store"); }

  absl::StatusOr<std::vector<RankedRow>> Search(const Query& query, const SearchEffort& effort) {
    const auto others = [&](const RowList& list, size_t position) {
      return list.row(position) != query.row;
    };
    const ListSearch::Matches matches = others;
    TopK top(kCheckedNeighbours);
    const auto offer = [&](const RowList& list, size_t position, TopK& nearest) -> absl::Status {
      const uint32_t row = list.row(position);
      LOADLINE_RETURN_IF_ERROR(store_.read(row, absl::MakeSpan(values_)));
      Offer(row, store_.distance(row, values_, query.prepared.values), nearest);
      return absl::OkStatus();
    };
    ListView view = store_.view;
    view.without = query.row;
    LOADLINE_RETURN_IF_ERROR(
        search_.Run(view, query.prepared, kCheckedNeighbours, effort, &matches, offer, top));
    return top.TakeSorted();
  }

  const CheckedStore store_;
  std::vector<float> values_;
  ListSearch search_;
  std::vector<Query> queries_;
  std::vector<CheckedEffort> tried_;
};

namespace {

// Null if none of them is enough.
const CheckedEffort* Least(absl::Span<const CheckedEffort> efforts, double target) {
  const CheckedEffort* least = nullptr;
  for (const CheckedEffort& effort : efforts) {
    if (!Enough(effort, target)) continue;
    if (least == nullptr || effort.cost < least->cost) least = &effort;
  }
  return least;
}

}  // namespace

double SearchCost(const ListView& view, const SearchCounts& counts, size_t searches) {
  const size_t dim = view.coding.dim();
  const size_t codes = counts.byte_rows * ByteRows::StrideFor(dim);
  const size_t read = counts.blocks * HotBlockBytes(view.coding.hot(), dim) +
                      codes * (view.bytes.on_disk() ? kFileCost : kScatteredCost) +
                      counts.full_rows * dim * sizeof(float) * kScatteredCost;
  const size_t centres = view.lists.size() * dim;
  return static_cast<double>(read) / static_cast<double>(searches) + static_cast<double>(centres);
}

bool SignsPay(const ListView& view, const SearchCounts& counts) {
  if (view.coding.hot() != HotCode::kOneBit || counts.blocks == 0) return true;
  // Signs are one of the planes: words + (planes' share) * 4 words beside 4 words.
  const auto words = static_cast<double>(view.coding.dim()) / 32;
  const double share =
      static_cast<double>(counts.plane_blocks) / static_cast<double>(counts.blocks);
  return kBlockWords + words + share * (kBlockWords + 4 * words) < kBlockWords + 4 * words;
}

SelfCheck::SelfCheck(std::unique_ptr<Trials> trials) : trials_(std::move(trials)) {}
SelfCheck::~SelfCheck() = default;

absl::StatusOr<std::unique_ptr<SelfCheck>> SelfCheck::Begin(const CheckedStore& store) {
  auto trials = std::make_unique<Trials>(store);
  LOADLINE_RETURN_IF_ERROR(trials->Prepare());
  return std::unique_ptr<SelfCheck>(new SelfCheck(std::move(trials)));
}

absl::StatusOr<std::vector<CheckedEffort>> SelfCheck::ChooseEfforts(
    absl::Span<const double> targets) {
  LOADLINE_ASSIGN_OR_RETURN(const CheckedEffort all, trials_->Try({.eps = kAllEps}));
  for (const double target : targets) LOADLINE_RETURN_IF_ERROR(trials_->TryForTarget(target));
  const std::vector<CheckedEffort> tried = trials_->tried();
  std::vector<CheckedEffort> chosen;
  for (const double target : targets) {
    const CheckedEffort* const least = Least(tried, target);
    const bool worthwhile = least != nullptr && least->cost * kWorthwhile < all.cost;
    CheckedEffort best = worthwhile ? *least : all;
    if (!best.signs_pay) {
      SearchEffort planes = best.effort;
      planes.signs_first = false;
      LOADLINE_ASSIGN_OR_RETURN(const CheckedEffort checked, trials_->Try(planes));
      if (Enough(checked, target)) best = checked;
    }
    best.target = target;
    chosen.push_back(best);
  }
  return chosen;
}

const CheckedEffort* ForTarget(absl::Span<const CheckedEffort> efforts, double target) {
  const auto first = std::find_if(efforts.begin(), efforts.end(), [&](const CheckedEffort& effort) {
    return effort.target >= target;
  });
  return first == efforts.end() ? nullptr : &*first;
}

absl::StatusOr<std::optional<CheckedEffort>> SelfCheck::ChooseGraphEffort(double target,
                                                                          CheckedEffort& lists) {
  SearchEffort effort = lists.effort;
  std::optional<CheckedEffort> chosen;
  for (const size_t ef : kGraphEfs) {
    if (ef > MostGraphEf(trials_->view().graph->size())) break;
    effort.ef = ef;
    LOADLINE_ASSIGN_OR_RETURN(const CheckedEffort checked, trials_->Try(effort));
    if (!Enough(checked, target)) continue;
    chosen = checked;
    chosen->target = target;
    break;
  }
  if (!chosen) return chosen;
  chosen->effort.farthest = trials_->Farthest();
  lists.micros = chosen->micros = std::numeric_limits<double>::infinity();
  for (int turn = 0; turn < kTurns; ++turn) {
    for (CheckedEffort* const timed : {&lists, &*chosen}) {
      LOADLINE_ASSIGN_OR_RETURN(const CheckedEffort again, trials_->TryAgain(timed->effort));
      timed->micros = std::min(timed->micros, again.micros);
    }
  }
  return chosen;
}

absl::StatusOr<double> SelfCheck::IntrinsicDimension() const {
  LOADLINE_ASSIGN_OR_RETURN(const double mean, trials_->MeanLogRatio());
  return mean > 0 ? 1 / mean : 0;
}

}  // namespace stowage
