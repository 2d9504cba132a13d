// SPDX-License-Identifier: LGPL-2.1-or-later
// An ethernet driver with a kernel that a test moves by hand, and what it said: for tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/ethernet/ethernet_driver.hpp"

namespace mwan::testing {

// A kernel that a test moves by hand.
class HandMonitor final : public LinkMonitor {
 public:
  Watch watch_link(const std::string&, std::function<void(const LinkState&)> call) override {
    link = std::move(call);
    return std::make_shared<int>(0);
  }
  Watch watch_neighbour(const std::string&, const IpAddress&,
                        std::function<void(fact::Nud)> call) override {
    neighbour = std::move(call);
    return std::make_shared<int>(0);
  }
  Status set_admin(const std::string&, bool up) override {
    admin.push_back(up);
    if (refuse) return failed(FailureClass::Permanent, "set up", "not permitted");
    return {};
  }
  Status confirm_neighbour(const std::string&, const IpAddress& address) override {
    asked.push_back(address.text());
    return {};
  }
  Result<NetdevCounters> counters(const std::string&) override { return NetdevCounters{}; }
  std::optional<fact::Speed> speed(const std::string&) override { return agreed; }
  std::optional<fact::Speed> agreed;
  std::vector<std::string> asked;
  std::function<void(const LinkState&)> link;
  std::function<void(fact::Nud)> neighbour;
  std::vector<bool> admin;
  bool refuse = false;
};

inline const LinkState absent{};
inline const LinkState down{
    .present = true, .ifindex = 3, .admin_up = false, .carrier = false, .mtu = 1500};
inline const LinkState unplugged{
    .present = true, .ifindex = 3, .admin_up = true, .carrier = false, .mtu = 1500};
inline const LinkState plugged{
    .present = true, .ifindex = 3, .admin_up = true, .carrier = true, .mtu = 1500};

inline std::string words(const Fact& fact) {
  if (const auto* f = std::get_if<fact::Device>(&fact)) return f->present ? "device" : "no device";
  if (const auto* f = std::get_if<fact::Carrier>(&fact)) return f->up ? "carrier" : "no carrier";
  if (std::holds_alternative<fact::Addressing>(fact)) return "addressing";
  if (std::holds_alternative<fact::Gateway>(fact)) return "gateway";
  if (const auto* f = std::get_if<fact::Speed>(&fact)) return std::to_string(f->mbps) + " Mbit/s";
  if (std::holds_alternative<fact::AddressingLost>(fact)) return "addressing lost";
  if (const auto* f = std::get_if<fact::Trouble>(&fact)) return "trouble: " + f->error.text();
  return "something else";
}

class EthernetDriverTest : public ::testing::Test {
 protected:
  void start() {
    driver = std::make_unique<EthernetDriver>(loop, monitor, config);
    driver->start([this](const Fact& fact) {
      said.push_back(words(fact));
      if (const auto* trouble = std::get_if<fact::Trouble>(&fact)) retry = trouble->retry_in;
    });
  }
  void stop() {
    Job job;
    job.start(driver->stop());
    EXPECT_FALSE(job.running());
  }
  Loop loop;
  HandMonitor monitor;
  EthernetConfig config{
      .link = "wire",
      .netdev = "eth1",
      .addressing = {.v4 = IpFamilyConfig{.address = *IpPrefix::parse("203.0.113.2/30"),
                                          .gateway = IpAddress::parse("203.0.113.1")}}};
  std::unique_ptr<EthernetDriver> driver;
  std::vector<std::string> said;
  std::optional<Duration> retry;  // of the last trouble
};

}  // namespace mwan::testing
