#ifndef BENCHMARKS_WORKLOAD_DATASET_ENCODER_H_
#define BENCHMARKS_WORKLOAD_DATASET_ENCODER_H_

#include <string>

#include "benchmarks/workload/content_hash.h"
#include "benchmarks/workload/dataset_content.h"

namespace loadline::workload {

// The bytes of a data set file (see dataset_format.h). The same content gives the same bytes.
// REQUIRES: content that is whole: indices in range, sizes that agree, strings below 4 GiB.
std::string EncodeDataset(const DatasetContent& content, const ContentKey& key);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_DATASET_ENCODER_H_
