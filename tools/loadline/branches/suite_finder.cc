#include "tools/loadline/branches/suite_finder.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/branches/name_list.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::branches {
namespace {

namespace fs = std::filesystem;
using rapidjson::Value;
using results::Quoted;

constexpr char kApi[] = "/.cmake/api/v1/";

// The member, or a null value: absent and of another kind are the same here.
const Value& At(const Value& object, const char* name) {
  static const Value null;
  if (!object.IsObject()) return null;
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? null : found->value;
}
absl::string_view Text(const Value& object, const char* name) {
  const Value& value = At(object, name);
  return value.IsString() ? absl::string_view(value.GetString(), value.GetStringLength())
                          : absl::string_view();
}
template <typename Visit>
void ForEach(const Value& array, Visit visit) {
  if (!array.IsArray()) return;
  for (const Value& value : array.GetArray()) visit(value);
}

absl::StatusOr<rapidjson::Document> ReadJson(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (!document.HasParseError()) return document;
  return absl::FailedPreconditionError(
      absl::StrCat("CMake's description of the project, ", Quoted(path), ", is no JSON"));
}

// A file name out of the description, which leads nowhere else.
bool IsPlain(absl::string_view file) { return !file.empty() && !absl::StrContains(file, '/'); }

// The name of the newest reply of this kind: names sort by their time.
std::string NewestFile(const std::string& dir, absl::string_view prefix) {
  std::string newest;
  std::error_code error;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (absl::StartsWith(name, prefix)) newest = std::max(newest, name);
  }
  return newest;
}

bool IsBenchmarkLibrary(absl::string_view fragment) {
  if (absl::StartsWith(fragment, "-lbenchmark")) return true;
  fragment.remove_prefix(std::min(fragment.size(), fragment.find_last_of("/\\") + 1));
  absl::ConsumePrefix(&fragment, "lib");
  if (!absl::ConsumePrefix(&fragment, "benchmark")) return false;
  absl::ConsumePrefix(&fragment, "_main");
  absl::ConsumePrefix(&fragment, "d");
  return absl::StartsWith(fragment, ".");
}

bool LinksBenchmark(const Value& target) {
  bool links = false;
  ForEach(At(At(target, "link"), "commandFragments"), [&](const Value& fragment) {
    links = links || (Text(fragment, "role") == "libraries" &&
                      IsBenchmarkLibrary(Text(fragment, "fragment")));
  });
  return links;
}

// None where the target is no executable.
std::vector<Executable> ExecutableOf(const Value& target, const std::string& build_dir) {
  if (Text(target, "type") != "EXECUTABLE") return {};
  std::string path;
  ForEach(At(target, "artifacts"), [&](const Value& artifact) {
    const absl::string_view file = Text(artifact, "path");
    // A program can have debug symbols beside it.
    const bool program =
        fs::path(std::string(file)).filename() == fs::path(std::string(Text(target, "nameOnDisk")));
    if (program && !file.empty()) path = (fs::path(build_dir) / std::string(file)).string();
  });
  if (path.empty()) return {};
  return {{std::string(Text(target, "name")), path, LinksBenchmark(target)}};
}

const Value& ConfigurationOf(const Value& codemodel, absl::string_view name) {
  static const Value null;
  const Value* chosen = nullptr;
  ForEach(At(codemodel, "configurations"), [&](const Value& configuration) {
    if (chosen == nullptr || Text(configuration, "name") == name) chosen = &configuration;
  });
  return chosen == nullptr ? null : *chosen;
}

std::string Names(const std::vector<Executable>& executables) {
  std::vector<std::string> names;
  for (const Executable& executable : executables) names.push_back(executable.target);
  return NameList(names);
}

}  // namespace

absl::Status AskForCodemodel(const std::string& build_dir) {
  const std::string dir = absl::StrCat(build_dir, kApi, "query");
  std::error_code error;
  fs::create_directories(dir, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("making ", dir));
  std::ofstream query(absl::StrCat(dir, "/codemodel-v2"));
  if (query.good()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("writing ", dir, "/codemodel-v2"));
}

absl::StatusOr<std::vector<Executable>> ReadExecutables(const std::string& build_dir,
                                                        absl::string_view configuration) {
  const std::string dir = absl::StrCat(build_dir, kApi, "reply/");
  const std::string codemodel_file = NewestFile(dir, "codemodel-v2-");
  if (codemodel_file.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("CMake has not described the project in ",
                                                      dir, ": its version must be 3.14 or newer"));
  }
  LOADLINE_ASSIGN_OR_RETURN(const rapidjson::Document codemodel, ReadJson(dir + codemodel_file));
  std::vector<std::string> files;
  ForEach(At(ConfigurationOf(codemodel, configuration), "targets"), [&](const Value& target) {
    const absl::string_view file = Text(target, "jsonFile");
    if (IsPlain(file)) files.push_back(absl::StrCat(dir, file));
  });
  std::vector<Executable> executables;
  for (const std::string& file : files) {
    LOADLINE_ASSIGN_OR_RETURN(const rapidjson::Document target, ReadJson(file));
    for (Executable& executable : ExecutableOf(target, build_dir)) {
      executables.push_back(std::move(executable));
    }
  }
  std::sort(executables.begin(), executables.end(),
            [](const Executable& a, const Executable& b) { return a.target < b.target; });
  return executables;
}

absl::StatusOr<Executable> ChooseSuite(const std::vector<Executable>& executables,
                                       const std::string& target) {
  std::vector<Executable> suites;
  for (const Executable& executable : executables) {
    if (target.empty() ? executable.links_benchmark : executable.target == target) {
      suites.push_back(executable);
    }
  }
  if (suites.size() == 1) return suites.front();
  if (!target.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("no executable is called ", Quoted(target),
                                                   "; there are: ", Names(executables)));
  }
  if (suites.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no executable links Google Benchmark: name the benchmark program with "
                     "--target; there are: ",
                     Names(executables)));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      suites.size(),
      " executables link Google Benchmark: say which with --target; there are: ", Names(suites)));
}

}  // namespace loadline::branches
