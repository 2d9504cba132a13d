// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/stats.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "tools/mwan-sim/mbim/sessions.hpp"

namespace mwan::sim {
namespace {

using Json = nlohmann::json;

const char* state_name(RegistrationState state) {
  switch (state) {
    case RegistrationState::NotRegistered:
      return "not-registered";
    case RegistrationState::Searching:
      return "searching";
    case RegistrationState::Home:
      return "home";
    case RegistrationState::Roaming:
      return "roaming";
    case RegistrationState::Denied:
      return "denied";
    case RegistrationState::Unknown:
      break;
  }
  return "unknown";
}

Json direction(const std::array<std::uint64_t, kFates>& counts) {
  Json json = Json::object();
  for (std::size_t i = 0; i < kFates; ++i) json[fate_name(static_cast<Fate>(i))] = counts.at(i);
  return json;
}

Json clients_json(const qmi::Stack& stack) {
  const qmi::Clients& clients = stack.clients();
  qmi::Clients::Counters sum;
  std::size_t open = 0;
  std::size_t disowned = 0;
  Json services = Json::object();
  for (const auto& [service, counters] : clients.counters()) {
    services[std::string(qmi::service_name(service))] = {{"allocated", counters.allocated},
                                                         {"released", counters.released},
                                                         {"lost", counters.lost},
                                                         {"open", clients.open(service)},
                                                         {"disowned", clients.disowned(service)}};
    sum.allocated += counters.allocated;
    sum.released += counters.released;
    sum.lost += counters.lost;
    open += clients.open(service);
    disowned += clients.disowned(service);
  }
  return {{"allocated", sum.allocated}, {"released", sum.released},
          {"lost", sum.lost},           {"open", open},
          {"disowned", disowned},       {"services", services}};
}

Json sessions_json(const Modem& modem) {
  const Bearers& bearers = modem.bearers();
  const Bearers::Counters& counters = bearers.counters();
  const auto family = [&](IpFamily which) {
    return Json{{"connected", bearers.find(which) != nullptr}, {"handles", bearers.handles(which)}};
  };
  const auto open = static_cast<unsigned>(bearers.find(IpFamily::V4) != nullptr) +
                    static_cast<unsigned>(bearers.find(IpFamily::V6) != nullptr);
  return {{"started", counters.started},
          {"stopped", counters.stopped},
          {"dropped", counters.dropped},
          {"refused", counters.refused},
          {"open", open},
          {"ipv4", family(IpFamily::V4)},
          {"ipv6", family(IpFamily::V6)}};
}

Json mbim_json(const mbim::Stack& stack) {
  const mbim::Stack::Books& books = stack.books();
  const mbim::Sessions::Count sessions = stack.sessions().count();
  return {{"clients", {{"opened", books.opened}, {"open", stack.clients_open()}}},
          {"sessions", {{"active", sessions.active}, {"disowned", sessions.disowned}}},
          {"mbimex", fmt::format("{}.{}", stack.version() >> 8, stack.version() & 0xFF)},
          {"messages",
           {{"requests", books.requests},
            {"swallowed", books.swallowed},
            {"indications", books.indications},
            {"malformed", books.malformed}}},
          {"requests", books.by_name}};
}

}  // namespace

Json collect_stats(const Modem& modem, const qmi::Stack& stack, const mbim::Stack& mbim,
                   const Connections& connections, const PacketPath& path) {
  const qmi::Stack::Books& books = stack.books();
  return {
      {"plugged", modem.powered()},
      {"registration", state_name(modem.network().state())},
      {"attached", modem.network().attached()},
      {"connections", {{"open", connections.open}, {"accepted", connections.accepted}}},
      {"clients", clients_json(stack)},
      {"sessions", sessions_json(modem)},
      {"messages",
       {{"requests", books.requests},
        {"swallowed", books.swallowed},
        {"indications", books.indications},
        {"malformed", books.malformed}}},
      {"mbim", mbim_json(mbim)},
      {"packets",
       {{"uplink", direction(path.books().uplink)},
        {"downlink", direction(path.books().downlink)}}},
  };
}

std::string summary(const Json& stats) {
  const auto number = [&stats](const char* group, const char* name) {
    return stats.at(group).at(name).get<std::uint64_t>();
  };
  const auto mbim = [&stats](const char* group, const char* name) {
    return stats.at("mbim").at(group).at(name).get<std::uint64_t>();
  };
  const auto packets = [&stats](const char* way) {
    const auto& counts = stats.at("packets").at(way);
    std::uint64_t dropped = 0;
    for (const auto& [name, count] : counts.items()) {
      if (name != "delivered") dropped += count.get<std::uint64_t>();
    }
    return fmt::format("{} delivered, {} dropped", counts.at("delivered").get<std::uint64_t>(),
                       dropped);
  };
  return fmt::format(
      "client ids: {} allocated, {} released, {} lost, {} open ({} disowned)\n"
      "data sessions: {} started, {} stopped, {} dropped, {} refused, {} open\n"
      "messages: {} requests ({} not answered), {} indications, {} malformed\n"
      "MBIM: {} requests, {} sessions active ({} disowned), {} clients open\n"
      "packets up: {}; down: {}\n",
      number("clients", "allocated"), number("clients", "released"), number("clients", "lost"),
      number("clients", "open"), number("clients", "disowned"), number("sessions", "started"),
      number("sessions", "stopped"), number("sessions", "dropped"), number("sessions", "refused"),
      number("sessions", "open"), number("messages", "requests"), number("messages", "swallowed"),
      number("messages", "indications"), number("messages", "malformed"),
      mbim("messages", "requests"), mbim("sessions", "active"), mbim("sessions", "disowned"),
      mbim("clients", "open"), packets("uplink"), packets("downlink"));
}

Status write_atomically(const std::string& path, const std::string& content) {
  const std::string temporary = path + ".new";
  {
    std::ofstream file(temporary, std::ios::trunc);
    file << content;
    file.close();
    if (!file) {
      return failed(FailureClass::Permanent, temporary,
                    fmt::format("cannot write: {}", std::strerror(errno)));
    }
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    return failed(FailureClass::Permanent, path,
                  fmt::format("cannot replace: {}", std::strerror(errno)));
  }
  return {};
}

}  // namespace mwan::sim
