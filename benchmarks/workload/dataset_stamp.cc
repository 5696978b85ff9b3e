#include "benchmarks/workload/dataset_stamp.h"

#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/crc32c.h"

namespace loadline::workload {
namespace {

// magic, CRC-32C of what follows, key, then size, time, length and bytes of each path.
constexpr absl::string_view kMagic = "LLSTAMP1";

template <typename T>
void Put(T value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// False when too little is left.
template <typename T>
bool Take(absl::string_view& in, T& value) {
  if (in.size() < sizeof(value)) return false;
  std::memcpy(&value, in.data(), sizeof(value));
  in.remove_prefix(sizeof(value));
  return true;
}

bool TakePath(absl::string_view& in, WatchedPath& watched) {
  uint32_t length = 0;
  if (!Take(in, watched.size) || !Take(in, watched.modified_nanos) || !Take(in, length) ||
      in.size() < length) {
    return false;
  }
  watched.path = std::string(in.substr(0, length));
  in.remove_prefix(length);
  return true;
}

}  // namespace

std::string EncodeStamp(const DatasetStamp& stamp) {
  std::string body;
  Put(stamp.key.high, body);
  Put(stamp.key.low, body);
  for (const WatchedPath& watched : stamp.watched) {
    Put(watched.size, body);
    Put(watched.modified_nanos, body);
    Put(static_cast<uint32_t>(watched.path.size()), body);
    body += watched.path;
  }
  std::string bytes(kMagic);
  Put(Crc32c(0, body.data(), body.size()), bytes);
  return bytes + body;
}

absl::StatusOr<DatasetStamp> DecodeStamp(absl::string_view bytes) {
  uint32_t crc = 0;
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    return absl::DataLossError(absl::StrCat("does not begin with ", kMagic));
  }
  bytes.remove_prefix(kMagic.size());
  if (!Take(bytes, crc) || crc != Crc32c(0, bytes.data(), bytes.size())) {
    return absl::DataLossError("checksum is wrong");
  }
  DatasetStamp stamp;
  bool whole = Take(bytes, stamp.key.high) && Take(bytes, stamp.key.low);
  while (whole && !bytes.empty()) {
    whole = TakePath(bytes, stamp.watched.emplace_back());
  }
  if (!whole) return absl::DataLossError("ends within a record");
  return stamp;
}

}  // namespace loadline::workload
