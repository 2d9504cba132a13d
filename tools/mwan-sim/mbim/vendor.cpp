// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/vendor.hpp"

#include <algorithm>
#include <cmath>

#include "tools/mwan-sim/mbim/values.hpp"

namespace mwan::sim::mbim {
namespace {

// 3GPP TS 27.007 section 8.69: codes from 0 at least, 255 unknown.
std::uint32_t code(std::optional<double> value, double least, double step, double most) {
  constexpr std::uint32_t kNone = 255;
  if (!value) return kNone;
  return static_cast<std::uint32_t>(std::clamp(std::round((*value - least) / step), 0.0, most));
}

}  // namespace

Vendor::Vendor(Host& host) : Module(host) {
  tell(ref::kAtdsSignal, [this] { return signal(); });
  tell(ref::kAtdsLocation, [this] { return location(); });
  answer(ref::kModemReboot, {}, [this](const Request& request) { return reboot(request); });
  const auto radio = [this] {
    const bool on = modem().mode() == OperatingMode::Online;
    return InfoWriter().u32(static_cast<std::uint32_t>(on)).done();
  };
  tell(ref::kQuectelRadioState, radio, [this, radio](const Request& request) {
    InfoReader reader(request.info);
    if (reader.u32() != 1 || !reader.ok()) return failure(Status::InvalidParameters);
    if (modem().mode() == OperatingMode::LowPower) modem().set_mode(OperatingMode::Online);
    return Reply{Status::None, radio()};
  });
}

Bytes Vendor::signal() const {
  const auto anchor = anchor_signal(modem());
  const SignalSample sample = anchor.value_or(SignalSample{});
  const bool umts = anchor && modem().radio().anchor() == Tech::Umts;
  const auto only = [](bool wanted, std::optional<double> value) {
    return wanted ? value : std::nullopt;
  };
  return InfoWriter()
      .u32(coded_rssi(anchor ? rssi_of(sample) : std::nullopt))
      .u32(kUnknownRssi)  // bit error rate
      .u32(code(only(umts, sample.rsrp_dbm), -120, 1, 96))
      .u32(code(only(umts, sample.rsrq_db), -24, 0.5, 49))
      .u32(code(only(!umts, sample.rsrq_db), -19.5, 0.5, 34))
      .u32(code(only(!umts, sample.rsrp_dbm), -140, 1, 97))
      .u32(code(sample.sinr_db, -5, 1, 35))
      .done();
}

Bytes Vendor::location() const {
  const ServingCell cell = modem().measuring() ? modem().radio().cell : ServingCell{0, 0, 0, 0};
  return InfoWriter().u32(0).u32(cell.tac).u32(cell.cell_id).done();
}

// Since MBIMEx 2.0 with a boot mode and a timeout (libmbim: Intel Firmware Update v2).
std::optional<Reply> Vendor::reboot(const Request& request) {
  constexpr std::uint32_t kPowerOff = 2;  // MbimIntelBootMode
  constexpr std::uint32_t kOffWithoutReboot = 4;
  std::uint32_t mode = 0;
  if (host().version() >= kVersion2) {
    InfoReader reader(request.info);
    mode = reader.u32();
    if (!reader.ok()) return failure(Status::InvalidParameters);
  }
  host().respond(request.route, {});
  host().restart(mode != kPowerOff && mode != kOffWithoutReboot);
  return std::nullopt;
}

}  // namespace mwan::sim::mbim
