// SPDX-License-Identifier: LGPL-2.1-or-later
// RED as a link of ours. While it is IPFire's it is only looked at: its state files, its device,
// its gateway. While a backup is in its place, the primary is brought up beside it by a driver of
// our own, so that probes tell when it is back.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "failover/host/ipfire/paths.hpp"
#include "failover/host/ipfire/primary.hpp"
#include "failover/host/ipfire/scripts.hpp"
#include "failover/host/ipfire/seams.hpp"
#include "hal/link_driver.hpp"
#include "hal/link_monitor.hpp"
#include "hal/loop.hpp"

namespace mwan::failover::ipfire {

// The profile's name.
inline constexpr const char* red_link_name = "RED";

class RedDriver;

// Between the host, which knows whose RED is, and the driver of the link, which comes and goes.
class RedOwner {
 public:
  // RED is ours: the primary is tested from here on. kept: its addresses stay as they are until
  // the test says otherwise; else the link is gone until then.
  void take(const Primary& primary, bool kept);
  // The test has ended when this completes. kept as above; otherwise the link is gone until IPFire
  // says that RED is active.
  Task<void> give_back(bool kept);
  // IPFire's hooks say that RED has changed: its files are read, whether their change was seen or
  // not.
  void look();
  // Whose it is without telling the link: before there is one.
  [[nodiscard]] bool ours() const { return primary_.has_value(); }
  [[nodiscard]] const std::optional<Primary>& primary() const { return primary_; }

 private:
  friend class RedDriver;
  std::optional<Primary> primary_;  // while it is ours
  RedDriver* driver_ = nullptr;
};

struct RedDriverParts {
  Paths paths;
  // Length of the network of an address on a device; nothing while it is not there.
  std::function<std::optional<IpPrefix>(const std::string& netdev, const IpAddress& address)>
      prefix;
  // Looks at a device with this addressing and changes nothing.
  std::function<std::unique_ptr<LinkDriver>(const std::string& netdev, const IpConfig& config)>
      observer;
  // Brings the primary up beside the backup; null where that cannot be done.
  std::function<std::unique_ptr<LinkDriver>(const Primary& primary)> tester;
};

class RedDriver final : public LinkDriver {
 public:
  // loop, monitor and owner outlive the driver.
  RedDriver(Loop& loop, LinkMonitor& monitor, RedOwner& owner, RedDriverParts parts);
  ~RedDriver() override;

  void start(Sink sink) override;
  void look_closer() override;
  Task<void> stop() override;

 private:
  friend class RedOwner;
  void take(bool kept);
  Task<void> give_back(bool kept);
  void observe();
  void look();
  void look_now();
  void set_inner(std::unique_ptr<LinkDriver> driver);
  Task<void> end_inner();
  void drop_inner();
  void watch_cable(const std::string& netdev);
  void leave();
  void report(Fact fact);

  Loop& loop_;
  LinkMonitor& monitor_;
  RedOwner& owner_;
  RedDriverParts parts_;
  Sink sink_;
  FolderWatch files_;
  SourceHandle look_soon_;
  LinkMonitor::Watch cable_;
  std::optional<RedState> seen_;  // that the observer was made for
  std::unique_ptr<LinkDriver> inner_;
  unsigned inners_ = 0;  // how many there were: what an earlier one says is not heard
};

// Of IPv4, as RED's files say it; a point-to-point device has no gateway.
IpConfig config_of(const RedState& red, const IpPrefix& address, bool point_to_point);

}  // namespace mwan::failover::ipfire
