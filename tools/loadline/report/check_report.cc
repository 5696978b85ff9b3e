#include "tools/loadline/report/check_report.h"

#include "tools/loadline/judge/counted.h"
#include "tools/loadline/report/check_parts.h"

namespace loadline::report {

std::string RowsWithoutCounter(const judge::LimitVerdict& limit) {
  return judge::Counted(limit.rows_without_counter, "row that matches has no such counter",
                        "rows that match have no such counter");
}

std::string RenderCheck(const judge::CheckVerdict& verdict, Format format, bool color) {
  switch (format) {
    case Format::kText:
      return CheckAsText(verdict, color);
    case Format::kMarkdown:
      return CheckAsMarkdown(verdict);
    case Format::kJson:
      return CheckAsJson(verdict);
    case Format::kJunit:
      return CheckAsJunit(verdict);
    case Format::kSarif:
      return CheckAsSarif(verdict);
    case Format::kCsv:
      return CheckAsCsv(verdict);
  }
  return std::string();
}

}  // namespace loadline::report
