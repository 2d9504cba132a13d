// SPDX-License-Identifier: LGPL-2.1-or-later
#include <utility>

#include <fmt/format.h>

#include "modems/adapter.hpp"
#include "modems/control_port.hpp"
#include "modems/qmi/adapter.hpp"

#if MWAN_WITH_MBIM
#include "modems/mbim/adapter.hpp"
#endif

namespace mwan {

Result<std::unique_ptr<ModemAdapter>> make_modem_adapter(Loop& loop, ModemConfig config,
                                                         const ModemIdentity& identity) {
  ModemProtocol protocol = config.protocol;
  if (protocol == ModemProtocol::Auto && config.no_file_check) protocol = ModemProtocol::Qmi;
  if (protocol == ModemProtocol::Auto) {
    const Result<ModemProtocol> spoken = port_protocol(config.device);
    if (!spoken) {
      Error why = spoken.error();
      why.where = config.link.empty() ? why.where : config.link + ": " + why.where;
      return failed(std::move(why));
    }
    protocol = *spoken;
  }
  config.quirks = resolve_quirks(config, identity);
  if (config.quirks.open) config.timings.open = *config.quirks.open;
  if (protocol == ModemProtocol::Mbim) {
#if MWAN_WITH_MBIM
    return std::make_unique<MbimAdapter>(loop, std::move(config));
#else
    return failed(FailureClass::Permanent, config.link,
                  "the modem speaks MBIM, which this program was built without");
#endif
  }
  return std::make_unique<QmiAdapter>(loop, std::move(config));
}

}  // namespace mwan
