// SPDX-License-Identifier: LGPL-2.1-or-later
// Questions to name servers that leave by one link only. Nothing of the host's own resolver is
// used: it would ask through whichever link carries the traffic.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "failover/probe/link_binding.hpp"
#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/time.hpp"

// c-ares' type by its name only.
// NOLINTNEXTLINE(readability-identifier-naming)
struct ares_channeldata;

namespace mwan::failover {

struct NameServer {
  IpAddress address;
  std::uint16_t port = 53;
};

// What a server said about a name.
struct NameAnswer {
  bool answered = false;             // with addresses, or that there are none
  std::vector<IpAddress> addresses;  // of the family that was asked for
  Duration valid{};                  // the shortest time to live
  std::string words;                 // why not answered, for people
};

class Resolver {
 public:
  using Done = std::function<void(NameAnswer)>;

  // servers of a family without an address on the link are left out.
  Resolver(Loop& loop, LinkBinding link, std::vector<NameServer> servers, Duration timeout);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  // For A records, or AAAA. done() comes from the loop, never from inside the call, unless it is
  // forgotten before. An error when no server can be asked at all.
  Status ask(std::uint32_t question, const std::string& name, IpFamily family, Done done);
  void forget(std::uint32_t question) { asked_.erase(question); }

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  struct Channel;
  struct Query;
  Status open();
  void socket_changed(int fd, bool readable, bool writable);
  void work(int readable, int writable);
  void answered(std::uint32_t question, NameAnswer answer);
  void deliver();
  void arm();

  Loop& loop_;
  LinkBinding link_;
  std::vector<NameServer> servers_;
  Duration timeout_;
  std::unique_ptr<Channel> channel_;
  std::map<int, SourceHandle> watches_;
  SourceHandle timer_;
  std::map<std::uint32_t, Done> asked_;
  std::vector<std::pair<std::uint32_t, NameAnswer>> ready_;
  SourceHandle delivery_;
  std::uint64_t bytes_ = 0;
  std::string bind_failure_;
};

}  // namespace mwan::failover
