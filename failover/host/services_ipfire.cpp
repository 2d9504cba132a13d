// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/services_ipfire.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/unique_fd.hpp"

namespace mwan::failover::ipfire {

namespace {

// As IPFire gives its hooks.
constexpr const char* kHookPath = "PATH=/bin:/usr/bin:/sbin:/usr/sbin";

// squid waits up to six minutes for its clients, and its script five seconds more.
constexpr Duration kProxyLimit = std::chrono::minutes(8);
constexpr Duration kSlowLimit = std::chrono::minutes(2);

bool there(const std::string& path) {
  struct stat about {};
  return ::lstat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode);
}

// The hooks are links to initscripts.
bool runs(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }

// Of the first 64 KiB of a settings file, whether a line says ENABLED=on. No link is followed.
bool enabled_in(const std::string& path) {
  const UniqueFd fd(
      ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  std::string text(1 << 16, '\0');
  const ssize_t got = fd ? ::read(fd.get(), text.data(), text.size()) : -1;
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    if (line == "ENABLED=on" || line == "ENABLED='on'") return true;
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return false;
}

std::string red_up(const Paths& paths, const char* hook) {
  return paths.init_d() + "/networking/red.up/" + hook;
}

}  // namespace

EnabledServices look_for_services(const Paths& paths) {
  const std::string base = paths.root + "/var/ipfire";
  EnabledServices out;
  out.unbound = runs(paths.init_d() + "/unbound");
  out.squid = there(base + "/proxy/enable") || there(base + "/proxy/enable_blue");
  out.wireguard = enabled_in(base + "/wireguard/settings");
  out.qos = enabled_in(base + "/qos/settings");
  out.ddns = runs(red_up(paths, "30-ddns"));
  out.ipsec = runs(red_up(paths, "50-ipsec"));
  return out;
}

ServicePlan plan_services(const Paths& paths, const EnabledServices& enabled,
                          const RedChange& change) {
  ServicePlan out;
  const std::string init = paths.init_d() + "/";
  const bool gateway_changed = change.from.iface.empty() || change.from.iface != change.to.iface ||
                               change.from.remote != change.to.remote;
  // Its forwarders are what every other service asks.
  if (enabled.unbound && !change.hooks_ran) {
    out.quick.push_back({"unbound", {{.argv = {init + "unbound", "update-forwarders"}}}});
  }
  // No hook does this one: the routes to its peers name the gateway of when it was started.
  if (enabled.wireguard && gateway_changed) {
    out.quick.push_back({"WireGuard", {{.argv = {init + "wireguard", "restart"}}}});
  }
  if (change.hooks_ran) return out;
  if (enabled.qos) {
    const std::string qosctrl = paths.root + "/usr/local/bin/qosctrl";
    out.quick.push_back({"QoS",
                         {{.argv = {qosctrl, "stop"}},
                          {.argv = {qosctrl, "generate"}},
                          {.argv = {qosctrl, "start"}}}});
  }
  if (enabled.ddns) {
    out.slow.push_back(
        {"dynamic DNS", {{.argv = {red_up(paths, "30-ddns")}, .limit = kSlowLimit}}});
  }
  if (enabled.ipsec) {
    out.slow.push_back({"IPsec", {{.argv = {red_up(paths, "50-ipsec")}, .limit = kSlowLimit}}});
  }
  if (enabled.squid) {
    out.slow.push_back({"squid", {{.argv = {init + "squid", "restart"}, .limit = kProxyLimit}}});
  }
  return out;
}

IpfireServices::IpfireServices(Loop& loop, Paths paths)
    : paths_(std::move(paths)), quick_(loop, {kHookPath}), slow_(loop, {kHookPath}) {}

void IpfireServices::run(const RedChange& change, Done done) {
  ServicePlan plan = plan_services(paths_, look_for_services(paths_), change);
  // Whichever lane ends last; a dropped run ends as well.
  const auto left = std::make_shared<int>(2);
  const auto ended = [left, done = std::move(done)] {
    if (--*left == 0 && done) done();
  };
  quick_.run(std::move(plan.quick), ended);
  slow_.run(std::move(plan.slow), ended);
}

}  // namespace mwan::failover::ipfire
