#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/check_parts.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/compare_report.h"
#include "tools/loadline/report/compare_rows.h"
#include "tools/loadline/report/compare_words.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/report/text_table.h"
#include "tools/loadline/results/counted.h"

namespace loadline::report {
namespace {

using compare::CompareVerdict;
using compare::Finding;

// A table of up to so many rows is shown whole.
constexpr size_t kFoldedRows = 40;
constexpr size_t kFoldedRemarks = 12;

Tone ToneOf(const CompareRow& row) {
  if (!row.gated || row.ignored()) return Tone::kPlain;
  switch (row.finding) {
    case Finding::kRegressed:
    case Finding::kFailed:
    case Finding::kMissing:
    case Finding::kIncomparable:
    case Finding::kVoid:
      return Tone::kBad;
    case Finding::kImproved:
    case Finding::kFaster:
    case Finding::kBetter:
    case Finding::kSame:
      return Tone::kGood;
    case Finding::kOpen:
      return row.quiet() ? Tone::kPlain : Tone::kDoubtful;
    case Finding::kTail:
    case Finding::kSlower:
    case Finding::kWorse:
    case Finding::kSkipped:
    case Finding::kChanged:
    case Finding::kNew:
      return Tone::kDoubtful;
  }
  return Tone::kPlain;
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
TextTable::Column Right(std::string title) { return {std::move(title), Align::kRight}; }

std::string Table(const CompareVerdict& verdict, const std::vector<CompareRow>& rows, bool color) {
  TextTable table({{"verdict"},
                   Right("change"),
                   Right(IntervalTitle(verdict)),
                   {"beyond margin"},
                   Right("detectable"),
                   Right("base"),
                   Right("new"),
                   {"metric"},
                   {"benchmark"}});
  for (const CompareRow& row : rows) {
    CompareCells cells = CellsOf(verdict, row);
    table.Add({std::move(cells.verdict), std::move(cells.change), std::move(cells.interval),
               std::move(cells.beyond), std::move(cells.detectable), std::move(cells.base),
               std::move(cells.candidate), std::move(cells.metric), std::move(cells.benchmark)},
              ToneOf(row));
  }
  return table.Render(color);
}

// One line each, "ABOUT: TEXT", escaped.
class Lines {
 public:
  void Add(absl::string_view about, absl::string_view text) {
    absl::StrAppend(&text_, EscapeTerminal(absl::StrCat(about, ": ", text)), "\n");
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// What the table has no room for, of the rows that are shown.
std::string RowRemarks(const CompareVerdict& verdict, const std::vector<CompareRow>& rows,
                       bool all) {
  Lines lines;
  const std::vector<Remark> remarks = RemarksOf(verdict, rows);
  const size_t shown = all ? remarks.size() : std::min(remarks.size(), kFoldedRemarks);
  for (size_t i = 0; i < shown; ++i) lines.Add(remarks[i].about, remarks[i].text);
  if (shown < remarks.size()) {
    lines.Add("folded", absl::StrCat(results::Counted(remarks.size() - shown, "more remark"),
                                     "; --all shows the rest"));
  }
  return lines.text();
}

std::string Findings(const CompareVerdict& verdict, bool color) {
  std::string out;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) absl::StrAppend(&out, part, "\n");
  };
  add(EscapeTerminal(VerdictCounts(verdict)));
  add(EscapeTerminal(GeometricMeanWords(verdict)));
  if (verdict.limits.has_value()) {
    const std::string table = LimitTableAsText(*verdict.limits, color);
    const std::string remarks = LimitRemarksAsText(*verdict.limits);
    absl::StrAppend(&out, "\n", table, table.empty() || remarks.empty() ? "" : "\n", remarks);
  }
  return out;
}

std::string Surroundings(const CompareVerdict& verdict) {
  Lines lines;
  for (const Remark& remark : SurroundingsOf(verdict)) lines.Add(remark.about, remark.text);
  return lines.text();
}

Tone ToneOf(results::ExitCode code) {
  if (code == results::ExitCode::kPass) return Tone::kGood;
  return code == results::ExitCode::kInconclusive ? Tone::kDoubtful : Tone::kBad;
}

}  // namespace

std::string CompareAsText(const CompareVerdict& verdict, const CompareTextOptions& options) {
  std::vector<CompareRow> rows = RowsOf(verdict);
  const size_t shown = RowsShown(rows, options.all);
  const std::string folded = CountsOf(rows, shown);
  const size_t hidden = rows.size() - shown;
  rows.resize(shown);
  std::vector<std::string> parts = {
      absl::StrCat("base  ", EscapeTerminal(SideWords(verdict.base)), "\nnew   ",
                   EscapeTerminal(SideWords(verdict.candidate)), "\n")};
  parts.push_back(rows.empty() ? "" : Table(verdict, rows, options.color));
  if (hidden > 0) {
    absl::StrAppend(&parts.back(), results::Counted(hidden, "more row is", "more rows are"),
                    " folded (", folded, "); --all shows the rest\n");
  }
  parts.push_back(RowRemarks(verdict, rows, options.all));
  parts.push_back(Surroundings(verdict));
  parts.push_back(Findings(verdict, options.color));
  parts.push_back(absl::StrCat(
      Painted(EscapeTerminal(Headline(verdict)), ToneOf(verdict.exit_code), options.color), "\n"));
  std::erase(parts, "");
  return absl::StrJoin(parts, "\n");
}

}  // namespace loadline::report
