#ifndef BENCHMARKS_WORKLOAD_DATASET_FORMAT_H_
#define BENCHMARKS_WORKLOAD_DATASET_FORMAT_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace loadline::workload {

// The records of a data set file. Little-endian, naturally aligned, no padding.
//
//   header | sections, each at a multiple of 4,096 bytes | CRC-32C of every 64 KiB block, as
//   uint32_t
//
// Blocks count from the first section's offset to the checksums' offset, the last one shorter. So
// a part of the file can be checked without reading the rest.
static_assert(std::endian::native == std::endian::little);

enum class Section : uint32_t {
  kStrings,         // bytes that StringRef points into
  kProjects,        // ProjectEntry[]
  kMetadata,        // MetadataEntry[], of the projects in order
  kFiles,           // FileEntry[]
  kChunks,          // ChunkEntry[]: of the rows, then of the queries; or none
  kTexts,           // bytes that ChunkEntry points into
  kVectors,         // float[rows x dimension]
  kQueries,         // float[queries x dimension]
  kTruths,          // TruthEntry[]
  kTruthRows,       // uint32_t[], of the truths in order, queries x depth each
  kTruthDistances,  // float[], as many
};
inline constexpr size_t kSectionCount = 11;
inline constexpr uint32_t kMaxDimension = 65'535;
inline constexpr size_t kSectionAlignment = 4096;
inline constexpr size_t kBlockBytes = 64 << 10;

struct SectionExtent {
  uint64_t offset = 0;
  uint64_t size = 0;
};

struct DatasetHeader {
  static constexpr uint64_t kMagic = 0x0A31544553444C4Cu;  // "LLDSET1\n"
  static constexpr uint32_t kVersion = 1;

  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t section_count = kSectionCount;
  uint64_t file_size = 0;
  uint64_t dimension = 0;
  uint64_t rows = 0;
  uint64_t queries = 0;
  uint64_t key_high = 0;  // ContentKey of the inputs
  uint64_t key_low = 0;
  SectionExtent sections[kSectionCount];
  SectionExtent checksums;
  uint32_t checksums_crc = 0;  // of the checksums' bytes
  uint32_t header_crc = 0;     // of all bytes before this field
};

struct StringRef {
  uint32_t offset = 0;
  uint32_t size = 0;
};

struct ProjectEntry {
  StringRef name;
  StringRef source_path;
  StringRef language;
  uint64_t metadata_count = 0;
  uint64_t first_row = 0;
  uint64_t row_count = 0;
  uint64_t first_query = 0;
  uint64_t query_count = 0;
};

struct MetadataEntry {
  StringRef key;
  StringRef value;
};

struct FileEntry {
  StringRef path;
  StringRef language;
  uint32_t project = 0;
};

struct ChunkEntry {
  uint64_t text_offset = 0;
  uint32_t text_size = 0;
  uint32_t file = 0;
  uint32_t first_line = 0;
  uint32_t last_line = 0;
};

struct TruthEntry {
  uint32_t distance = 0;
  uint32_t depth = 0;
  uint64_t base_rows = 0;
};

static_assert(std::has_unique_object_representations_v<DatasetHeader>);
static_assert(std::has_unique_object_representations_v<ProjectEntry>);
static_assert(std::has_unique_object_representations_v<FileEntry>);
static_assert(std::has_unique_object_representations_v<ChunkEntry>);
static_assert(std::has_unique_object_representations_v<TruthEntry>);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_DATASET_FORMAT_H_
