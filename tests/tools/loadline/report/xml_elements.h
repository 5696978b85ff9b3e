#ifndef TESTS_TOOLS_LOADLINE_REPORT_XML_ELEMENTS_H_
#define TESTS_TOOLS_LOADLINE_REPORT_XML_ELEMENTS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"

namespace loadline::report {

struct XmlElement {
  std::string name;
  std::string parent;  // its name; empty for the outermost
  std::map<std::string, std::string> attributes;
};

// The elements of a document in the order in which they begin. Reads what the reports are made of:
// elements and attributes in double quotes. Anything else fails the test, as does an element that
// is not closed.
class XmlElements {
 public:
  static std::vector<XmlElement> Of(absl::string_view text) {
    XmlElements reader(text);
    if (!absl::ConsumePrefix(&reader.rest_, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")) {
      ADD_FAILURE() << "no declaration";
    }
    while (!reader.rest_.empty() && reader.Next()) {
    }
    EXPECT_TRUE(reader.rest_.empty()) << "not understood: " << reader.rest_.substr(0, 80);
    EXPECT_TRUE(reader.open_.empty()) << "not closed: " << reader.open_.back();
    return reader.elements_;
  }

 private:
  explicit XmlElements(absl::string_view text) : rest_(text) {}

  // One tag and the text before it. False when it is none.
  bool Next() {
    const size_t tag = std::min(rest_.find('<'), rest_.size());
    const absl::string_view text = rest_.substr(0, tag);
    EXPECT_FALSE(absl::StrContains(text, ">")) << text;
    EXPECT_TRUE(!open_.empty() || text == "\n" || text.empty()) << "text outside: " << text;
    rest_.remove_prefix(tag);
    if (rest_.empty()) return true;
    if (absl::ConsumePrefix(&rest_, "</")) {
      return !open_.empty() && absl::ConsumePrefix(&rest_, Take(&open_)) &&
             absl::ConsumePrefix(&rest_, ">");
    }
    rest_.remove_prefix(1);
    XmlElement element;
    element.name = std::string(rest_.substr(0, rest_.find_first_of(" />")));
    element.parent = open_.empty() ? "" : open_.back();
    rest_.remove_prefix(element.name.size());
    while (absl::ConsumePrefix(&rest_, " ")) {
      if (!Attribute(element)) return false;
    }
    elements_.push_back(element);
    if (absl::ConsumePrefix(&rest_, "/>")) return true;
    open_.push_back(element.name);
    return absl::ConsumePrefix(&rest_, ">");
  }

  bool Attribute(XmlElement& element) {
    const std::string name(rest_.substr(0, rest_.find('=')));
    rest_.remove_prefix(name.size());
    if (!absl::ConsumePrefix(&rest_, "=\"")) return false;
    const absl::string_view value = rest_.substr(0, rest_.find('"'));
    EXPECT_FALSE(absl::StrContains(value, "<")) << value;
    EXPECT_TRUE(element.attributes.emplace(name, value).second) << name << " twice";
    rest_.remove_prefix(value.size());
    return absl::ConsumePrefix(&rest_, "\"");
  }

  static std::string Take(std::vector<std::string>* stack) {
    std::string top = stack->back();
    stack->pop_back();
    return top;
  }

  absl::string_view rest_;
  std::vector<std::string> open_;
  std::vector<XmlElement> elements_;
};

}  // namespace loadline::report

#endif  // TESTS_TOOLS_LOADLINE_REPORT_XML_ELEMENTS_H_
