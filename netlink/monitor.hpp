// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's own reports about network devices and neighbours, as they happen.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/link_monitor.hpp"
#include "hal/loop.hpp"
#include "netlink/netlink.hpp"

struct nl_sock;
struct nlmsghdr;

namespace mwan::netlink {

// NOTE Threading: on the loop's thread, in the network namespace of the thread that opened it.
class Monitor final : public LinkMonitor {
 public:
  static Result<std::unique_ptr<Monitor>> open(Loop& loop);

  Watch watch_link(const std::string& netdev, std::function<void(const LinkState&)> call) override;
  Watch watch_neighbour(const std::string& netdev, const IpAddress& address,
                        std::function<void(fact::Nud)> call) override;
  Status set_admin(const std::string& netdev, bool up) override;

  // Ask the kernel for everything anew and report what differs: after reports were lost.
  void resync();

 private:
  struct FreeSocket {
    void operator()(nl_sock* socket) const;
  };
  using Socket = std::unique_ptr<nl_sock, FreeSocket>;
  struct LinkWatch {
    std::string netdev;
    std::function<void(const LinkState&)> call;
    std::optional<LinkState> told;
  };
  struct NeighbourWatch {
    std::string netdev;
    IpAddress address;
    std::function<void(fact::Nud)> call;
    std::optional<fact::Nud> told;
  };

  Monitor(Loop& loop, Netlink netlink, Socket socket);
  void readable();
  void take(const nlmsghdr& message);
  void take_link(const LinkInfo& link, bool gone);
  void take_neighbour(const Neighbour& neighbour, bool gone);
  void report_links();
  void report_neighbours();

  Loop& loop_;
  Netlink netlink_;
  Socket socket_;
  SourceHandle readable_;
  SourceHandle first_report_;
  std::map<std::uint32_t, LinkInfo> links_;  // by index
  std::map<std::pair<std::uint32_t, IpAddress>, fact::Nud> neighbours_;
  std::vector<std::weak_ptr<LinkWatch>> link_watches_;
  std::vector<std::weak_ptr<NeighbourWatch>> neighbour_watches_;
};

}  // namespace mwan::netlink
