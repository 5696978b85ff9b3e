// Compares files that are valid by construction: every input reaches the judgement, where most of
// compare_fuzz's end in the reader.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/fuzz/byte_source.h"
#include "tests/fuzz/compare_claims.h"
#include "tools/loadline/results/json.h"
#include "tools/loadline/results/result_reader.h"

namespace {

using loadline::fuzz::ByteSource;
using loadline::policy::ParsePolicy;
using loadline::policy::Policy;
using loadline::results::JsonString;

constexpr const char* kPolicies[] = {
    "",
    "[compare]\nmargin = \"1%\"\nalpha = 0.2\n",
    "[compare]\nmetrics = [\"*\"]\n",
    "[compare]\nmetrics = [\"x\"]\n[[compare.override]]\ndirection = \"lower\"\n",
    "[compare]\ninconclusive = \"warn\"\nmissing = \"warn\"\nnew = \"fail\"\n",
    "[compare]\ninconclusive = \"ignore\"\nnew = \"ignore\"\nallow_env = [\"all\"]\n",
    "[[compare.override]]\nbenchmarks = [\"A*\"]\nmetrics = [\"*\"]\ngate = false\n",
    "[[compare.override]]\nbenchmarks = [\"B\"]\nmargin = \"90%\"\nmissing = \"fail\"\n",
    "[[limit]]\nbenchmarks = [\"*\"]\nrequire = \"max(real_time_ns) < 100ns\"\n",
    "[[limit]]\nbenchmarks = [\"A\"]\nrequire = \"min(x) > 0\"\n",
};
constexpr const char* kNames[] = {"A",   "B",           "A/iterations:5",     "A/repeats:3", "A/1",
                                  "A/2", "A/threads:4", "B/min_time:0.1/x:1", "/",           "B"};
constexpr const char* kCounters[] = {"x",
                                     "allocs_per_iter",
                                     "items_per_second",
                                     "bytes_per_second",
                                     "quantized",
                                     "oversubscribed",
                                     "init_main_ns",
                                     "p99_ns",
                                     "success_rate",
                                     "rss_peak_bytes"};
constexpr const char* kContexts[] = {
    R"("num_cpus":2)",
    R"("num_cpus":4)",
    R"("mhz_per_cpu":2000)",
    R"("mhz_per_cpu":2100)",
    R"("mhz_per_cpu":Infinity)",
    R"("library_version":"v1.9.0")",
    R"("library_version":"v1.9.5")",
    R"("library_version":"v1.8.3")",
    R"("host_name":"h")",
    R"("date":"2026-01-01T00:00:00+00:00")",
    R"("loadline.isolation":"process","loadline.repetitions":"3")",
    R"("loadline.isolation":"process","loadline.repetitions":"-9223372036854775808")",
    R"("loadline.incomplete":true)",
    R"("loadline.executable.sha256":"ab")",
    R"("load_avg":[1,2,NaN])",
    R"("executable":{"deep":[[[]]]})",
};
constexpr const char* kUnits[] = {"ns", "us", "ms", "s"};
constexpr int64_t kWholes[] = {0, 1, 2, 3, 6, 9, 1000, INT32_MAX, INT64_MAX};

std::vector<Policy> ReadPolicies() {
  std::vector<Policy> policies;
  for (const char* text : kPolicies) {
    auto policy = ParsePolicy("fuzz", text);
    if (!policy.ok()) {
      std::fprintf(stderr, "%s\n%s\n", policy.status().ToString().c_str(), text);
      std::abort();
    }
    policies.push_back(*std::move(policy));
  }
  return policies;
}

std::string NumberText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return absl::StrFormat("%.17g", value);
}

double AnyNumber(ByteSource& bytes) {
  constexpr double kEdges[] = {0, 1, 100, 5e-324, 1e-300, 1e290, 1.7e308, 9007199254740992.0};
  switch (bytes.Choose(4)) {
    case 0:
      return bytes.Choose(kEdges);
    case 1:
      return bytes.Take<double>();
    default:
      return 100 + bytes.Take<int8_t>() / 16.0;
  }
}

std::string AnyName(ByteSource& bytes) {
  if (bytes.Choose(8) != 0) return bytes.Choose(kNames);
  return absl::StrCat("N", bytes.Bytes(bytes.Choose(12)));
}

std::string CountersText(ByteSource& bytes) {
  std::string text;
  uint32_t used = 0;
  for (size_t left = bytes.Choose(4); left > 0; --left) {
    const size_t which = bytes.Choose(std::size(kCounters));
    if ((used >> which & 1) != 0) continue;  // a name twice is no valid row
    used |= 1u << which;
    absl::StrAppend(&text, ",\"", kCounters[which], "\":", NumberText(AnyNumber(bytes)));
  }
  return text;
}

std::string StateText(ByteSource& bytes) {
  switch (bytes.Choose(16)) {
    case 0:
      return absl::StrCat(R"(,"error_occurred":true,"error_message":)",
                          JsonString(bytes.Bytes(bytes.Choose(8))));
    case 1:
      return absl::StrCat(R"(,"skipped":true,"skip_message":)",
                          JsonString(bytes.Bytes(bytes.Choose(8))));
    case 2:
      return R"(,"run_type":"aggregate","aggregate_name":"median","aggregate_unit":"time")";
    case 3:
      return R"(,"run_type":"aggregate","aggregate_name":"cv","aggregate_unit":"percentage")";
    default:
      return R"(,"run_type":"iteration")";
  }
}

std::string RowText(ByteSource& bytes, const std::string& name, int64_t repetition) {
  std::string text = absl::StrCat(R"({"name":)", JsonString(name));
  if (bytes.Choose(8) != 0) {
    absl::StrAppend(&text, R"(,"repetitions":)", bytes.Choose(kWholes), R"(,"repetition_index":)",
                    bytes.Choose(8) == 0 ? bytes.Choose(kWholes) : repetition);
  }
  const double real = std::fabs(AnyNumber(bytes));
  const double cpu = std::fabs(AnyNumber(bytes));
  absl::StrAppend(&text, R"(,"iterations":)", 1 + bytes.Choose(3), R"(,"threads":)",
                  bytes.Choose(8) == 0 ? 4 : 1, R"(,"real_time":)", NumberText(real),
                  R"(,"cpu_time":)", NumberText(cpu), R"(,"time_unit":")",
                  bytes.Choose(4) == 0 ? bytes.Choose(kUnits) : "ns", "\"", StateText(bytes),
                  CountersText(bytes), "}");
  return text;
}

std::string FileText(ByteSource& bytes) {
  std::string context;
  uint32_t used = 0;
  for (size_t left = bytes.Choose(5); left > 0; --left) {
    const size_t which = bytes.Choose(std::size(kContexts));
    // The two that say the same key are neighbours, or three in a row.
    const uint32_t alike = which <= 1                   ? 0x3u
                           : which <= 4                 ? 0x1Cu
                           : which <= 7                 ? 0xE0u
                           : which == 10 || which == 11 ? 0xC00u
                                                        : 1u << which;
    if ((used & alike) != 0) continue;
    used |= alike;
    absl::StrAppend(&context, context.empty() ? "" : ",", kContexts[which]);
  }
  std::string rows;
  for (size_t names = 1 + bytes.Choose(3); names > 0; --names) {
    const std::string name = AnyName(bytes);
    const auto repetitions = static_cast<int64_t>(1 + bytes.Choose(7));
    for (int64_t i = 0; i < repetitions; ++i) {
      absl::StrAppend(&rows, rows.empty() ? "" : ",", RowText(bytes, name, i));
    }
  }
  return absl::StrCat(R"({"context":{)", context, R"(},"benchmarks":[)", rows, "]}");
}

void AddFiles(ByteSource& bytes, const char* source,
              std::vector<loadline::results::ResultFile>& side) {
  for (size_t left = bytes.Choose(4); left > 0 && !bytes.empty(); --left) {
    auto file = loadline::results::ParseResultFile(source, FileText(bytes));
    if (!file.ok()) {
      std::fprintf(stderr, "%s\n", file.status().ToString().c_str());
      std::abort();
    }
    side.push_back(*std::move(file));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace loadline;  // NOLINT
  static const std::vector<Policy>& policies = *new std::vector<Policy>(ReadPolicies());
  ByteSource bytes(data, size);
  fuzz::Comparison comparison;
  comparison.format = static_cast<report::Format>(bytes.Choose(6));
  comparison.policy = policies[bytes.Choose(policies.size())];
  compare::Noise noise;
  const uint8_t options = bytes.Take<uint8_t>();
  if ((options & 1) != 0) comparison.options.alpha = 0.2;
  if ((options & 2) != 0) comparison.options.allow_env = {"all"};
  if ((options & 4) != 0) comparison.options.benchmarks = {"A*"};
  if ((options & 8) != 0) {
    noise.benchmarks["A"].sigma_log["cpu_time_ns"] = 0.01 * (bytes.Take<uint8_t>() % 3);
    comparison.options.noise = &noise;
  }
  AddFiles(bytes, "b", comparison.base);
  AddFiles(bytes, "n", comparison.candidate);
  fuzz::RequireSoundComparison(comparison);
  return 0;
}
