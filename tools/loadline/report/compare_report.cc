#include "tools/loadline/report/compare_report.h"

namespace loadline::report {

std::string RenderCompare(const compare::CompareVerdict& verdict, Format format,
                          const CompareTextOptions& options) {
  switch (format) {
    case Format::kText:
      return CompareAsText(verdict, options);
    case Format::kMarkdown:
      return CompareAsMarkdown(verdict);
    case Format::kJson:
      return CompareAsJson(verdict);
    case Format::kJunit:
      return CompareAsJunit(verdict);
    case Format::kSarif:
      return CompareAsSarif(verdict);
    case Format::kCsv:
      return CompareAsCsv(verdict);
  }
  return std::string();
}

}  // namespace loadline::report
