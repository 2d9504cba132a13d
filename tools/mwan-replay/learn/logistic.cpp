// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/learn/logistic.hpp"

#include <cmath>

#include <Eigen/Cholesky>

namespace mwan::replay {
namespace {

constexpr int most_rounds = 40;
constexpr double good_enough = 1e-6;  // of the objective, relative

double objective(const Matrix& z, const Eigen::VectorXd& y, const Eigen::VectorXd& weight,
                 const Eigen::VectorXd& b, double penalty) {
  const Eigen::ArrayXd s = (z * b).array();
  // ln(1 + e^s) without overflow.
  const Eigen::ArrayXd softplus = s.max(0.0) + (1.0 + (-s.abs()).exp()).log();
  const double loss = (weight.array() * (softplus - y.array() * s)).sum();
  return loss + 0.5 * penalty * b.tail(b.size() - 1).squaredNorm();
}

}  // namespace

Logistic fit_logistic(const Matrix& x, const Eigen::VectorXd& y, const Eigen::VectorXd& weight,
                      double penalty) {
  const Eigen::Index n = x.rows();
  const Eigen::Index f = x.cols();
  const Eigen::RowVectorXd mean = x.colwise().mean();
  const Eigen::RowVectorXd deviation =
      ((x.rowwise() - mean).array().square().colwise().mean().sqrt() + 1e-9).matrix();
  Matrix z(n, f + 1);
  z.col(0).setOnes();
  z.rightCols(f) = ((x.rowwise() - mean).array().rowwise() / deviation.array()).matrix();

  Eigen::VectorXd b = Eigen::VectorXd::Zero(f + 1);
  const double share = weight.dot(y) / weight.sum();
  b[0] = std::log(share / (1 - share));
  Eigen::VectorXd shrink = Eigen::VectorXd::Constant(f + 1, penalty);
  shrink[0] = 0;

  double now = objective(z, y, weight, b, penalty);
  for (int round = 0; round < most_rounds; ++round) {
    const Eigen::ArrayXd q = 1.0 / (1.0 + (-(z * b).array()).exp());
    const Eigen::VectorXd gradient =
        z.transpose() * (weight.array() * (y.array() - q)).matrix() - shrink.cwiseProduct(b);
    const Eigen::VectorXd curve = (weight.array() * (q * (1 - q)).max(1e-6)).matrix();
    Eigen::MatrixXd hessian = z.transpose() * (z.array().colwise() * curve.array()).matrix();
    hessian.diagonal() += shrink + Eigen::VectorXd::Constant(f + 1, 1e-6);
    const Eigen::VectorXd step = hessian.ldlt().solve(gradient);
    double size = 1;
    double next = objective(z, y, weight, b + size * step, penalty);
    while (next >= now && size > 1e-4) {
      size /= 2;
      next = objective(z, y, weight, b + size * step, penalty);
    }
    if (next >= now) break;
    b += size * step;
    const bool settled = now - next < good_enough * std::abs(now);
    now = next;
    if (settled) break;
  }

  Logistic out;
  out.weights = b.tail(f).cwiseQuotient(deviation.transpose());
  out.bias = b[0] - mean.dot(out.weights.transpose());
  return out;
}

}  // namespace mwan::replay
