// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <ostream>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "hal/unique_fd.hpp"
#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/diagnose/diagnosis.hpp"
#include "tools/mwan-modem/diagnose/gather.hpp"
#include "tools/mwan-modem/kernel_log.hpp"
#include "tools/mwan-modem/output/masking.hpp"

namespace mwan::tool {
namespace {

constexpr std::size_t kKernelLines = 200;

Section section_of_system(const Evidence& evidence, const std::string& netdev) {
  Section out{"system", "System", {}};
  out.add("version", "mwan-modem", MWAN_VERSION);
  utsname kernel{};
  if (uname(&kernel) == 0) {
    out.add("kernel", "kernel", fmt::format("{} {}", kernel.release, kernel.machine));
  }
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  out.add("time", "time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now)));
  for (const UsbUnit& device : evidence.usb) {
    out.add("usb", "USB", fmt::format("{} {} at {}", device.id(), device.name, device.place));
    for (const UsbFunction& function : device.functions) {
      out.add(fmt::format("usb_{}", function.number),
              fmt::format("USB function {}", function.number),
              fmt::format("class {:02x}/{:02x}/{:02x}, driver {}", function.device_class,
                          function.subclass, function.protocol,
                          function.driver.empty() ? "none" : function.driver));
    }
  }
  if (evidence.port) out.add("control_port", "control port", evidence.port->device);
  if (!netdev.empty()) out.add("net_device", "network device", netdev);
  return out;
}

std::vector<std::string> kernel_words(const Evidence& evidence, const std::string& netdev) {
  std::vector<std::string> out = {"qmi_wwan", "cdc_mbim", "cdc_wdm", "huawei_cdc_ncm", netdev};
  for (const UsbUnit& device : evidence.usb) out.push_back("usb " + device.place + ":");
  if (evidence.port) {
    const std::string& node = evidence.port->device;
    out.push_back(node.substr(node.rfind('/') + 1));
  }
  return out;
}

Masking masking_of(const Gathered& gathered, bool addresses) {
  Masking out;
  if (addresses) out.hide_addresses();
  if (!gathered.readings) return out;
  const Readings& all = *gathered.readings;
  if (all.identity) out.know(IdentityKind::Imei, all.identity->imei);
  if (all.sim) {
    out.know(IdentityKind::Imsi, all.sim->imsi);
    out.know(IdentityKind::Iccid, all.sim->iccid);
  }
  if (all.slots) {
    for (const SimSlot& slot : *all.slots) out.know(IdentityKind::Iccid, slot.iccid);
  }
  return out;
}

std::string report_text(const Gathered& gathered, const std::string& netdev) {
  Sheet sheet = {section_of_system(gathered.evidence, netdev)};
  if (gathered.readings) {
    Sheet readings = sheet_of(*gathered.readings, Show::Full);
    readings.push_back(section_of_slots(gathered.readings->slots, Show::Full));
    sheet.insert(sheet.end(), readings.begin(), readings.end());
  }
  std::string out = to_text(sheet);
  if (gathered.readings && gathered.readings->network.cells) {
    const NetworkReadings& network = gathered.readings->network;
    out += "\nCells\n" + to_text(*network.cells, network.bands.value_or(std::vector<ActiveBand>()));
  }
  out += "\nDiagnosis\n" + to_text(diagnose(gathered.evidence));
  out += "\nKernel log\n";
  const auto lines = kernel_log(kernel_words(gathered.evidence, netdev), kKernelLines);
  for (const std::string& one : lines) out += "  " + printable(one) + '\n';
  if (lines.empty()) out += "  nothing about this modem, or it may not be read\n";
  return out;
}

Json report_json(const Gathered& gathered, const std::string& netdev) {
  Sheet sheet = {section_of_system(gathered.evidence, netdev)};
  if (gathered.readings) {
    const Sheet readings = sheet_of(*gathered.readings, Show::Full);
    sheet.insert(sheet.end(), readings.begin(), readings.end());
  }
  Json out = to_json(sheet);
  if (gathered.readings && gathered.readings->network.cells) {
    const NetworkReadings& network = gathered.readings->network;
    out["cells"] = to_json(*network.cells, network.bands.value_or(std::vector<ActiveBand>()));
  }
  out["diagnosis"] = to_json(diagnose(gathered.evidence));
  out["kernel_log"] = kernel_log(kernel_words(gathered.evidence, netdev), kKernelLines);
  return out;
}

// Written aside and renamed, so that an older report is whole or replaced; nobody else reads it.
Status write_private(const std::string& path, const std::string& text) {
  const auto refuse = [&path] {
    return failed(FailureClass::Permanent, path, std::strerror(errno));
  };
  const std::string aside = path + ".new";
  unlink(aside.c_str());
  const UniqueFd fd(
      open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return refuse();
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = write(fd.get(), text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return refuse();
    done += static_cast<std::size_t>(written);
  }
  if (fsync(fd.get()) != 0 || rename(aside.c_str(), path.c_str()) != 0) return refuse();
  return {};
}

}  // namespace

Task<ExitCode> run_report(Context& context) {
  const auto tell = [&context](const std::string& text) {
    if (context.terminal) context.err << "... " << text << std::endl;
  };
  const Secret none;
  Task<Gathered> gathering = gather(context, none, tell);
  const Gathered gathered = co_await gathering;
  if (context.cancel.cancelled()) co_return ExitCode::Interrupted;
  const std::string netdev = gathered.evidence.netdev ? gathered.evidence.netdev->name : "";
  std::string text = context.options.json ? pretty(report_json(gathered, netdev)) + '\n'
                                          : report_text(gathered, netdev);
  Masking masking = masking_of(gathered, context.options.mask_addresses);
  text = masking.apply(text);
  if (context.options.file.empty()) {
    context.out << text;
    co_return ExitCode::Ok;
  }
  const Status written = write_private(context.options.file, text);
  if (!written) co_return context.fail(ExitCode::Failed, written.error().text());
  context.err << fmt::format("mwan-modem: {} is written; identities in it are masked\n",
                             context.options.file);
  co_return ExitCode::Ok;
}

}  // namespace mwan::tool
