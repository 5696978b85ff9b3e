#include "loadline/monitor/valid_utf8.h"

#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/stringbuffer.h>

namespace loadline {

std::string ValidUtf8(absl::string_view text) {
  constexpr unsigned kReplacement = 0xFFFD;
  rapidjson::MemoryStream in(text.data(), text.size());
  rapidjson::StringBuffer out;
  while (in.Tell() < text.size()) {
    unsigned code_point = 0;
    if (!rapidjson::UTF8<>::Decode(in, &code_point)) code_point = kReplacement;
    rapidjson::UTF8<>::Encode(out, code_point);
  }
  return std::string(out.GetString(), out.GetSize());
}

}  // namespace loadline
