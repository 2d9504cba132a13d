// SPDX-License-Identifier: LGPL-2.1-or-later
// Addressing by DHCP: a dhcpcd of its own for one network device. It only reports its lease: it has
// its own configuration, its own script (mwan-tell), and folders of its own where the system's
// dhcpcd has its leases and control sockets, so that neither hears of the other.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hal/dhcp/lease.hpp"
#include "hal/ethernet/address_client.hpp"
#include "hal/loop.hpp"
#include "hal/process/report_socket.hpp"
#include "hal/process/supervisor.hpp"

namespace mwan {

struct DhcpConfig {
  IpFamily family = IpFamily::V4;
  std::string link;    // the name people know it by
  std::string netdev;  // "eth1"
  std::string hostname;
  std::string client_id;  // both as in DhcpcdOptions
  // Made where it is missing.
  std::filesystem::path folder;
  // From one start to the next, in the folder; without, nothing is left of it after stop(), and
  // every start asks for any address.
  bool keep_leases = true;
  // How long the server may be silent before that is Trouble.
  Duration patience = std::chrono::seconds(20);
  // After a refusal, another lease usually follows within a moment: until then it is no loss.
  Duration renumbering = std::chrono::seconds(4);
  std::function<void(const std::string&)> log;  // what dhcpcd says; may be empty
};

class DhcpClient final : public AddressClient {
 public:
  DhcpClient(Loop& loop, DhcpConfig config);

  void start(Calls calls) override;
  Task<void> stop() override;

 private:
  Status prepare();
  void heard(const ScriptReport& report);
  void leased(const ScriptReport& report);
  void lose(const std::string& why);
  std::optional<Duration> ended(const ProgramEnd& end, Duration back_off);
  void wait_for_server();
  void trouble(FailureClass failure, const std::string& message, std::optional<Duration> retry_in);
  void log(const std::string& line) const;

  Loop& loop_;
  DhcpConfig config_;
  Calls calls_;
  bool started_ = false;
  bool speaks_ = false;  // started, and not being stopped
  std::optional<Lease> lease_;
  ReportSocket socket_;
  std::unique_ptr<Supervisor> dhcpcd_;
  SourceHandle silence_;  // nothing heard of a server yet
  SourceHandle refusal_;  // refused, and no other lease yet
  SourceHandle run_out_;  // the lease's own end, should dhcpcd not say it
  SourceHandle not_ready_;
};

}  // namespace mwan
