#include "benchmarks/peers/float_file.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace loadline::bench {

absl::Status WriteFloats(const std::string& path, absl::Span<const float> values) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(float)));
  out.close();
  if (out) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("writing ", path, " failed"));
}

absl::StatusOr<std::vector<float>> ReadFloats(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("reading ", path));
  std::vector<float> values(size / sizeof(float));
  std::ifstream in(path, std::ios::binary);
  in.read(reinterpret_cast<char*>(values.data()),
          static_cast<std::streamsize>(values.size() * sizeof(float)));
  if (in) return values;
  return absl::UnavailableError(absl::StrCat("reading ", path, " failed"));
}

}  // namespace loadline::bench
