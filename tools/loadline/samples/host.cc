#include "tools/loadline/samples/host.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace loadline::samples {

Host HostOf(const results::ResultFile& file) {
  Host host;
  host.name = file.ContextText("loadline.host.name");
  if (host.name.empty()) host.name = file.ContextText("host_name");
  if (host.name.empty()) host.name = "unknown host";
  std::vector<std::string> parts;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) parts.push_back(part);
  };
  const std::string os = file.ContextText("loadline.host.os");
  const std::string release = file.ContextText("loadline.host.os_release");
  add(release.empty() ? os : absl::StrCat(os, os.empty() ? "" : " ", release));
  add(file.ContextText("loadline.host.architecture"));
  add(file.ContextText("loadline.host.hardware_model"));
  add(file.ContextText("loadline.host.cpu_model"));
  const std::string cpus = file.ContextText("num_cpus");
  if (!cpus.empty()) parts.push_back(absl::StrCat(cpus, cpus == "1" ? " CPU" : " CPUs"));
  host.description = absl::StrJoin(parts, ", ");
  return host;
}

}  // namespace loadline::samples
