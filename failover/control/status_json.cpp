// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/control/status_json.hpp"

#include <chrono>
#include <cmath>

#include "failover/record/enum_names.hpp"

namespace mwan::failover::control {
namespace {

using Json = nlohmann::ordered_json;

Json signal_json(const SignalSample& sample) {
  Json out = {{"rat", enum_name(sample.rat)}};
  const auto add = [&out](const char* key, const std::optional<double>& value) {
    if (value && std::isfinite(*value)) out[key] = *value;
  };
  add("rssi_dbm", sample.rssi_dbm);
  add("rsrp_dbm", sample.rsrp_dbm);
  add("rsrq_db", sample.rsrq_db);
  add("sinr_db", sample.sinr_db);
  return out;
}

Json registration_json(const Registration& registration) {
  Json out = {{"state", enum_name(registration.state)}, {"rat", enum_name(registration.rat)}};
  if (!registration.plmn.empty()) out["plmn"] = registration.plmn;
  if (!registration.operator_name.empty()) out["operator"] = registration.operator_name;
  if (registration.reject_cause) out["reject_cause"] = *registration.reject_cause;
  return out;
}

Json link_json(const LinkStatus& link, bool active) {
  Json out = {{"name", link.name},
              {"kind", enum_name(link.kind)},
              {"device", link.netdev},
              {"priority", link.priority},
              {"standby", enum_name(link.standby)},
              {"metered", link.metered},
              {"active", active},
              {"verdict", enum_name(link.verdict)},
              {"reason", link.reason},
              {"lasting_s", std::chrono::duration_cast<std::chrono::seconds>(link.lasting).count()},
              {"risk", link.risk},
              {"maintenance", link.maintenance},
              {"addresses", Json::array()}};
  for (const IpPrefix& address : link.addresses) out["addresses"].push_back(address.text());
  if (link.registration) out["registration"] = registration_json(*link.registration);
  if (!link.signal.empty()) {
    out["signal"] = Json::array();
    for (const SignalSample& sample : link.signal) out["signal"].push_back(signal_json(sample));
  }
  return out;
}

}  // namespace

Json to_json(const RuntimeStatus& status) {
  Json out = {{"state", enum_name(status.state)},
              {"active", status.active ? Json(*status.active) : Json()},
              {"preferred", status.preferred},
              {"paused", status.paused},
              {"held", status.held ? Json(*status.held) : Json()},
              {"links", Json::array()}};
  for (const LinkStatus& link : status.links) {
    out["links"].push_back(link_json(link, status.active == link.name));
  }
  return out;
}

}  // namespace mwan::failover::control
