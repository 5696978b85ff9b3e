#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "tools/loadline/judge/compare.h"
#include "tools/loadline/judge/policy.h"
#include "tools/loadline/report/compare_report.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/results/text_safety.h"

namespace {

using loadline::report::Format;
using loadline::results::ParseResultFile;
using loadline::results::ResultFile;

// The input is cut at the bytes 0xFF, which no valid text has: the policy, a line "B" or "N" of
// which side each further part is, then its documents. A part that is not readable is left out.
std::vector<std::string> Parts(const uint8_t* data, size_t size) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < size; ++i) {
    if (data[i] == 0xFF) {
      parts.emplace_back();
    } else {
      parts.back().push_back(static_cast<char>(data[i]));
    }
  }
  return parts;
}

void Require(bool holds) {
  if (!holds) std::abort();
}

// Whatever the names in it were: nothing that a terminal acts on, and no build service's command.
void RequireInert(const std::string& out) {
  Require(loadline::results::IsValidUtf8(out));
  Require(!out.empty() && out.back() == '\n');
  size_t begin = 0;
  while (begin < out.size()) {
    const size_t end = out.find('\n', begin);
    const std::string line = out.substr(begin, end - begin);
    Require(line.compare(0, 2, "::") != 0 && line.find("##[") == std::string::npos);
    Require(line.find('\x1b') == std::string::npos && line.find('\r') == std::string::npos);
    begin = end + 1;
  }
}

}  // namespace

// Any two sides and any policy give a verdict, the same every time, that every format can render.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace loadline;  // NOLINT
  const std::vector<std::string> parts = Parts(data, size);
  auto policy = judge::ParsePolicy("fuzz", parts[0]);
  if (!policy.ok()) policy = judge::Policy();
  std::vector<ResultFile> base, fresh;
  for (size_t i = 1; i < parts.size(); ++i) {
    const bool is_base = parts[i].compare(0, 2, "B\n") == 0;
    if (!is_base && parts[i].compare(0, 2, "N\n") != 0) continue;
    auto file = ParseResultFile(is_base ? "b" : "n", parts[i].substr(2));
    if (file.ok()) (is_base ? base : fresh).push_back(*std::move(file));
  }
  const judge::CompareVerdict verdict = judge::Compare(*policy, {}, base, fresh);
  const judge::CompareVerdict again = judge::Compare(*policy, {}, base, fresh);
  Require(verdict.exit_code == again.exit_code);
  if (base.empty() || fresh.empty()) Require(verdict.exit_code != judge::ExitCode::kPass);
  for (Format format : {Format::kText, Format::kMarkdown, Format::kJson, Format::kJunit,
                        Format::kSarif, Format::kCsv}) {
    const std::string out = report::RenderCompare(verdict, format, {.all = true});
    RequireInert(out);
    Require(out == report::RenderCompare(again, format, {.all = true}));
  }
  return 0;
}
