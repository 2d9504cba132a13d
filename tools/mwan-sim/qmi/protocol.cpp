// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/protocol.hpp"

#include <array>

#include <fmt/format.h>

namespace mwan::sim::qmi {
namespace {

struct Named {
  std::string_view name;
  MessageRef ref;
};

constexpr std::array kMessages = {
    Named{"ctl.set-instance-id", {ServiceId::Ctl, 0x0020}},
    Named{"ctl.get-version-info", {ServiceId::Ctl, 0x0021}},
    Named{"ctl.allocate-cid", {ServiceId::Ctl, 0x0022}},
    Named{"ctl.release-cid", {ServiceId::Ctl, 0x0023}},
    Named{"ctl.sync", {ServiceId::Ctl, 0x0027}},
    Named{"ctl.internal-proxy-open", {ServiceId::Ctl, 0xFF00}},

    Named{"wds.reset", {ServiceId::Wds, 0x0000}},
    Named{"wds.set-event-report", {ServiceId::Wds, 0x0001}},
    Named{"wds.abort", {ServiceId::Wds, 0x0002}},
    Named{"wds.indication-register", {ServiceId::Wds, 0x0003}},
    Named{"wds.get-supported-messages", {ServiceId::Wds, 0x001E}},
    Named{"wds.start-network", {ServiceId::Wds, 0x0020}},
    Named{"wds.stop-network", {ServiceId::Wds, 0x0021}},
    Named{"wds.get-packet-service-status", {ServiceId::Wds, 0x0022}},
    Named{"wds.get-packet-statistics", {ServiceId::Wds, 0x0024}},
    Named{"wds.get-current-settings", {ServiceId::Wds, 0x002D}},
    Named{"wds.get-autoconnect-settings", {ServiceId::Wds, 0x0034}},
    Named{"wds.get-data-bearer-technology", {ServiceId::Wds, 0x0037}},
    Named{"wds.set-ip-family", {ServiceId::Wds, 0x004D}},
    Named{"wds.set-autoconnect-settings", {ServiceId::Wds, 0x0051}},
    Named{"wds.bind-data-port", {ServiceId::Wds, 0x0089}},
    Named{"wds.bind-mux-data-port", {ServiceId::Wds, 0x00A2}},
    Named{"wds.extended-ip-config", {ServiceId::Wds, 0x008C}},

    Named{"dms.reset", {ServiceId::Dms, 0x0000}},
    Named{"dms.set-event-report", {ServiceId::Dms, 0x0001}},
    Named{"dms.get-supported-messages", {ServiceId::Dms, 0x001E}},
    Named{"dms.get-capabilities", {ServiceId::Dms, 0x0020}},
    Named{"dms.get-manufacturer", {ServiceId::Dms, 0x0021}},
    Named{"dms.get-model", {ServiceId::Dms, 0x0022}},
    Named{"dms.get-revision", {ServiceId::Dms, 0x0023}},
    Named{"dms.get-msisdn", {ServiceId::Dms, 0x0024}},
    Named{"dms.get-ids", {ServiceId::Dms, 0x0025}},
    Named{"dms.uim-verify-pin", {ServiceId::Dms, 0x0028}},
    Named{"dms.uim-unblock-pin", {ServiceId::Dms, 0x0029}},
    Named{"dms.uim-get-pin-status", {ServiceId::Dms, 0x002B}},
    Named{"dms.get-hardware-revision", {ServiceId::Dms, 0x002C}},
    Named{"dms.get-operating-mode", {ServiceId::Dms, 0x002D}},
    Named{"dms.set-operating-mode", {ServiceId::Dms, 0x002E}},
    Named{"dms.uim-get-iccid", {ServiceId::Dms, 0x003C}},
    Named{"dms.uim-get-imsi", {ServiceId::Dms, 0x0043}},
    Named{"dms.uim-get-state", {ServiceId::Dms, 0x0044}},
    Named{"dms.set-fcc-authentication", {ServiceId::Dms, 0x555F}},

    Named{"nas.reset", {ServiceId::Nas, 0x0000}},
    Named{"nas.set-event-report", {ServiceId::Nas, 0x0002}},
    Named{"nas.register-indications", {ServiceId::Nas, 0x0003}},
    Named{"nas.get-supported-messages", {ServiceId::Nas, 0x001E}},
    Named{"nas.get-signal-strength", {ServiceId::Nas, 0x0020}},
    Named{"nas.initiate-network-register", {ServiceId::Nas, 0x0022}},
    Named{"nas.attach-detach", {ServiceId::Nas, 0x0023}},
    Named{"nas.get-serving-system", {ServiceId::Nas, 0x0024}},
    Named{"nas.get-home-network", {ServiceId::Nas, 0x0025}},
    Named{"nas.get-rf-band-information", {ServiceId::Nas, 0x0031}},
    Named{"nas.set-system-selection-preference", {ServiceId::Nas, 0x0033}},
    Named{"nas.get-system-selection-preference", {ServiceId::Nas, 0x0034}},
    Named{"nas.get-cell-location-info", {ServiceId::Nas, 0x0043}},
    Named{"nas.get-system-info", {ServiceId::Nas, 0x004D}},
    Named{"nas.system-info", {ServiceId::Nas, 0x004E}},
    Named{"nas.get-signal-info", {ServiceId::Nas, 0x004F}},
    Named{"nas.config-signal-info", {ServiceId::Nas, 0x0050}},
    Named{"nas.signal-info", {ServiceId::Nas, 0x0051}},
    Named{"nas.force-network-search", {ServiceId::Nas, 0x0067}},
    Named{"nas.network-reject", {ServiceId::Nas, 0x0068}},
    Named{"nas.config-signal-info-v2", {ServiceId::Nas, 0x006C}},

    Named{"uim.reset", {ServiceId::Uim, 0x0000}},
    Named{"uim.get-supported-messages", {ServiceId::Uim, 0x001E}},
    Named{"uim.read-transparent", {ServiceId::Uim, 0x0020}},
    Named{"uim.verify-pin", {ServiceId::Uim, 0x0026}},
    Named{"uim.unblock-pin", {ServiceId::Uim, 0x0027}},
    Named{"uim.register-events", {ServiceId::Uim, 0x002E}},
    Named{"uim.get-card-status", {ServiceId::Uim, 0x002F}},
    Named{"uim.card-status", {ServiceId::Uim, 0x0032}},
    Named{"uim.get-slot-status", {ServiceId::Uim, 0x0047}},
    Named{"uim.slot-status", {ServiceId::Uim, 0x0048}},

    Named{"wda.get-supported-messages", {ServiceId::Wda, 0x001E}},
    Named{"wda.set-data-format", {ServiceId::Wda, 0x0020}},
    Named{"wda.get-data-format", {ServiceId::Wda, 0x0021}},

    Named{"dsd.get-supported-messages", {ServiceId::Dsd, 0x001E}},
    Named{"dsd.get-system-status", {ServiceId::Dsd, 0x0024}},
    Named{"dsd.system-status-change", {ServiceId::Dsd, 0x0025}},
    Named{"dsd.system-status", {ServiceId::Dsd, 0x0026}},
};

}  // namespace

std::optional<MessageRef> message_by_name(std::string_view name) {
  for (const Named& entry : kMessages) {
    if (entry.name == name) return entry.ref;
  }
  return std::nullopt;
}

std::string message_name(std::uint8_t service, std::uint16_t message) {
  for (const Named& entry : kMessages) {
    if (entry.ref == MessageRef{static_cast<ServiceId>(service), message}) {
      return std::string(entry.name);
    }
  }
  return fmt::format("{}.0x{:04x}", service_name(static_cast<ServiceId>(service)), message);
}

std::string_view service_name(ServiceId service) {
  switch (service) {
    case ServiceId::Ctl:
      return "ctl";
    case ServiceId::Wds:
      return "wds";
    case ServiceId::Dms:
      return "dms";
    case ServiceId::Nas:
      return "nas";
    case ServiceId::Uim:
      return "uim";
    case ServiceId::Wda:
      return "wda";
    case ServiceId::Dsd:
      return "dsd";
  }
  return "unknown";
}

}  // namespace mwan::sim::qmi
