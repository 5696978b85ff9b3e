// What an index keeps in files beside the store's: the vectors of its rows, and what was saved of
// it, so that the next opening need not read every row of the store.
#include <algorithm>
#include <atomic>
#include <random>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "stowage/vector/vector_index.h"

namespace stowage {
namespace {

using loadline::MutexLock;

constexpr absl::string_view kValuesPrefix = "vectors.floats.";
constexpr absl::string_view kBytesPrefix = "vectors.codes.";
constexpr absl::string_view kIndexPrefix = "vectors.index.";

uint64_t NewToken() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

std::string NameOf(absl::string_view prefix, uint64_t token) {
  return absl::StrCat(prefix, absl::Hex(token, absl::kZeroPad16));
}

bool IsOfAnIndex(absl::string_view name) {
  return absl::StartsWith(name, kValuesPrefix) || absl::StartsWith(name, kBytesPrefix) ||
         absl::StartsWith(name, kIndexPrefix);
}

absl::Status RemoveFilesBut(const loadline::Directory& folder,
                            absl::Span<const std::string> names) {
  LOADLINE_ASSIGN_OR_RETURN(const auto entries, folder.List());
  for (const loadline::Directory::Entry& entry : entries) {
    if (!IsOfAnIndex(entry.name) ||
        std::find(names.begin(), names.end(), entry.name) != names.end()) {
      continue;
    }
    LOADLINE_RETURN_IF_ERROR(folder.RemoveFile(entry.name));
  }
  return absl::OkStatus();
}

}  // namespace

std::shared_ptr<RowValues> VectorIndex::NewValues() const {
  return RowValues::Create(*options_.folder, NameOf(kValuesPrefix, NewToken()), config_.dimension);
}

absl::StatusOr<std::shared_ptr<RecordFile>> VectorIndex::NewByteFile() const {
  return RecordFile::Create(*options_.folder, NameOf(kBytesPrefix, NewToken()),
                            ByteRows::StrideFor(Rotation::PaddedFor(config_.dimension)));
}

bool VectorIndex::CodesFit(size_t rows) const {
  return ByteRows::BytesFor(Rotation::PaddedFor(config_.dimension), rows) <=
         options_.max_code_bytes;
}

size_t VectorIndex::CodeBytesFor(ListCoding::Bytes bytes, size_t rows) const {
  const size_t dim = Rotation::PaddedFor(config_.dimension);
  if (!ListCoding::HasByteRows(HotCodeFor(dim), bytes)) return 0;
  if (lists_->BytesOnDisk()) return lists_->byte_memory_bytes();
  const size_t all = ByteRows::BytesFor(dim, rows);
  return CodesFit(lists_->rows_end()) ? std::min(all, options_.max_code_bytes) : all;
}

absl::Status VectorIndex::RemoveFiles(const loadline::Directory& folder) {
  return RemoveFilesBut(folder, {});
}

absl::Status VectorIndex::RemoveOtherFiles() const {
  MutexLock lock(mutex_);
  std::vector<std::string> names = {NameOf(kIndexPrefix, saved_token_)};
  const std::shared_ptr<const ListSnapshot>& lists = lists_->snapshot();
  for (const RowValues* const values : {lists->values.get(), saved_values_.get()}) {
    if (values != nullptr && values->file().ok()) names.push_back((*values->file())->name());
  }
  for (const RecordFile* const bytes : {lists->bytes.file().get(), saved_bytes_.get()}) {
    if (bytes != nullptr) names.push_back(bytes->name());
  }
  return RemoveFilesBut(*options_.folder, names);
}

absl::StatusOr<SavedIndex> VectorIndex::ReadSaved(uint64_t token) const {
  const std::string name = NameOf(kIndexPrefix, token);
  LOADLINE_ASSIGN_OR_RETURN(const SavedSize size, ReadIndexSize(*options_.folder, name));
  absl::StatusOr<std::shared_ptr<void>> loan = std::shared_ptr<void>();
  if (size.graph_rows > 0) loan = Borrow(HnswGraph::PredictBytes(size.graph_rows));
  LOADLINE_ASSIGN_OR_RETURN(SavedIndex saved,
                            ReadIndex(*options_.folder, name, config_, /*graph_too=*/loan.ok()));
  if (saved.facts.token != token) {
    return absl::DataLossError(
        absl::StrCat(options_.folder->path(), "/", name, ": is another index"));
  }
  if (saved.graph != nullptr) saved.graph_loan = *std::move(loan);
  return saved;
}

absl::StatusOr<size_t> VectorIndex::PredictSavedBytes(uint64_t token) const {
  LOADLINE_ASSIGN_OR_RETURN(const SavedSize size,
                            ReadIndexSize(*options_.folder, NameOf(kIndexPrefix, token)));
  const size_t dim = Rotation::PaddedFor(config_.dimension);
  const bool codes =
      ListCoding::HasByteRows(HotCodeFor(dim), size.bytes) && CodesFit(size.rows_end);
  MutexLock lock(mutex_);
  return BytesBesideCodes(size.entries, size.rows_end) + size.text_bytes +
         (codes ? ByteRows::BytesFor(dim, size.rows_end) : 0);
}

absl::Status VectorIndex::Restore(SavedIndex saved) {
  LOADLINE_ASSIGN_OR_RETURN(
      std::shared_ptr<RowValues> values,
      RowValues::Open(*options_.folder, saved.facts.values_name, config_.dimension));
  std::shared_ptr<RecordFile> bytes;
  if (saved.coding->HasByteRows()) {
    LOADLINE_ASSIGN_OR_RETURN(bytes, RecordFile::Open(*options_.folder, saved.facts.bytes_name,
                                                      ByteRows::StrideFor(saved.coding->dim())));
  }
  std::vector<uint32_t> numbers;
  std::vector<size_t> uses(saved.texts.size());
  for (const SavedEntry& entry : saved.entries) {
    numbers.push_back(entry.number);
    ++uses[entry.file];
    ++uses[entry.language];
  }
  std::sort(numbers.begin(), numbers.end());

  MutexLock lock(mutex_);
  LOADLINE_RETURN_IF_ERROR(entries_.TakeAll(numbers));
  std::vector<const std::string*> texts;
  for (size_t i = 0; i < uses.size(); ++i) texts.push_back(texts_.Acquire(saved.texts[i], uses[i]));
  numbers_.reserve(saved.entries.size());
  for (const SavedEntry& entry : saved.entries) {
    entries_.MutableEntry(entry.number) = {
        entry.id,          entry.first_line,      entry.last_line,
        texts[entry.file], texts[entry.language], entry.factor};
    numbers_.insert(entry.number);
  }
  const bool codes_fit = CodesFit(saved.places.size());
  lists_ = std::make_unique<ListIndex>(
      ListIndex::Restored{.coding = saved.coding,
                          .centres = *std::move(saved.centres),
                          .lists = std::move(saved.lists),
                          .places = std::move(saved.places),
                          .values = values,
                          .bytes = bytes,
                          .bytes_on_disk = bytes != nullptr && !codes_fit,
                          .hash_seed = saved.facts.hash_seed,
                          .entries_end = numbers.empty() ? 0 : numbers.back() + 1});
  max_length_ = saved.facts.max_length;
  // What was chosen for another target than today's is measured again.
  const CheckedEffort* const own = ForTarget(saved.facts.checked, options_.target_recall);
  if (own != nullptr && own->target == options_.target_recall) checked_ = saved.facts.checked;
  built_rows_ = saved.facts.built_rows;
  changed_since_build_ = saved.facts.changed_since_build;
  changed_since_check_ = saved.facts.changed_since_check;
  change_ = saved.facts.change;
  saved_token_ = saved.facts.token;
  saved_values_ = std::move(values);
  saved_bytes_ = std::move(bytes);
  RestoreGraph(saved);
  PublishView();
  return absl::OkStatus();
}

void VectorIndex::RestoreGraph(SavedIndex& saved) {
  graph_tries_ = saved_graph_tries_ = saved.facts.graph_tries;
  const bool may_have = options_.index == IndexKind::kGraph || options_.index == IndexKind::kAuto;
  if (!may_have || checked_.empty() || !CodesFit(saved.places.size())) return;
  if (saved.graph == nullptr) {
    const bool begun = options_.index == IndexKind::kGraph || graph_tries_ > 0;
    graph_wanted_ = begun && MayTryGraph() && FitsLists(max_length_);
    return;
  }
  graph_ = WithLoan(std::move(saved.graph), std::move(saved.graph_loan));
  checked_graph_ = saved.facts.checked_graph;
  graph_wanted_ = graph_tried_ = true;
  // Before another row takes the number of one that the graph knows.
  lists_->HoldRows(graph_->lifetime().watch());
}

// Codes that cannot be read are made anew, with the lists.
absl::Status VectorIndex::LoadBytes(const std::atomic<bool>& cancelled) {
  for (size_t chunk = 0;; ++chunk) {
    if (cancelled) return absl::CancelledError("loading codes");
    MutexLock lock(mutex_);
    const bool more = chunk < lists_->snapshot()->bytes.chunks();
    const HnswGraph* const graph = graph_.get();
    const auto linked = [&](uint32_t row) { return graph != nullptr && graph->Has(row); };
    if (more && lists_->LoadBytes(chunk, linked).ok()) continue;
    rebuild_ = more;
    PublishView();
    return absl::OkStatus();
  }
}

absl::Status VectorIndex::Save(const std::atomic<bool>& cancelled) {
  LOADLINE_ASSIGN_OR_RETURN(const Saving saving, BeginSaving());
  absl::Status status = WriteFiles(saving, cancelled);
  if (status.ok()) status = options_.set_saved(saving.facts.token, saving.facts.change);
  if (status.ok()) {
    FinishSaving(saving);
    return status;
  }
  MutexLock lock(mutex_);
  lists_->AddUnsavedBytes(saving.unsaved);
  options_.folder->RemoveFile(NameOf(kIndexPrefix, saving.facts.token)).IgnoreError();
  return status;
}

absl::StatusOr<VectorIndex::Saving> VectorIndex::BeginSaving() {
  MutexLock lock(mutex_);
  PublishView();
  Saving saving;
  saving.view = view();
  const ListSnapshot& lists = *saving.view->lists;
  saving.unsaved = lists_->TakeUnsavedBytes();
  if (checked_graph_) saving.graph = graph_;
  saving.facts = {.token = NewToken(),
                  .change = change_,
                  .hash_seed = lists_->hash_seed(),
                  .coding_seed = kSeed,
                  .max_length = max_length_,
                  .built_rows = built_rows_,
                  .changed_since_build = changed_since_build_,
                  .changed_since_check = changed_since_check_,
                  .graph_tries = graph_tries_ + (WantsGraph() ? 1 : 0),
                  .checked = checked_,
                  .checked_graph = checked_graph_,
                  .values_name = {},
                  .bytes_name = {}};
  changed_since_save_ = 0;
  LOADLINE_RETURN_IF_ERROR(lists.values->file().status());
  saving.facts.values_name = (*lists.values->file())->name();
  if (!lists.coding->HasByteRows()) return saving;
  saving.bytes = lists.bytes.file();
  if (saving.bytes == nullptr) {
    LOADLINE_ASSIGN_OR_RETURN(saving.bytes,
                              RecordFile::Create(*options_.folder, NameOf(kBytesPrefix, NewToken()),
                                                 ByteRows::StrideFor(lists.coding->dim())));
  }
  saving.facts.bytes_name = saving.bytes->name();
  return saving;
}

absl::Status VectorIndex::WriteFiles(const Saving& saving,
                                     const std::atomic<bool>& cancelled) const {
  const ListSnapshot& lists = *saving.view->lists;
  if (saving.bytes != nullptr) {
    for (uint32_t row = 0; row < lists.places.size(); ++row) {
      const size_t chunk = lists.bytes.ChunkOf(row);
      if (chunk >= saving.unsaved.size() || !saving.unsaved[chunk] ||
          !lists.bytes.InMemory(chunk)) {
        continue;
      }
      const bool linked = saving.graph != nullptr && saving.graph->Has(row);
      if (lists.places.place(row).list == RowPlace::kNoList && !linked) {
        continue;
      }
      if (cancelled.load(std::memory_order_relaxed)) return absl::CancelledError("saving");
      LOADLINE_RETURN_IF_ERROR(lists.bytes.Save(row, *saving.bytes));
    }
    LOADLINE_RETURN_IF_ERROR(saving.bytes->Sync());
  }
  LOADLINE_RETURN_IF_ERROR((*lists.values->file())->Sync());
  LOADLINE_RETURN_IF_ERROR(options_.folder->Sync());
  return WriteIndex(*options_.folder, NameOf(kIndexPrefix, saving.facts.token), saving.facts, lists,
                    saving.view->entries, saving.graph.get());
}

void VectorIndex::FinishSaving(const Saving& saving) {
  MutexLock lock(mutex_);
  const std::shared_ptr<const RowValues> values = saving.view->lists->values;
  if (saved_values_ != nullptr && saved_values_ != values) (*saved_values_->file())->Keep(false);
  if (saved_bytes_ != nullptr && saved_bytes_ != saving.bytes) saved_bytes_->Keep(false);
  (*values->file())->Keep(true);
  if (saving.bytes != nullptr) saving.bytes->Keep(true);
  // Where it stays, the next opening removes it.
  options_.folder->RemoveFile(NameOf(kIndexPrefix, saved_token_)).IgnoreError();
  saved_token_ = saving.facts.token;
  saved_values_ = values;
  saved_bytes_ = saving.bytes;
  saved_graph_tries_ = saving.facts.graph_tries;
  const ListSnapshot& lists = *lists_->snapshot();
  if (saving.bytes == nullptr || lists.coding != saving.view->lists->coding) return;
  if (!lists_->BytesOnDisk()) {
    lists_->SetByteFile(saving.bytes);
  } else if (lists.bytes.file() != saving.bytes) {
    // Rows began to go to a file of their own meanwhile: the next saving puts the others there.
    lists_->AddUnsavedBytes(std::vector<bool>(lists.bytes.chunks(), true));
  }
}

}  // namespace stowage
