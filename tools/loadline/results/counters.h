#ifndef TOOLS_LOADLINE_RESULTS_COUNTERS_H_
#define TOOLS_LOADLINE_RESULTS_COUNTERS_H_

#include <cstddef>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::results {

// Numbers by name, in the order of their names: a std::map in one piece of memory, since result
// files have hundreds of thousands of rows with a handful of counters each. Values can be
// non-finite. A plain value.
class Counters {
 public:
  using value_type = std::pair<std::string, double>;
  using const_iterator = std::vector<value_type>::const_iterator;

  Counters() = default;
  // Of the same name twice, the first counts.
  Counters(std::initializer_list<value_type> counters);

  // Adds the counter as 0 where it is absent. The reference holds until the next change.
  double& operator[](absl::string_view name);
  // False, and nothing changes, when the name is there already.
  bool emplace(absl::string_view name, double value);

  const_iterator find(absl::string_view name) const;
  bool contains(absl::string_view name) const { return find(name) != end(); }
  size_t count(absl::string_view name) const { return contains(name) ? 1 : 0; }
  // REQUIRES: contains(name).
  double at(absl::string_view name) const { return find(name)->second; }

  const_iterator begin() const { return counters_.begin(); }
  const_iterator end() const { return counters_.end(); }
  size_t size() const { return counters_.size(); }
  bool empty() const { return counters_.empty(); }
  void clear() { counters_.clear(); }

  // Takes `counters`, in any order, and leaves the old ones there: a reader's pieces of memory go
  // round. REQUIRES: no name is there twice.
  void SwapIn(std::vector<value_type>& counters);

  friend bool operator==(const Counters&, const Counters&) = default;

 private:
  std::vector<value_type> counters_;  // sorted by name
};

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_COUNTERS_H_
