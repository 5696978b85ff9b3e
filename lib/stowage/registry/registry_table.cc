#include "stowage/registry/registry_table.h"

#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/log.h"
#include "loadline/base/status_macros.h"
#include "stowage/registry/project_status.h"

namespace stowage {
namespace {

constexpr uint32_t kApplicationId = 0x53745267;  // "StRg"
constexpr int kFormat = 1;
constexpr absl::string_view kActiveKey = "active";
constexpr absl::string_view kRetiredKey = "retired_sequence";

enum ProjectColumn : size_t {
  kSequence,
  kId,
  kName,
  kSourcePath,
  kLanguage,
  kMetadata,
  kStatus,
  kCreated,
  kUpdated
};

const Table& Projects() {
  static const Table table("projects", {{"sequence", ColumnType::kInteger},
                                        {"id", ColumnType::kBlob},
                                        {"name", ColumnType::kText},
                                        {"source_path", ColumnType::kBlob},
                                        {"language", ColumnType::kBlob},
                                        {"metadata", ColumnType::kBlob},
                                        {"status", ColumnType::kInteger},
                                        {"created_wall_nanos", ColumnType::kInteger},
                                        {"updated_wall_nanos", ColumnType::kInteger}});
  return table;
}

const Table& State() {
  static const Table table("state", {{"key", ColumnType::kText}, {"value", ColumnType::kBlob}});
  return table;
}

void AppendSized(std::string& out, absl::string_view text) {
  const auto size = static_cast<uint32_t>(text.size());
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(size >> shift));
  out.append(text.data(), text.size());
}

bool ReadSized(absl::string_view& in, std::string& text) {
  if (in.size() < 4) return false;
  uint32_t size = 0;
  for (size_t i = 0; i < 4; ++i) size |= uint32_t{static_cast<uint8_t>(in[i])} << (8 * i);
  in.remove_prefix(4);
  if (in.size() < size) return false;
  text.assign(in.data(), size);
  in.remove_prefix(size);
  return true;
}

std::string EncodeMetadata(const ProjectMetadata& metadata) {
  std::string out;
  for (const auto& [key, value] : metadata) {
    AppendSized(out, key);
    AppendSized(out, value);
  }
  return out;
}

absl::StatusOr<ProjectMetadata> DecodeMetadata(absl::string_view in) {
  ProjectMetadata metadata;
  std::string key;
  std::string value;
  while (!in.empty()) {
    if (!ReadSized(in, key) || !ReadSized(in, value)) {
      return absl::DataLossError("metadata ends in the middle of an entry");
    }
    metadata.emplace_hint(metadata.end(), std::move(key), std::move(value));
  }
  return metadata;
}

absl::Status NotAProject(const Row& row, const absl::Status& why) {
  return absl::DataLossError(absl::StrCat("registry.db: table projects, sequence ",
                                          row.Integer(kSequence),
                                          ": not a project: ", why.message()));
}

// The checksum was right, so no disk made this number: a program wrote what it was handed, before
// it was checked. One such record is not to cost the list of all projects.
ProjectStatus ReadStatus(int64_t sequence, int64_t stored) {
  if (const auto status = ProjectStatuses().FromStored(stored)) return *status;
  loadline::Log(
      {.level = loadline::LogLevel::kWarning,
       .component = "registry",
       .message = "a project has a status that there is none of; it is read as failed",
       .fields = {{"sequence", absl::StrCat(sequence)}, {"status", absl::StrCat(stored)}}});
  return ProjectStatus::kFailed;
}

absl::StatusOr<ProjectRecord> Decode(const Row& row) {
  if (row.Integer(kSequence) < 1) {
    return NotAProject(row, absl::DataLossError("sequence numbers start at 1"));
  }
  auto id = ProjectId::FromBytes(row.Blob(kId));
  if (!id.ok()) return NotAProject(row, id.status());
  auto name = ProjectName::Parse(row.Text(kName));
  if (!name.ok()) return NotAProject(row, name.status());
  auto metadata = DecodeMetadata(row.Blob(kMetadata));
  if (!metadata.ok()) return NotAProject(row, metadata.status());
  return ProjectRecord{*id,
                       *std::move(name),
                       std::string(row.Blob(kSourcePath)),
                       std::string(row.Blob(kLanguage)),
                       *std::move(metadata),
                       ReadStatus(row.Integer(kSequence), row.Integer(kStatus)),
                       row.Integer(kSequence),
                       row.Integer(kCreated),
                       row.Integer(kUpdated)};
}

absl::Status Write(Connection& connection, const ProjectRecord& record,
                   absl::Status (Table::*write)(Connection&, absl::Span<const Value>) const) {
  const std::string metadata = EncodeMetadata(record.metadata);
  const Value row[] = {Value::Integer(record.sequence),
                       Value::Blob(record.id.bytes()),
                       Value::Text(record.name.text()),
                       Value::Blob(record.source_path),
                       Value::Blob(record.language),
                       Value::Blob(metadata),
                       Value::Integer(static_cast<int64_t>(record.status)),
                       Value::Integer(record.created_wall_nanos),
                       Value::Integer(record.updated_wall_nanos)};
  return (Projects().*write)(connection, absl::MakeConstSpan(row));
}

absl::StatusOr<std::optional<std::string>> GetState(Connection& connection, absl::string_view key) {
  std::optional<std::string> value;
  LOADLINE_RETURN_IF_ERROR(State()
                               .Get(connection, {Value::Text(key)},
                                    [&](const Row& row) {
                                      value = std::string(row.Blob(1));
                                      return absl::OkStatus();
                                    })
                               .status());
  return value;
}

}  // namespace

const Schema& RegistryTable::FileSchema() {
  static const Schema schema{kApplicationId, kFormat, 4096, {Projects(), State()}, {}};
  return schema;
}

absl::Status RegistryTable::Insert(Connection& connection, const ProjectRecord& record) {
  return Write(connection, record, &Table::Insert);
}

absl::Status RegistryTable::Update(Connection& connection, const ProjectRecord& record) {
  return Write(connection, record, &Table::Upsert);
}

absl::StatusOr<bool> RegistryTable::Delete(Connection& connection, int64_t sequence) {
  return Projects().Delete(connection, {Value::Integer(sequence)});
}

absl::StatusOr<std::optional<ProjectRecord>> RegistryTable::Get(Connection& connection,
                                                                int64_t sequence) {
  std::optional<ProjectRecord> record;
  LOADLINE_RETURN_IF_ERROR(Projects()
                               .Get(connection, {Value::Integer(sequence)},
                                    [&](const Row& row) -> absl::Status {
                                      LOADLINE_ASSIGN_OR_RETURN(record, Decode(row));
                                      return absl::OkStatus();
                                    })
                               .status());
  return record;
}

absl::Status RegistryTable::ForEach(Connection& connection,
                                    absl::FunctionRef<absl::Status(ProjectRecord)> visit) {
  return Projects().Scan(connection, "ORDER BY sequence", {}, [&](const Row& row) -> absl::Status {
    LOADLINE_ASSIGN_OR_RETURN(ProjectRecord record, Decode(row));
    return visit(std::move(record));
  });
}

absl::Status RegistryTable::SetActive(Connection& connection, const std::optional<ProjectId>& id) {
  if (!id) return State().Delete(connection, {Value::Text(kActiveKey)}).status();
  return State().Upsert(connection, {Value::Text(kActiveKey), Value::Blob(id->bytes())});
}

absl::StatusOr<std::optional<ProjectId>> RegistryTable::GetActive(Connection& connection) {
  LOADLINE_ASSIGN_OR_RETURN(const auto bytes, GetState(connection, kActiveKey));
  if (!bytes) return std::nullopt;
  auto id = ProjectId::FromBytes(*bytes);
  if (!id.ok()) {
    return absl::DataLossError(
        absl::StrCat("registry.db: the active project is not an id: ", id.status().message()));
  }
  return *id;
}

absl::Status RegistryTable::SetRetiredSequence(Connection& connection, int64_t sequence) {
  const std::string text = absl::StrCat(sequence);
  return State().Upsert(connection, {Value::Text(kRetiredKey), Value::Blob(text)});
}

absl::StatusOr<int64_t> RegistryTable::GetRetiredSequence(Connection& connection) {
  LOADLINE_ASSIGN_OR_RETURN(const auto text, GetState(connection, kRetiredKey));
  int64_t sequence = 0;
  if (text && !absl::SimpleAtoi(*text, &sequence)) {
    return absl::DataLossError("registry.db: the retired sequence is not a number");
  }
  return sequence;
}

}  // namespace stowage
