#ifndef STOWAGE_REGISTRY_REGISTRY_TABLE_H_
#define STOWAGE_REGISTRY_REGISTRY_TABLE_H_

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stowage/registry/project_id.h"
#include "stowage/registry/project_name.h"
#include "stowage/registry/project_record.h"
#include "stowage/storage/schema.h"
#include "stowage/storage/table.h"

namespace stowage {

// How the registry lies in registry.db (docs/formats.md). Rows are found by sequence number alone:
// one tree, to whose end every registration appends. That ids and names are unique is the
// registry's to see to, which has them in memory. Stateless; every function takes the
// connection that Database::Commit or Read hands out. Statuses are those of Table, and kDataLoss
// for a row whose content, checksum or not, is not a project.
class RegistryTable {
 public:
  static const Schema& FileSchema();

  // kAlreadyExists: the sequence number is taken.
  static absl::Status Insert(Connection& connection, const ProjectRecord& record);
  static absl::Status Update(Connection& connection, const ProjectRecord& record);
  static absl::StatusOr<bool> Delete(Connection& connection, int64_t sequence);
  static absl::StatusOr<std::optional<ProjectRecord>> Get(Connection& connection, int64_t sequence);
  // In the order of registration.
  static absl::Status ForEach(Connection& connection,
                              absl::FunctionRef<absl::Status(ProjectRecord)> visit);

  static absl::Status SetActive(Connection& connection, const std::optional<ProjectId>& id);
  static absl::StatusOr<std::optional<ProjectId>> GetActive(Connection& connection);

  // The highest sequence number whose project was removed while it was the highest; 0 if none.
  // Kept so that no number is given twice.
  static absl::Status SetRetiredSequence(Connection& connection, int64_t sequence);
  static absl::StatusOr<int64_t> GetRetiredSequence(Connection& connection);
};

}  // namespace stowage

#endif  // STOWAGE_REGISTRY_REGISTRY_TABLE_H_
