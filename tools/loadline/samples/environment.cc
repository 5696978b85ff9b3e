#include "tools/loadline/samples/environment.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/samples/machine.h"
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
  for (const absl::string_view of_host : {"cpu_model", "hardware_model", "architecture", "os",
                                          "os_release", "usable_cpus", "page_bytes", "thp"}) {
    if (key == of_host) return First(file, {absl::StrCat("loadline.host.", key)});
  }
  if (key == "num_cpus") return First(file, {"num_cpus", "loadline.host.online_cpus"});
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

using Values = std::vector<std::string>;

// What the files say of a rule: the different values in the order of the files, "" where one says
// none.
struct Answers {
  Values base;
  Values candidate;
  Values said;  // of both sides, without ""
  bool partly;  // some files say it and others do not
};

void AddOnce(Values& values, const std::string& value) {
  if (!absl::c_linear_search(values, value)) values.push_back(value);
}

Answers AnswersTo(absl::string_view key, absl::Span<const Environment> base,
                  absl::Span<const Environment> candidate) {
  const auto rules = EnvironmentRules();
  const auto asked = absl::c_find_if(rules, [&](const auto& rule) { return rule.key == key; });
  const auto rule = static_cast<size_t>(asked - rules.begin());
  Answers answers{};
  for (const Environment& file : base) AddOnce(answers.base, file.values[rule]);
  for (const Environment& file : candidate) AddOnce(answers.candidate, file.values[rule]);
  answers.said = answers.base;
  for (const std::string& value : answers.candidate) AddOnce(answers.said, value);
  answers.partly = std::erase(answers.said, "") > 0 && !answers.said.empty();
  return answers;
}

bool IsDivided(const Values& values) {
  return absl::c_count_if(values, [](const auto& value) { return !value.empty(); }) > 1;
}

bool AnyAbove(const Values& values, double limit) {
  return absl::c_any_of(values, [&](const std::string& text) {
    double value = 0;
    return absl::SimpleAtod(text, &value) && value > limit;
  });
}

bool ClockRatesDiffer(const Values& values) {
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

bool Differs(const EnvironmentRule& rule, const Answers& answers) {
  switch (rule.test) {
    case EnvironmentTest::kText:
      return answers.said.size() > 1;
    case EnvironmentTest::kClockRate:
      return ClockRatesDiffer(answers.said);
    case EnvironmentTest::kLoad:
      return AnyAbove(answers.said, kBusyLoadPerCpu);
    case EnvironmentTest::kSteal:
      return AnyAbove(answers.said, kStealPercent);
    case EnvironmentTest::kOneSideAlone:
      return IsDivided(answers.base) || IsDivided(answers.candidate);
  }
  return true;
}

std::string Joined(const Values& values) {
  return absl::StrJoin(values, " | ", [](std::string* out, const std::string& value) {
    absl::StrAppend(out, value.empty() ? "not said" : value);
  });
}

// Whether all files say that they are of one host, and none that its processor is another. The
// clock rate that such files say is what the clock happened to be at, as on many machines.
bool OneMachine(absl::Span<const Environment> base, absl::Span<const Environment> candidate) {
  const Answers host = AnswersTo("host", base, candidate);
  return host.said.size() == 1 && !host.partly &&
         AnswersTo("cpu_model", base, candidate).said.size() <= 1;
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
  environment.values.reserve(EnvironmentRules().size());
  for (const EnvironmentRule& rule : EnvironmentRules()) {
    environment.values.push_back(ValueOf(file, rule.key));
  }
  return environment;
}

std::vector<EnvironmentDifference> CompareEnvironments(absl::Span<const Environment> base,
                                                       absl::Span<const Environment> candidate,
                                                       absl::Span<const std::string> allow) {
  std::vector<EnvironmentDifference> differences;
  for (const EnvironmentRule& rule : EnvironmentRules()) {
    const Answers answers = AnswersTo(rule.key, base, candidate);
    const bool differs = Differs(rule, answers);
    const bool clock_rate = rule.test == EnvironmentTest::kClockRate;
    const bool comparable = clock_rate || rule.test == EnvironmentTest::kText;
    if (!differs && !(comparable && answers.partly)) continue;
    const EnvironmentWeight weight = clock_rate && OneMachine(base, candidate)
                                         ? EnvironmentWeight::kWarn
                                     : differs ? rule.differs
                                               : rule.unsaid;
    const bool several = answers.base.size() > 1 || answers.candidate.size() > 1;
    const bool allowed =
        absl::c_linear_search(allow, rule.key) || absl::c_linear_search(allow, "all");
    differences.push_back({.key = std::string(rule.key),
                           .what = std::string(rule.what),
                           .weight = weight,
                           .only_threaded = rule.only_threaded,
                           .allowed = weight == EnvironmentWeight::kRefuse && allowed,
                           .base = Joined(answers.base),
                           .candidate = Joined(answers.candidate),
                           .within_side = several && rule.differs == EnvironmentWeight::kRefuse,
                           .concerns = rule.concerns});
  }
  return differences;
}

std::vector<std::string> UnsaidByAll(absl::Span<const Environment> base,
                                     absl::Span<const Environment> candidate) {
  std::vector<std::string> unsaid;
  for (const EnvironmentRule& rule : EnvironmentRules()) {
    if (rule.asked_for && AnswersTo(rule.key, base, candidate).said.empty()) {
      unsaid.emplace_back(rule.what);
    }
  }
  return unsaid;
}

bool SameExecutable(absl::Span<const Environment> base, absl::Span<const Environment> candidate) {
  const Answers program = AnswersTo("executable_hash", base, candidate);
  return program.said.size() == 1 && !program.partly;
}

}  // namespace loadline::samples
