// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/pppoe/pppoe_driver.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/pppoe/pppd.hpp"
#include "hal/process/helper.hpp"

namespace mwan {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPppd = "/usr/sbin/pppd";
// Where pppd has its options and scripts, and writes the name servers it was given.
constexpr const char* kPppFolder = "/etc/ppp";
// pppd looks for its scripts by these names.
constexpr std::array<const char*, 3> kScripts = {"ip-up", "ip-down", "ipv6-up"};
constexpr Duration kFirstAfterRefusal = std::chrono::minutes(5);
constexpr Duration kLastAfterRefusal = std::chrono::minutes(30);
constexpr Duration kSessionPatience = std::chrono::seconds(5);

// Nobody else can read it at any moment.
Status write_secret(const fs::path& path, const std::string& text) {
  std::error_code ignored;
  fs::remove(path, ignored);
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                             S_IRUSR | S_IWUSR));
  if (file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) {
    return {};
  }
  return failed(FailureClass::Permanent, path.string(), std::strerror(errno));
}

}  // namespace

PppoeDriver::PppoeDriver(Loop& loop, LinkMonitor& monitor, PppoeConfig config)
    : loop_(loop),
      monitor_(monitor),
      config_(std::move(config)),
      parts_(IpConfig{}, true, config_.families_apart) {}

void PppoeDriver::start(Sink sink) {
  if (sink_) return;
  sink_ = std::move(sink);
  link_watch_ = monitor_.watch_link(config_.netdev, [this](const LinkState& s) { look(s); });
}

Task<void> PppoeDriver::stop() {
  link_watch_.reset();
  sink_ = nullptr;
  want_session(false);
  const Cancel never;
  while (job_.running()) co_await moved_.wait(loop_, never, kSessionPatience);
  if (brought_up_ && seen_ && seen_->present && seen_->admin_up) {
    (void)monitor_.set_admin(config_.netdev, false);  // nobody is left to tell
  }
  brought_up_ = false;
  seen_.reset();
  carrier_.reset();
}

void PppoeDriver::look(const LinkState& state) {
  const std::optional<LinkState> before = std::exchange(seen_, state);
  if (!state.present) {
    if (before && !before->present) return;
    carrier_.reset();
    brought_up_ = false;
    session_lost("the network device is gone");
    want_session(false);
    report(fact::Device{false, ""});
    trouble({FailureClass::Gone, config_.link,
             "no network device named " + config_.netdev +
                 ": is the card there and its driver loaded? ('ip link' lists the names.) Going on "
                 "as soon as it appears"},
            std::nullopt);
    return;
  }
  if (!state.admin_up && !brought_up_) {
    if (const auto up = monitor_.set_admin(config_.netdev, true); up) {
      brought_up_ = true;
    } else {
      trouble(up.error(), std::nullopt);
    }
  }
  if (carrier_ == state.carrier) return;
  carrier_ = state.carrier;
  report(fact::Carrier{state.carrier});
  if (!state.carrier) session_lost("no carrier on " + config_.netdev);
  want_session(state.carrier);
}

void PppoeDriver::want_session(bool wanted) {
  session_wanted_ = wanted;
  if (!job_.running() && session_wanted_ != session_kept_) job_.start(move_session());
}

// One step after the other: a session that is still being closed is not opened again.
Task<void> PppoeDriver::move_session() {
  while (session_wanted_ != session_kept_) {
    session_kept_ = session_wanted_;
    if (!session_kept_) {
      if (routers_) co_await routers_->end();
      routers_.reset();
      if (pppd_) co_await pppd_->stop();
      clean_up();
      continue;
    }
    if (const Status ready = prepare(); !ready) {
      clean_up();
      trouble({ready.error().failure, config_.link, ready.error().text()}, std::nullopt);
    } else {
      pppd_->start();
    }
  }
  moved_.notify();
}

Status PppoeDriver::prepare() {
  if (::access(kPppd, X_OK) != 0) {
    return failed(FailureClass::Permanent, "pppd",
                  "it is not installed; KIND=pppoe needs it (package ppp on Debian)");
  }
  const auto helpers = helper_programs();
  if (!helpers) return failed(helpers.error());
  const fs::path ppp = config_.folder / "ppp";
  for (const fs::path& folder : {config_.folder, ppp}) {
    if (auto made = make_private_folder(folder); !made) return made;
  }
  for (const char* script : kScripts) {
    std::error_code error;
    fs::remove(ppp / script, error);
    fs::create_symlink(helpers->tell, ppp / script, error);
    if (error) return failed(FailureClass::Permanent, (ppp / script).string(), error.message());
  }
  const auto options = pppd_options({.netdev = config_.netdev,
                                     .linkname = "mwan-" + config_.link,
                                     .username = config_.username,
                                     .password = config_.password,
                                     .service_name = config_.service_name,
                                     .ac_name = config_.ac_name,
                                     .mtu = config_.mtu,
                                     .ipv6 = config_.ipv6 != nullptr,
                                     .socket = std::string(kPppFolder) + "/mwan.sock"});
  if (!options) return failed(options.error());
  if (auto written = write_secret(ppp / "options", *options); !written) return written;
  auto socket =
      ReportSocket::open(loop_, ppp / "mwan.sock",
                         {.report = [this](const ScriptReport& report) { heard(report); },
                          .refused = [this](const std::string& why) { log("not heard: " + why); }});
  if (!socket) return failed(socket.error());
  socket_ = std::move(*socket);
  pppd_ = std::make_unique<Supervisor>(
      loop_,
      SupervisedProgram{.argv = {kPppd},
                        .folders = {{kPppFolder, ppp.string()}},
                        .keeper = helpers->keeper,
                        .pid_file = config_.folder / "pid"},
      Supervisor::Calls{.line =
                            [this](const std::string& line) {
                              peer_dead_ = peer_dead_ || says_peer_is_dead(line);
                              log(line);
                            },
                        .ended = [this](const ProgramEnd& end,
                                        Duration back_off) { return ended(end, back_off); }});
  return {};
}

void PppoeDriver::clean_up() {
  pppd_.reset();
  socket_.close();
  std::error_code ignored;
  fs::remove_all(config_.folder / "ppp", ignored);
  fs::remove(config_.folder / "pid", ignored);
  fs::remove(config_.folder, ignored);  // unless there is what addresses are made with
}

void PppoeDriver::heard(const ScriptReport& said) {
  if (!session_wanted_ || !session_kept_) return;
  if (said.name == "ip-down") {
    session_lost("the PPPoE session has ended");
    return;
  }
  const auto refused = [this](const Error& error) {
    trouble({error.failure, config_.link, error.text()}, std::nullopt);
  };
  if (said.name == "ip-up") {
    const auto session = read_ip_up(said);
    if (!session) {
      refused(session.error());
      return;
    }
    IpConfig config;
    config.v4 = session->config;
    parts_.set(IpFamily::V4, config);
    session_on(session->netdev);
  } else if (said.name == "ipv6-up" && config_.ipv6) {
    const auto netdev = read_ipv6_up(said);
    if (!netdev) {
      refused(netdev.error());
      return;
    }
    session_on(*netdev);
    listen_to_routers();
  }
}

void PppoeDriver::session_on(const std::string& netdev) {
  refused_back_off_ = Duration(0);
  if (session_ != netdev) {
    session_ = netdev;
    report(fact::Device{true, netdev});
    if (parts_.waits_for_ipv4()) {
      head_start_ = loop_.after(kIpv4HeadStart, [this] {
        parts_.ipv4_is_late();
        look_at_parts("");
      });
    }
  }
  if (sink_) look_at_parts("");
}

void PppoeDriver::listen_to_routers() {
  routers_ = std::make_unique<ClientRunner>(
      loop_, config_.ipv6(session_),
      AddressClient::Calls{
          .got =
              [this](IpConfig config) {
                // A router knows nothing of what the session costs.
                if (config.mtu >= config_.mtu) config.mtu.reset();
                parts_.set(IpFamily::V6, std::move(config));
                look_at_parts("");
              },
          .lost =
              [this](const std::string& why) {
                parts_.set(IpFamily::V6, std::nullopt);
                look_at_parts(why);
              },
          .trouble = [this](const Error& error,
                            std::optional<Duration> retry_in) { trouble(error, retry_in); }});
  routers_->carrier(true);
  routers_->want(true);
}

void PppoeDriver::look_at_parts(const std::string& why_not) {
  if (session_.empty()) return;
  const auto config = parts_.whole();
  if (told_ == config) return;
  told_ = config;
  if (config) {
    report(fact::Addressing{*config});
  } else {
    report(fact::AddressingLost{why_not});
  }
}

// What was negotiated belonged to it, and so did what its routers said.
void PppoeDriver::session_lost(const std::string& why) {
  if (session_.empty()) return;
  session_.clear();
  head_start_.reset();
  parts_.clear();
  if (routers_) {
    routers_->carrier(false);
    routers_->want(false);
  }
  if (std::exchange(told_, std::nullopt)) report(fact::AddressingLost{why});
}

std::optional<Duration> PppoeDriver::ended(const ProgramEnd& end, Duration back_off) {
  const bool dead = std::exchange(peer_dead_, false) && end.signal == 0;
  Error error = pppd_ended(dead ? kPeerIsDead : end, config_.link, config_.netdev);
  session_lost(error.message);
  Duration wait = back_off;
  if (error.failure == FailureClass::Throttled) {
    refused_back_off_ = std::clamp(refused_back_off_ * 2, kFirstAfterRefusal, kLastAfterRefusal);
    wait = refused_back_off_;
  } else if (error.failure == FailureClass::Permanent) {
    wait = kLastAfterRefusal;  // somebody may install what is missing
  }
  trouble(std::move(error), wait);
  return wait;
}

void PppoeDriver::trouble(Error error, std::optional<Duration> retry_in) {
  report(fact::Trouble{std::move(error), retry_in});
}

void PppoeDriver::log(const std::string& line) const {
  if (config_.log) config_.log(line);
}

// Whoever is told may stop the driver in that call: what would have followed is not said any more.
void PppoeDriver::report(Fact fact) {
  if (!sink_) return;
  const Sink sink = sink_;
  sink(std::move(fact));
}

}  // namespace mwan
