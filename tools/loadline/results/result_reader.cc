#include "tools/loadline/results/result_reader.h"

#include <rapidjson/error/error.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/json.h"
#include "tools/loadline/results/result_row.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {
namespace {

constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxNumberBytes = 64;
// From here on an object's names are looked up in a hash set; most objects stay below.
constexpr size_t kFewMembers = 24;

struct Fault {
  std::string message;
  size_t offset = 0;
};

absl::Status ToStatus(absl::string_view source, absl::string_view text, const Fault& fault) {
  const std::string file = source == "-" ? "standard input" : EscapeUnprintable(source);
  return absl::InvalidArgumentError(absl::StrCat(
      file, ": byte ", fault.offset, ", ", LineAndColumn(text, fault.offset), ": ", fault.message));
}

// The pass over the bytes before parsing: refuses what the parser would swallow or choke on, and
// writes the non-finite words in the one spelling that the parser knows (of the same length, so
// that offsets stay true).
class Lexer {
 public:
  explicit Lexer(std::string& text) : text_(text) {}

  std::optional<Fault> Check() {
    if (std::optional<Fault> fault = CheckStart()) return fault;
    const size_t nul = text_.find('\0');
    if (nul != std::string::npos) return Fault{"found a NUL byte", nul};
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        SkipString();
      } else if (absl::ascii_isalpha(static_cast<unsigned char>(c))) {
        NormalizeWord();
      } else if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
        if (std::optional<Fault> fault = CheckNumber()) return fault;
      } else {
        ++at_;
      }
    }
    return std::nullopt;
  }

 private:
  std::optional<Fault> CheckStart() const {
    if (absl::StripAsciiWhitespace(text_).empty()) {
      return Fault{"the file is empty, want a JSON object with \"benchmarks\"", 0};
    }
    if (absl::StartsWith(text_, "#!")) {
      return Fault{"found a script, and nothing that is read is ever run", 0};
    }
    for (absl::string_view mark : {"\xEF\xBB\xBF", "\xFE\xFF", "\xFF\xFE"}) {
      if (absl::StartsWith(text_, mark)) {
        return Fault{"found a byte order mark, want plain UTF-8", 0};
      }
    }
    return std::nullopt;
  }

  void SkipString() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  void NormalizeWord() {
    const size_t begin = at_;
    while (at_ < text_.size() && absl::ascii_isalpha(static_cast<unsigned char>(text_[at_]))) ++at_;
    const absl::string_view word = absl::string_view(text_).substr(begin, at_ - begin);
    for (absl::string_view spelling : {"NaN", "Inf", "Infinity"}) {
      if (absl::EqualsIgnoreCase(word, spelling)) {
        text_.replace(begin, spelling.size(), spelling.data(), spelling.size());
      }
    }
  }

  std::optional<Fault> CheckNumber() {
    const size_t begin = at_;
    at_ = text_.find_first_not_of("0123456789+-.eE", begin);
    if (at_ == std::string::npos) at_ = text_.size();
    if (at_ - begin <= kMaxNumberBytes) return std::nullopt;
    return Fault{
        absl::StrCat("found a number of ", at_ - begin, " bytes, want at most ", kMaxNumberBytes),
        begin};
  }

  std::string& text_;
  size_t at_ = 0;
};

// Receives the parser's events and builds the file. Every callback returns false to stop at a
// fault, which is then in fault().
class Builder {
 public:
  using Ch = char;

  Builder(absl::string_view text, const rapidjson::MemoryStream& stream)
      : text_(text), stream_(stream) {}

  const std::optional<Fault>& fault() const { return fault_; }
  ResultFile Take() { return std::move(file_); }

  bool Null() { return Add(Json()); }
  bool Bool(bool value) { return Add(value); }
  // Never called: the parser gives numbers as text, because its own conversion is undefined for
  // some of them ("0e99").
  bool Int(int) { return UnexpectedNumber(); }
  bool Uint(unsigned) { return UnexpectedNumber(); }
  bool Int64(int64_t) { return UnexpectedNumber(); }
  bool Uint64(uint64_t) { return UnexpectedNumber(); }
  bool Double(double) { return UnexpectedNumber(); }

  // The number just read; its text is taken from the file, since the parser leaves NaN and
  // Infinity out of what it passes.
  bool RawNumber(const char*, rapidjson::SizeType, bool) {
    const size_t end = stream_.Tell();
    const size_t before = text_.find_last_not_of("0123456789+-.eENaInfity", end - 1);
    const size_t begin = before == absl::string_view::npos ? 0 : before + 1;
    const absl::string_view number = text_.substr(begin, end - begin);
    if (absl::StrContains(number, "N")) return Add(std::numeric_limits<double>::quiet_NaN());
    if (absl::StrContains(number, "I")) {
      const double infinity = std::numeric_limits<double>::infinity();
      return Add(number[0] == '-' ? -infinity : infinity);
    }
    int64_t integer = 0;
    if (absl::SimpleAtoi(number, &integer) && number != "-0") return Add(integer);
    double value = 0;
    if (!absl::SimpleAtod(number, &value) || !std::isfinite(value)) {
      return Fail("found a number that is out of a double's range", begin);
    }
    return Add(value);
  }

  bool String(const char* chars, rapidjson::SizeType size, bool) {
    const absl::string_view value(chars, size);
    // The parser accepts an escaped lone low surrogate.
    if (!IsValidUtf8(value)) return Fail("found a string that is not Unicode", StringBegin());
    return Add(value);
  }

  bool Key(const char* chars, rapidjson::SizeType size, bool) {
    const absl::string_view name(chars, size);
    Frame& frame = frames_.back();
    if (!IsValidUtf8(name)) return Fail("found a name that is not Unicode", StringBegin());
    if (!frame.AddName(name)) {
      return Fail(absl::StrCat("found the name ", Quoted(name), " twice in one object"),
                  StringBegin());
    }
    frame.key = std::string(name);
    frame.key_offsets.push_back(StringBegin());
    return true;
  }

  // The parser calls these before it takes the bracket.
  bool StartObject() {
    return Push(Frame(/*object=*/true, /*row=*/InBenchmarks(), stream_.Tell()));
  }
  bool StartArray() {
    if (frames_.empty()) return Fail("found an array, want a JSON object", stream_.Tell());
    return Push(Frame(/*object=*/false, /*row=*/false, stream_.Tell()));
  }

  bool EndObject(rapidjson::SizeType) {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frames_.empty()) return Finish(std::move(frame));
    if (frame.is_row) return AddRow(std::move(frame));
    return Add(Json(std::move(frame.members)));
  }
  bool EndArray(rapidjson::SizeType) {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    return Add(Json(std::move(frame.elements)));
  }

 private:
  struct Frame {
    Frame(bool object, bool row, size_t bracket)
        : is_object(object), is_row(row), offset(bracket) {}

    bool is_object;
    bool is_row;
    size_t offset;    // of its bracket
    std::string key;  // the member whose value comes next
    Json::Object members;
    Json::Array elements;
    std::vector<size_t> key_offsets;
    absl::flat_hash_set<std::string> names;  // filled from kFewMembers on

    // False when the name is there already.
    bool AddName(absl::string_view name) {
      if (members.size() < kFewMembers) {
        for (const Json::Member& member : members) {
          if (member.first == name) return false;
        }
        return true;
      }
      if (names.empty()) {
        for (const Json::Member& member : members) names.insert(member.first);
      }
      return names.emplace(name).second;
    }
  };

  bool UnexpectedNumber() { return Fail("found a number that was not asked for", stream_.Tell()); }

  bool Fail(std::string message, size_t offset) {
    fault_ = Fault{std::move(message), offset};
    return false;
  }

  // Where the string began whose closing quote was just read.
  size_t StringBegin() const {
    size_t quote = stream_.Tell() - 1;
    while (quote > 0) {
      quote = text_.rfind('"', quote - 1);
      if (quote == absl::string_view::npos) return 0;
      size_t slashes = 0;
      while (slashes < quote && text_[quote - 1 - slashes] == '\\') ++slashes;
      if (slashes % 2 == 0) return quote;
    }
    return 0;
  }

  bool InBenchmarks() const {
    return frames_.size() == 2 && !frames_[1].is_object && frames_[0].key == "benchmarks";
  }

  bool Push(Frame frame) {
    if (frames_.size() >= kMaxDepth) {
      return Fail(absl::StrCat("found more than ", kMaxDepth, " levels of nesting"), frame.offset);
    }
    frames_.push_back(std::move(frame));
    return true;
  }

  bool Add(Json value) {
    if (frames_.empty()) return Fail("found no JSON object at the top", 0);
    Frame& frame = frames_.back();
    if (frame.is_object) {
      frame.members.emplace_back(std::move(frame.key), std::move(value));
      return true;
    }
    if (InBenchmarks()) {
      return Fail("found an element of \"benchmarks\" that is no object", stream_.Tell() - 1);
    }
    frame.elements.push_back(std::move(value));
    return true;
  }

  bool AddRow(Frame frame) {
    Row row;
    if (const std::optional<RowFault> fault = ReadRow(std::move(frame.members), row)) {
      const size_t offset =
          fault->member.has_value() ? frame.key_offsets[*fault->member] : frame.offset;
      return Fail(absl::StrCat("row ", Quoted(row.name), ": ", fault->message), offset);
    }
    // Files that say no repetition may hold the same benchmark many times.
    if (row.run_type == RunType::kIteration && row.repetition_index >= 0 &&
        !runs_
             .emplace(row.name, row.family_index, row.per_family_instance_index,
                      row.repetition_index)
             .second) {
      return Fail(absl::StrCat("row ", Quoted(row.name), ": repetition ", row.repetition_index,
                               " is there twice"),
                  frame.offset);
    }
    file_.rows.push_back(std::move(row));
    return true;
  }

  bool Finish(Frame top) {
    bool has_benchmarks = false;
    for (size_t i = 0; i < top.members.size(); ++i) {
      auto& [name, value] = top.members[i];
      if (name == "benchmarks") {
        has_benchmarks = true;
        if (!std::holds_alternative<Json::Array>(value.value)) {
          return Fail("\"benchmarks\" is not an array", top.key_offsets[i]);
        }
      } else if (name == "context") {
        auto* context = std::get_if<Json::Object>(&value.value);
        if (context == nullptr) return Fail("\"context\" is not an object", top.key_offsets[i]);
        file_.context = std::move(*context);
      } else {
        file_.extras.push_back(std::move(top.members[i]));
      }
    }
    if (!has_benchmarks) return Fail("the object has no \"benchmarks\"", top.offset);
    return true;
  }

  const absl::string_view text_;
  const rapidjson::MemoryStream& stream_;
  std::vector<Frame> frames_;
  absl::flat_hash_set<std::tuple<std::string, int64_t, int64_t, int64_t>> runs_;
  ResultFile file_;
  std::optional<Fault> fault_;
};

std::string FoundAt(absl::string_view text, size_t offset) {
  if (offset >= text.size()) return "the end of the file";
  return Quoted(text.substr(offset, FirstChar(text.substr(offset)).size));
}

std::string Explain(rapidjson::ParseErrorCode code, absl::string_view text, size_t offset) {
  using namespace rapidjson;  // NOLINT: the enumerators have no scope of their own
  const std::string found = FoundAt(text, offset);
  switch (code) {
    case kParseErrorDocumentRootNotSingular:
      return absl::StrCat("found ", found, " after the end of the object");
    case kParseErrorObjectMissName:
      return absl::StrCat("found ", found, ", want a name in quotes");
    case kParseErrorObjectMissColon:
      return absl::StrCat("found ", found, ", want : after the name");
    case kParseErrorObjectMissCommaOrCurlyBracket:
      return absl::StrCat("found ", found, ", want , or }");
    case kParseErrorArrayMissCommaOrSquareBracket:
      return absl::StrCat("found ", found, ", want , or ]");
    case kParseErrorStringUnicodeEscapeInvalidHex:
    case kParseErrorStringUnicodeSurrogateInvalid:
      return "found an escape that is no Unicode character";
    case kParseErrorStringEscapeInvalid:
      return absl::StrCat("found an unknown escape or a bare control in a string at ", found);
    case kParseErrorStringMissQuotationMark:
      return "found a string that does not end";
    case kParseErrorStringInvalidEncoding:
      return absl::StrCat("found ", found, " in a string, which is no UTF-8 or a bare control");
    case kParseErrorNumberTooBig:
      return "found a number that is out of a double's range";
    case kParseErrorNumberMissFraction:
    case kParseErrorNumberMissExponent:
      return absl::StrCat("found ", found, " in a number, want a digit");
    default:
      return absl::StrCat("found ", found, ", want a JSON value");
  }
}

}  // namespace

absl::StatusOr<ResultFile> ParseResultFile(absl::string_view source, std::string text) {
  if (const std::optional<Fault> fault = Lexer(text).Check()) {
    return ToStatus(source, text, *fault);
  }
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag |
      rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNanAndInfFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  Builder builder(text, stream);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  if (builder.fault().has_value()) return ToStatus(source, text, *builder.fault());
  if (result.IsError()) {
    return ToStatus(source, text,
                    Fault{Explain(result.Code(), text, result.Offset()), result.Offset()});
  }
  ResultFile file = builder.Take();
  file.source = std::string(source);
  return file;
}

absl::StatusOr<ResultFile> ReadResultFile(absl::string_view path, const InputOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(std::string text, ReadInputFile(path, options));
  return ParseResultFile(path, std::move(text));
}

absl::Status StreamResults(absl::string_view source, std::string text, ResultSink& sink) {
  LOADLINE_ASSIGN_OR_RETURN(ResultFile file, ParseResultFile(source, std::move(text)));
  for (Row& row : file.rows) sink.OnRow(row);
  file.rows.clear();
  sink.OnDocument(std::move(file));
  return absl::OkStatus();
}

absl::Status StreamResultFile(absl::string_view path, ResultSink& sink,
                              const InputOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(std::string text, ReadInputFile(path, options));
  return StreamResults(path, std::move(text), sink);
}

absl::StatusOr<std::vector<ResultFile>> ReadResultFiles(absl::string_view path,
                                                        const InputOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(ResultFile file, ReadResultFile(path, options));
  std::vector<ResultFile> files;
  files.push_back(std::move(file));
  return files;
}

}  // namespace loadline::results
