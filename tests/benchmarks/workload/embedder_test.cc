#include "benchmarks/workload/embedder.h"

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "benchmarks/workload/text_features.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/benchmarks/workload/source_tree_writer.h"

namespace loadline::workload {
namespace {

constexpr size_t kDimension = 384;

double Cosine(absl::Span<const float> a, absl::Span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

class EmbedderTest : public ::testing::Test {
 protected:
  EmbedderTest() {
    for (uint64_t seed = 0; seed < 500; ++seed) texts_.push_back(MakeSourceText(20, seed));
    views_.assign(texts_.begin(), texts_.end());
  }

  std::vector<float> Embed(const Embedder& embedder, absl::string_view text) const {
    std::vector<float> out(embedder.dimension());
    embedder.Embed(text, absl::MakeSpan(out));
    return out;
  }

  std::vector<std::string> texts_;
  std::vector<absl::string_view> views_;
};

TEST_F(EmbedderTest, VectorsHaveLengthOne) {
  for (size_t dimension : {size_t{1}, size_t{63}, size_t{64}, size_t{100}, kDimension}) {
    const Embedder embedder = Embedder::Fit(views_, {.dimension = dimension});
    const std::vector<float> v = Embed(embedder, texts_[0]);
    EXPECT_NEAR(Cosine(v, v), 1.0, 1e-6) << dimension;
  }
}

TEST_F(EmbedderTest, IsTheSameEveryTimeAndForEachNumberOfThreads) {
  const Embedder first = Embedder::Fit(views_, {});
  const Embedder again = Embedder::Fit(views_, {});
  const std::vector<float> rows = first.EmbedAll(views_);
  for (size_t i = 0; i < views_.size(); i += 50) {
    const std::vector<float> row(rows.begin() + static_cast<ptrdiff_t>(i * kDimension),
                                 rows.begin() + static_cast<ptrdiff_t>((i + 1) * kDimension));
    EXPECT_EQ(Embed(again, views_[i]), row);
  }
}

TEST_F(EmbedderTest, AnotherSeedIsAnotherProjection) {
  const std::vector<float> a = Embed(Embedder::Fit(views_, {.seed = 1}), texts_[0]);
  const std::vector<float> b = Embed(Embedder::Fit(views_, {.seed = 2}), texts_[0]);
  EXPECT_LT(std::abs(Cosine(a, b)), 0.3);
}

TEST_F(EmbedderTest, AnEditedCopyIsNearerThanNearlyAllOthers) {
  std::string original =
      "// Sends what is left of the frame.\n"
      "bool FlushFrame(Channel& channel, size_t budget) {\n"
      "  while (budget > 0 && !channel.queue.empty()) {\n"
      "    const Frame& frame = channel.queue.front();\n"
      "    if (frame.payload_size > budget) return false;\n"
      "    budget -= channel.transport->Send(frame);\n"
      "    channel.queue.pop_front();\n"
      "  }\n"
      "  return channel.queue.empty();\n"
      "}\n";
  std::vector<absl::string_view> all = views_;
  all.push_back(original);
  const Embedder embedder = Embedder::Fit(all, {});
  const std::string edited = absl::StrReplaceAll(
      original, {{"budget", "allowance"}, {"what is left of the frame", "the rest, if it fits"}});
  const std::vector<float> base = Embed(embedder, original);
  const double near = Cosine(base, Embed(embedder, edited));
  size_t nearer = 0;
  for (const std::string& text : texts_) nearer += Cosine(base, Embed(embedder, text)) >= near;
  EXPECT_GT(near, 0.5);
  EXPECT_LE(nearer, texts_.size() / 100);
}

TEST_F(EmbedderTest, UnrelatedTextsAreNearlyOrthogonal) {
  const std::string prose = "lorem ipsum dolor sit amet consectetur adipiscing elit";
  const std::string code = "#define QUX_7(zz) ((zz) << 3 | 0x7F)";
  const Embedder embedder = Embedder::Fit(views_, {});
  EXPECT_LT(std::abs(Cosine(Embed(embedder, prose), Embed(embedder, code))), 0.3);
}

TEST_F(EmbedderTest, ProjectionKeepsTheCosineOfTheWeights) {
  // Two texts that share half of their equally rare words, in the mean over many projections.
  const std::string a = "alpha bravo charlie delta";
  const std::string b = "alpha bravo yankee zulu";
  double sum = 0;
  constexpr int kSeeds = 40;
  std::vector<double> cosines;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Embedder embedder = Embedder::Fit(views_, {.seed = seed});
    cosines.push_back(Cosine(Embed(embedder, a), Embed(embedder, b)));
    sum += cosines.back();
  }
  const double mean = sum / kSeeds;
  double square = 0;
  for (double cosine : cosines) square += (cosine - mean) * (cosine - mean);
  EXPECT_GT(mean, 0.3);
  EXPECT_LT(mean, 0.7);
  EXPECT_LT(std::sqrt(square / kSeeds), 2.0 / std::sqrt(double{kDimension}));
}

TEST_F(EmbedderTest, TextWithoutFeaturesBecomesTheFirstUnitVector) {
  const Embedder embedder = Embedder::Fit(views_, {});
  for (const char* text : {"", "\n", "{}"}) {
    const std::vector<float> v = Embed(embedder, text);
    EXPECT_EQ(v[0], 1.0f);
    EXPECT_EQ(Cosine(v, v), 1.0);
  }
}

TEST_F(EmbedderTest, TakesLongTextOfAnyBytes) {
  std::string bytes(1 << 20, '\0');
  Random random(3);
  for (char& c : bytes) c = static_cast<char>(random.Next());
  const Embedder embedder = Embedder::Fit(views_, {});
  const std::vector<float> v = Embed(embedder, bytes);
  EXPECT_NEAR(Cosine(v, v), 1.0, 1e-6);
}

size_t CountOf(const std::vector<TextFeature>& features, FeatureClass feature_class) {
  size_t count = 0;
  for (const TextFeature& feature : features) {
    if (feature.feature_class == feature_class) count += feature.count;
  }
  return count;
}

TEST(ExtractFeatures, SplitsIdentifiersAtCapitalsUnderscoresAndDigits) {
  const auto features = ExtractFeatures("parseURL_list2 __x 42");
  EXPECT_EQ(CountOf(features, FeatureClass::kIdentifier), 2u);
  EXPECT_EQ(CountOf(features, FeatureClass::kIdentifierPart), 5u);  // parse url list 2 x
}

TEST(ExtractFeatures, CountsRunsOfFourWithWhiteSpaceCollapsed) {
  EXPECT_EQ(CountOf(ExtractFeatures("a  \n b"), FeatureClass::kCharacterRun), 0u);
  EXPECT_EQ(CountOf(ExtractFeatures("+ \n +-*"), FeatureClass::kCharacterRun), 2u);
}

TEST(ExtractFeatures, PartsMeetAcrossSpellings) {
  const auto buckets = [](absl::string_view text) {
    std::vector<uint32_t> found;
    for (const TextFeature& feature : ExtractFeatures(text)) {
      if (feature.feature_class == FeatureClass::kIdentifierPart) found.push_back(feature.bucket);
    }
    return found;
  };
  EXPECT_EQ(buckets("readFile"), buckets("READ_FILE"));
  EXPECT_EQ(buckets("readFile"), buckets("read_file"));
}

}  // namespace
}  // namespace loadline::workload
