// SPDX-License-Identifier: LGPL-2.1-or-later
// The small answers and indications of DMS, WDS, WDA and DSD, and the result every response has.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/ip.hpp"
#include "hal/registration.hpp"
#include "modems/counters.hpp"
#include "modems/qmi/decode_settings.hpp"
#include "modems/qmi/tlv.hpp"

namespace mwan::qmi {

// The result element of a response: 0 for success, else the QMI protocol error.
Result<std::uint16_t> decode_result(TlvView message);

// Why a bearer ended or was refused. Both forms may be present; the verbose one says more.
struct CallEnd {
  std::optional<std::uint16_t> reason;        // QmiWdsCallEndReason
  std::optional<std::uint16_t> verbose_type;  // QmiWdsVerboseCallEndReasonType; 6 is 3GPP
  std::optional<std::int16_t> verbose_reason;

  bool operator==(const CallEnd&) const = default;
  [[nodiscard]] bool known() const { return reason || verbose_reason; }
};

struct StartedNetwork {
  std::optional<std::uint32_t> handle;  // absent when it was refused
  CallEnd end;                          // why it was

  bool operator==(const StartedNetwork&) const = default;
};
Result<StartedNetwork> decode_start_network(TlvView message);

// QmiWdsConnectionStatus
enum class Connection { Unknown, Disconnected, Connected, Suspended, Authenticating };

struct PacketServiceStatus {
  Connection connection = Connection::Unknown;
  bool reconfigure = false;  // indications only: the bearer's settings changed
  std::optional<IpFamily> family;
  CallEnd end;

  bool operator==(const PacketServiceStatus&) const = default;
};
// The response carries the connection alone, the indication the rest too.
Result<PacketServiceStatus> decode_packet_service_status(TlvView message);

// WDS Event Report: whether the modem says that the data call is over.
bool decode_call_terminated(TlvView message);

// DSD System Status: whether any data system serves, and over what. Limited service is none.
Result<PacketService> decode_system_status(TlvView message);

// DMS. QmiDmsOperatingMode: 0 is online.
struct OperatingMode {
  std::uint8_t mode = 0xff;
  bool hardware_restricted = false;

  bool operator==(const OperatingMode&) const = default;
  [[nodiscard]] bool online() const { return mode == 0; }
};
Result<OperatingMode> decode_operating_mode(TlvView message);
inline constexpr std::uint8_t kModeOnline = 0;
// DMS Event Report: the mode it reports; nothing when it reports something else.
std::optional<std::uint8_t> decode_mode_report(TlvView message);

// WDS Get Packet Statistics; what the modem does not count is zero.
Result<TrafficCounters> decode_packet_statistics(TlvView message);

struct DataFormat {
  LinkLayer layer = LinkLayer::Ethernet;
  bool aggregated = false;  // QMAP or another multiplexing is on

  bool operator==(const DataFormat&) const = default;
};
// Get and Set Data Format answer alike.
Result<DataFormat> decode_data_format(TlvView message);

// WDS Get Autoconnect Settings.
Result<bool> decode_autoconnect(TlvView message);

}  // namespace mwan::qmi
