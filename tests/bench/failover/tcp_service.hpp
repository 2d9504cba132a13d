// SPDX-License-Identifier: LGPL-2.1-or-later
// A TCP service of the benchmark's server: says back what it hears, or the same page to everybody.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "hal/error.hpp"
#include "hal/unique_fd.hpp"
#include "tests/lab/netns.hpp"

namespace mwan::bench {

// Threading: one thread of its own, until destroyed.
class TcpService {
 public:
  // page: said to who says anything, then the connection is closed; "" = everything is said back.
  static Result<std::unique_ptr<TcpService>> start(const lab::NetNs& netns,
                                                   const std::string& address, std::uint16_t port,
                                                   std::string page);
  TcpService(const TcpService&) = delete;
  TcpService& operator=(const TcpService&) = delete;
  ~TcpService();

 private:
  TcpService(UniqueFd listener, std::string page);
  void serve();
  // False when the visitor has gone or is done.
  [[nodiscard]] bool answer(int visitor) const;

  UniqueFd listener_;
  std::string page_;
  std::vector<UniqueFd> visitors_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace mwan::bench
