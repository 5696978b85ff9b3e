#include "benchmarks/workload/dataset.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "benchmarks/workload/dataset_format.h"
#include "loadline/base/crc32c.h"
#include "loadline/base/status_macros.h"

namespace loadline::workload {
namespace {

// Whether [offset, offset + size) lies within `total`, without overflow.
bool Fits(uint64_t offset, uint64_t size, uint64_t total) {
  return offset <= total && size <= total - offset;
}

const SectionExtent& ExtentOf(const DatasetHeader& header, Section section) {
  return header.sections[static_cast<size_t>(section)];
}

bool HasFloats(const SectionExtent& extent, uint64_t rows, uint64_t dimension) {
  return rows <= extent.size && extent.size == rows * dimension * sizeof(float);
}

}  // namespace

absl::StatusOr<std::unique_ptr<const Dataset>> Dataset::Open(const std::string& path,
                                                             const DatasetOptions& options) {
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("open data set ", path));
  std::unique_ptr<Dataset> dataset(new Dataset(path, std::move(fd)));
  LOADLINE_RETURN_IF_ERROR(dataset->Map());
  DatasetHeader header;
  std::memcpy(&header, dataset->mapped_, sizeof(header));
  LOADLINE_RETURN_IF_ERROR(dataset->CheckHeader(header));
  LOADLINE_RETURN_IF_ERROR(dataset->CheckBlocks(header, options.max_rows));
  LOADLINE_RETURN_IF_ERROR(dataset->Load(header, options.max_rows));
  return std::unique_ptr<const Dataset>(std::move(dataset));
}

Dataset::~Dataset() {
  if (mapped_ != nullptr) ::munmap(const_cast<char*>(mapped_), mapped_size_);
}

absl::Status Dataset::Damaged(absl::string_view what) const {
  return absl::DataLossError(
      absl::StrCat("data set ", path_, ": ", what, "; remove the file and it will be made anew"));
}

absl::Status Dataset::Map() {
  struct stat stat;
  if (::fstat(fd_.get(), &stat) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("look at data set ", path_));
  }
  const auto size = static_cast<size_t>(stat.st_size);
  if (!S_ISREG(stat.st_mode)) return Damaged("not a regular file");
  if (size < sizeof(DatasetHeader)) {
    return Damaged(
        absl::StrCat("has ", size, " bytes, a header alone has ", sizeof(DatasetHeader)));
  }
  void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd_.get(), 0);
  if (mapped == MAP_FAILED) {
    return absl::ErrnoToStatus(errno, absl::StrCat("map data set ", path_));
  }
  mapped_ = static_cast<const char*>(mapped);
  mapped_size_ = size;
  return absl::OkStatus();
}

absl::Status Dataset::CheckHeader(const DatasetHeader& header) const {
  if (header.magic != DatasetHeader::kMagic) return Damaged("does not begin with LLDSET1");
  if (header.version != DatasetHeader::kVersion || header.section_count != kSectionCount) {
    return Damaged(
        absl::StrCat("is of version ", header.version, ", want ", DatasetHeader::kVersion));
  }
  if (header.header_crc != Crc32c(0, &header, offsetof(DatasetHeader, header_crc))) {
    return Damaged("checksum of the header is wrong");
  }
  if (header.file_size != mapped_size_) {
    return Damaged(
        absl::StrCat("has ", mapped_size_, " bytes, its header says ", header.file_size));
  }
  for (const SectionExtent& extent : header.sections) {
    if (extent.offset % kSectionAlignment != 0 || extent.offset < kSectionAlignment ||
        !Fits(extent.offset, extent.size, header.checksums.offset)) {
      return Damaged("a section lies outside the file");
    }
  }
  const bool dimensions_agree =
      header.dimension >= 1 && header.dimension <= kMaxDimension &&
      HasFloats(ExtentOf(header, Section::kVectors), header.rows, header.dimension) &&
      HasFloats(ExtentOf(header, Section::kQueries), header.queries, header.dimension);
  if (!dimensions_agree) return Damaged("its vectors do not fit their number and dimension");
  const uint64_t blocks =
      (header.checksums.offset - kSectionAlignment + kBlockBytes - 1) / kBlockBytes;
  if (!Fits(header.checksums.offset, header.checksums.size, mapped_size_) ||
      header.checksums.size != blocks * sizeof(uint32_t)) {
    return Damaged("its table of checksums does not fit its size");
  }
  return absl::OkStatus();
}

absl::Status Dataset::CheckBlocks(const DatasetHeader& header, size_t max_rows) const {
  std::vector<uint32_t> expected(header.checksums.size / sizeof(uint32_t));
  LOADLINE_RETURN_IF_ERROR(fd_.ReadAt(
      header.checksums.offset,
      absl::MakeSpan(reinterpret_cast<char*>(expected.data()), header.checksums.size), path_));
  if (Crc32c(0, expected.data(), header.checksums.size) != header.checksums_crc) {
    return Damaged("checksum of the table of checksums is wrong");
  }
  const SectionExtent& vectors = ExtentOf(header, Section::kVectors);
  const uint64_t row_bytes = header.dimension * sizeof(float);
  const uint64_t unused_begin =
      vectors.offset + std::min<uint64_t>(max_rows, header.rows) * row_bytes;
  const uint64_t unused_end = vectors.offset + vectors.size;
  std::vector<char> buffer(kBlockBytes);
  for (size_t i = 0; i < expected.size(); ++i) {
    const uint64_t begin = kSectionAlignment + i * kBlockBytes;
    const uint64_t size = std::min<uint64_t>(kBlockBytes, header.checksums.offset - begin);
    if (begin >= unused_begin && begin + size <= unused_end) continue;
    LOADLINE_RETURN_IF_ERROR(fd_.ReadAt(begin, absl::MakeSpan(buffer.data(), size), path_));
    if (Crc32c(0, buffer.data(), size) != expected[i]) {
      return Damaged(absl::StrCat("checksum of the block at byte ", begin, " is wrong"));
    }
  }
  return absl::OkStatus();
}

template <typename T>
absl::Span<const T> Dataset::SectionOf(Section section) const {
  const auto* header = reinterpret_cast<const DatasetHeader*>(mapped_);
  const SectionExtent& extent = ExtentOf(*header, section);
  return {reinterpret_cast<const T*>(mapped_ + extent.offset), extent.size / sizeof(T)};
}

absl::string_view Dataset::Text(Section section, uint64_t offset, uint64_t size) const {
  return {SectionOf<char>(section).data() + offset, size};
}

absl::Status Dataset::Load(const DatasetHeader& header, size_t max_rows) {
  key_ = {.high = header.key_high, .low = header.key_low};
  stored_rows_ = header.rows;
  vectors_ = {SectionOf<float>(Section::kVectors), header.dimension};
  queries_ = {SectionOf<float>(Section::kQueries), header.dimension};
  LOADLINE_RETURN_IF_ERROR(LoadProjects());
  LOADLINE_RETURN_IF_ERROR(CheckFilesAndChunks());
  LOADLINE_RETURN_IF_ERROR(LoadTruths());
  has_text_ = !SectionOf<ChunkEntry>(Section::kChunks).empty();
  OfferFirst(std::min(max_rows, rows()));
  return absl::OkStatus();
}

void Dataset::OfferFirst(size_t row_count) {
  vectors_ = vectors_.first(row_count);
  for (DatasetProject& project : projects_) {
    project.first_row = std::min(project.first_row, row_count);
    project.row_count = std::min(project.row_count, row_count - project.first_row);
  }
  std::erase_if(truths_, [&](const TruthView& truth) { return truth.base_rows > row_count; });
}

absl::Status Dataset::LoadProjects() {
  const uint64_t strings = SectionOf<char>(Section::kStrings).size();
  absl::Span<const MetadataEntry> metadata = SectionOf<MetadataEntry>(Section::kMetadata);
  const auto fits = [&](StringRef ref) { return Fits(ref.offset, ref.size, strings); };
  const auto text = [&](StringRef ref) {
    return std::string(Text(Section::kStrings, ref.offset, ref.size));
  };
  for (const ProjectEntry& entry : SectionOf<ProjectEntry>(Section::kProjects)) {
    if (!fits(entry.name) || !fits(entry.source_path) || !fits(entry.language) ||
        !Fits(entry.first_row, entry.row_count, rows()) ||
        !Fits(entry.first_query, entry.query_count, query_count()) ||
        entry.metadata_count > metadata.size()) {
      return Damaged("a project points outside the file");
    }
    DatasetProject project{.name = text(entry.name),
                           .source_path = text(entry.source_path),
                           .language = text(entry.language),
                           .metadata = {},
                           .first_row = entry.first_row,
                           .row_count = entry.row_count,
                           .first_query = entry.first_query,
                           .query_count = entry.query_count};
    for (const MetadataEntry& pair : metadata.first(entry.metadata_count)) {
      if (!fits(pair.key) || !fits(pair.value)) return Damaged("metadata point outside the file");
      project.metadata.emplace(text(pair.key), text(pair.value));
    }
    metadata.remove_prefix(entry.metadata_count);
    projects_.push_back(std::move(project));
  }
  return absl::OkStatus();
}

absl::Status Dataset::CheckFilesAndChunks() const {
  const uint64_t strings = SectionOf<char>(Section::kStrings).size();
  const uint64_t texts = SectionOf<char>(Section::kTexts).size();
  const absl::Span<const FileEntry> files = SectionOf<FileEntry>(Section::kFiles);
  const absl::Span<const ChunkEntry> chunks = SectionOf<ChunkEntry>(Section::kChunks);
  for (const FileEntry& file : files) {
    if (!Fits(file.path.offset, file.path.size, strings) ||
        !Fits(file.language.offset, file.language.size, strings) ||
        file.project >= projects_.size()) {
      return Damaged("a file points outside the file");
    }
  }
  for (const ChunkEntry& chunk : chunks) {
    if (chunk.file >= files.size() || !Fits(chunk.text_offset, chunk.text_size, texts)) {
      return Damaged("a chunk points outside the file");
    }
  }
  if (!chunks.empty() && chunks.size() != rows() + query_count()) {
    return Damaged(absl::StrCat("has ", chunks.size(), " chunks for ", rows(), " rows and ",
                                query_count(), " queries"));
  }
  return absl::OkStatus();
}

absl::Status Dataset::LoadTruths() {
  absl::Span<const uint32_t> all_rows = SectionOf<uint32_t>(Section::kTruthRows);
  absl::Span<const float> all_distances = SectionOf<float>(Section::kTruthDistances);
  if (all_rows.size() != all_distances.size()) return Damaged("its truths do not agree");
  for (const TruthEntry& entry : SectionOf<TruthEntry>(Section::kTruths)) {
    // Both factors are below 2^32, as depth is one and queries fit the file: no overflow.
    const uint64_t size = uint64_t{entry.depth} * query_count();
    if (entry.distance >= std::size(kAllDistances) || entry.depth == 0 ||
        entry.base_rows > rows() || entry.depth > entry.base_rows || size > all_rows.size()) {
      return Damaged("a truth table does not fit the vectors");
    }
    const TruthView truth{.distance = static_cast<Distance>(entry.distance),
                          .base_rows = entry.base_rows,
                          .depth = entry.depth,
                          .rows = all_rows.first(size),
                          .distances = all_distances.first(size)};
    const auto outside = [&](uint32_t row) { return row >= truth.base_rows; };
    if (std::any_of(truth.rows.begin(), truth.rows.end(), outside)) {
      return Damaged("a true neighbour is not a row");
    }
    truths_.push_back(truth);
    all_rows.remove_prefix(size);
    all_distances.remove_prefix(size);
  }
  return absl::OkStatus();
}

absl::Status Dataset::ReadVectors(size_t first_row, absl::Span<float> out) const {
  if (out.size() % dimension() != 0 || !Fits(first_row, out.size() / dimension(), rows())) {
    return absl::OutOfRangeError(absl::StrCat("read ", out.size(), " floats from row ", first_row,
                                              " of data set ", path_, ", which has ", rows(),
                                              " rows of ", dimension()));
  }
  const auto* header = reinterpret_cast<const DatasetHeader*>(mapped_);
  const uint64_t offset = ExtentOf(*header, Section::kVectors).offset +
                          uint64_t{first_row} * dimension() * sizeof(float);
  return fd_.ReadAt(offset,
                    absl::MakeSpan(reinterpret_cast<char*>(out.data()), out.size() * sizeof(float)),
                    path_);
}

absl::StatusOr<NeighborsView> Dataset::Truth(Distance distance, size_t base_rows,
                                             size_t query) const {
  if (query >= query_count()) {
    return absl::OutOfRangeError(absl::StrCat("truth of query ", query, " of data set ", path_,
                                              ", which has ", query_count(), " queries"));
  }
  for (const TruthView& truth : truths_) {
    if (truth.distance != distance || truth.base_rows != base_rows) continue;
    return NeighborsView{truth.rows.subspan(query * truth.depth, truth.depth),
                         truth.distances.subspan(query * truth.depth, truth.depth)};
  }
  const std::string known =
      absl::StrJoin(truths_, ", ", [](std::string* out, const TruthView& truth) {
        absl::StrAppend(out, DistanceName(truth.distance), " over ", truth.base_rows);
      });
  return absl::NotFoundError(absl::StrCat("data set ", path_, " has no true neighbours by ",
                                          DistanceName(distance), " over ", base_rows,
                                          " rows; it has: ", known));
}

absl::StatusOr<double> Dataset::Recall(Distance distance, size_t base_rows, size_t query,
                                       absl::Span<const uint64_t> found, size_t k) const {
  LOADLINE_ASSIGN_OR_RETURN(const NeighborsView truth, Truth(distance, base_rows, query));
  if (k == 0 || k > truth.rows.size()) {
    return absl::InvalidArgumentError(absl::StrCat("recall at k = ", k, "; the truth of data set ",
                                                   path_, " goes from 1 to ", truth.rows.size()));
  }
  const auto vectors = SectionOf<float>(Section::kVectors);
  return RecallAtK(truth, found, k, base_rows, [&](uint64_t row) {
    return TrueDistance(distance, queries_.row(query),
                        vectors.subspan(row * dimension(), dimension()));
  });
}

ChunkView Dataset::ChunkAt(size_t index) const {
  const ChunkEntry& chunk = SectionOf<ChunkEntry>(Section::kChunks)[index];
  const FileEntry& file = SectionOf<FileEntry>(Section::kFiles)[chunk.file];
  return {.project = file.project,
          .file = Text(Section::kStrings, file.path.offset, file.path.size),
          .first_line = chunk.first_line,
          .last_line = chunk.last_line,
          .language = Text(Section::kStrings, file.language.offset, file.language.size),
          .text = Text(Section::kTexts, chunk.text_offset, chunk.text_size)};
}

void Dataset::ReleasePages() const {
  ::madvise(const_cast<char*>(mapped_), mapped_size_, MADV_DONTNEED);
}

}  // namespace loadline::workload
