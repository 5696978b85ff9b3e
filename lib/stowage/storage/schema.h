#ifndef STOWAGE_STORAGE_SCHEMA_H_
#define STOWAGE_STORAGE_SCHEMA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "stowage/storage/connection.h"
#include "stowage/storage/table.h"

namespace stowage {

// What a file must look like, to the letter. The table `file`, which says whose file it is, is
// added to every schema.
struct Schema {
  uint32_t application_id = 0;  // at offset 68 of the file; tells file kinds apart
  int user_version = 1;         // raised with every change of the format
  int page_size = 4096;         // a power of two, 512..65536; of new files
  std::vector<Table> tables;
  std::vector<std::string> indexes;  // "CREATE INDEX name ON table(column)", in that spelling
};

// The bytes of a new, empty file with this schema, belonging to `identity`.
absl::StatusOr<std::string> NewFileImage(const Schema& schema, absl::string_view identity);

// Holds the open file against the schema. kFailedPrecondition: made by a newer version;
// kDataLoss: another kind of file, another owner's, or an object is missing, different or extra.
// Sets the connection's row seed. Writes nothing.
absl::Status CheckSchema(Connection& connection, const Schema& schema, absl::string_view identity);

}  // namespace stowage

#endif  // STOWAGE_STORAGE_SCHEMA_H_
