// SPDX-License-Identifier: LGPL-2.1-or-later
// The decoders of QMI messages. The first byte chooses one, the rest are the message's elements.
#include <array>
#include <type_traits>

#include "modems/qmi/causes.hpp"
#include "modems/qmi/decode_bands.hpp"
#include "modems/qmi/decode_cells.hpp"
#include "modems/qmi/decode_registration.hpp"
#include "modems/qmi/decode_settings.hpp"
#include "modems/qmi/decode_signal.hpp"
#include "modems/qmi/decode_sim.hpp"
#include "modems/qmi/decode_status.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::qmi;

void look(const CellReport& report) {
  require(report.neighbours.size() <= kMaxCells, "few neighbours");
}
void look(const std::vector<ActiveBand>& bands) {
  require(bands.size() <= kMaxBands, "few bands");
  for (const ActiveBand& one : bands) {
    if (one.channel) static_cast<void>(band_of(one.rat, *one.channel));
    if (one.band) require_clean(band_name(one.rat, *one.band));
  }
}
void look(const ServingSystem& report) {
  require_clean(report.operator_name.value_or(""));
  RegistrationCache cache;
  require_clean(cache.apply(report).operator_name);
}
void look(const SystemInfo& report) { RegistrationCache().apply(report); }
void look(const NetworkReject& report) { RegistrationCache().apply(report); }
void look(const HomeNetwork& network) { require_clean(network.name); }
void look(const SignalInfo& info) {
  SignalCache cache;
  cache.apply(info, true);
  cache.apply(info, false);
  static_cast<void>(cache.serving());
  cache.clear();
}
void look(const std::optional<IpFamilyConfig>& family) {
  if (!family) return;
  const IpPrefix& address = family->address;
  require(address.length <= (address.address.family() == IpFamily::V4 ? 32 : 128),
          "a prefix fits its family");
  require(!address.address.is_unspecified(), "an address is one");
}
void look(const IpConfig& config) {
  look(config.v4);
  look(config.v6);
}
void look(const Sim& sim) {
  require_clean(sim.iccid);
  require_clean(sim.imsi);
}
void look(const std::string& text) { require_clean(text); }
void look(const CallEnd& end) { require_clean(explain(end).text); }
void look(const StartedNetwork& started) { look(started.end); }
void look(const PacketServiceStatus& status) { look(status.end); }
void look(const Bytes& file) {
  require_clean(iccid_digits(file));
  require_clean(imsi_digits(file));
}
void look(std::uint16_t error) {
  require_clean(protocol_error_name(error));
  static_cast<void>(protocol_error_class(error));
}
// Nothing in it can be wrong in itself.
template <class T>
  requires std::is_trivially_copyable_v<T>
void look(const T& /*value*/) {}
void look(const std::vector<SimSlot>& slots) {
  for (const SimSlot& slot : slots) require_clean(slot.iccid);
}

template <class T>
void look(const Result<T>& result) {
  if (result) {
    look(*result);
  } else {
    require_said(result.error());
  }
}

using Decode = void (*)(TlvView);
// New ones at the end: the seeds and what was found before begin with the index.
constexpr std::array<Decode, 28> kDecoders = {
    [](TlvView m) { look(decode_cells(m)); },
    [](TlvView m) { look(decode_serving_system(m, Kind::Response)); },
    [](TlvView m) { look(decode_serving_system(m, Kind::Indication)); },
    [](TlvView m) { look(decode_system_info(m, Kind::Response)); },
    [](TlvView m) { look(decode_system_info(m, Kind::Indication)); },
    [](TlvView m) { look(decode_network_reject(m)); },
    [](TlvView m) { look(decode_home_network(m)); },
    [](TlvView m) { look(decode_current_settings(m, LinkLayer::RawIp)); },
    [](TlvView m) { look(decode_current_settings(m, LinkLayer::Ethernet)); },
    [](TlvView m) { look(decode_signal_info(m)); },
    [](TlvView m) { look(decode_event_report(m)); },
    [](TlvView m) { look(decode_signal_strength(m)); },
    [](TlvView m) { look(decode_card_status(m)); },
    [](TlvView m) { look(decode_slot_status(m)); },
    [](TlvView m) { look(decode_file(m)); },
    [](TlvView m) { look(decode_dms_sim_state(m)); },
    [](TlvView m) { look(decode_dms_pin_status(m)); },
    [](TlvView m) { look(decode_dms_text(m, "model")); },
    [](TlvView m) { look(decode_result(m)); },
    [](TlvView m) { look(decode_start_network(m)); },
    [](TlvView m) { look(decode_packet_service_status(m)); },
    [](TlvView m) { look(decode_system_status(m)); },
    [](TlvView m) { look(decode_operating_mode(m)); },
    [](TlvView m) { look(decode_packet_statistics(m)); },
    [](TlvView m) { look(decode_data_format(m)); },
    [](TlvView m) { look(decode_autoconnect(m)); },
    [](TlvView m) {
      static_cast<void>(decode_pin_tries(m));
      static_cast<void>(decode_call_terminated(m));
      static_cast<void>(decode_mode_report(m));
      static_cast<void>(m.well_formed());
    },
    [](TlvView m) { look(decode_bands(m)); },
};

}  // namespace

void take(ByteView input) {
  const std::uint8_t chosen = take_byte(input);
  kDecoders.at(chosen % kDecoders.size())(TlvView(input));
}

}  // namespace mwan::fuzz
