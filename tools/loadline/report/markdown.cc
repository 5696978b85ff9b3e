#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/report/markdown_parts.h"
#include "tools/loadline/report/report.h"
#include "tools/loadline/report/report_parts.h"
#include "tools/loadline/results/counted.h"

namespace loadline::report {
namespace {

using compare::CompareVerdict;
using limits::CheckVerdict;
using limits::LimitVerdict;

// No text from a file takes more of a comment than this.
constexpr size_t kLongestText = 1'000;

std::string Short(const std::string& text) {
  if (text.size() <= kLongestText) return text;
  return absl::StrCat(absl::string_view(text).substr(0, kLongestText), "...");
}

std::string Bold(absl::string_view text) { return absl::StrCat("**", text, "**"); }

// A line of a table.
std::string Line(const std::vector<std::string>& cells) {
  return absl::StrCat("| ", absl::StrJoin(cells, " | "), " |\n");
}

std::string RowOf(const LimitVerdict& limit) {
  const std::string outcome(OutcomeName(limit.outcome));
  return Line({limit.outcome == limits::Outcome::kPass ? outcome : Bold(outcome),
               MarkdownCode(limit.required()), EscapeMarkdown(limit.WorstText()),
               MarkdownCode(limit.worst_benchmark),
               absl::StrCat(limit.benchmarks_measured, " of ", limit.benchmarks_matched),
               EscapeMarkdown(limit.explanation)});
}

std::string LimitRows(const CheckVerdict& verdict) {
  if (verdict.limits.empty()) return std::string();
  std::string out =
      "| verdict | limit | worst | at | measured | why |\n"
      "| --- | --- | ---: | --- | ---: | --- |\n";
  for (const LimitVerdict& limit : verdict.limits) absl::StrAppend(&out, RowOf(limit));
  return out;
}

std::string LimitBullets(const CheckVerdict& verdict) {
  std::string out;
  for (const limits::FailedBenchmark& failure : verdict.failures) {
    absl::StrAppend(&out, "- failed: ", MarkdownCode(failure.benchmark), " in ",
                    MarkdownCode(failure.source), ": ", EscapeMarkdown(failure.message), "\n");
  }
  for (const std::string& problem : verdict.problems) {
    absl::StrAppend(&out, "- problem: ", EscapeMarkdown(problem), "\n");
  }
  for (const std::string& note : verdict.notes) {
    absl::StrAppend(&out, "- note: ", EscapeMarkdown(note), "\n");
  }
  return out;
}

std::string RowOf(const CompareVerdict& verdict, const CompareRow& row) {
  const CompareCells cells = CellsOf(verdict, row);
  return Line({row.gated && !row.quiet() ? Bold(cells.verdict) : cells.verdict,
               MarkdownCode(Short(cells.benchmark)), MarkdownCode(Short(cells.metric)), cells.base,
               cells.candidate, cells.change, cells.interval, cells.beyond, cells.detectable});
}

MarkdownBlock Rows(const CompareVerdict& verdict, const std::vector<CompareRow>& rows,
                   absl::string_view before, std::string after, std::string noun) {
  MarkdownBlock block;
  block.head = absl::StrCat("\n", before, "| verdict | benchmark | metric | base | new | change | ",
                            IntervalTitle(verdict),
                            " | beyond margin | detectable |\n"
                            "| --- | --- | --- | ---: | ---: | ---: | ---: | --- | ---: |\n");
  for (const CompareRow& row : rows) block.lines.push_back(RowOf(verdict, row));
  block.tail = std::move(after);
  block.noun = std::move(noun);
  return block;
}

MarkdownBlock Bullets(const std::vector<Remark>& remarks, std::string noun) {
  MarkdownBlock block{.head = "\n", .noun = std::move(noun)};
  for (const Remark& remark : remarks) {
    block.lines.push_back(absl::StrCat("- ", EscapeMarkdown(Short(remark.about)), ": ",
                                       EscapeMarkdown(Short(remark.text)), "\n"));
  }
  return block;
}

}  // namespace

std::string AsMarkdown(const CheckVerdict& verdict) {
  const std::string sources =
      absl::StrJoin(verdict.sources, ", ", [](std::string* text, const std::string& source) {
        absl::StrAppend(text, MarkdownCode(source));
      });
  return Paragraphs({absl::StrCat(Bold(EscapeMarkdown(verdict.Headline())), "\n\nPolicy ",
                                  MarkdownCode(verdict.policy), " against ", sources, ", ",
                                  results::Counted(verdict.benchmarks, "benchmark"), "\n"),
                     LimitRows(verdict), LimitBullets(verdict)});
}

// The rows that have to be looked at, what is to be said about them, and those that have not.
std::string AsMarkdown(const CompareVerdict& verdict) {
  const std::vector<CompareRow> rows = RowsOf(verdict);
  const auto quiet =
      std::find_if(rows.begin(), rows.end(), [](const CompareRow& row) { return row.quiet(); });
  const std::vector<CompareRow> loud(rows.begin(), quiet);
  std::vector<MarkdownBlock> blocks = {Rows(verdict, loud, "", "", "row")};
  if (verdict.limits.has_value()) {
    blocks.push_back({.lines = {absl::StrCat("\n", LimitRows(*verdict.limits), "\n",
                                             LimitBullets(*verdict.limits))},
                      .noun = "table of limits"});
  }
  blocks.push_back(Bullets(RemarksOf(verdict, loud), "remark"));
  blocks.push_back(Bullets(SurroundingsOf(verdict), "note"));
  const std::string summary =
      absl::StrCat("<details><summary>", CountsOf(rows, loud.size()), "</summary>\n\n");
  blocks.push_back(Rows(verdict, {quiet, rows.end()}, summary, "\n</details>\n", "quiet row"));
  const std::string before =
      absl::StrCat(Bold(EscapeMarkdown(Short(Headline(verdict)))), "\n\nBase ",
                   EscapeMarkdown(Short(SideWords(verdict.base))), "<br>\nNew ",
                   EscapeMarkdown(Short(SideWords(verdict.candidate))), "\n");
  std::string after = absl::StrCat("\n", EscapeMarkdown(VerdictCounts(verdict)), "\n");
  const std::string mean = GeometricMeanWords(verdict);
  if (!mean.empty()) absl::StrAppend(&after, "<br>\n", EscapeMarkdown(mean), "\n");
  return FitMarkdown(before, blocks, after);
}

}  // namespace loadline::report
