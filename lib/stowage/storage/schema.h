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
  // Whether new files can be made shorter, see Connection::GiveBackFreePages(). In such a file one
  // page in page_size / 5 says of the others what points to them. An upgraded file stays as it was
  // made.
  bool gives_pages_back = false;
  // The format before, whose files become files of this one when they are opened: tables and
  // indexes that they lack are made, and `upgrade`, if there is one, does the rest. Null: there is
  // none that is still read.
  const Schema* previous = nullptr;
  absl::Status (*upgrade)(Connection&) = nullptr;
};

// The bytes of a new, empty file with this schema, belonging to `identity`.
absl::StatusOr<std::string> NewFileImage(const Schema& schema, absl::string_view identity);

// Holds the open file against the schema, or against the previous one whose version it has.
// kFailedPrecondition: made by a newer version; kDataLoss: another kind of file, another owner's,
// or an object is missing, different or extra. Sets the connection's row seed. Writes nothing.
absl::Status CheckSchema(Connection& connection, const Schema& schema, absl::string_view identity);
// Makes of a file that CheckSchema() accepted one of this very schema, as a whole and durably.
absl::Status UpgradeSchema(Connection& connection, const Schema& schema);

}  // namespace stowage

#endif  // STOWAGE_STORAGE_SCHEMA_H_
