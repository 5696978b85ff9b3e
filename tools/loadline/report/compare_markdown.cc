#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/check_parts.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/compare_report.h"
#include "tools/loadline/report/compare_rows.h"
#include "tools/loadline/report/compare_words.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/report/markdown_parts.h"

namespace loadline::report {
namespace {

using compare::CompareVerdict;

// No text from a file takes more of a comment than this.
constexpr size_t kLongestText = 1'000;

std::string Short(const std::string& text) {
  if (text.size() <= kLongestText) return text;
  return absl::StrCat(absl::string_view(text).substr(0, kLongestText), "...");
}

std::string RowOf(const CompareVerdict& verdict, const CompareRow& row) {
  const CompareCells cells = CellsOf(verdict, row);
  const bool loud = row.gated && !row.quiet();
  return absl::StrCat("| ", loud ? "**" : "", cells.verdict, loud ? "**" : "", " | ",
                      MarkdownCode(Short(cells.benchmark)), " | ",
                      MarkdownCode(Short(cells.metric)), " | ", cells.base, " | ", cells.candidate,
                      " | ", cells.change, " | ", cells.interval, " | ", cells.beyond, " | ",
                      cells.detectable, " |\n");
}

std::string TableHead(const CompareVerdict& verdict) {
  return absl::StrCat("| verdict | benchmark | metric | base | new | change | ",
                      IntervalTitle(verdict),
                      " | beyond margin | detectable |\n"
                      "| --- | --- | --- | ---: | ---: | ---: | ---: | --- | ---: |\n");
}

std::string Bullet(const Remark& remark) {
  return absl::StrCat("- ", EscapeMarkdown(Short(remark.about)), ": ",
                      EscapeMarkdown(Short(remark.text)), "\n");
}

MarkdownBlock Bullets(const std::vector<Remark>& remarks, std::string noun) {
  MarkdownBlock block{.head = "\n", .lines = {}, .tail = "", .noun = std::move(noun)};
  for (const Remark& remark : remarks) block.lines.push_back(Bullet(remark));
  return block;
}

// The rows that have to be looked at, and those that have not, to be unfolded.
std::vector<MarkdownBlock> RowBlocks(const CompareVerdict& verdict,
                                     const std::vector<CompareRow>& rows) {
  MarkdownBlock loud{
      .head = absl::StrCat("\n", TableHead(verdict)), .lines = {}, .tail = "", .noun = "row"};
  MarkdownBlock quiet{.head = "", .lines = {}, .tail = "\n</details>\n", .noun = "quiet row"};
  for (const CompareRow& row : rows) {
    (row.quiet() ? quiet : loud).lines.push_back(RowOf(verdict, row));
  }
  quiet.head = absl::StrCat("\n<details><summary>", CountsOf(rows, loud.lines.size()),
                            "</summary>\n\n", TableHead(verdict));
  return {std::move(loud), std::move(quiet)};
}

MarkdownBlock LimitBlock(const CompareVerdict& verdict) {
  const std::string text = absl::StrCat("\n", LimitTableAsMarkdown(*verdict.limits), "\n",
                                        LimitBulletsAsMarkdown(*verdict.limits));
  return {.head = "", .lines = {text}, .tail = "", .noun = "table of limits"};
}

std::string Sides(const CompareVerdict& verdict) {
  return absl::StrCat("\nBase ", EscapeMarkdown(Short(SideWords(verdict.base))), "<br>\nNew ",
                      EscapeMarkdown(Short(SideWords(verdict.candidate))), "\n");
}

}  // namespace

std::string CompareAsMarkdown(const CompareVerdict& verdict) {
  const std::vector<CompareRow> rows = RowsOf(verdict);
  const auto first_quiet =
      std::find_if(rows.begin(), rows.end(), [](const CompareRow& row) { return row.quiet(); });
  std::vector<MarkdownBlock> blocks = RowBlocks(verdict, rows);
  blocks.insert(blocks.begin() + 1,
                Bullets(RemarksOf(verdict, {rows.begin(), first_quiet}), "remark"));
  blocks.insert(blocks.begin() + 2, Bullets(SurroundingsOf(verdict), "note"));
  if (verdict.limits.has_value()) blocks.insert(blocks.begin() + 1, LimitBlock(verdict));
  std::string after = absl::StrCat("\n", EscapeMarkdown(VerdictCounts(verdict)), "\n");
  const std::string mean = GeometricMeanWords(verdict);
  if (!mean.empty()) absl::StrAppend(&after, "<br>\n", EscapeMarkdown(mean), "\n");
  return FitMarkdown(
      absl::StrCat("**", EscapeMarkdown(Short(Headline(verdict))), "**\n", Sides(verdict)),
      std::move(blocks), std::move(after));
}

}  // namespace loadline::report
