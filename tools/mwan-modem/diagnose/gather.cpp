// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/diagnose/gather.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <unistd.h>

#include "modems/control_port.hpp"
#include "modems/providers/find_apns.hpp"
#include "tools/mwan-modem/session.hpp"

namespace mwan::tool {
namespace {

// Where several modems are plugged in, the one that is meant.
std::vector<UsbUnit> modems_on_usb(const std::optional<Choice>& choice) {
  std::vector<UsbUnit> out;
  const std::string id = choice && choice->hardware ? choice->hardware->id : "";
  const std::string place = id.substr(id.rfind('/') + 1);
  for (UsbUnit& device : usb_devices()) {
    const bool meant = place.empty() ? looks_like_modem(device) : device.place == place;
    if (meant) out.push_back(std::move(device));
  }
  return out;
}

PortEvidence port_evidence(const std::string& device) {
  PortEvidence out;
  out.device = device;
  if (access(device.c_str(), R_OK | W_OK) != 0) out.access_error = errno;
  OpenersQuery query;
  query.device = device;
  out.openers = find_openers(query).value_or(Openers{.found = {}, .complete = false});
  return out;
}

void note_proxy(const ModemConfig& config, Evidence& out) {
  bool mbim = config.protocol == ModemProtocol::Mbim;
  if (config.protocol == ModemProtocol::Auto && !config.no_file_check) {
    mbim = port_protocol(config.device) == ModemProtocol::Mbim;
  }
  out.proxy_name = mbim ? "mbim-proxy" : config.proxy;
  out.proxy = probe_proxy(out.proxy_name);
}

void take(const Readings& all, Evidence& out) {
  out.identity = all.identity;
  out.radio = all.network.radio;
  out.sim = all.sim;
  out.home = all.home;
  out.signal = all.signal;
  out.cells = all.network.cells;
  out.registration = all.network.registration;
  out.packet_service = all.network.packet_service;
  for (const BearerReadings& bearer : all.bearers) {
    if (bearer.connected && *bearer.connected) out.connect.was_connected = true;
    if (!bearer.addressing || !*bearer.addressing) continue;
    const IpConfig& config = **bearer.addressing;
    if (config.v4) out.connect.config.v4 = config.v4;
    if (config.v6) out.connect.config.v6 = config.v6;
    if (config.mtu) out.connect.config.mtu = config.mtu;
  }
}

// What is publicly known for the network that issued the SIM; a host without the list has none.
std::vector<std::string> known_apns(const Readings& all) {
  constexpr std::size_t kMost = 5;
  SubscriberNetwork network;
  if (all.home) network.plmn = all.home->plmn;
  if (all.sim) network.imsi = all.sim->imsi;
  const std::string list = ModemConfig().providers;
  const auto entries = find_apns(list, network);
  std::vector<std::string> out;
  if (!entries) return out;
  for (const ApnEntry& entry : *entries) {
    const bool known = std::ranges::find(out, entry.apn) != out.end();
    if (entry.usage == ApnUsage::Internet && !known && out.size() < kMost) out.push_back(entry.apn);
  }
  return out;
}

Task<void> look_into(Context& context, ModemAdapter& modem, std::string netdev,
                     const std::function<void(const std::string&)>& tell, Gathered& out) {
  Task<Readings> reading = read_all(modem, context.loop, context.cancel);
  out.readings = co_await reading;
  take(*out.readings, out.evidence);
  out.evidence.connect.suggested_apns = known_apns(*out.readings);
  Task<void> data = gather_data(context, modem, std::move(netdev), tell, out.evidence);
  co_await data;
}

}  // namespace

Task<Gathered> gather(Context& context, Secret password,
                      std::function<void(const std::string&)> tell) {
  Gathered out;
  Evidence& evidence = out.evidence;
  evidence.simulated = context.options.simulated;
  evidence.wanted = context.options.device;
  evidence.connect.allowed = context.options.connect;
  evidence.connect.roaming_allowed = context.options.roaming;
  evidence.connect.apn = context.options.apn;
  Task<tl::expected<Choice, Refusal>> choosing = choose_device(context);
  const auto choice = co_await choosing;
  if (choice) out.choice = *choice;
  if (!evidence.simulated) evidence.usb = modems_on_usb(out.choice);
  if (!choice) co_return out;
  if (!evidence.simulated) {
    evidence.port = port_evidence(choice->device);
    if (evidence.port->access_error != 0) co_return out;
  }
  ModemConfig config = modem_config(context.options, *choice);
  config.password = password;
  note_proxy(config, evidence);
  std::string netdev = config.netdev;
  if (netdev.empty() && !evidence.simulated) {
    netdev = find_netdev(choice->device).value_or("");
  }
  const auto adapter = context.make(context.loop, std::move(config));
  if (!adapter) {
    evidence.opened = Status(failed(adapter.error()));
    co_return out;
  }
  ModemAdapter& modem = **adapter;
  tell("opening the modem");
  Task<Status> opening = modem.open(context.cancel);
  evidence.opened = co_await opening;
  if (*evidence.opened) {
    Task<void> looking = look_into(context, modem, netdev, tell, out);
    co_await looking;
  }
  Task<void> closing = modem.close(kCloseBudget);
  co_await closing;
  co_return out;
}

}  // namespace mwan::tool
