#include "tools/loadline/report/check_report.h"

namespace loadline::report {

std::string RenderCheck(const limits::CheckVerdict& verdict, Format format, bool color) {
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
