#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/results/result_writer.h"

namespace {

using loadline::results::ParseResultFile;
using loadline::results::ResultFile;
using loadline::results::Row;

void Require(bool holds) {
  if (!holds) std::abort();
}

class CountingSink : public loadline::results::ResultSink {
 public:
  void OnRow(Row&) override { ++rows; }
  void OnDocument(ResultFile) override { ++documents; }

  size_t rows = 0;
  size_t documents = 0;
};

}  // namespace

// Whatever is read can be written, and what was written reads and writes the same again. What is
// refused is refused with a place. A stream is the same rows, in one document or more.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  CountingSink sink;
  const absl::Status streamed = loadline::results::StreamResults("fuzz", text, sink);
  const auto file = ParseResultFile("fuzz", text);
  if (!file.ok()) {
    Require(file.status().code() == absl::StatusCode::kInvalidArgument);
    Require(file.status().message().substr(0, 11) == "fuzz: byte ");
    Require(!streamed.ok() || sink.documents > 1);
    return 0;
  }
  Require(streamed.ok() && sink.documents == 1 && sink.rows == file->rows.size());
  const std::string written = WriteResultFile(*file);
  const auto again = ParseResultFile("written", written);
  Require(again.ok() && again->rows.size() == file->rows.size());
  Require(WriteResultFile(*again) == written);
  return 0;
}
