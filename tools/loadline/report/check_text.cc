#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/check_report.h"
#include "tools/loadline/report/escape.h"

namespace loadline::report {
namespace {

using judge::CheckVerdict;
using judge::LimitVerdict;
using judge::Outcome;

using Line = std::vector<std::string>;

size_t WidthOf(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

Line LineOf(const LimitVerdict& limit) {
  return {std::string(OutcomeName(limit.outcome)), limit.required(), limit.WorstText(),
          limit.worst_benchmark.empty() ? "-" : limit.worst_benchmark,
          absl::StrCat(limit.benchmarks_measured, " of ", limit.benchmarks_matched)};
}

std::string Painted(const std::string& text, Outcome outcome, bool color) {
  if (!color) return text;
  return absl::StrCat(outcome == Outcome::kPass ? "\x1b[32m" : "\x1b[31m", text, "\x1b[0m");
}

std::vector<size_t> Widths(const std::vector<Line>& lines) {
  std::vector<size_t> widths(lines[0].size(), 0);
  for (const Line& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], WidthOf(line[i]));
  }
  return widths;
}

// One line a limit; the outcome stands first, so that it is seen however long a name is.
std::string Table(const CheckVerdict& verdict, bool color) {
  std::vector<Line> lines = {{"verdict", "limit", "worst", "at", "measured"}};
  for (const LimitVerdict& limit : verdict.limits) {
    Line line = LineOf(limit);
    for (std::string& cell : line) cell = EscapeTerminal(cell);
    lines.push_back(std::move(line));
  }
  const std::vector<size_t> widths = Widths(lines);
  std::string out;
  for (size_t row = 0; row < lines.size(); ++row) {
    for (size_t i = 0; i < widths.size(); ++i) {
      const std::string& cell = lines[row][i];
      const bool last = i + 1 == widths.size();
      const size_t padding = last ? 0 : widths[i] - WidthOf(cell) + 2;
      absl::StrAppend(
          &out, i == 0 && row > 0 ? Painted(cell, verdict.limits[row - 1].outcome, color) : cell,
          std::string(padding, ' '));
    }
    out.push_back('\n');
  }
  return out;
}

// What the table has no room for.
std::string Remarks(const CheckVerdict& verdict) {
  std::string out;
  const auto add = [&](absl::string_view kind, absl::string_view text) {
    absl::StrAppend(&out, kind, ": ", EscapeTerminal(text), "\n");
  };
  for (const LimitVerdict& limit : verdict.limits) {
    if (!limit.explanation.empty()) {
      add(limit.outcome == Outcome::kFail ? "broken" : "not judged",
          absl::StrCat(limit.required(), ": ", limit.explanation));
    }
    if (limit.outcome != Outcome::kError && limit.rows_without_counter > 0) {
      add("not measured", absl::StrCat(limit.required(), ": ", limit.rows_without_counter,
                                       " rows that match have no such counter"));
    }
  }
  for (const judge::FailedBenchmark& failure : verdict.failures) {
    add("failed",
        absl::StrCat(failure.benchmark, ": ", failure.message, " (", failure.source, ")"));
  }
  for (const std::string& problem : verdict.problems) add("problem", problem);
  for (const std::string& note : verdict.notes) add("note", note);
  return out;
}

}  // namespace

std::string CheckAsText(const CheckVerdict& verdict, bool color) {
  std::string out = absl::StrCat("Policy ", EscapeTerminal(verdict.policy), " against ",
                                 EscapeTerminal(absl::StrJoin(verdict.sources, ", ")), ", ",
                                 verdict.benchmarks, " benchmarks\n\n");
  if (!verdict.limits.empty()) absl::StrAppend(&out, Table(verdict, color), "\n");
  const std::string remarks = Remarks(verdict);
  if (!remarks.empty()) absl::StrAppend(&out, remarks, "\n");
  const bool pass = verdict.exit_code == judge::ExitCode::kPass;
  absl::StrAppend(
      &out,
      Painted(EscapeTerminal(verdict.Headline()), pass ? Outcome::kPass : Outcome::kFail, color),
      "\n");
  return out;
}

}  // namespace loadline::report
