#include "tools/loadline/samples/environment.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/samples/machine_load.h"
#include "tools/loadline/samples/time_semantics.h"

namespace loadline::samples {
namespace {

using policy::EnvironmentRule;
using policy::EnvironmentRules;
using policy::EnvironmentTest;
using policy::EnvironmentWeight;
using results::Json;
using results::ResultFile;

constexpr double kClockTolerance = 1.05;  // the fastest over the slowest
constexpr double kStealPercent = 1.0;

// The first of the context's keys that says something.
std::string First(const ResultFile& file, std::initializer_list<absl::string_view> keys) {
  for (const absl::string_view key : keys) {
    std::string text = file.ContextText(key);
    if (!text.empty() && text != "unavailable" && text != "unknown") return text;
  }
  return std::string();
}

// "Release, optimized true, assertions false, sanitizer none"; empty where nothing is said.
std::string Build(const ResultFile& file) {
  std::vector<std::string> parts;
  const std::string type = First(file, {"loadline.build_type"});
  if (!type.empty()) parts.push_back(type);
  for (const absl::string_view name : {"optimized", "assertions", "sanitizer"}) {
    const std::string value = First(file, {absl::StrCat("loadline.", name)});
    if (!value.empty()) parts.push_back(absl::StrCat(name, " ", value));
  }
  return absl::StrJoin(parts, ", ");
}

// "L1 Data 32768, L2 Unified 524288"; sizes in bytes.
std::string Caches(const ResultFile& file) {
  const Json* caches = results::FindMember(file.context, "caches");
  const auto* array = caches == nullptr ? nullptr : std::get_if<Json::Array>(&caches->value);
  if (array == nullptr) return std::string();
  std::vector<std::string> parts;
  for (const Json& cache : *array) {
    const auto* members = std::get_if<Json::Object>(&cache.value);
    if (members == nullptr) continue;
    const Json* type = results::FindMember(*members, "type");
    const Json* level = results::FindMember(*members, "level");
    const Json* size = results::FindMember(*members, "size");
    if (type == nullptr || type->AsString() == nullptr || level == nullptr || size == nullptr) {
      continue;
    }
    parts.push_back(absl::StrCat("L", level->AsNumber().value_or(0), " ", *type->AsString(), " ",
                                 size->AsNumber().value_or(0)));
  }
  return absl::StrJoin(parts, ", ");
}

std::string LoadPerCpu(const ResultFile& file) {
  const std::optional<MachineLoad> load = LoadOf(file);
  return load.has_value() ? absl::StrCat(load->PerCpu()) : std::string();
}

std::string ValueOf(const ResultFile& file, absl::string_view key) {
  if (key == "cpu_model") return First(file, {"loadline.host.cpu_model"});
  if (key == "hardware_model") return First(file, {"loadline.host.hardware_model"});
  if (key == "architecture") return First(file, {"loadline.host.architecture"});
  if (key == "num_cpus") return First(file, {"num_cpus", "loadline.host.online_cpus"});
  if (key == "usable_cpus") return First(file, {"loadline.host.usable_cpus"});
  if (key == "os") return First(file, {"loadline.host.os"});
  if (key == "os_release") return First(file, {"loadline.host.os_release"});
  if (key == "page_bytes") return First(file, {"loadline.host.page_bytes"});
  if (key == "thp") return First(file, {"loadline.host.thp"});
  if (key == "host") return First(file, {"loadline.host.name", "host_name"});
  if (key == "build") return Build(file);
  if (key == "caches") return Caches(file);
  if (key == "load") return LoadPerCpu(file);
  if (key == "steal") return First(file, {"loadline.steal_pct"});
  if (key == "time_semantics") return TimeSemanticsOf(file);
  if (key == "library_version") return First(file, {"loadline.gb_version", "library_version"});
  if (key == "cpu_scaling") return First(file, {"cpu_scaling_enabled"});
  if (key == "aslr") return First(file, {"loadline.aslr", "aslr_enabled"});
  if (key == "isolation") {
    const std::string isolation = First(file, {"loadline.isolation"});
    return isolation.empty() ? "all benchmarks of a file in one process" : isolation;
  }
  if (key == "mhz_per_cpu" || key == "library_build_type" || key == "executable") {
    return First(file, {key});
  }
  return First(file, {absl::StrCat("loadline.", key)});
}

// The different values in the order of the files; "" where a file says none.
std::vector<std::string> Distinct(absl::Span<const Environment> files, size_t rule) {
  std::vector<std::string> values;
  for (const Environment& file : files) {
    const std::string& value = file.values[rule];
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  return values;
}

std::vector<std::string> Said(const std::vector<std::string>& a,
                              const std::vector<std::string>& b = {}) {
  std::vector<std::string> said;
  for (const auto* values : {&a, &b}) {
    for (const std::string& value : *values) {
      if (!value.empty() && std::find(said.begin(), said.end(), value) == said.end()) {
        said.push_back(value);
      }
    }
  }
  return said;
}

bool AnyAbove(const std::vector<std::string>& values, double limit) {
  return std::any_of(values.begin(), values.end(), [&](const std::string& text) {
    double value = 0;
    return absl::SimpleAtod(text, &value) && value > limit;
  });
}

bool ClockRatesDiffer(const std::vector<std::string>& values) {
  double slowest = 0;
  double fastest = 0;
  for (const std::string& text : values) {
    double value = 0;
    if (!absl::SimpleAtod(text, &value) || !(value > 0)) return values.size() > 1;
    slowest = slowest == 0 ? value : std::min(slowest, value);
    fastest = std::max(fastest, value);
  }
  return fastest > kClockTolerance * slowest;
}

bool Differs(const EnvironmentRule& rule, const std::vector<std::string>& base,
             const std::vector<std::string>& candidate) {
  switch (rule.test) {
    case EnvironmentTest::kText:
      return Said(base, candidate).size() > 1;
    case EnvironmentTest::kClockRate:
      return ClockRatesDiffer(Said(base, candidate));
    case EnvironmentTest::kLoad:
      return AnyAbove(Said(base, candidate), kBusyLoadPerCpu);
    case EnvironmentTest::kSteal:
      return AnyAbove(Said(base, candidate), kStealPercent);
    case EnvironmentTest::kOneSideAlone:
      return Said(base).size() > 1 || Said(candidate).size() > 1;
  }
  return true;
}

// Some files say it and others do not.
bool PartlySaid(const EnvironmentRule& rule, const std::vector<std::string>& base,
                const std::vector<std::string>& candidate) {
  if (rule.test != EnvironmentTest::kText && rule.test != EnvironmentTest::kClockRate) return false;
  const auto silent = [](const std::vector<std::string>& values) {
    return std::find(values.begin(), values.end(), "") != values.end();
  };
  return !Said(base, candidate).empty() && (silent(base) || silent(candidate));
}

std::string Joined(const std::vector<std::string>& values) {
  return absl::StrJoin(values, " | ", [](std::string* out, const std::string& value) {
    absl::StrAppend(out, value.empty() ? "not said" : value);
  });
}

size_t RuleIndex(absl::string_view key) {
  size_t index = 0;
  while (index < EnvironmentRules().size() && EnvironmentRules()[index].key != key) ++index;
  return index;
}

// Whether all files say that they are of one host, and none that its processor is another. The
// clock rate that such files say is what the clock happened to be at, as on many machines.
bool OneMachine(absl::Span<const Environment> base, absl::Span<const Environment> candidate) {
  const auto values = [&](absl::string_view key) {
    const size_t rule = RuleIndex(key);
    std::vector<std::string> all = Distinct(base, rule);
    for (std::string& value : Distinct(candidate, rule)) all.push_back(std::move(value));
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  };
  const std::vector<std::string> hosts = values("host");
  return hosts.size() == 1 && !hosts.front().empty() && Said(values("cpu_model")).size() <= 1;
}

bool Contains(absl::Span<const std::string> list, absl::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

std::string EnvironmentDifference::Text() const {
  std::string text =
      absl::StrCat(what, weight == EnvironmentWeight::kRefuse ? " differs" : "", ": base ",
                   results::Quoted(base), ", new ", results::Quoted(candidate));
  if (within_side) absl::StrAppend(&text, "; the files of one side do not agree");
  if (weight != EnvironmentWeight::kRefuse) return text;
  if (allowed) return absl::StrCat(text, " (allowed by ", key, ")");
  return absl::StrCat(text, only_threaded ? "; threaded benchmarks are" : "; figures are",
                      " not comparable (--allow-env ", key, " compares them all the same)");
}

Environment EnvironmentOf(const ResultFile& file) {
  Environment environment;
  environment.source = file.source;
  environment.values.reserve(EnvironmentRules().size());
  for (const EnvironmentRule& rule : EnvironmentRules())
    environment.values.push_back(ValueOf(file, rule.key));
  return environment;
}

std::vector<EnvironmentDifference> CompareEnvironments(absl::Span<const Environment> base,
                                                       absl::Span<const Environment> candidate,
                                                       absl::Span<const std::string> allow) {
  std::vector<EnvironmentDifference> differences;
  for (size_t i = 0; i < EnvironmentRules().size(); ++i) {
    const EnvironmentRule& rule = EnvironmentRules()[i];
    const std::vector<std::string> base_values = Distinct(base, i);
    const std::vector<std::string> candidate_values = Distinct(candidate, i);
    const bool differs = Differs(rule, base_values, candidate_values);
    if (!differs && !PartlySaid(rule, base_values, candidate_values)) continue;
    EnvironmentDifference difference;
    difference.key = std::string(rule.key);
    difference.what = std::string(rule.what);
    difference.weight = differs ? rule.differs : rule.unsaid;
    if (rule.test == EnvironmentTest::kClockRate && OneMachine(base, candidate)) {
      difference.weight = EnvironmentWeight::kWarn;
    }
    difference.only_threaded = rule.only_threaded;
    difference.concerns = rule.concerns;
    difference.allowed = difference.weight == EnvironmentWeight::kRefuse &&
                         (Contains(allow, rule.key) || Contains(allow, "all"));
    difference.base = Joined(base_values);
    difference.candidate = Joined(candidate_values);
    difference.within_side = (base_values.size() > 1 || candidate_values.size() > 1) &&
                             rule.differs == EnvironmentWeight::kRefuse;
    differences.push_back(std::move(difference));
  }
  return differences;
}

std::vector<std::string> UnsaidByAll(absl::Span<const Environment> base,
                                     absl::Span<const Environment> candidate) {
  std::vector<std::string> unsaid;
  for (size_t i = 0; i < EnvironmentRules().size(); ++i) {
    if (EnvironmentRules()[i].asked_for &&
        Said(Distinct(base, i), Distinct(candidate, i)).empty()) {
      unsaid.emplace_back(EnvironmentRules()[i].what);
    }
  }
  return unsaid;
}

bool SameExecutable(absl::Span<const Environment> base, absl::Span<const Environment> candidate) {
  const size_t rule = RuleIndex("executable_hash");
  const std::vector<std::string> base_values = Distinct(base, rule);
  return base_values.size() == 1 && !base_values.front().empty() &&
         Distinct(candidate, rule) == base_values;
}

}  // namespace loadline::samples
