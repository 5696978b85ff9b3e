#include "benchmarks/workload/text_features.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "benchmarks/workload/content_hash.h"
#include "benchmarks/workload/random.h"

namespace loadline::workload {
namespace {

constexpr size_t kRunLength = 4;
constexpr int kClassBits = 2;

// Bucket and class in one word, which sorts and compares fast.
using PackedFeature = uint32_t;

PackedFeature Pack(uint64_t hash, FeatureClass feature_class) {
  const auto bucket = static_cast<uint32_t>(hash >> (64 - TextFeature::kBucketBits));
  return bucket << kClassBits | static_cast<uint32_t>(feature_class);
}

bool IsUpper(char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }
char ToLower(char c) { return absl::ascii_tolower(static_cast<unsigned char>(c)); }
bool IsIdentifierStart(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_';
}
bool IsIdentifier(char c) { return IsIdentifierStart(c) || IsDigit(c); }

// Whether a part of an identifier ends between a and b: at an underscore, before a digit that
// follows a letter, and where a capital follows something else (parseURL: parse, url).
bool IsPartBorder(char a, char b) {
  return a == '_' || b == '_' || (IsDigit(b) && !IsDigit(a)) || (IsUpper(b) && !IsUpper(a));
}

void AddPart(absl::string_view part, std::vector<PackedFeature>& features) {
  constexpr uint64_t kPartSeed = 2;
  char lower[32];
  const size_t size = std::min(part.size(), sizeof(lower));
  std::transform(part.begin(), part.begin() + size, lower, ToLower);
  features.push_back(Pack(HashBytes({lower, size}, kPartSeed), FeatureClass::kIdentifierPart));
}

void AddIdentifier(absl::string_view word, std::vector<PackedFeature>& features) {
  constexpr uint64_t kIdentifierSeed = 1;
  features.push_back(Pack(HashBytes(word, kIdentifierSeed), FeatureClass::kIdentifier));
  size_t begin = 0;
  for (size_t i = 1; i <= word.size(); ++i) {
    if (i < word.size() && !IsPartBorder(word[i - 1], word[i])) continue;
    if (word[begin] != '_') AddPart(word.substr(begin, i - begin), features);
    begin = i;
  }
}

void AddIdentifiers(absl::string_view text, std::vector<PackedFeature>& features) {
  for (size_t i = 0; i < text.size();) {
    if (!IsIdentifier(text[i])) {
      ++i;
      continue;
    }
    const size_t begin = i;
    while (i < text.size() && IsIdentifier(text[i])) ++i;
    // What begins with a digit is a number; character runs cover those.
    if (IsIdentifierStart(text[begin])) AddIdentifier(text.substr(begin, i - begin), features);
  }
}

void AddCharacterRuns(absl::string_view text, std::vector<PackedFeature>& features) {
  static_assert(kRunLength == sizeof(uint32_t));
  constexpr uint64_t kRunSeed = 0x3'0000'0000u;
  uint32_t run = 0;
  size_t length = 0;
  bool after_space = false;
  for (char c : text) {
    const bool space = IsSpace(c);
    if (space && after_space) continue;
    after_space = space;
    run = run << 8 | static_cast<unsigned char>(space ? ' ' : ToLower(c));
    if (++length >= kRunLength) {
      features.push_back(Pack(MixBits(kRunSeed | run), FeatureClass::kCharacterRun));
    }
  }
}

}  // namespace

std::vector<TextFeature> ExtractFeatures(absl::string_view text) {
  std::vector<PackedFeature> packed;
  packed.reserve(text.size() * 3 / 2);
  AddIdentifiers(text, packed);
  AddCharacterRuns(text, packed);
  std::sort(packed.begin(), packed.end());
  std::vector<TextFeature> features;
  for (size_t i = 0; i < packed.size();) {
    const size_t begin = i;
    while (i < packed.size() && packed[i] == packed[begin]) ++i;
    features.push_back({.bucket = packed[begin] >> kClassBits,
                        .feature_class = static_cast<FeatureClass>(packed[begin] & 3u),
                        .count = static_cast<uint32_t>(i - begin)});
  }
  return features;
}

}  // namespace loadline::workload
