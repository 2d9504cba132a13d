// SPDX-License-Identifier: LGPL-2.1-or-later
// Recorded drives as the numbers that learning works on.
#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "tools/mwan-replay/learn/logistic.hpp"
#include "tools/mwan-replay/wmn_lab/pairs.hpp"

namespace mwan::replay {

struct Dataset {
  // One row a second of every recording, in the order of Drives::recordings: the features as the
  // engine would see them at the end of that second, its own probes included.
  Matrix features;
  Eigen::VectorXd lost;                // 1 = the second is a lost one
  Eigen::VectorXd cost;                // of being on the link in that second, in lost seconds
  Eigen::VectorXd weight;              // in how many pairs the recording takes part, 1 on average
  std::vector<std::size_t> first_row;  // of each recording, and one beyond the last
};

struct DatasetOptions {
  int probes_per_second = 5;
  std::uint64_t seed = 0;
  // A lost second within a run of two or more costs so much more: it is what people notice.
  double run_surcharge = 0.5;
};

Dataset make_dataset(const Drives& drives, const DatasetOptions& options);

}  // namespace mwan::replay
