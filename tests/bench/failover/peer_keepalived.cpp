// SPDX-License-Identifier: LGPL-2.1-or-later
// keepalived as a line's guard: a VRRP instance owns the default route through the first line while
// the line's carrier is there (track_interface) and a ping a second is answered (track_script, one
// miss is enough). Behind it stands a static default route through the second line. keepalived
// moves routes itself, so no notify script delays it.
#include <fmt/format.h>

#include "tests/bench/failover/peer.hpp"

namespace mwan::bench {

namespace {

class Keepalived : public Peer {
 public:
  using Peer::Peer;

  Status start(const TwoLines& lines, const std::filesystem::path& folder,
               Ask /*it asks no name servers*/) override {
    if (auto done = lines.give_addresses(); !done) return done;
    if (auto done = lines.masquerade(); !done) return done;
    // The ping must go on asking through the first line when the default route has left it.
    for (const std::string& route :
         {fmt::format("route add default via {} dev {} metric 100", second_gateway, second_device),
          fmt::format("route add {} via {} dev {}", target_address, first_gateway, first_device)}) {
      if (auto done = ip(lines.router(), route); !done) return done;
    }
    if (auto done = lab::write_file(folder / "keepalived.conf", configuration()); !done) {
      return done;
    }
    return launch(
        lines.router(), folder / "keepalived.log", {},
        {"--dont-fork", "--log-console", "--vrrp", "--use-file", folder / "keepalived.conf"});
  }
  [[nodiscard]] std::vector<std::string> processes() const override {
    return {"keepalived", "ping"};
  }

 private:
  // The first line's is its own.
  [[nodiscard]] bool content(const std::string& default_routes) const override {
    return default_routes.find("metric 10 ") != std::string::npos;
  }
  // Adverts are as frequent as VRRPv2 allows; nobody listens to them here.
  static std::string configuration() {
    return fmt::format(
        "global_defs {{\n"
        "  script_user root\n"
        "}}\n"
        "vrrp_script first_line {{\n"
        "  script \"/usr/bin/ping -n -q -c 1 -W 1 -I {device} {target}\"\n"
        "  interval 1\n"
        "  timeout 1\n"
        "  fall 1\n"
        "  rise 1\n"
        "}}\n"
        "vrrp_instance first {{\n"
        "  state MASTER\n"
        "  interface lan0\n"
        "  virtual_router_id 1\n"
        "  priority 200\n"
        "  advert_int 1\n"
        "  track_interface {{\n"
        "    {device}\n"
        "  }}\n"
        "  track_script {{\n"
        "    first_line\n"
        "  }}\n"
        "  virtual_ipaddress {{\n"
        "    192.168.1.254/32 dev lan0\n"
        "  }}\n"
        "  virtual_routes {{\n"
        "    0.0.0.0/0 via {gateway} dev {device} metric 10\n"
        "  }}\n"
        "}}\n",
        fmt::arg("device", first_device), fmt::arg("target", target_address),
        fmt::arg("gateway", first_gateway));
  }
};

}  // namespace

std::unique_ptr<Contender> make_keepalived(const Installed& installed) {
  auto program = find_peer(installed, "usr/sbin/keepalived");
  if (!program) return nullptr;
  return std::make_unique<Keepalived>(std::move(*program), installed.sandbox);
}

}  // namespace mwan::bench
