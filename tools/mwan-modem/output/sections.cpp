// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/sections.hpp"

#include <fmt/format.h>

#include "tools/mwan-modem/output/judgement.hpp"
#include "tools/mwan-modem/output/masking.hpp"
#include "tools/mwan-modem/output/words.hpp"

namespace mwan::tool {
namespace {

std::string shown(IdentityKind kind, const std::string& digits, Show show) {
  return show == Show::Full ? digits : masked(kind, digits);
}

template <class Number>
Json optional_json(const std::optional<Number>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::string key_prefix(Metric metric) {  // "rsrp" of "rsrp_dbm"
  const std::string_view key = key_of(metric);
  return std::string(key.substr(0, key.find('_')));
}

}  // namespace

Section section_of(const Result<ModemIdentity>& identity) {
  Section out{"identity", "Modem", {}};
  if (!identity) {
    out.add_unknown("model", "model", identity.error());
    return out;
  }
  out.add_text("manufacturer", "manufacturer", identity->manufacturer);
  out.add_text("model", "model", identity->model);
  out.add_text("firmware", "firmware", identity->firmware);
  out.add_text("hardware", "hardware", identity->hardware);
  out.add_text("protocol", "protocol", identity->protocol);
  out.add_text("imei", "IMEI", identity->imei);
  return out;
}

Section section_of_sim(const Result<Sim>& sim, const Result<HomeNetwork>& home, Show show) {
  Section out{"sim", "SIM", {}};
  if (!sim) {
    out.add_unknown("state", "state", sim.error());
    return out;
  }
  out.add("state", "state", std::string(words(sim->state)), std::string(token(sim->state)));
  const auto tries = [&](const char* key, const char* label,
                         const std::optional<std::uint8_t>& left) {
    out.add(key, left ? label : "", left ? std::to_string(*left) : "", optional_json(left));
  };
  tries("pin_tries", "PIN tries left", sim->pin_tries);
  tries("puk_tries", "PUK tries left", sim->puk_tries);
  out.add_text("iccid", "ICCID", shown(IdentityKind::Iccid, sim->iccid, show));
  out.add_text("imsi", "IMSI", shown(IdentityKind::Imsi, sim->imsi, show));
  if (!home) {
    out.add_unknown("home_plmn", "home network", home.error());
    return out;
  }
  const std::string name =
      home->name.empty() ? home->plmn : fmt::format("{} ({})", home->name, home->plmn);
  out.add("home_plmn", "home network", name.empty() ? "-" : name,
          home->plmn.empty() ? Json(nullptr) : Json(home->plmn));
  out.rows.push_back({"home_name", "", "", home->name.empty() ? Json(nullptr) : Json(home->name)});
  return out;
}

Section section_of_slots(const Result<std::vector<SimSlot>>& slots, Show show) {
  Section out{"slots", "Slots", {}};
  if (!slots) {
    out.add_unknown("slots", "slots", slots.error());
    return out;
  }
  for (const SimSlot& slot : *slots) {
    const std::string iccid = shown(IdentityKind::Iccid, slot.iccid, show);
    std::string text = slot.card ? "card" : "empty";
    if (!iccid.empty()) text += " " + iccid;
    if (slot.active) text += ", active";
    out.add(std::to_string(slot.number), fmt::format("slot {}", slot.number), text,
            Json{{"active", slot.active}, {"card", slot.card}, {"iccid", iccid}});
  }
  if (slots->empty()) out.add("none", "slots", "-", nullptr);
  return out;
}

Section section_of(const NetworkReadings& network) {
  Section out{"network", "Network", {}};
  if (network.radio) {
    out.add("radio", "radio", std::string(words(*network.radio)),
            std::string(token(*network.radio)));
  } else {
    out.add_unknown("radio", "radio", network.radio.error());
  }
  if (network.registration) {
    const Registration& r = *network.registration;
    out.add("registration", "registration", sentence(r), std::string(token(r.state)));
    out.add("rat", "", "", std::string(token(r.rat)));
    out.add("plmn", "", "", r.plmn.empty() ? Json(nullptr) : Json(r.plmn));
    out.add("operator", "", "", r.operator_name.empty() ? Json(nullptr) : Json(r.operator_name));
    if (r.reject_cause) {
      out.add("reject_cause", "refused with", fmt::format("EMM cause {}", *r.reject_cause),
              *r.reject_cause);
    }
  } else {
    out.add_unknown("registration", "registration", network.registration.error());
  }
  if (network.packet_service) {
    out.add("packet_service", "packet service", std::string(words(network.packet_service->state)),
            std::string(token(network.packet_service->state)));
  } else {
    out.add_unknown("packet_service", "packet service", network.packet_service.error());
  }
  if (network.bands && !network.bands->empty()) {
    add_bands(out, *network.bands);
  } else if (network.cells && network.cells->serving && network.cells->serving->arfcn) {
    const Cell& cell = *network.cells->serving;
    const std::string band = band_of_channel(cell.rat, *cell.arfcn);
    if (!band.empty()) out.add("band", "band", band);
  }
  return out;
}

Json to_json(const std::vector<ActiveBand>& bands) {
  Json out = Json::array();
  for (const ActiveBand& carrier : bands) {
    Json one{{"rat", token(carrier.rat)}};
    if (carrier.band) {
      one["band"] = *carrier.band;
      one["name"] = band_name(carrier.rat, *carrier.band);
    }
    if (carrier.channel) one["channel"] = *carrier.channel;
    if (carrier.bandwidth_mhz) one["bandwidth_mhz"] = *carrier.bandwidth_mhz;
    out.push_back(std::move(one));
  }
  return out;
}

void add_bands(Section& section, const std::vector<ActiveBand>& bands) {
  if (bands.empty()) return;
  std::string text;
  for (const ActiveBand& carrier : bands) text += (text.empty() ? "" : "; ") + sentence(carrier);
  const ActiveBand& first = bands.front();
  section.add("band", "band", text,
              first.band ? Json(band_name(first.rat, *first.band)) : Json(nullptr));
  section.rows.push_back({"bands", "", "", to_json(bands)});
}

std::vector<ActiveBand> of_rat(const std::vector<ActiveBand>& bands, Rat rat) {
  std::vector<ActiveBand> out;
  for (const ActiveBand& carrier : bands) {
    if (carrier.rat == rat) out.push_back(carrier);
  }
  return out;
}

Section section_of(const SignalSample& sample) {
  Section out{std::string(token(sample.rat)), std::string(words(sample.rat)), {}};
  for (const Reading& reading : readings(sample)) {
    std::string value = fmt::format("{:>6.1f} {:<3}", reading.value, unit_of(reading.metric));
    if (reading.grade) value += fmt::format("  {}", words(*reading.grade));
    out.add(std::string(key_of(reading.metric)), std::string(name_of(reading.metric, sample.rat)),
            value, reading.value);
    if (!reading.grade) continue;
    out.add(key_prefix(reading.metric) + "_grade", "", "", std::string(words(*reading.grade)));
  }
  if (const auto judgement = judge(sample)) {
    out.add("grade", "", "", std::string(words(judgement->grade)));
    out.add("judgement", "altogether", judgement->sentence);
  }
  return out;
}

Json to_json(const SignalSample& sample) {
  Json out{{"rat", token(sample.rat)}};
  for (const Row& row : section_of(sample).rows) out[row.key] = row.value;
  return out;
}

std::string text(const IpConfig& config, IpFamily family) {
  const auto& given = family == IpFamily::V4 ? config.v4 : config.v6;
  if (!given) return {};
  std::string out = given->address.text();
  if (given->gateway) out += ", gateway " + given->gateway->text();
  for (std::size_t i = 0; i < given->dns.size(); ++i) {
    out += (i == 0 ? ", DNS " : " ") + given->dns[i].text();
  }
  if (config.mtu) out += fmt::format(", MTU {}", *config.mtu);
  return out;
}

Json to_json(const IpConfig& config) {
  Json out = Json::object();
  const auto family = [&](const char* key, const std::optional<IpFamilyConfig>& given) {
    if (!given) return;
    Json& inner = out[key];
    inner["address"] = given->address.text();
    if (given->gateway) inner["gateway"] = given->gateway->text();
    inner["dns"] = Json::array();
    for (const IpAddress& server : given->dns) inner["dns"].push_back(server.text());
  };
  family("ipv4", config.v4);
  family("ipv6", config.v6);
  if (config.mtu) out["mtu"] = *config.mtu;
  return out;
}

Section section_of(const std::vector<BearerReadings>& bearers) {
  Section out{"bearers", "Data", {}};
  for (const BearerReadings& bearer : bearers) {
    const std::string key(token(bearer.family));
    const std::string label(words(bearer.family));
    if (!bearer.connected) {
      out.add_unknown(key, label, bearer.connected.error());
    } else if (!*bearer.connected) {
      out.add(key, label, "not connected", Json{{"connected", false}});
    } else if (bearer.addressing && *bearer.addressing) {
      const std::string given = text(**bearer.addressing, bearer.family);
      out.add(key, label, "connected" + (given.empty() ? "" : ": " + given),
              Json{{"connected", true}, {"addressing", to_json(**bearer.addressing)}});
    } else {
      out.add(key, label, "connected", Json{{"connected", true}});
    }
  }
  return out;
}

}  // namespace mwan::tool
