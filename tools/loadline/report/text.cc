#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/report/report.h"
#include "tools/loadline/report/report_parts.h"
#include "tools/loadline/report/text_table.h"
#include "tools/loadline/results/counted.h"

namespace loadline::report {
namespace {

using compare::CompareVerdict;
using compare::Finding;
using limits::CheckVerdict;
using limits::LimitVerdict;
using limits::Outcome;
using results::ExitCode;

// A table of up to so many rows is shown whole.
constexpr size_t kFoldedRows = 40;
constexpr size_t kFoldedRemarks = 12;

std::string LimitTable(const CheckVerdict& verdict, bool color) {
  if (verdict.limits.empty()) return std::string();
  TextTable table({{"verdict"}, {"limit"}, {"worst"}, {"at"}, {"measured"}});
  for (const LimitVerdict& limit : verdict.limits) {
    table.Add({std::string(OutcomeName(limit.outcome)), limit.required(), limit.WorstText(),
               limit.worst_benchmark.empty() ? "-" : limit.worst_benchmark,
               absl::StrCat(limit.benchmarks_measured, " of ", limit.benchmarks_matched)},
              limit.outcome == Outcome::kPass ? Tone::kGood : Tone::kBad);
  }
  return table.Render(color);
}

// The lines on what the table of limits has no room for.
std::string LimitRemarks(const CheckVerdict& verdict) {
  std::string out;
  const auto add = [&](absl::string_view kind, absl::string_view text) {
    absl::StrAppend(&out, kind, ": ", EscapeTerminal(text), "\n");
  };
  constexpr absl::string_view kKinds[] = {"holds", "broken", "not judged", "inconclusive"};
  for (const LimitVerdict& limit : verdict.limits) {
    if (limit.explanation.empty()) continue;
    add(kKinds[static_cast<size_t>(limit.outcome)],
        absl::StrCat(limit.required(), ": ", limit.explanation));
  }
  for (const limits::FailedBenchmark& failure : verdict.failures) {
    add("failed",
        absl::StrCat(failure.benchmark, ": ", failure.message, " (", failure.source, ")"));
  }
  for (const std::string& problem : verdict.problems) add("problem", problem);
  for (const std::string& note : verdict.notes) add("note", note);
  return out;
}

// They stand worst first; what is neither bad nor good is doubtful.
Tone ToneOf(const CompareRow& row) {
  if (!row.gated || row.ignored()) return Tone::kPlain;
  if (row.finding <= Finding::kVoid) return Tone::kBad;
  if (IsGood(row.finding)) return Tone::kGood;
  return row.finding == Finding::kOpen && row.quiet() ? Tone::kPlain : Tone::kDoubtful;
}

Tone ToneOf(ExitCode code) {
  if (code == ExitCode::kPass) return Tone::kGood;
  return code == ExitCode::kInconclusive ? Tone::kDoubtful : Tone::kBad;
}

// How many rows of a folded table are shown: never fewer than prove something bad.
size_t RowsShown(const std::vector<CompareRow>& rows, bool all) {
  if (all) return rows.size();
  const auto count = [&](auto which) {
    return static_cast<size_t>(std::count_if(rows.begin(), rows.end(), which));
  };
  const size_t told = count([](const CompareRow& row) { return !row.ignored(); });
  const size_t bad = count([](const CompareRow& row) { return ToneOf(row) == Tone::kBad; });
  return std::min(told, std::max(kFoldedRows, bad));
}

// The benchmark stands last, so that the figures stay below each other however long a name is.
std::string RowTable(const CompareVerdict& verdict, const std::vector<CompareRow>& rows,
                     bool color) {
  if (rows.empty()) return std::string();
  TextTable table({{"verdict"},
                   {"change", Align::kRight},
                   {IntervalTitle(verdict), Align::kRight},
                   {"beyond margin"},
                   {"detectable", Align::kRight},
                   {"base", Align::kRight},
                   {"new", Align::kRight},
                   {"metric"},
                   {"benchmark"}});
  for (const CompareRow& row : rows) {
    const CompareCells cells = CellsOf(verdict, row);
    table.Add({cells.verdict, cells.change, cells.interval, cells.beyond, cells.detectable,
               cells.base, cells.candidate, cells.metric, cells.benchmark},
              ToneOf(row));
  }
  return table.Render(color);
}

// The first `shown`, a line each.
std::string Lines(const std::vector<Remark>& remarks, size_t shown) {
  std::string out;
  for (size_t i = 0; i < std::min(shown, remarks.size()); ++i) {
    absl::StrAppend(&out, EscapeTerminal(absl::StrCat(remarks[i].about, ": ", remarks[i].text)),
                    "\n");
  }
  if (shown < remarks.size()) {
    absl::StrAppend(&out, "folded: ", results::Counted(remarks.size() - shown, "more remark"),
                    "; --all shows the rest\n");
  }
  return out;
}

std::string CountLines(const CompareVerdict& verdict) {
  const std::string mean = GeometricMeanWords(verdict);
  return absl::StrCat(EscapeTerminal(VerdictCounts(verdict)), "\n", EscapeTerminal(mean),
                      mean.empty() ? "" : "\n");
}

}  // namespace

std::string AsText(const CheckVerdict& verdict, const TextOptions& options) {
  return Paragraphs(
      {absl::StrCat("Policy ", EscapeTerminal(verdict.policy), " against ",
                    EscapeTerminal(absl::StrJoin(verdict.sources, ", ")), ", ",
                    results::Counted(verdict.benchmarks, "benchmark"), "\n"),
       LimitTable(verdict, options.color), LimitRemarks(verdict),
       absl::StrCat(
           Painted(EscapeTerminal(verdict.Headline()),
                   verdict.exit_code == ExitCode::kPass ? Tone::kGood : Tone::kBad, options.color),
           "\n")});
}

std::string AsText(const CompareVerdict& verdict, const TextOptions& options) {
  std::vector<CompareRow> rows = RowsOf(verdict);
  const size_t shown = RowsShown(rows, options.all);
  const std::string folded = CountsOf(rows, shown);
  const size_t hidden = rows.size() - shown;
  rows.resize(shown);
  std::string table = RowTable(verdict, rows, options.color);
  if (hidden > 0) {
    absl::StrAppend(&table, results::Counted(hidden, "more row is", "more rows are"), " folded (",
                    folded, "); --all shows the rest\n");
  }
  const CheckVerdict limits = verdict.limits.value_or(CheckVerdict());
  return Paragraphs(
      {absl::StrCat("base  ", EscapeTerminal(SideWords(verdict.base)), "\nnew   ",
                    EscapeTerminal(SideWords(verdict.candidate)), "\n"),
       table, Lines(RemarksOf(verdict, rows), options.all ? SIZE_MAX : kFoldedRemarks),
       Lines(SurroundingsOf(verdict), SIZE_MAX), CountLines(verdict),
       LimitTable(limits, options.color), LimitRemarks(limits),
       absl::StrCat(
           Painted(EscapeTerminal(Headline(verdict)), ToneOf(verdict.exit_code), options.color),
           "\n")});
}

}  // namespace loadline::report
