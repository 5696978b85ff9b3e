#include "tools/loadline/results/result_reader.h"

#include <rapidjson/error/error.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/counted.h"
#include "tools/loadline/results/fault_advice.h"
#include "tools/loadline/results/json.h"
#include "tools/loadline/results/result_row.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/results/tokens.h"

namespace loadline::results {
namespace {

constexpr size_t kMaxDepth = 64;
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";  // some editors write it first
// The smallest document has 17 bytes, and is a process with an environment and a line of its own in
// every report: without a limit a file would cost a hundred times its size.
constexpr size_t kMostDocuments = 4096;

// Where the string began whose closing quote is the byte before `end`.
size_t StringBegin(absl::string_view text, size_t end) {
  const auto escaped = [&](size_t quote) {
    size_t slashes = 0;
    while (slashes < quote && text[quote - 1 - slashes] == '\\') ++slashes;
    return slashes % 2 == 1;
  };
  size_t quote = text.rfind('"', end - 2);
  while (escaped(quote)) quote = text.rfind('"', quote - 1);
  return quote;
}

// Receives RapidJSON's events of one document, and builds values of them: each row is given to the
// sink when it ends, and what is around the rows is kept. What returns bool is false at a fault,
// which is then in fault(), and stops the parser.
class DocumentBuilder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, DocumentBuilder> {
 public:
  // The document comes next in `stream`, which is of `text`.
  DocumentBuilder(absl::string_view text, const rapidjson::MemoryStream& stream, ResultSink& sink)
      : text_(text), stream_(stream), sink_(sink), begin_(stream.Tell()) {}

  const std::optional<Fault>& fault() const { return fault_; }
  ResultFile& file() { return file_; }  // without rows

  bool Null() { return Take(Json()); }
  bool Bool(bool value) { return Take(Json(value)); }
  // Numbers are given as text, because the parser's own conversion is undefined for some ("0e99").
  bool RawNumber(const char* chars, rapidjson::SizeType size, bool) {
    const absl::string_view written(chars, size);
    std::optional<Json> number = ToNumber(written);
    if (number.has_value()) return Take(*std::move(number), written);
    return Fail(stream_.Tell() - size, "found a number that is out of a double's range");
  }
  bool Default() { return Fail(stream_.Tell(), "found a number that was not asked for"); }

  bool String(const char* chars, rapidjson::SizeType size, bool) {
    const absl::string_view text(chars, size);
    // The parser accepts an escaped lone low surrogate.
    if (!IsValidUtf8(text)) return FailAtString("found a string that is not Unicode");
    return Take(Json(text));
  }

  bool Key(const char* chars, rapidjson::SizeType size, bool) {
    const absl::string_view name(chars, size);
    if (!IsValidUtf8(name)) return FailAtString("found a name that is not Unicode");
    if (open_.empty()) name_end_ = stream_.Tell();
    const bool in_row = open_.empty() && level_ == Level::kRow;
    Names& names = open_.empty() ? names_ : open_.back().names;
    if (in_row ? row_->Name(name) : names.Add(name)) return true;
    const bool is_field = in_row && RowReader::IsField(name);
    return FailAtString(absl::StrCat("found the name ", Quoted(name), " twice in one object",
                                     is_field ? "; a user counter may not have this name" : ""));
  }

  // The parser calls these before it takes the bracket.
  bool StartObject() {
    if (level_ == Level::kDocument || level_ == Level::kRow) return Open(Json::Object());
    if (level_ == Level::kBenchmarks) {
      row_.emplace();
      row_begin_ = stream_.Tell();
    }
    level_ = level_ == Level::kBenchmarks ? Level::kRow : Level::kDocument;
    return true;
  }
  bool StartArray() {
    const size_t at = stream_.Tell();
    if (level_ == Level::kOutside) return Fail(at, "found an array, want a JSON object");
    if (level_ == Level::kBenchmarks) return FailAtElement(at);
    const bool in_document = level_ == Level::kDocument && open_.empty();
    if (!in_document || names_.last != "benchmarks") return Open(Json::Array());
    level_ = Level::kBenchmarks;
    return true;
  }

  bool EndObject(rapidjson::SizeType) {
    if (!open_.empty()) return Close();
    if (level_ == Level::kDocument) return Finish();
    level_ = Level::kBenchmarks;
    if (!row_->Finish()) return Fail(row_begin_, row_->problem());
    sink_.OnRow(row_->row());
    return true;
  }
  bool EndArray(rapidjson::SizeType) {
    if (!open_.empty()) return Close();
    level_ = Level::kDocument;
    return true;
  }

 private:
  // Of what a result file is made, as deep as the number says. What is nested in a member of the
  // document or of a row is in open_.
  enum class Level : size_t { kOutside, kDocument, kBenchmarks, kRow };

  // The names of an object that has not ended.
  struct Names {
    bool Add(absl::string_view name) {  // false where it is there already
      last = std::string(name);
      return all.insert(last).second;
    }
    std::string last;  // the member whose value comes next
    absl::flat_hash_set<std::string> all;
  };

  // An object or array that has not ended.
  struct Nested {
    Json value;
    Names names;
  };

  bool Fail(size_t offset, std::string message) {
    fault_ = Fault{offset, std::move(message)};
    return false;
  }
  // At the string whose closing quote was just read.
  bool FailAtString(std::string message) {
    return Fail(StringBegin(text_, stream_.Tell()), std::move(message));
  }
  bool FailAtElement(size_t offset) {
    return Fail(offset, "found an element of \"benchmarks\" that is no object");
  }

  bool Open(Json value) {
    if (static_cast<size_t>(level_) + open_.size() == kMaxDepth) {
      return Fail(stream_.Tell(),
                  absl::StrCat("found more than ", kMaxDepth, " levels of nesting"));
    }
    open_.push_back({std::move(value), Names()});
    return true;
  }
  bool Close() {
    Json value = std::move(open_.back().value);
    open_.pop_back();
    return Take(std::move(value));
  }

  // A value that is complete. `written`: a number as the file has it.
  bool Take(Json&& value, absl::string_view written = "") {
    if (!open_.empty()) return TakeNested(std::move(value));
    switch (level_) {
      case Level::kOutside:
        return Fail(0, "found no JSON object at the top");
      case Level::kDocument:
        return TakeMember(std::move(value));
      case Level::kBenchmarks:
        return FailAtElement(stream_.Tell() - 1);
      case Level::kRow:
        break;
    }
    if (row_->Take(std::move(value), written)) return true;
    return Fail(StringBegin(text_, name_end_), row_->problem());
  }

  bool TakeNested(Json&& value) {
    Nested& in = open_.back();
    if (auto* members = std::get_if<Json::Object>(&in.value.value)) {
      members->emplace_back(std::move(in.names.last), std::move(value));
    } else {
      std::get<Json::Array>(in.value.value).push_back(std::move(value));
    }
    return true;
  }

  // Of the document. A value of the wrong kind is a fault at the end of the object, so that what is
  // no JSON is said first.
  bool TakeMember(Json&& value) {
    auto* context = std::get_if<Json::Object>(&value.value);
    const char* problem = nullptr;
    if (names_.last == "benchmarks") {
      problem = "\"benchmarks\" is not an array";
    } else if (names_.last != "context") {
      file_.extras.emplace_back(std::move(names_.last), std::move(value));
    } else if (context != nullptr) {
      file_.context = std::move(*context);
    } else {
      problem = "\"context\" is not an object";
    }
    if (problem != nullptr && !fault_.has_value()) Fail(StringBegin(text_, name_end_), problem);
    return true;
  }

  bool Finish() {
    if (fault_.has_value()) return false;
    if (names_.all.contains("benchmarks")) return true;
    // Programs log in JSON, too.
    const bool elsewhere = absl::StrContains(text_, "\"benchmarks\"");
    return Fail(begin_, absl::StrCat("the object has no \"benchmarks\"",
                                     elsewhere ? kStrayTextAdvice : ""));
  }

  const absl::string_view text_;
  const rapidjson::MemoryStream& stream_;
  ResultSink& sink_;
  const size_t begin_;
  Level level_ = Level::kOutside;
  Names names_;          // of the document
  size_t name_end_ = 0;  // of the last name in the document or the row
  size_t row_begin_ = 0;
  std::optional<RowReader> row_;
  std::vector<Nested> open_;
  ResultFile file_;
  std::optional<Fault> fault_;
};

// With $0 for what is found.
const char* MessageOf(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorObjectMissName:
      return "found $0, want a name in quotes";
    case rapidjson::kParseErrorObjectMissColon:
      return "found $0, want : after the name";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return "found $0, want , or }";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "found $0, want , or ]";
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
      return "found an escape that is no Unicode character";
    case rapidjson::kParseErrorStringEscapeInvalid:
      return "found an unknown escape or a bare control in a string at $0";
    case rapidjson::kParseErrorStringMissQuotationMark:
      return "found a string that does not end";
    case rapidjson::kParseErrorStringInvalidEncoding:
      return "found $0 in a string, which is no UTF-8 or a bare control";
    case rapidjson::kParseErrorNumberTooBig:
      return "found a number that is out of a double's range";
    case rapidjson::kParseErrorNumberMissFraction:
    case rapidjson::kParseErrorNumberMissExponent:
      return "found $0 in a number, want a digit";
    default:
      return "found $0, want a JSON value";
  }
}

Fault FoundAt(size_t offset, absl::string_view text, const char* message) {
  const absl::string_view rest = text.substr(offset);
  return {offset,
          absl::Substitute(message, rest.empty() ? "the end of the file"
                                                 : Quoted(rest.substr(0, FirstChar(rest).size)))};
}

void SkipToDocument(absl::string_view text, rapidjson::MemoryStream& stream) {
  rapidjson::SkipWhitespace(stream);
  if (!absl::StartsWith(text.substr(stream.Tell()), kByteOrderMark)) return;
  stream.src_ += kByteOrderMark.size();
  rapidjson::SkipWhitespace(stream);
}

// The documents of a text, one after another.
std::optional<Fault> ReadDocuments(absl::string_view source, absl::string_view text, size_t most,
                                   ResultSink& sink) {
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNanAndInfFlag |
                              rapidjson::kParseNumbersAsStringsFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseStopWhenDoneFlag;
  constexpr char kTrailing[] = "found $0 after the end of the object";
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  for (size_t count = 1;; ++count) {
    SkipToDocument(text, stream);
    const size_t at = stream.Tell();
    // The first is there even where nothing is: the parser says what is missing.
    if (count > 1 && at == text.size()) return std::nullopt;
    if (count > 1 && text[at] != '{') return FoundAt(at, text, kTrailing);
    if (count > most) {
      const std::string limit = absl::StrCat(kTrailing, ", want at most ",
                                             Counted(most, "result document"), " in this file");
      return FoundAt(at, text, limit.c_str());
    }
    DocumentBuilder builder(text, stream, sink);
    const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
    if (result.Code() == rapidjson::kParseErrorTermination) return builder.fault();
    if (result.IsError()) return FoundAt(result.Offset(), text, MessageOf(result.Code()));
    builder.file().source =
        count == 1 ? std::string(source) : absl::StrCat(source, " (document ", count, ")");
    sink.OnDocument(std::move(builder.file()));
  }
}

absl::Status Stream(absl::string_view source, std::string text, size_t most, ResultSink& sink) {
  std::optional<Fault> fault = PrepareTokens(text);
  if (!fault.has_value()) fault = ReadDocuments(source, text, most, sink);
  return fault.has_value() ? ToStatus(*fault, source, text) : absl::OkStatus();
}

class Collector : public ResultSink {
 public:
  void OnRow(Row& row) override { rows_.push_back(std::move(row)); }
  void OnDocument(ResultFile document) override {
    document.rows = std::exchange(rows_, {});
    files_.push_back(std::move(document));
  }
  std::vector<ResultFile> Take() { return std::move(files_); }

 private:
  std::vector<Row> rows_;
  std::vector<ResultFile> files_;
};

}  // namespace

absl::Status StreamResults(absl::string_view source, std::string text, ResultSink& sink) {
  return Stream(source, std::move(text), kMostDocuments, sink);
}

absl::Status StreamResultFile(absl::string_view path, ResultSink& sink,
                              const InputOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(std::string text, ReadInputFile(path, options));
  return StreamResults(path, std::move(text), sink);
}

absl::StatusOr<ResultFile> ParseResultFile(absl::string_view source, std::string text) {
  Collector collector;
  LOADLINE_RETURN_IF_ERROR(Stream(source, std::move(text), 1, collector));
  return std::move(collector.Take().front());
}

absl::StatusOr<ResultFile> ReadResultFile(absl::string_view path, const InputOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(std::string text, ReadInputFile(path, options));
  return ParseResultFile(path, std::move(text));
}

absl::StatusOr<std::vector<ResultFile>> ReadResultFiles(absl::string_view path,
                                                        const InputOptions& options) {
  Collector collector;
  LOADLINE_RETURN_IF_ERROR(StreamResultFile(path, collector, options));
  return collector.Take();
}

}  // namespace loadline::results
