#include "stowage/vector/list_search.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "loadline/base/status_macros.h"
#include "stowage/vector/distance.h"

namespace stowage {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kByteEps = 4;
constexpr float kNibbleMiddle = 7.5F;  // what four bits are less in a code or a query
// Blocks of the nearest list by whose estimates the first bounds are found.
constexpr size_t kSeedBlocks = 64;
constexpr size_t kQueueRows = 32;
constexpr size_t kGraphNeighbours = 10;  // that a graph's ef is measured for
// Components of codes, and blocks of whatever rows, that are read in less than 0.1 ms.
constexpr size_t kStopComponents = size_t{1} << 18;
constexpr size_t kMostStopBlocks = 16;
// ||q - quantised q|| acts on the code of a residual as 1 / (1 - alpha^2) times what ||u|| acts on
// the part that is lost; alpha^2 = 2 / pi for signs of normal values.
constexpr float kQueryErrorWeight = 2.75F;
// Of the rounding of floats: in sums of as many terms as a code has, and in rotated vectors.
constexpr float kSumSlack = 5e-7F;
constexpr float kRotationSlack = 4e-7F;

float Share(float eps, size_t dim) {
  return std::min(1.0F, eps / std::sqrt(static_cast<float>(dim)));
}

float Together(float distance, float query_error) {
  return std::sqrt(distance * distance + kQueryErrorWeight * query_error * query_error);
}

}  // namespace

absl::Status ListSearch::Run(const ListView& view, const ListQuery& query, size_t k,
                             const SearchEffort& effort, const Matches* matches, Offer offer,
                             TopK& top, const SearchStop* stop) {
  stop_ = stop;
  stopped_ = absl::OkStatus();
  stop_blocks_ =
      std::clamp<size_t>(kStopComponents / (kBlockRows * view.coding.dim()), 1, kMostStopBlocks);
  Start(view, query, k, effort, matches);
  if (!FollowGraph()) {
    if (!read_.empty()) Start(view, query, k, effort, matches);
    ReadLists();
  }
  LOADLINE_RETURN_IF_ERROR(stopped_);
  return Finish(offer, top);
}

bool ListSearch::FollowGraph() {
  const HnswGraph* const graph = view_->graph;
  if (graph == nullptr || effort_.ef == 0 || effort_.exact) return false;
  beside_graph_.clear();
  for (uint32_t row = graph->rows_end(); row < view_->places.size(); ++row) {
    if (StoppedAtBlock((row - graph->rows_end()) / kBlockRows)) return false;
    if (const std::optional<Place> place = PlaceOfRow(row)) beside_graph_.push_back(*place);
  }
  if (beside_graph_.size() >= view_->rows) return false;
  // As many as `ef` are to be there still, of those that the graph keeps.
  const size_t there = view_->rows - beside_graph_.size();
  const size_t for_k = effort_.ef * std::max(k_, kGraphNeighbours) / kGraphNeighbours;
  const size_t ef = for_k * graph->size() / there;
  if (ef > MostGraphEf(graph->size())) return false;
  const auto stopped = [&] { return Stopped(); };
  counts_.byte_rows += graph->Search(view_->bytes, *query_, ef, view_->without, stopped, in_graph_);
  if (Stopped()) return false;
  size_t found = 0;
  for (const HnswGraph::Found& row : in_graph_) {
    const std::optional<Place> place = PlaceOfRow(row.row);
    if (!place) continue;
    ++found;
    KeepByteScore(row.score, *mean_, view_->bytes.terms(row.row), *place);
  }
  for (size_t i = 0; i < beside_graph_.size(); ++i) {
    if (StoppedAtBlock(i / kBlockRows)) return false;
    Queue(beside_graph_[i]);
  }
  FlushQueue();
  return 2 * found >= in_graph_.size() && found + beside_graph_.size() >= k_ &&
         !FartherThanMeasured();
}

bool ListSearch::FartherThanMeasured() const {
  if (uppers_.empty() || effort_.farthest == kInfinity) return false;
  std::vector<float> uppers = uppers_;
  const size_t last = std::min(uppers.size(), kGraphNeighbours) - 1;
  std::nth_element(uppers.begin(), uppers.begin() + static_cast<ptrdiff_t>(last), uppers.end());
  return uppers[last] > effort_.farthest * (view_->coding.squared_l2() ? 1 : query_->length);
}

std::optional<ListSearch::Place> ListSearch::PlaceOfRow(uint32_t row) {
  if (row >= view_->places.size()) return std::nullopt;
  const RowPlace& place = view_->places.place(row);
  if (place.list == RowPlace::kNoList) return std::nullopt;
  const RowList& list = *view_->lists[place.list];
  if (!Matching(list, place.position)) return std::nullopt;
  read_.emplace_back().rows = &list;
  return PlaceOf(place.position);
}

void ListSearch::ReadLists() {
  OrderLists();
  while (!near_.empty() && !Stopped()) {
    std::pop_heap(near_.begin(), near_.end());
    const NearList nearest = near_.back();
    near_.pop_back();
    if (NothingBeyond(nearest.least)) break;
    ReadOne(nearest.list);
  }
  FlushQueue();
}

void ListSearch::Start(const ListView& view, const ListQuery& query, size_t k,
                       const SearchEffort& effort, const Matches* matches) {
  view_ = &view;
  query_ = &query;
  matches_ = matches;
  k_ = k;
  effort_ = effort;
  hot_share_ = Share(effort.eps, view.coding.dim());
  byte_share_ = effort.exact ? 1 : Share(kByteEps, view.coding.dim());
  if (effort.exact) effort_.reach = kInfinity;
  limit_ = kInfinity;
  near_.clear();
  read_.clear();
  seeded_.clear();
  queue_.clear();
  uppers_.clear();
  found_.clear();
  counts_ = {};
  mean_.reset();
  if (view.coding.bytes() == ListCoding::Bytes::kAroundMean) {
    const absl::Span<const float> reference = view.coding.mean_reference();
    mean_ = ReadList();
    mean_->terms = ListCentres::TermsOf(query, view.coding.squared_l2(), reference);
    mean_->reference =
        std::sqrt(ActiveKernels().dot(reference.data(), reference.data(), reference.size()));
  }
}

float ListSearch::Slack(const ReadList& read, float radius) const {
  const float reach = query_->length + read.reference;
  return kSumSlack * (std::fabs(read.terms.base) + radius * (radius + 2.2F * reach)) +
         kRotationSlack * (read.terms.error + radius) * reach;
}

void ListSearch::OrderLists() {
  view_->centres.ForEachLeast(*query_, [&](uint32_t list, float least) {
    near_.push_back({least, list});
  });
  std::make_heap(near_.begin(), near_.end());
}

float ListSearch::SureLeast(const ListTerms& terms, float radius) const {
  if (!view_->coding.squared_l2()) return terms.base - radius * query_->length;
  const float gap = std::max(0.0F, terms.error - radius);
  return gap * gap;
}

float ListSearch::LikelyLeast(const ListTerms& terms, float radius) const {
  const float towards = effort_.reach * radius * terms.error;
  if (!view_->coding.squared_l2()) return terms.base - towards;
  return terms.base + radius * radius - 2 * towards;
}

bool ListSearch::NothingBeyond(float base) const {
  if (limit_ == kInfinity) return false;
  if (!view_->coding.squared_l2()) {
    const ListTerms terms{base, 0, query_->length};
    return SureLeast(terms, view_->widest_radius) > limit_ ||
           LikelyLeast(terms, view_->widest_mean_radius) > limit_;
  }
  const float distance = std::sqrt(std::max(base, 0.0F));
  const ListTerms terms{base, 1, distance};
  if (SureLeast(terms, view_->widest_radius) > limit_) return true;
  // The radius for which a list at this distance would be likeliest to hold a near row.
  return effort_.reach < kInfinity &&
         LikelyLeast(terms, std::min(view_->widest_mean_radius, effort_.reach * distance)) > limit_;
}

void ListSearch::ReadOne(uint32_t list) {
  const RowList& rows = *view_->lists[list];
  ReadList read;
  read.rows = &rows;
  read.terms = view_->centres.ExactTerms(*query_, list);
  read.reference = view_->centres.length(list);
  read.slack = Slack(read, rows.radius());
  if (SureLeast(read.terms, rows.radius()) - read.slack > limit_) return;
  if (effort_.reach < kInfinity && LikelyLeast(read.terms, rows.mean_radius()) > limit_) return;
  read_.push_back(read);
  ++counts_.lists;
  if (limit_ == kInfinity) Seed(rows);
  Scan(rows);
  seeded_.clear();
}

// Until k rows have bounds every row passes. So the rows that look nearest by their first codes are
// bounded before the others are scored. They stay found, whatever their first codes say later, so
// that as many are found as set the limit.
void ListSearch::Seed(const RowList& list) {
  seeded_.clear();
  if (view_->coding.hot() == HotCode::kEightBit || effort_.exact) return;
  const size_t wanted = 2 * k_;
  std::vector<Found> best;
  const size_t blocks = std::min(list.blocks(), kSeedBlocks);
  for (size_t block = 0; block < blocks && !StoppedAtBlock(block); ++block) {
    float lower[kBlockRows];
    ScoreBlock(list, block, kInfinity, lower);
    for (size_t lane = 0; lane < kBlockRows && block * kBlockRows + lane < list.size(); ++lane) {
      const size_t position = block * kBlockRows + lane;
      if (Matching(list, position)) best.push_back({lower[lane], PlaceOf(position)});
    }
  }
  if (best.size() <= wanted) return;
  std::nth_element(best.begin(), best.begin() + static_cast<ptrdiff_t>(wanted), best.end());
  for (size_t i = 0; i < wanted; ++i) {
    seeded_.push_back(best[i].place.position);
    Queue(best[i].place);
  }
  FlushQueue();
  std::sort(seeded_.begin(), seeded_.end());
}

void ListSearch::Scan(const RowList& list) {
  const bool byte_blocks = view_->coding.hot() == HotCode::kEightBit;
  const ReadList& read = read_.back();
  // What the query's own rounding adds, for rows as long as the longest.
  const float extra = read.slack + byte_share_ * query_->split.error * list.radius() *
                                       (view_->coding.squared_l2() ? 2.0F : 1.0F);
  for (size_t block = 0; block < list.blocks() && !StoppedAtBlock(block); ++block) {
    float lower[kBlockRows];
    const float limit = limit_ + extra;
    for (uint32_t chosen = ScoreBlock(list, block, limit, lower); chosen != 0;
         chosen &= chosen - 1) {
      const auto lane = static_cast<size_t>(std::countr_zero(chosen));
      const size_t position = block * kBlockRows + lane;
      if (!Matching(list, position)) continue;
      if (std::binary_search(seeded_.begin(), seeded_.end(), position)) continue;
      if (!byte_blocks) {
        Queue(PlaceOf(position));
        continue;
      }
      const float width = byte_share_ * read.terms.error * list.terms(block).error[lane] + extra;
      KeepBound(lower[lane] - extra, lower[lane] - extra + 2 * width, PlaceOf(position));
    }
  }
  counts_.blocks += list.blocks();
}

uint32_t ListSearch::ScoreBlock(const RowList& list, size_t block, float limit, float* lower) {
  const HotCode hot = view_->coding.hot();
  if (effort_.exact && hot != HotCode::kEightBit) {
    const size_t rows = std::min(kBlockRows, list.size() - block * kBlockRows);
    return (uint32_t{1} << rows) - 1;
  }
  if (hot == HotCode::kOneBit) return ScoreBits(list, block, limit, lower);
  const ListKernels& kernels = ActiveListKernels();
  const size_t dim = view_->coding.dim();
  const auto* const codes = reinterpret_cast<const uint8_t*>(list.codes(block));
  ByteDot dots[kBlockRows];
  float share = byte_share_;
  float offset = 0;
  if (hot == HotCode::kEightBit) {
    kernels.dot_bytes(codes, dim / 4, query_->split.bytes, dots);
  } else {
    kernels.dot_nibbles(codes, dim / 8, query_->split.bytes, dots);
    share = hot_share_;
    const ByteQuery& bytes = query_->split.bytes;
    offset = kNibbleMiddle * query_->split.Product({bytes.high_sum, bytes.low_sum});
  }
  float s[kBlockRows];
  for (size_t lane = 0; lane < kBlockRows; ++lane) {
    s[lane] = query_->split.Product(dots[lane]) - offset;
  }
  ListTerms terms = read_.back().terms;
  terms.error *= share;
  return kernels.select(list.terms(block), terms, s, limit, lower);
}

uint32_t ListSearch::ScoreBits(const RowList& list, size_t block, float limit, float* lower) {
  const ListKernels& kernels = ActiveListKernels();
  const size_t words = view_->coding.dim() / 32;
  const auto* const bits = reinterpret_cast<const uint32_t*>(list.codes(block));
  ListTerms terms = read_.back().terms;
  const float distance = terms.error;
  int32_t counts[kBlockRows];
  float s[kBlockRows];
  uint32_t chosen = ~uint32_t{0};
  if (effort_.signs_first && limit < kInfinity) {
    kernels.count_signs(bits, words, query_->signs().data(), counts);
    const float* const scores = view_->coding.sign_scores().data();
    for (size_t lane = 0; lane < kBlockRows; ++lane) {
      s[lane] = query_->sign_scale * scores[counts[lane]];
    }
    terms.error = hot_share_ * Together(distance, query_->sign_error);
    chosen = kernels.select(list.terms(block), terms, s, limit, lower);
    if (chosen == 0) return 0;
  }
  ++counts_.plane_blocks;
  kernels.count_planes(bits, words, query_->planes.data(), counts);
  const float middle = kNibbleMiddle * static_cast<float>(view_->coding.dim());
  for (size_t lane = 0; lane < kBlockRows; ++lane) {
    s[lane] = query_->step * (middle - static_cast<float>(counts[lane]));
  }
  terms.error = hot_share_ * Together(distance, query_->plane_error);
  return chosen & kernels.select(list.terms(block), terms, s, limit, lower);
}

void ListSearch::Queue(Place place) {
  view_->bytes.Prefetch(read_[place.list].rows->row(place.position));
  queue_.push_back(place);
  if (queue_.size() == kQueueRows) FlushQueue();
}

void ListSearch::FlushQueue() {
  const ListKernels& kernels = ActiveListKernels();
  const size_t padded = PaddedBytes(view_->coding.dim());
  uint32_t rows[kQueueRows];
  for (size_t i = 0; i < queue_.size(); ++i) {
    rows[i] = read_[queue_[i].list].rows->row(queue_[i].position);
  }
  view_->bytes.ForEach({rows, queue_.size()}, byte_row_, [&](size_t i, const std::byte* row) {
    if (row == nullptr) {
      KeepBound(-kInfinity, kInfinity, queue_[i]);  // its vector has to tell
      return;
    }
    const ByteTerms& coded = ByteRows::Terms(row);
    const ByteDot dot = kernels.dot_byte_row(ByteRows::Codes(row), padded, query_->split.bytes);
    const ReadList& around = mean_ ? *mean_ : read_[queue_[i].list];
    const float score = around.terms.base + around.terms.along * coded.terms.along +
                        coded.terms.factor * query_->split.Product(dot);
    KeepByteScore(score, around, coded, queue_[i]);
  });
  counts_.byte_rows += queue_.size();
  queue_.clear();
}

void ListSearch::KeepByteScore(float score, const ReadList& around, const ByteTerms& row,
                               Place place) {
  const float slack = mean_ ? Slack(*mean_, row.length) : around.slack;
  const float width =
      byte_share_ * (around.terms.error * row.terms.error + row.length * query_->split.error) +
      slack;
  KeepBound(score - width, score + width, place);
}

void ListSearch::KeepBound(float lower, float upper, Place place) {
  if (lower > limit_) return;
  found_.push_back({lower, place});
  if (uppers_.size() == k_) {
    if (upper >= uppers_.front()) return;
    std::pop_heap(uppers_.begin(), uppers_.end());
    uppers_.pop_back();
  }
  uppers_.push_back(upper);
  std::push_heap(uppers_.begin(), uppers_.end());
  if (uppers_.size() == k_) limit_ = std::min(limit_, uppers_.front());
}

// Nearest bounds first, so that the exact distances of few rows exclude the others. Bounds that are
// equal to the limit are not excluded: those of copies are.
absl::Status ListSearch::Finish(Offer offer, TopK& top) {
  std::erase_if(found_, [&](const Found& found) { return found.lower > limit_; });
  std::sort(found_.begin(), found_.end());
  const float offset = view_->coding.squared_l2() ? 0 : 1;
  for (const Found& found : found_) {
    if (found.lower > top.limit() - offset) break;
    if (Stopped()) return stopped_;
    ++counts_.full_rows;
    LOADLINE_RETURN_IF_ERROR(offer(*read_[found.place.list].rows, found.place.position, top));
  }
  return absl::OkStatus();
}

}  // namespace stowage
