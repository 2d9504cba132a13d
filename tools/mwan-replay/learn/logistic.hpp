// SPDX-License-Identifier: LGPL-2.1-or-later
// Logistic regression with an L2 penalty on standardised features.
#pragma once

#include <Eigen/Core>

namespace mwan::replay {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Logistic {
  double bias = 0;
  Eigen::VectorXd weights;  // of the features as they are, not standardised
};

// One row of x a sample; y in 0..1 (a share counts as so many ones); weight >= 0. Newton's method
// with step halving; the same input gives the same output.
Logistic fit_logistic(const Matrix& x, const Eigen::VectorXd& y, const Eigen::VectorXd& weight,
                      double penalty);

}  // namespace mwan::replay
