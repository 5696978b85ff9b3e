#include "stowage/vector/row_list.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "stowage/vector/distance.h"

namespace stowage {
namespace {

constexpr double kCentreEps = 4;  // standard deviations of a centre's eight-bit code

}  // namespace

float RowList::mean_radius() const {
  if (lanes_.empty()) return 0;
  return static_cast<float>(
      std::sqrt(std::max(square_sum_, 0.0) / static_cast<double>(lanes_.size())));
}

void RowList::AddBlock() {
  blocks_.Append();
  const size_t end = blocks_.size() * kBlockRows;
  for (size_t position = end - kBlockRows; position < end; ++position) Clear(position);
}

void RowList::Clear(size_t position) {
  float* const terms = MutableTerms(position / kBlockRows) + position % kBlockRows;
  terms[0] = 0;
  terms[kBlockRows] = std::numeric_limits<float>::quiet_NaN();
  terms[2 * kBlockRows] = 0;
}

void RowList::Append(const ListCoding& coding, absl::Span<const float> residual,
                     absl::Span<const float> reference, uint32_t row, uint32_t entry) {
  const size_t position = lanes_.size();
  const size_t lane = position % kBlockRows;
  if (lane == 0) AddBlock();
  float* const terms = MutableTerms(position / kBlockRows);
  const CodeTerms coded = EncodeHot(code_, coding.squared_l2(), residual, reference, lane,
                                    reinterpret_cast<std::byte*>(terms + kTermArrays * kBlockRows));
  terms[lane] = coded.factor;
  terms[kBlockRows + lane] = coded.along;
  terms[2 * kBlockRows + lane] = coded.error;
  lanes_.push_back({row, entry});
  const float length = static_cast<float>(LengthInDouble(residual));
  radius_ = std::max(radius_, length);
  square_sum_ += double{length} * length;
}

void RowList::AddCopy(uint32_t row, uint32_t entry) {
  copies_.insert(CopiesOf(row).second, Lane{row, entry});
}

bool RowList::Remove(size_t position, uint32_t entry, float length) {
  const auto [first, last] = CopiesOf(row(position));
  if (first == last) {
    RemoveAt(position, length);
    return true;
  }
  const auto place = copies_.begin() + (last - 1 - copies_.cbegin());
  if (lanes_[position].entry == entry) {
    lanes_[position].entry = place->entry;
    copies_.erase(place);
    return false;
  }
  copies_.erase(std::find_if(first, last, [&](const Lane& copy) { return copy.entry == entry; }));
  return false;
}

// Terms and codes alike are 32-bit words of which those of one row are kBlockRows apart.
void RowList::RemoveAt(size_t position, float length) {
  const size_t last = lanes_.size() - 1;
  const size_t words = blocks_.block_bytes() / sizeof(uint32_t) / kBlockRows;
  std::byte* const to = blocks_.MutableBlock(position / kBlockRows);
  const std::byte* const from = blocks_.block(last / kBlockRows);
  for (size_t word = 0; word < words && position != last; ++word) {
    std::memcpy(to + (word * kBlockRows + position % kBlockRows) * sizeof(uint32_t),
                from + (word * kBlockRows + last % kBlockRows) * sizeof(uint32_t),
                sizeof(uint32_t));
  }
  lanes_[position] = lanes_[last];
  lanes_.pop_back();
  Clear(last);
  if (last % kBlockRows == 0) blocks_.RemoveLast();
  square_sum_ -= double{length} * length;
}

std::vector<std::byte> RowList::BlockBytes() const {
  std::vector<std::byte> bytes;
  for (size_t block = 0; block < blocks_.size(); ++block) {
    bytes.insert(bytes.end(), blocks_.block(block), blocks_.block(block) + blocks_.block_bytes());
  }
  return bytes;
}

// Of a list's last segment about a block is empty.
size_t RowList::BytesFor(HotCode code, size_t dim, size_t lists, size_t rows) {
  constexpr size_t kBesideList = 128;  // for the list itself and for its last segment
  const size_t blocks = rows / kBlockRows + lists + 1;
  return lists * (sizeof(RowList) + kBesideList) +
         SharedBlocks::BytesFor(blocks, BlockBytesOf(code, dim));
}

void RowList::Restore(Parts parts) {
  lanes_ = std::move(parts.lanes);
  copies_ = std::move(parts.copies);
  const size_t bytes = blocks_.block_bytes();
  for (size_t block = 0; block < blocks(); ++block) {
    blocks_.Append();
    std::copy_n(&parts.blocks[block * bytes], bytes, blocks_.MutableBlock(block));
  }
  radius_ = parts.radius;
  square_sum_ = parts.square_sum;
}

ListCentres::ListCentres(const ListCoding& coding)
    : squared_l2_(coding.squared_l2()),
      dim_(coding.dim()),
      rotated_mean_(coding.rotated_mean().begin(), coding.rotated_mean().end()) {}

void ListCentres::Add(absl::Span<const float> centre) {
  const std::vector<float> own(centre.begin(), centre.end());  // may be one of centres_
  const float length = static_cast<float>(LengthInDouble(own));
  centres_.insert(centres_.end(), own.begin(), own.end());
  norms_.push_back(length);
  if (!squared_l2_) {
    for (size_t j = 0; j < dim_; ++j) references_.push_back(own[j] + rotated_mean_[j]);
  }
  lengths_.push_back(static_cast<float>(LengthInDouble(reference(size() - 1))));
  const size_t lane = (size() - 1) % kBlockRows;
  if (lane == 0) codes_.resize(codes_.size() + HotBlockBytes(HotCode::kEightBit, dim_));
  auto* const block = reinterpret_cast<std::byte*>(&codes_[(size() - 1 - lane) * dim_]);
  // As a residual beside a reference of nothing: its terms are those of the inner product.
  const CodeTerms coded = EncodeHot(HotCode::kEightBit, /*squared_l2=*/false, own,
                                    std::vector<float>(dim_), lane, block);
  scales_.push_back(-coded.factor);
  lost_.push_back(coded.error);
}

float ListCentres::CodeShare() const {
  return static_cast<float>(std::min(1.0, kCentreEps / std::sqrt(static_cast<double>(dim_))));
}

ListTerms ListCentres::TermsOf(const ListQuery& query, bool squared_l2,
                               absl::Span<const float> reference) {
  const DistanceKernels& kernels = ActiveKernels();
  const float* const w = reference.data();
  if (squared_l2) {
    // As a sum of squared differences: the difference of squares loses digits with one large axis.
    const float base = kernels.squared_l2(query.rotated.data(), w, reference.size());
    return {base, 1, std::sqrt(base)};
  }
  const float product = kernels.dot(query.rotated.data(), w, reference.size());
  const float square = kernels.dot(w, w, reference.size());
  const float along = square > 0 ? std::max(0.0F, product / square) : 0.0F;
  // ||q - a w||^2
  const float left = query.length * query.length - 2 * along * product + along * along * square;
  return {-product, along, std::sqrt(std::max(left, 0.0F))};
}

uint32_t ListCentres::Nearest(const SplitBytes& row) const {
  uint32_t nearest = 0;
  float least = std::numeric_limits<float>::infinity();
  ForEachProduct(row, [&](uint32_t list, float product) {
    // Less the row's own square.
    const float distance = norms_[list] * norms_[list] - 2 * product;
    if (distance >= least) return;
    least = distance;
    nearest = list;
  });
  return nearest;
}

size_t ListCentres::memory_bytes() const {
  return sizeof(*this) + codes_.capacity() +
         (rotated_mean_.capacity() + centres_.capacity() + references_.capacity() +
          lengths_.capacity() + norms_.capacity() + scales_.capacity() + lost_.capacity()) *
             sizeof(float);
}

}  // namespace stowage
