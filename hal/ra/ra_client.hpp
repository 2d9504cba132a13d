// SPDX-License-Identifier: LGPL-2.1-or-later
// IPv6 addressing as routers advertise it: stateless (RFC 4862), or by DHCPv6 where they say so.
//
// It only reports, as every AddressClient: the kernel's own reading of router advertisements, which
// would put routes into the main table, has to be switched off by whoever owns the device.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hal/ethernet/address_client.hpp"
#include "hal/ethernet/client_runner.hpp"
#include "hal/loop.hpp"
#include "hal/ra/ra_socket.hpp"
#include "hal/ra/router_view.hpp"

namespace mwan {

struct RaConfig {
  std::string link;    // the name people know it by
  std::string netdev;  // "eth1"
  // Made where it is missing. Holds what our addresses are made with, from one start to the next.
  std::filesystem::path folder;
  bool keep_secret = true;  // else the addresses are others each time, and nothing is written
  // Without IPv6 the link has nothing: then it is Trouble when no router is heard of.
  bool needed = false;
  Duration patience = std::chrono::seconds(20);
  std::function<void(const std::string&)> log;  // may be empty
};

class RaClient final : public AddressClient {
 public:
  // dhcp: asked when a router gives no prefix but says that addresses are managed; may be null.
  RaClient(Loop& loop, RaConfig config, std::unique_ptr<AddressClient> dhcp);

  void start(Calls calls) override;
  void carrier(bool up) override;
  Task<void> stop() override;

 private:
  using Secret = std::array<std::uint8_t, 32>;

  void begin();
  void end();
  Status load_secret();
  void solicit();
  void solicit_once_more();
  void hear();
  void look();
  void tell(const RouterOffer& offer);
  void lose(const std::string& why);
  void wait_for_router();
  void trouble(FailureClass failure, const std::string& message, std::optional<Duration> retry_in);
  void log(const std::string& line) const;

  Loop& loop_;
  RaConfig config_;
  Calls calls_;
  bool started_ = false;
  bool carrier_ = false;
  std::optional<Secret> secret_;
  std::optional<RaSocket> socket_;
  SourceHandle readable_;
  RouterView view_;
  std::optional<IpConfig> told_;
  std::optional<IpFamilyConfig> leased_;  // by DHCPv6
  std::unique_ptr<ClientRunner> dhcp_;
  Duration pause_{};  // until the next solicitation
  int not_ready_ = 0;
  SourceHandle next_solicitation_;
  SourceHandle extra_solicitation_;
  SourceHandle runs_out_;
  SourceHandle silence_;
  SourceHandle begin_again_;
  std::string refused_;  // the last advertisement that was, and why
};

}  // namespace mwan
