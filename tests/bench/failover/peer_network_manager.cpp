// SPDX-License-Identifier: LGPL-2.1-or-later
// NetworkManager with both lines as connections of their own route metrics, and its connectivity
// check at the shortest interval: a line that fails the check gets 20000 on top of its metric. It
// manages the devices of the router's namespace only, through a message bus of its own, and has its
// own /run, /var/lib and a read-only /sys (without which it waits for a udev that is not there).
#include <fmt/format.h>
#include <sys/stat.h>

#include "tests/bench/failover/peer.hpp"
#include "tests/bench/failover/tcp_service.hpp"

namespace mwan::bench {

namespace {

using namespace std::chrono_literals;

constexpr const char* kPage =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 25\r\nConnection: close\r\n\r\n"
    "NetworkManager is online\n";

class NetworkManager : public Peer {
 public:
  using Peer::Peer;

  Status start(const TwoLines& lines, const std::filesystem::path& folder,
               Ask /*it asks no name servers*/) override {
    folder_ = folder;
    auto page = TcpService::start(lines.server(), target_address, 80, kPage);
    if (!page) return failed(page.error());
    page_ = std::move(*page);
    if (auto done = lines.masquerade(); !done) return done;
    // Its check of a line that is not the first choice needs the answers through that line.
    if (auto done = lines.router().sysctl("net/ipv4/conf/all/rp_filter", "2"); !done) return done;
    if (auto done = write_files(); !done) return done;
    if (auto done = start_bus(lines.router()); !done) return done;

    const auto state = folder_ / "state";
    return launch(
        lines.router(), folder_ / "nm.log", {"/usr/bin/env", bus_variable()},
        {"--no-daemon", "--config", folder_ / "nm.conf", "--config-dir", folder_ / "none",
         "--system-config-dir", folder_ / "none", "--intern-config", state / "intern.conf",
         "--state-file", state / "state", "--pid-file", state / "pid"});
  }
  bool running() override { return Peer::running() && bus_.running(); }
  [[nodiscard]] std::vector<std::string> processes() const override { return {"NetworkManager"}; }

 private:
  // Without the 20000 of a line whose check has not passed.
  [[nodiscard]] bool content(const std::string& default_routes) const override {
    return default_routes.find("metric 100 ") != std::string::npos &&
           default_routes.find("metric 200 ") != std::string::npos;
  }
  [[nodiscard]] std::string bus_address() const {
    return "unix:path=" + (folder_ / "bus").string();
  }
  [[nodiscard]] std::string bus_variable() const {
    return "DBUS_SYSTEM_BUS_ADDRESS=" + bus_address();
  }

  [[nodiscard]] Status write_files() const {
    for (const char* name : {"none", "state"}) std::filesystem::create_directories(folder_ / name);
    if (auto done = lab::write_file(
            folder_ / "nm.conf",
            fmt::format("[main]\nplugins=keyfile\nno-auto-default=*\ndns=none\n"
                        "rc-manager=unmanaged\nauth-polkit=false\ndhcp=internal\n"
                        "[keyfile]\npath={}\nunmanaged-devices=interface-name:lan0\n"
                        "[connectivity]\nuri=http://{}/\ninterval=1\n"
                        "[logging]\nlevel=INFO\n",
                        (folder_ / "connections").string(), target_address));
        !done) {
      return done;
    }
    if (auto done = lab::write_file(
            folder_ / "bus.conf",
            fmt::format("<busconfig><type>system</type><listen>{}</listen>"
                        "<policy context=\"default\"><allow send_destination=\"*\"/>"
                        "<allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>\n",
                        bus_address()));
        !done) {
      return done;
    }
    if (auto done = write_connection(first_device, first_address, first_gateway, 100); !done) {
      return done;
    }
    return write_connection(second_device, second_address, second_gateway, 200);
  }
  [[nodiscard]] Status write_connection(const char* device, const char* address,
                                        const char* gateway, int metric) const {
    const auto path = folder_ / "connections" / fmt::format("{}.nmconnection", device);
    auto done = lab::write_file(
        path, fmt::format("[connection]\nid={0}\ntype=ethernet\ninterface-name={0}\n"
                          "[ipv4]\nmethod=manual\naddress1={1},{2}\nroute-metric={3}\n"
                          "[ipv6]\nmethod=disabled\n",
                          device, address, gateway, metric));
    ::chmod(path.c_str(), S_IRUSR | S_IWUSR);  // else it is ignored, as it may hold secrets
    return done;
  }
  Status start_bus(const lab::NetNs& router) {
    auto started = lab::Process::start(
        {{sandbox(), "dbus-daemon", "--config-file=" + (folder_ / "bus.conf").string(), "--nofork",
          "--nopidfile", "--nosyslog"},
         &router,
         folder_ / "bus.log",
         folder_ / "bus.log"});
    if (!started) return failed(started.error());
    bus_ = std::move(*started);
    const bool there = lab::wait_until(
        5s, [this] { return std::filesystem::exists(folder_ / "bus") || !bus_.running(); });
    if (there && bus_.running()) return {};
    return failed(FailureClass::Permanent, "NetworkManager's message bus",
                  "does not start: " + lab::last_lines(folder_ / "bus.log", 5));
  }

  std::filesystem::path folder_;
  std::unique_ptr<TcpService> page_;
  lab::Process bus_;
};

}  // namespace

std::unique_ptr<Contender> make_network_manager(const Installed& installed) {
  auto program = find_peer(installed, "usr/sbin/NetworkManager");
  if (!program || !std::filesystem::exists("/usr/bin/dbus-daemon")) return nullptr;
  return std::make_unique<NetworkManager>(std::move(*program), installed.sandbox);
}

}  // namespace mwan::bench
