#ifndef STOWAGE_VECTOR_ROW_LIST_H_
#define STOWAGE_VECTOR_ROW_LIST_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "stowage/vector/list_kernels.h"
#include "stowage/vector/list_query.h"
#include "stowage/vector/residual_code.h"
#include "stowage/vector/shared_blocks.h"

namespace stowage {

// Rows that lie near one centre, coded by what they differ from it, in blocks of kBlockRows that
// are scored together. A row is a number that the lists' owner gives out; it stands for one entry
// or, where vectors are equal, for several.
//
// Thread-compatible; readers share lists that nobody changes any more. A copy shares most of what
// it was copied from, which must not be changed then.
class RowList {
 public:
  explicit RowList(const ListCoding& coding)
      : code_(coding.hot()), blocks_(BlockBytesOf(coding.hot(), coding.dim())) {}

  size_t size() const { return lanes_.size(); }
  size_t blocks() const { return (size() + kBlockRows - 1) / kBlockRows; }
  uint32_t row(size_t position) const { return lanes_[position].row; }
  // Calls visit(entry) for every entry of the row at `position`.
  template <typename Visit>
  void ForEachEntry(size_t position, Visit visit) const {
    visit(lanes_[position].entry);
    const auto [first, last] = CopiesOf(row(position));
    for (auto copy = first; copy != last; ++copy) visit(copy->entry);
  }

  // Lanes past size() score as not a number.
  BlockTerms terms(size_t block) const {
    const auto* const floats = reinterpret_cast<const float*>(blocks_.block(block));
    return {floats, floats + kBlockRows, floats + 2 * kBlockRows};
  }
  const std::byte* codes(size_t block) const {
    return blocks_.block(block) + kTermArrays * kBlockRows * sizeof(float);
  }

  // Of the residuals' lengths: the largest that ever was, and the root of the mean square.
  float radius() const { return radius_; }
  float mean_radius() const;

  // `residual` and `centre`'s reference have coding.dim() floats.
  void Append(const ListCoding& coding, absl::Span<const float> residual,
              absl::Span<const float> reference, uint32_t row, uint32_t entry);
  void AddCopy(uint32_t row, uint32_t entry);
  // The entry of the row at `position` is to be one no more. True when it was the only one: then
  // the list's last row takes the place. `length` is that of the row's residual.
  bool Remove(size_t position, uint32_t entry, float length);

  // What a list is made of, to be saved.
  struct Lane {
    uint32_t row = 0;
    uint32_t entry = 0;
    friend bool operator<(const Lane& a, const Lane& b) { return a.row < b.row; }
  };
  struct Parts {
    std::vector<Lane> lanes;
    std::vector<Lane> copies;  // further entries, by row
    std::vector<std::byte> blocks;
    float radius = 0;
    double square_sum = 0;
  };
  const std::vector<Lane>& lanes() const { return lanes_; }
  const std::vector<Lane>& copies() const { return copies_; }
  std::vector<std::byte> BlockBytes() const;
  double square_sum() const { return square_sum_; }
  // Of so many rows.
  size_t BlockBytesFor(size_t rows) const {
    return (rows + kBlockRows - 1) / kBlockRows * blocks_.block_bytes();
  }
  // `parts` are those of a list of the same coding; this one is empty.
  void Restore(Parts parts);

  size_t memory_bytes() const {
    return sizeof(*this) + blocks_.memory_bytes() +
           (lanes_.capacity() + copies_.capacity()) * sizeof(Lane);
  }
  // What a copy occupies of its own once a row is appended to it, about.
  size_t copy_bytes() const {
    return sizeof(*this) +
           SharedBlocks::BytesFor(SharedBlocks::kSegmentBlocks, blocks_.block_bytes()) +
           (lanes_.size() + 1 + copies_.size()) * sizeof(Lane);
  }
  // What so many lists with so many rows in all occupy at most, about, without copies.
  static size_t BytesFor(HotCode code, size_t dim, size_t lists, size_t rows);

 private:
  using Copies = std::vector<Lane>;

  std::pair<Copies::const_iterator, Copies::const_iterator> CopiesOf(uint32_t row) const {
    return std::equal_range(copies_.begin(), copies_.end(), Lane{row, 0});
  }
  static constexpr size_t kTermArrays = 3;  // factors, alongs, errors
  static size_t BlockBytesOf(HotCode code, size_t dim) {
    return kTermArrays * kBlockRows * sizeof(float) + HotBlockBytes(code, dim);
  }
  float* MutableTerms(size_t block) {
    return reinterpret_cast<float*>(blocks_.MutableBlock(block));
  }
  void AddBlock();
  void Clear(size_t position);
  void RemoveAt(size_t position, float length);

  HotCode code_;
  std::vector<Lane> lanes_;
  Copies copies_;        // further entries, by row
  SharedBlocks blocks_;  // of each the factors, alongs and errors, then the codes
  float radius_ = 0;
  double square_sum_ = 0;
};

// The centres of many lists, to tell which are near: lists are numbered as they were added.
// Thread-compatible.
class ListCentres {
 public:
  explicit ListCentres(const ListCoding& coding);

  size_t size() const { return norms_.size(); }
  // In the space of projected rows, and as residual_code.h has it.
  absl::Span<const float> centre(size_t list) const { return Of(centres_, list); }
  absl::Span<const float> reference(size_t list) const {
    return Of(references_.empty() ? centres_ : references_, list);
  }
  // The reference's length.
  float length(size_t list) const { return lengths_[list]; }

  void Add(absl::Span<const float> centre);

  // The least that the terms' base of a list may be, from eight-bit codes, with hardly an
  // exception. Calls visit(list, least) for every list.
  template <typename Visit>
  void ForEachLeast(const ListQuery& query, Visit visit) const {
    const float square = query.length * query.length;
    const float share = CodeShare();
    ForEachProduct(query.split, [&](uint32_t list, float product) {
      const float norm = norms_[list];
      const float error = share * (query.length * lost_[list] + norm * query.split.error);
      visit(list, squared_l2_ ? square + norm * norm - 2 * (product + error)
                              : -product - query.on_mean - error);
    });
  }
  // base and along, with ||q - along * w|| as the error: to be multiplied by eps / sqrt(dim).
  ListTerms ExactTerms(const ListQuery& query, size_t list) const {
    return TermsOf(query, squared_l2_, reference(list));
  }
  static ListTerms TermsOf(const ListQuery& query, bool squared_l2,
                           absl::Span<const float> reference);
  // The list whose centre is nearest to a projected row, by eight-bit codes; size() > 0.
  uint32_t Nearest(const SplitBytes& row) const;

  size_t memory_bytes() const;

 private:
  absl::Span<const float> Of(const std::vector<float>& vectors, size_t list) const {
    return absl::MakeConstSpan(vectors).subspan(list * dim_, dim_);
  }
  // By which errors of centres' codes act.
  float CodeShare() const;
  // Calls visit(list, <row, centre>) for every list.
  template <typename Visit>
  void ForEachProduct(const SplitBytes& row, Visit visit) const {
    const ListKernels& kernels = ActiveListKernels();
    ByteDot dots[kBlockRows];
    for (size_t begin = 0; begin < size(); begin += kBlockRows) {
      kernels.dot_bytes(&codes_[begin * dim_], dim_ / 4, row.bytes, dots);
      const size_t end = std::min(size(), begin + kBlockRows);
      for (size_t list = begin; list < end; ++list) {
        visit(static_cast<uint32_t>(list), scales_[list] * row.Product(dots[list - begin]));
      }
    }
  }

  bool squared_l2_;
  size_t dim_;
  std::vector<float> rotated_mean_;
  std::vector<float> centres_;
  std::vector<float> references_;  // empty under squared L2: the centres
  std::vector<float> lengths_;
  std::vector<float> norms_;    // of the centres
  std::vector<uint8_t> codes_;  // eight-bit codes of the centres, in blocks
  std::vector<float> scales_;
  std::vector<float> lost_;  // the length of what each code loses
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_ROW_LIST_H_
