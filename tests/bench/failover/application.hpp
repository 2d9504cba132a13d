// SPDX-License-Identifier: LGPL-2.1-or-later
// What an application in the LAN notices. Two of them, both without timeouts of their own: they
// wait for what the kernel tells them, as most programs do.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <netinet/in.h>

#include "hal/error.hpp"
#include "hal/time.hpp"
#include "hal/unique_fd.hpp"
#include "tests/bench/failover/tcp_service.hpp"
#include "tests/lab/netns.hpp"

namespace mwan::bench {

enum class Application {
  ShortRequests,  // every 200 ms: a connection, a word, its answer
  LongFlow,  // one connection, a word every 50 ms; made anew as soon as it is known to be broken
  Upload     // the same with 10 Mbit/s
};

// The longest time without an answer from `from` to `to`; the time before the first and after the
// last answer counts. Pure.
Duration longest_gap(std::span<const Instant> answers, Instant from, Instant to);

// Threading: one thread of its own, and the service's; until destroyed. The public functions may be
// called from any other.
class ApplicationRun {
 public:
  static Result<std::unique_ptr<ApplicationRun>> start(Application kind, const lab::NetNs& client,
                                                       const lab::NetNs& server,
                                                       const std::string& address);
  ApplicationRun(const ApplicationRun&) = delete;
  ApplicationRun& operator=(const ApplicationRun&) = delete;
  ~ApplicationRun();

  // When answers came, oldest first.
  [[nodiscard]] std::vector<Instant> answers() const;
  // When connections that were made later than `since` had their first answer.
  [[nodiscard]] std::optional<Instant> first_new_answer(Instant since) const;

 private:
  struct Flow {
    UniqueFd fd;
    Instant made;
    bool connected = false;
    bool answered = false;
  };
  ApplicationRun(std::unique_ptr<TcpService> service, const lab::NetNs& client,
                 const sockaddr_in& to);
  void make_requests();
  void keep_flow(std::string_view word);
  [[nodiscard]] Flow connect() const;
  // What happened to a flow; false when it is broken.
  [[nodiscard]] bool look_at(Flow& flow, short events);

  std::unique_ptr<TcpService> service_;
  const lab::NetNs& client_;
  sockaddr_in to_;
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  std::vector<Instant> answers_;
  std::vector<std::pair<Instant, Instant>> flows_;  // made, first answer
  std::thread thread_;
};

}  // namespace mwan::bench
