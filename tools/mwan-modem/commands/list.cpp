// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "modems/openers.hpp"
#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/device.hpp"
#include "tools/mwan-modem/usb.hpp"

namespace mwan::tool {
namespace {

std::string usb_name(const HardwareDevice& device, const std::vector<UsbUnit>& usb) {
  const std::string place = device.id.substr(device.id.rfind('/') + 1);
  const auto at = std::ranges::find(usb, place, &UsbUnit::place);
  return at != usb.end() ? at->name : "";
}

Section section_of_device(const HardwareDevice& device, const std::vector<UsbUnit>& usb) {
  const std::string name = usb_name(device, usb);
  const std::string key = device.control ? device.control->devnode : device.id;
  Section out{key, fmt::format("{} {}", name_of(device.kind), name), {}};
  out.add_text("control_port", "control port", device.control ? device.control->devnode : "");
  out.add_text("net_device", "network device", device.net ? device.net->sysname : "");
  out.add_text("driver", "driver",
               device.control ? device.control->driver
               : device.net   ? device.net->driver
                              : "");
  out.add_text("usb_id", "USB id", device.vendor_id + ":" + device.product_id);
  out.add_text("usb_place", "plugged in at", device.id_path);
  out.add_text("name", "", name);
  if (!device.control) return out;
  OpenersQuery query;
  query.device = device.control->devnode;
  query.proxies_are_fine = false;  // here they are news like any other
  const Result<Openers> openers = find_openers(query);
  if (!openers) {
    out.add_unknown("opened_by", "in use by", openers.error());
    return out;
  }
  std::string text;
  Json list = Json::array();
  for (const Opener& opener : openers->found) {
    text += fmt::format("{}{} (pid {})", text.empty() ? "" : ", ", opener.name, opener.pid);
    list.push_back(Json{{"pid", opener.pid}, {"program", opener.name}});
  }
  if (text.empty()) text = openers->complete ? "nobody" : "nobody that we may see";
  out.add("opened_by", "in use by", text, list);
  return out;
}

}  // namespace

Task<ExitCode> run_list(Context& context) {
  Task<Result<std::vector<HardwareDevice>>> finding = find_devices(context.loop, context.cancel);
  const auto devices = co_await finding;
  if (!devices) co_return context.fail(devices.error());
  const std::vector<UsbUnit> usb = usb_devices();
  Sheet sheet;
  for (const HardwareDevice& device : *devices) {
    if (is_modem(device)) sheet.push_back(section_of_device(device, usb));
  }
  if (context.options.json) {
    Json list = Json::array();
    for (const Section& section : sheet) list.push_back(to_json(Sheet{section})[section.key]);
    context.out << pretty(list) << '\n';
  } else if (sheet.empty()) {
    context.out << "no modem; mwan-modem diagnose looks for the cause\n";
  } else {
    context.out << to_text(sheet);
  }
  co_return sheet.empty() ? ExitCode::NoModem : ExitCode::Ok;
}

}  // namespace mwan::tool
