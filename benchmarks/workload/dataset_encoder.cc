#include "benchmarks/workload/dataset_encoder.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "benchmarks/workload/dataset_format.h"
#include "loadline/base/crc32c.h"

namespace loadline::workload {
namespace {

size_t RoundUp(size_t size) {
  return (size + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment;
}

class Encoder {
 public:
  explicit Encoder(size_t expected_size) : bytes_(RoundUp(sizeof(DatasetHeader)), '\0') {
    bytes_.reserve(expected_size);
  }

  DatasetHeader& header() { return header_; }

  // Sections are written in the order of their offsets; which order that is does not matter.
  void BeginSection(Section section) {
    bytes_.resize(RoundUp(bytes_.size()));
    current_ = &header_.sections[static_cast<size_t>(section)];
    current_->offset = bytes_.size();
  }
  template <typename T>
  void Append(absl::Span<const T> values) {
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    current_->size = bytes_.size() - current_->offset;
  }
  template <typename T>
  void AppendSection(Section section, const std::vector<T>& values) {
    BeginSection(section);
    Append(absl::MakeConstSpan(values));
  }

  std::string Finish() {
    const std::vector<uint32_t> checksums = BlockChecksums();
    const size_t size = checksums.size() * sizeof(uint32_t);
    header_.checksums = {.offset = bytes_.size(), .size = size};
    header_.checksums_crc = Crc32c(0, checksums.data(), size);
    bytes_.append(reinterpret_cast<const char*>(checksums.data()), size);
    header_.file_size = bytes_.size();
    header_.header_crc = Crc32c(0, &header_, offsetof(DatasetHeader, header_crc));
    std::memcpy(bytes_.data(), &header_, sizeof(header_));
    return std::move(bytes_);
  }

 private:
  std::vector<uint32_t> BlockChecksums() const {
    std::vector<uint32_t> checksums;
    for (size_t begin = RoundUp(sizeof(DatasetHeader)); begin < bytes_.size();
         begin += kBlockBytes) {
      const size_t size = std::min(kBlockBytes, bytes_.size() - begin);
      checksums.push_back(Crc32c(0, bytes_.data() + begin, size));
    }
    return checksums;
  }

  DatasetHeader header_;
  std::string bytes_;
  SectionExtent* current_ = nullptr;
};

// Collects strings; their section is written once all are known.
class StringTable {
 public:
  StringRef Add(absl::string_view text) {
    const StringRef ref{.offset = static_cast<uint32_t>(bytes_.size()),
                        .size = static_cast<uint32_t>(text.size())};
    bytes_.append(text.data(), text.size());
    return ref;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

void EncodeProjects(const DatasetContent& content, StringTable& strings, Encoder& encoder) {
  std::vector<ProjectEntry> entries;
  std::vector<MetadataEntry> metadata;
  for (const DatasetContent::Project& project : content.projects) {
    entries.push_back({.name = strings.Add(project.name),
                       .source_path = strings.Add(project.source_path),
                       .language = strings.Add(project.language),
                       .metadata_count = project.metadata.size(),
                       .first_row = project.first_row,
                       .row_count = project.row_count,
                       .first_query = project.first_query,
                       .query_count = project.query_count});
    for (const auto& [key, value] : project.metadata) {
      metadata.push_back({.key = strings.Add(key), .value = strings.Add(value)});
    }
  }
  encoder.AppendSection(Section::kProjects, entries);
  encoder.AppendSection(Section::kMetadata, metadata);
}

void EncodeFiles(const DatasetContent& content, StringTable& strings, Encoder& encoder) {
  std::vector<FileEntry> entries;
  for (const DatasetContent::File& file : content.files) {
    entries.push_back({.path = strings.Add(file.path),
                       .language = strings.Add(file.language),
                       .project = file.project});
  }
  encoder.AppendSection(Section::kFiles, entries);
}

void EncodeChunks(const DatasetContent& content, Encoder& encoder) {
  std::vector<ChunkEntry> entries;
  uint64_t offset = 0;
  for (const DatasetContent::Chunk& chunk : content.chunks) {
    entries.push_back({.text_offset = offset,
                       .text_size = static_cast<uint32_t>(chunk.text.size()),
                       .file = chunk.file,
                       .first_line = chunk.first_line,
                       .last_line = chunk.last_line});
    offset += chunk.text.size();
  }
  encoder.AppendSection(Section::kChunks, entries);
  encoder.BeginSection(Section::kTexts);
  for (const DatasetContent::Chunk& chunk : content.chunks) {
    encoder.Append(absl::MakeConstSpan(chunk.text.data(), chunk.text.size()));
  }
}

void EncodeTruths(const DatasetContent& content, Encoder& encoder) {
  std::vector<TruthEntry> entries;
  for (const NeighborTable& truth : content.truths) {
    entries.push_back({.distance = static_cast<uint32_t>(truth.distance),
                       .depth = static_cast<uint32_t>(truth.depth),
                       .base_rows = truth.base_rows});
  }
  encoder.AppendSection(Section::kTruths, entries);
  encoder.BeginSection(Section::kTruthRows);
  for (const NeighborTable& truth : content.truths) {
    encoder.Append(absl::MakeConstSpan(truth.rows));
  }
  encoder.BeginSection(Section::kTruthDistances);
  for (const NeighborTable& truth : content.truths) {
    encoder.Append(absl::MakeConstSpan(truth.distances));
  }
}

size_t ExpectedSize(const DatasetContent& content) {
  size_t size = (content.vectors.size() + content.queries.size()) * sizeof(float) + (1 << 20);
  for (const DatasetContent::Chunk& chunk : content.chunks) {
    size += chunk.text.size() + sizeof(ChunkEntry);
  }
  for (const NeighborTable& truth : content.truths) {
    size += truth.rows.size() * (sizeof(uint32_t) + sizeof(float));
  }
  return size;
}

}  // namespace

std::string EncodeDataset(const DatasetContent& content, const ContentKey& key) {
  Encoder encoder(ExpectedSize(content));
  encoder.header().dimension = content.dimension;
  encoder.header().rows = content.vector_matrix().rows();
  encoder.header().queries = content.query_matrix().rows();
  encoder.header().key_high = key.high;
  encoder.header().key_low = key.low;
  StringTable strings;
  EncodeProjects(content, strings, encoder);
  EncodeFiles(content, strings, encoder);
  EncodeChunks(content, encoder);
  EncodeTruths(content, encoder);
  encoder.AppendSection(Section::kVectors, content.vectors);
  encoder.AppendSection(Section::kQueries, content.queries);
  encoder.BeginSection(Section::kStrings);
  encoder.Append(absl::MakeConstSpan(strings.bytes().data(), strings.bytes().size()));
  return encoder.Finish();
}

}  // namespace loadline::workload
