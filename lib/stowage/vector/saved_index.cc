#include "stowage/vector/saved_index.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "stowage/storage/chunk_file.h"
#include "stowage/vector/saved_graph.h"
#include "stowage/vector/text_pool.h"

namespace stowage {
namespace {

constexpr ChunkFileKind kKind = {0x53745649, 3};  // "StVI"

struct IndexHeader {
  uint64_t token = 0;
  uint64_t change = 0;
  uint64_t hash_seed = 0;
  uint64_t coding_seed = 0;
  double max_length = 0;
  uint64_t built_rows = 0;
  uint64_t changed_since_build = 0;
  uint64_t changed_since_check = 0;
  uint64_t graph_tries = 0;
  uint32_t dimension = 0;
  uint32_t metric = 0;
  uint32_t bytes = 0;  // ListCoding::Bytes
  uint32_t lists = 0;
  uint32_t rows_end = 0;  // above all rows
  uint32_t graph = 0;     // its rows; 0: there is none
  uint64_t entries = 0;
  uint64_t text_bytes = 0;
};

struct ListHeader {
  double square_sum = 0;
  float radius = 0;
  uint32_t rows = 0;
  uint32_t copies = 0;
  uint32_t spare = 0;
};

// What of a place its list does not say.
struct SavedPlace {
  uint64_t hash = 0;
  float length = 0;
  uint32_t spare = 0;
};

absl::Status WriteText(ChunkWriter& writer, absl::string_view text) {
  return writer.WriteAll(absl::MakeConstSpan(text.data(), text.size()));
}

absl::StatusOr<std::string> ReadText(ChunkReader& reader) {
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<char> text, reader.ReadVector<char>());
  return std::string(text.begin(), text.end());
}

absl::Status WriteList(ChunkWriter& writer, const RowList& list) {
  const ListHeader header = {list.square_sum(), list.radius(), static_cast<uint32_t>(list.size()),
                             static_cast<uint32_t>(list.copies().size()), 0};
  LOADLINE_RETURN_IF_ERROR(writer.WriteAll(absl::MakeConstSpan(&header, 1)));
  LOADLINE_RETURN_IF_ERROR(writer.WriteAll(absl::MakeConstSpan(list.lanes())));
  LOADLINE_RETURN_IF_ERROR(writer.WriteAll(absl::MakeConstSpan(list.copies())));
  return writer.Write(list.BlockBytes());
}

absl::StatusOr<RowList> ReadList(ChunkReader& reader, const ListCoding& coding) {
  RowList list(coding);
  ListHeader header;
  LOADLINE_RETURN_IF_ERROR(reader.ReadAll(absl::MakeSpan(&header, 1)));
  RowList::Parts parts;
  parts.radius = header.radius;
  parts.square_sum = header.square_sum;
  LOADLINE_ASSIGN_OR_RETURN(parts.lanes, reader.ReadVector<RowList::Lane>());
  LOADLINE_ASSIGN_OR_RETURN(parts.copies, reader.ReadVector<RowList::Lane>());
  LOADLINE_ASSIGN_OR_RETURN(parts.blocks, reader.ReadVector<std::byte>());
  if (parts.lanes.size() != header.rows || parts.copies.size() != header.copies ||
      parts.blocks.size() != list.BlockBytesFor(header.rows)) {
    return absl::DataLossError("a list has other rows than it says");
  }
  list.Restore(std::move(parts));
  return list;
}

// The texts of entries, numbered as they are met.
class TextNumbers {
 public:
  uint32_t Of(const std::string* text) {
    const auto [place, added] = numbers_.try_emplace(text, numbers_.size());
    if (added) texts_.push_back(text);
    return place->second;
  }
  const std::vector<const std::string*>& texts() const { return texts_; }

 private:
  absl::flat_hash_map<const std::string*, uint32_t> numbers_;
  std::vector<const std::string*> texts_;
};

// The entries of lists with their texts.
struct NumberedEntries {
  NumberedEntries(const ListSnapshot& lists, const EntryView& view) {
    for (const auto& list : lists.lists) {
      for (size_t position = 0; position < list->size(); ++position) {
        list->ForEachEntry(position, [&](uint32_t number) { Add(view.entry(number), number); });
      }
    }
  }

  void Add(const Entry& entry, uint32_t number) {
    entries.push_back({entry.id, entry.first_line, entry.last_line, texts.Of(entry.file),
                       texts.Of(entry.language), number, entry.factor});
  }
  size_t TextBytes() const {
    size_t bytes = 0;
    for (const std::string* const text : texts.texts()) bytes += TextPool::BytesFor(text->size());
    return bytes;
  }
  absl::Status Write(ChunkWriter& writer) const {
    LOADLINE_RETURN_IF_ERROR(writer.WriteAll(absl::MakeConstSpan(entries)));
    std::vector<uint32_t> sizes;
    std::string all;
    for (const std::string* const text : texts.texts()) {
      sizes.push_back(static_cast<uint32_t>(text->size()));
      all += *text;
    }
    LOADLINE_RETURN_IF_ERROR(writer.WriteAll(absl::MakeConstSpan(sizes)));
    return WriteText(writer, all);
  }

  std::vector<SavedEntry> entries;
  TextNumbers texts;
};

absl::Status ReadTexts(ChunkReader& reader, std::vector<std::string>& texts) {
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<uint32_t> sizes, reader.ReadVector<uint32_t>());
  LOADLINE_ASSIGN_OR_RETURN(const std::string all, ReadText(reader));
  size_t start = 0;
  for (const uint32_t size : sizes) {
    if (size > all.size() - start) return absl::DataLossError("a text is cut off");
    texts.push_back(all.substr(start, size));
    start += size;
  }
  return absl::OkStatus();
}

absl::Status WritePlaces(ChunkWriter& writer, const RowPlaceView& places) {
  std::vector<SavedPlace> saved;
  saved.reserve(places.size());
  for (uint32_t row = 0; row < places.size(); ++row) {
    saved.push_back({places.place(row).hash(), places.place(row).length, 0});
  }
  return writer.WriteAll(absl::MakeConstSpan(saved));
}

// Where each row lies, by the lists, which must agree with the entries.
absl::Status Place(SavedIndex& index) {
  // Entries keep their numbers when most others go; but each number takes memory.
  const size_t most_numbers = (size_t{1} << 20) + 64 * (index.entries.size() + index.places.size());
  std::vector<bool> entry_there;
  for (const SavedEntry& entry : index.entries) {
    if (entry.file >= index.texts.size() || entry.language >= index.texts.size()) {
      return absl::DataLossError("an entry has a text that is not there");
    }
    if (entry.number >= most_numbers) {
      return absl::DataLossError("an entry has a number out of range");
    }
    entry_there.resize(std::max<size_t>(entry_there.size(), entry.number + 1));
    entry_there[entry.number] = true;
  }
  for (uint32_t list = 0; list < index.lists.size(); ++list) {
    for (uint32_t position = 0; position < index.lists[list].size(); ++position) {
      const uint32_t row = index.lists[list].row(position);
      bool known = row < index.places.size() && index.places[row].list == RowPlace::kNoList;
      index.lists[list].ForEachEntry(position, [&](uint32_t entry) {
        known = known && entry < entry_there.size() && entry_there[entry];
      });
      if (!known) return absl::DataLossError("a list has a row or an entry that is not there");
      index.places[row].list = list;
      index.places[row].position = position;
    }
  }
  return absl::OkStatus();
}

absl::Status ReadCheckedGraph(ChunkReader& reader, SavedIndex& index) {
  if (index.coding->bytes() != ListCoding::Bytes::kAroundMean) {
    return absl::DataLossError("the graph is over other codes than there are");
  }
  CheckedEffort checked;
  LOADLINE_RETURN_IF_ERROR(reader.ReadAll(absl::MakeSpan(&checked, 1)));
  index.facts.checked_graph = checked;
  LOADLINE_ASSIGN_OR_RETURN(index.graph, ReadGraph(reader, index.coding, index.places.size()));
  return absl::OkStatus();
}

absl::StatusOr<SavedIndex> ReadAll(ChunkReader& reader, const StoreConfig& config, bool graph_too) {
  SavedIndex index;
  IndexHeader header;
  LOADLINE_RETURN_IF_ERROR(reader.ReadAll(absl::MakeSpan(&header, 1)));
  if (header.dimension != config.dimension ||
      header.metric != static_cast<uint32_t>(config.metric) || header.bytes > 1) {
    return absl::DataLossError("it is of another store");
  }
  index.facts = {.token = header.token,
                 .change = header.change,
                 .hash_seed = header.hash_seed,
                 .coding_seed = header.coding_seed,
                 .max_length = header.max_length,
                 .built_rows = header.built_rows,
                 .changed_since_build = header.changed_since_build,
                 .changed_since_check = header.changed_since_check,
                 .graph_tries = header.graph_tries,
                 .checked = {},
                 .checked_graph = {},
                 .values_name = {},
                 .bytes_name = {}};
  LOADLINE_ASSIGN_OR_RETURN(index.facts.checked, reader.ReadVector<CheckedEffort>());
  LOADLINE_ASSIGN_OR_RETURN(index.facts.values_name, ReadText(reader));
  LOADLINE_ASSIGN_OR_RETURN(index.facts.bytes_name, ReadText(reader));
  std::vector<float> mean(config.dimension);
  LOADLINE_RETURN_IF_ERROR(reader.ReadAll(absl::MakeSpan(mean)));
  index.coding = std::make_shared<const ListCoding>(config, std::move(mean), header.coding_seed,
                                                    static_cast<ListCoding::Bytes>(header.bytes));
  index.centres.emplace(*index.coding);
  std::vector<float> centre(index.coding->dim());
  for (uint32_t list = 0; list < header.lists; ++list) {
    LOADLINE_RETURN_IF_ERROR(reader.ReadAll(absl::MakeSpan(centre)));
    index.centres->Add(centre);
    LOADLINE_ASSIGN_OR_RETURN(RowList rows, ReadList(reader, *index.coding));
    index.lists.push_back(std::move(rows));
  }
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<SavedPlace> places, reader.ReadVector<SavedPlace>());
  if (places.size() != header.rows_end || index.lists.empty()) {
    return absl::DataLossError("it has other rows than it says");
  }
  for (const SavedPlace& place : places) {
    index.places.emplace_back().set_hash(place.hash);
    index.places.back().length = place.length;
  }
  LOADLINE_ASSIGN_OR_RETURN(index.entries, reader.ReadVector<SavedEntry>());
  if (index.entries.size() != header.entries) {
    return absl::DataLossError("it has other entries than it says");
  }
  LOADLINE_RETURN_IF_ERROR(ReadTexts(reader, index.texts));
  if (header.graph != 0 && graph_too) LOADLINE_RETURN_IF_ERROR(ReadCheckedGraph(reader, index));
  if (header.graph == 0 || graph_too) LOADLINE_RETURN_IF_ERROR(reader.Finish());
  LOADLINE_RETURN_IF_ERROR(Place(index));
  return index;
}

}  // namespace

absl::Status WriteIndex(const loadline::Directory& folder, absl::string_view name,
                        const SavedFacts& facts, const ListSnapshot& lists,
                        const EntryView& entries, const HnswGraph* graph) {
  LOADLINE_ASSIGN_OR_RETURN(const auto writer, ChunkWriter::Create(folder, name, kKind));
  const ListCoding& coding = *lists.coding;
  const NumberedEntries numbered(lists, entries);
  const IndexHeader header = {.token = facts.token,
                              .change = facts.change,
                              .hash_seed = facts.hash_seed,
                              .coding_seed = facts.coding_seed,
                              .max_length = facts.max_length,
                              .built_rows = facts.built_rows,
                              .changed_since_build = facts.changed_since_build,
                              .changed_since_check = facts.changed_since_check,
                              .graph_tries = facts.graph_tries,
                              .dimension = static_cast<uint32_t>(coding.config().dimension),
                              .metric = static_cast<uint32_t>(coding.config().metric),
                              .bytes = static_cast<uint32_t>(coding.bytes()),
                              .lists = static_cast<uint32_t>(lists.lists.size()),
                              .rows_end = static_cast<uint32_t>(lists.places.size()),
                              .graph = graph == nullptr ? 0 : static_cast<uint32_t>(graph->size()),
                              .entries = numbered.entries.size(),
                              .text_bytes = numbered.TextBytes()};
  LOADLINE_RETURN_IF_ERROR(writer->WriteAll(absl::MakeConstSpan(&header, 1)));
  LOADLINE_RETURN_IF_ERROR(writer->WriteAll(absl::MakeConstSpan(facts.checked)));
  LOADLINE_RETURN_IF_ERROR(WriteText(*writer, facts.values_name));
  LOADLINE_RETURN_IF_ERROR(WriteText(*writer, facts.bytes_name));
  LOADLINE_RETURN_IF_ERROR(writer->WriteAll(coding.mean()));
  for (size_t list = 0; list < lists.lists.size(); ++list) {
    LOADLINE_RETURN_IF_ERROR(writer->WriteAll(lists.centres->centre(list)));
    LOADLINE_RETURN_IF_ERROR(WriteList(*writer, *lists.lists[list]));
  }
  LOADLINE_RETURN_IF_ERROR(WritePlaces(*writer, lists.places));
  LOADLINE_RETURN_IF_ERROR(numbered.Write(*writer));
  if (graph != nullptr) {
    LOADLINE_RETURN_IF_ERROR(writer->WriteAll(absl::MakeConstSpan(&*facts.checked_graph, 1)));
    LOADLINE_RETURN_IF_ERROR(WriteGraph(*graph, *writer));
  }
  return writer->Commit();
}

absl::StatusOr<SavedSize> ReadIndexSize(const loadline::Directory& folder, absl::string_view name) {
  LOADLINE_ASSIGN_OR_RETURN(const auto reader, ChunkReader::Open(folder, name, kKind));
  IndexHeader header;
  LOADLINE_RETURN_IF_ERROR(reader->ReadAll(absl::MakeSpan(&header, 1)));
  return SavedSize{.entries = header.entries,
                   .rows_end = header.rows_end,
                   .bytes = static_cast<ListCoding::Bytes>(header.bytes),
                   .text_bytes = header.text_bytes,
                   .graph_rows = header.graph};
}

absl::StatusOr<SavedIndex> ReadIndex(const loadline::Directory& folder, absl::string_view name,
                                     const StoreConfig& config, bool graph_too) {
  LOADLINE_ASSIGN_OR_RETURN(const auto reader, ChunkReader::Open(folder, name, kKind));
  absl::StatusOr<SavedIndex> index = ReadAll(*reader, config, graph_too);
  if (index.ok() || !absl::IsDataLoss(index.status())) return index;
  return absl::DataLossError(
      absl::StrCat(folder.path(), "/", name, ": ", index.status().message()));
}

}  // namespace stowage
