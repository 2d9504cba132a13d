// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/dhcp/dhcp_client.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "hal/dhcp/dhcpcd_config.hpp"
#include "hal/process/helper.hpp"

namespace mwan {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> kPrograms = {"/usr/sbin/dhcpcd", "/sbin/dhcpcd",
                                                  "/usr/local/sbin/dhcpcd"};
// Where builds of dhcpcd have their control sockets, and their leases. The first of each is
// Debian's.
constexpr const char* kRunFolder = "/run/dhcpcd";
constexpr std::array<const char*, 2> kLeaseFolders = {"/var/lib/dhcpcd", "/var/db/dhcpcd"};
// RFC 2131 section 4.1: retransmissions are 64 s apart in the end.
constexpr Duration kLongestPause = std::chrono::seconds(64);
// dhcpcd tells of the end of a lease itself; this is for one that cannot.
constexpr Duration kRunOutGrace = std::chrono::seconds(5);

Result<std::string> find_dhcpcd() {
  for (const char* program : kPrograms) {
    if (::access(program, X_OK) == 0) return std::string(program);
  }
  return failed(FailureClass::Permanent, "dhcpcd",
                "it is not installed; DHCP needs it (package dhcpcd-base on Debian)");
}

}  // namespace

DhcpClient::DhcpClient(Loop& loop, DhcpConfig config) : loop_(loop), config_(std::move(config)) {}

void DhcpClient::start(Calls calls) {
  if (std::exchange(started_, true)) return;
  calls_ = std::move(calls);
  speaks_ = true;
  if (const Status ready = prepare(); !ready) {
    not_ready_ = loop_.soon([this, error = ready.error()] {
      calls_.trouble({error.failure, config_.link, error.text()}, std::nullopt);
    });
    return;
  }
  wait_for_server();
  dhcpcd_->start();
}

Status DhcpClient::prepare() {
  const auto program = find_dhcpcd();
  if (!program) return failed(program.error());
  const auto helpers = helper_programs();
  if (!helpers) return failed(helpers.error());
  const fs::path run = config_.folder / "run";
  const fs::path leases = config_.folder / "leases";
  for (const fs::path& folder : {config_.folder, run, leases}) {
    if (auto made = make_private_folder(folder); !made) return made;
  }
  auto socket =
      ReportSocket::open(loop_, run / "mwan.sock",
                         {.report = [this](const ScriptReport& report) { heard(report); },
                          .refused = [this](const std::string& why) { log("not heard: " + why); }});
  if (!socket) return failed(socket.error());
  socket_ = std::move(*socket);
  const fs::path file = config_.folder / "dhcpcd.conf";
  std::ofstream out(file, std::ios::trunc);
  out << dhcpcd_config({.family = config_.family,
                        .hostname = config_.hostname,
                        .client_id = config_.client_id,
                        .script = helpers->tell.string(),
                        .socket = std::string(kRunFolder) + "/mwan.sock"})
      << std::flush;
  if (!out) return failed(FailureClass::Permanent, file.string(), std::strerror(errno));

  SupervisedProgram plan{
      .argv = {*program, "--nobackground", "--config", file.string(), config_.netdev},
      .folders = {{kRunFolder, run.string()}},
      .keeper = helpers->keeper,
      .pid_file = config_.folder / "pid"};
  for (const char* folder : kLeaseFolders) {
    if (folder == kLeaseFolders[0] || fs::exists(folder)) {
      plan.folders.push_back({folder, leases.string()});
    }
  }
  dhcpcd_ = std::make_unique<Supervisor>(
      loop_, std::move(plan),
      Supervisor::Calls{.line = [this](const std::string& line) { log(line); },
                        .ended = [this](const ProgramEnd& end,
                                        Duration back_off) { return ended(end, back_off); }});
  return {};
}

Task<void> DhcpClient::stop() {
  speaks_ = false;  // calls_ stays: this may be called from inside one of them
  not_ready_.reset();
  silence_.reset();
  refusal_.reset();
  run_out_.reset();
  lease_.reset();
  if (dhcpcd_) co_await dhcpcd_->stop();
  dhcpcd_.reset();
  socket_.close();
  std::error_code ignored;
  fs::remove_all(config_.folder / "run", ignored);
  fs::remove(config_.folder / "dhcpcd.conf", ignored);
  if (!config_.keep_leases) {
    fs::remove_all(config_.folder / "leases", ignored);
    fs::remove(config_.folder, ignored);  // when nothing else is in it
  }
  started_ = false;
}

void DhcpClient::heard(const ScriptReport& report) {
  if (!speaks_ || report.value("interface") != config_.netdev) return;
  switch (dhcp_reason(report)) {
    case DhcpReason::Lease:
      leased(report);
      break;
    case DhcpReason::Refused:
      if (!lease_ || refusal_.active()) break;
      refusal_ = loop_.after(config_.renumbering, [this] {
        lose("the DHCP server does not want us to use the address any more, and gave no other one");
      });
      break;
    case DhcpReason::Lost:
      lose("the DHCP lease has run out");
      break;
    case DhcpReason::Carrier:
      wait_for_server();
      break;
    case DhcpReason::NoCarrier:
      silence_.reset();
      break;
    case DhcpReason::Other:
      break;
  }
}

void DhcpClient::leased(const ScriptReport& report) {
  const bool v4 = config_.family == IpFamily::V4;
  auto lease = v4 ? read_lease(report) : read_lease6(report);
  if (!lease) {
    const Error error = lease.error();
    lose(error.message);
    silence_.reset();
    trouble(error.failure, error.text(), kLongestPause);
    return;
  }
  silence_.reset();
  refusal_.reset();
  run_out_.reset();
  if (lease->time) {
    run_out_ =
        loop_.after(*lease->time + kRunOutGrace, [this] { lose("the DHCP lease has run out"); });
  }
  lease_ = std::move(*lease);
  IpConfig config;
  (v4 ? config.v4 : config.v6) = lease_->config;
  config.mtu = lease_->mtu;
  calls_.got(config);
}

void DhcpClient::lose(const std::string& why) {
  refusal_.reset();
  run_out_.reset();
  if (!lease_) return;
  lease_.reset();
  wait_for_server();
  if (speaks_) calls_.lost(why);
}

void DhcpClient::wait_for_server() {
  silence_ = loop_.after(config_.patience, [this] {
    silence_.reset();
    trouble(FailureClass::Transient,
            fmt::format("no {} server answered on {} within {} s: is it the right cable, and does "
                        "the provider use DHCP? Still asking",
                        config_.family == IpFamily::V4 ? "DHCP" : "DHCPv6", config_.netdev,
                        std::chrono::duration_cast<std::chrono::seconds>(config_.patience).count()),
            kLongestPause);
  });
}

std::optional<Duration> DhcpClient::ended(const ProgramEnd& end, Duration back_off) {
  const std::string& said = dhcpcd_->last_line();
  trouble(FailureClass::Transient,
          fmt::format("dhcpcd ended ({}){}{}", end.words(), said.empty() ? "" : ": ", said),
          back_off);
  return back_off;
}

void DhcpClient::trouble(FailureClass failure, const std::string& message,
                         std::optional<Duration> retry_in) {
  if (speaks_) calls_.trouble({failure, config_.link, message}, retry_in);
}

void DhcpClient::log(const std::string& line) const {
  if (config_.log) config_.log(line);
}

}  // namespace mwan
