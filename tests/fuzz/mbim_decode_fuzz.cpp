// SPDX-License-Identifier: LGPL-2.1-or-later
// The decoders of MBIM information buffers. The first byte chooses one, with the MBIMEx version
// that it reads; the rest is the buffer.
#include <array>
#include <type_traits>

#include "modems/mbim/decode_connection.hpp"
#include "modems/mbim/decode_device.hpp"
#include "modems/mbim/decode_registration.hpp"
#include "modems/mbim/decode_signal.hpp"
#include "modems/mbim/decode_sim.hpp"
#include "modems/mbim/qmux.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::mbim;

void look(const DeviceCaps& caps) {
  require_clean(caps.device_id);
  require_clean(caps.firmware);
  require_clean(caps.hardware);
}
void look(const DeviceServices& services) {
  static_cast<void>(services.has(Service::Extensions, cid::kBaseStations));
}
void look(const RegisterState& state) {
  require_clean(state.registration.plmn);
  require_clean(state.registration.operator_name);
}
void look(const HomeNetwork& network) {
  require_clean(network.plmn);
  require_clean(network.name);
}
void look(const Subscriber& subscriber) {
  require_clean(subscriber.sim.iccid);
  require_clean(subscriber.sim.imsi);
}
void look(const PinInfo& pin) {
  Sim sim;
  complete(sim, pin);
}
void look(const std::vector<SignalSample>& samples) {
  require(samples.size() <= kMaxCells, "few samples");
}
void look(const BaseStations& stations) {
  require(stations.cells.neighbours.size() <= 4 * kMaxCells, "few neighbours");
  look(stations.serving);
}
void look(const Connection& connection) {
  require_clean(explain_nw_error(connection.nw_error).text);
  static_cast<void>(connection.carries(IpFamily::V6));
}
void look(const std::optional<IpFamilyConfig>& family) {
  if (!family) return;
  require(family->address.length <= (family->address.address.family() == IpFamily::V4 ? 32 : 128),
          "a prefix fits its family");
}
void look(const IpSettings& settings) {
  look(settings.v4);
  look(settings.v6);
  static_cast<void>(settings.of(IpFamily::V4));
  static_cast<void>(settings.of(IpFamily::V6));
}
// Nothing in it can be wrong in itself.
template <class T>
  requires std::is_trivially_copyable_v<T>
void look(const T& /*value*/) {}

template <class T>
void look(const Result<T>& result) {
  if (result) {
    look(*result);
  } else {
    require_said(result.error());
  }
}

using Decode = void (*)(ByteView, Mbimex);
// New ones at the end: what was found before begins with the index.
constexpr std::array<Decode, 20> kDecoders = {
    [](ByteView b, Mbimex) { look(decode_device_caps(b)); },
    [](ByteView b, Mbimex) { look(decode_device_services(b)); },
    [](ByteView b, Mbimex) { look(decode_radio_state(b)); },
    [](ByteView b, Mbimex) { look(decode_quectel_radio(b)); },
    [](ByteView b, Mbimex) { look(decode_sys_caps(b)); },
    [](ByteView b, Mbimex) { look(decode_slot_mappings(b)); },
    [](ByteView b, Mbimex) { look(decode_slot_info(b)); },
    [](ByteView b, Mbimex v) { look(decode_register_state(b, v)); },
    [](ByteView b, Mbimex v) { look(decode_packet_service(b, v)); },
    [](ByteView b, Mbimex v) { look(decode_subscriber(b, v)); },
    [](ByteView b, Mbimex) { look(decode_pin(b)); },
    [](ByteView b, Mbimex) { look(decode_home_provider(b)); },
    [](ByteView b, Mbimex v) { look(decode_signal_state(b, v, Rat::Lte)); },
    [](ByteView b, Mbimex) { look(decode_atds_signal(b)); },
    [](ByteView b, Mbimex v) { look(decode_base_stations(b, v)); },
    [](ByteView b, Mbimex) { look(decode_connect(b)); },
    [](ByteView b, Mbimex) { look(decode_ip_configuration(b)); },
    [](ByteView b, Mbimex) { look(mbim::decode_packet_statistics(b)); },
    [](ByteView b, Mbimex) { look(qmux::decode_result(b)); },
    [](ByteView b, Mbimex) { look(qmux::decode_allocated_client(b)); },
};

}  // namespace

void take(ByteView input) {
  constexpr std::array kVersions = {Mbimex::None, Mbimex::V2, Mbimex::V3};
  const std::size_t chosen = take_byte(input);
  const Mbimex version = kVersions.at(chosen / kDecoders.size() % kVersions.size());
  kDecoders.at(chosen % kDecoders.size())(input, version);
}

}  // namespace mwan::fuzz
