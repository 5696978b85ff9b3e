#include "tests/repo/text_rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace loadline::repo {
namespace {

constexpr size_t kMaxColumns = 100;

// Beginnings of absolute paths that only some machines have.
constexpr absl::string_view kMachineRoots[] = {"/home/",    "/root/", "/work/", "/Users/",
                                               "/private/", "/mnt/",  "/srv/",  "/opt/",
                                               "/var/",     "/usr/",  "/etc/",  "/tmp/"};

struct AllowedPath {
  absl::string_view path;
  absl::string_view reason;
};
constexpr AllowedPath kAllowedPaths[] = {
    {"/usr/include", "where every Unix has the headers that the corpus is made of"},
    {"/usr/local/include", "the same, of packages installed by hand"},
    {"/usr/bin/env", "how a script names its interpreter"},
    {"/opt/homebrew", "where Homebrew installs on a Mac, the same on all of them"},
    {"/opt/loadline", "the prefix of the installation test, below a staging folder"},
    {"/usr/share/benchmark/compare.py", "Google Benchmark's own script, where Debian puts it"},
    {"/usr/bin/python3", "what runs that script there"},
    {"/usr/src/googletest", "GoogleTest's sources, where Debian puts them"},
};

constexpr absl::string_view kAllowedHosts[] = {
    "www.apache.org",             // the licence
    "keepachangelog.com",         // the form of CHANGELOG.md
    "semver.org",                 // the meaning of our version numbers
    "json.schemastore.org",       // names of schemas, never fetched
    "docs.oasis-open.org",        // SARIF
    "raw.githubusercontent.com",  // the SARIF schema's own name
    "www.sqlite.org",             // where the constants of its file format come from
};

// Where a URL's host ends.
absl::string_view HostAt(absl::string_view text) {
  const size_t end = text.find_first_of("/:?#)>\"'` ,;\\");
  return text.substr(0, end);
}

bool IsAllowedHost(absl::string_view host) {
  // Names reserved for examples belong to nobody.
  if (absl::EndsWith(host, ".example") || absl::EndsWith(host, "example.com")) return true;
  return std::find(std::begin(kAllowedHosts), std::end(kAllowedHosts), host) !=
         std::end(kAllowedHosts);
}

bool IsAllowedPath(absl::string_view text) {
  for (const AllowedPath& allowed : kAllowedPaths) {
    if (IsWithin(text.substr(0, text.find_first_of(" \"'`;:,)<>\n*")), allowed.path)) return true;
  }
  return false;
}

// A path begins after anything that cannot be part of an earlier component or a variable.
bool StartsPath(absl::string_view line, size_t at) {
  if (at == 0) return true;
  const char before = line[at - 1];
  return !absl::ascii_isalnum(static_cast<unsigned char>(before)) &&
         !absl::StrContains("_-./}>)*", absl::string_view(&before, 1));
}

size_t Columns(absl::string_view line) {
  // Bytes that continue a UTF-8 character take no column.
  return static_cast<size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

class MarkdownFences {
 public:
  // Whether the line is in a code block; called once for each line in order.
  bool Holds(absl::string_view line) {
    const bool fence = absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "```");
    if (fence) inside_ = !inside_;
    return fence || inside_;
  }

 private:
  bool inside_ = false;
};

template <typename Check>
std::vector<Finding> EachLine(const SourceFile& file, Check check) {
  std::vector<Finding> findings;
  int number = 0;
  for (const absl::string_view line : Lines(file.text)) {
    ++number;
    check(line, [&](std::string what) {
      findings.push_back({file.path, number, std::move(what)});
    });
  }
  return findings;
}

// Whether each line of C++ begins inside a raw string or has the start of one in it.
std::vector<bool> LinesWithRawStrings(absl::string_view text) {
  const std::string code = CodeOnly(text);
  const std::vector<absl::string_view> code_lines = Lines(code);
  std::vector<bool> raw;
  for (const absl::string_view line : Lines(text)) {
    const size_t start = line.find_first_not_of(' ');
    const bool blanked = start != absl::string_view::npos && code_lines[raw.size()][start] == ' ';
    const bool comment = absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "//");
    raw.push_back((blanked && !comment) || absl::StrContains(line, "R\""));
  }
  return raw;
}

// Whether each line is one that cannot be broken.
std::vector<bool> LinesThatMayBeLong(const SourceFile& file) {
  std::vector<bool> may;
  if (IsCpp(file.path)) may = LinesWithRawStrings(file.text);
  MarkdownFences fences;
  const bool markdown = absl::EndsWith(file.path, ".md");
  const bool json = absl::EndsWith(file.path, ".json");
  const std::vector<absl::string_view> lines = Lines(file.text);
  may.resize(lines.size(), json);
  for (size_t i = 0; i < lines.size(); ++i) {
    const bool table_or_code =
        markdown && (fences.Holds(lines[i]) || absl::StartsWith(lines[i], "|"));
    may[i] = may[i] || table_or_code || absl::StrContains(lines[i], "://");
  }
  return may;
}

}  // namespace

std::vector<Finding> FindUntidyText(const SourceFile& file) {
  if (IsTestData(file.path) || file.path == "LICENSE") return {};
  const std::vector<bool> may_be_long = LinesThatMayBeLong(file);
  size_t index = 0;
  std::vector<Finding> findings = EachLine(file, [&](absl::string_view line, auto found) {
    const size_t columns = Columns(line);
    if (!may_be_long[index++] && columns > kMaxColumns) {
      found(absl::StrCat("has ", columns, " columns, want at most ", kMaxColumns));
    }
    if (absl::StrContains(line, '\t')) found("has a tab; indent with blanks");
    if (absl::EndsWith(line, " ")) found("ends in blanks; remove them");
    if (absl::StrContains(line, '\r')) found("has a carriage return; end lines with \\n");
  });
  if (!file.text.empty() && file.text.back() != '\n') {
    findings.push_back({file.path, 0, "has no newline at its end"});
  }
  return findings;
}

std::vector<Finding> FindUnfinishedWork(const SourceFile& file) {
  // In two pieces, or this file would be found itself.
  static const std::string kMarks[] = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "XX"
      "X",
      "HA"
      "CK"};
  if (IsTestData(file.path)) return {};
  return EachLine(file, [](absl::string_view line, auto found) {
    for (const std::string& mark : kMarks) {
      if (HasWord(line, mark)) found(absl::StrCat("says ", mark, "; do it, or file it elsewhere"));
    }
  });
}

std::vector<Finding> FindMachinePaths(const SourceFile& file) {
  if (IsWithin(file.path, "tests/repo") || IsTestData(file.path)) return {};
  return EachLine(file, [](absl::string_view line, auto found) {
    for (const absl::string_view root : kMachineRoots) {
      for (size_t at = line.find(root); at != absl::string_view::npos;
           at = line.find(root, at + 1)) {
        const absl::string_view path = line.substr(at);
        if (StartsPath(line, at) && !IsAllowedPath(path)) {
          found(absl::StrCat("names ", path.substr(0, 40), ", a path of some machine"));
        }
      }
    }
  });
}

std::vector<Finding> FindUnknownHosts(const SourceFile& file) {
  if (IsWithin(file.path, "tests/repo") || IsTestData(file.path)) return {};
  return EachLine(file, [](absl::string_view line, auto found) {
    constexpr absl::string_view kScheme = "://";
    for (size_t at = line.find(kScheme); at != absl::string_view::npos;
         at = line.find(kScheme, at + 1)) {
      const absl::string_view host = HostAt(line.substr(at + kScheme.size()));
      if (!host.empty() && !IsAllowedHost(host)) {
        found(absl::StrCat("names the host ", host, "; cite by title, or allow the host here"));
      }
    }
  });
}

}  // namespace loadline::repo
