// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/daemon.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "failover/host/ipfire/interference_guard.hpp"
#include "failover/host/ipfire/ipfire_host.hpp"
#include "failover/host/ipfire/link_book.hpp"
#include "failover/host/services.hpp"
#include "failover/host/services_ipfire.hpp"
#include "failover/host/standalone.hpp"
#include "failover/hotplug/auto_profiles.hpp"
#include "failover/hotplug/claims.hpp"
#include "failover/hotplug/hotplug.hpp"
#include "failover/metrics/publisher.hpp"
#include "failover/metrics/run_memory.hpp"
#include "failover/record/decision_log.hpp"
#include "failover/run/dry_plumbing.hpp"
#include "failover/run/kernel_plumbing.hpp"
#include "failover/run/runtime.hpp"
#include "failover/state/state_store.hpp"
#include "hal/discovery/udev_discovery.hpp"
#include "netlink/default_route_keeper.hpp"
#include "netlink/monitor.hpp"
#include "tools/mwan-daemon-universal/background.hpp"
#include "tools/mwan-daemon-universal/configuration.hpp"
#include "tools/mwan-daemon-universal/control.hpp"
#include "tools/mwan-daemon-universal/ipfire.hpp"
#include "tools/mwan-daemon-universal/log.hpp"
#include "tools/mwan-daemon-universal/service_manager.hpp"
#include "tools/mwan-daemon-universal/workshop.hpp"

namespace mwan::daemon {
namespace {

using failover::Configuration;
using failover::control::Answer;
using failover::control::Kind;

std::string decision_log_path(const Options& options, const failover::DaemonSettings& settings) {
  // A dry run leaves the state directory alone.
  if (options.dry_run && settings.decision_log.empty()) return "";
  return failover::decision_log_path(options.state_dir, settings.decision_log);
}

// What the last run was doing when it was killed; empty when it ended well.
std::string interrupted_profile(const failover::StateStore& store) {
  const auto text = store.get(failover::state_file::current_profile);
  if (!text || !*text) return "";
  std::string name = **text;
  while (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

std::int64_t wall_clock() { return static_cast<std::int64_t>(std::time(nullptr)); }

class Daemon {
 public:
  Daemon(Options options, Configuration configuration, std::optional<Starter> starter)
      : options_(std::move(options)),
        configuration_(std::move(configuration)),
        starter_(std::move(starter)) {}

  int run() {
    // Before anything is taken: a signal that comes while preparing is answered afterwards.
    const auto ending = [this] { stop(); };
    const SourceHandle term = loop_.on_signal(SIGTERM, ending);
    const SourceHandle interrupt = loop_.on_signal(SIGINT, ending);
    const SourceHandle hangup = loop_.on_signal(SIGHUP, [this] {
      spdlog::info("SIGHUP: reading the configuration again");
      reload();
    });
    if (const auto ready = prepare(); !ready) {
      spdlog::error("{}", ready.error().text());
      return NotPossible;
    }
    const auto& profiles = configuration_.profiles;
    const std::string resume = interrupted();
    spdlog::info("mwan-daemon-universal {} started{}, {} links, primary {}", MWAN_VERSION,
                 options_.dry_run ? " (dry run)" : "", profiles.size(),
                 profiles.empty() ? "the first that is plugged in" : profiles.front().name);
    if (!profiles.empty()) {
      runtime_->start(configuration_, resume, penalty_);
    }
    if (starter_) starter_->ready();
    service_manager_.ready(loop_, fmt::format("{} links", profiles.size()));
    loop_.run();
    return exit_code_;
  }

 private:
  Status prepare() {
    if (!options_.dry_run) {
      if (geteuid() != 0) {
        return failed(FailureClass::Permanent, "mwan-daemon-universal",
                      "changing routes needs root; start it as root, or with --dry-run to look on");
      }
      auto store = failover::StateStore::open(options_.state_dir);
      if (!store) return failed(store.error());
      store_.emplace(std::move(*store));
      if (auto only = store_->become_daemon(); !only) return only;
      writer_.emplace(*store_, [this](const Error& error) {
        loop_.post([text = error.text()] { spdlog::warn("{}", text); });
      });
    }
    auto netlink = netlink::Netlink::open();
    if (!netlink) return failed(netlink.error());
    netlink_.emplace(std::move(*netlink));
    auto monitor = netlink::Monitor::open(loop_);
    if (!monitor) return failed(monitor.error());
    monitor_ = std::move(*monitor);
    auto discovery = UdevDiscovery::open(loop_);
    if (!discovery) return failed(discovery.error());
    discovery_ = std::move(*discovery);
    hotplug_ = std::make_unique<failover::Hotplug>(loop_, *discovery_);
    hotplug_->set_claims(failover::claims_of(configuration_));
    hotplug_->on_change([this] {
      if (configuration_.settings.auto_profiles)
        look_soon_ = loop_.soon([this] { make_profiles(); });
    });
    if (auto status = make_plumbing(); !status) return status;
    if (auto status = make_host(); !status) return status;
    log_ = std::make_unique<failover::DecisionLog>(failover::DecisionLogOptions{
        .path = decision_log_path(options_, configuration_.settings),
        .wall_clock = wall_clock,
        .complain = [](const std::string& what) { spdlog::warn("{}", what); }});
    runtime_ = std::make_unique<failover::Runtime>(
        loop_,
        make_workshop(loop_, *monitor_, *hotplug_,
                      {.observe_only = options_.dry_run,
                       .links_folder = std::filesystem::absolute(options_.state_dir) / "links",
                       .hosts_own =
                           [this](const MakeDriver& drive) {
                             return make_red_driver(loop_, *monitor_, *netlink_, red_owner_, paths_,
                                                    drive);
                           }}),
        link_book_ ? *link_book_ : *plumbing_, *host_, *log_);
    if (!options_.dry_run) {
      publisher_ = std::make_unique<failover::Publisher>(
          loop_, publisher_options(configuration_.settings), [this](LinkId link) {
            return failover::LinkReadings{.risk = runtime_->risk(link),
                                          .risk_parts = runtime_->risk_parts(link),
                                          .probes = runtime_->probe_counts(link)};
          });
      const auto kept = store_->get(failover::state_file::counters);
      const auto memory = failover::decode_run_memory(kept && *kept ? **kept : std::string());
      penalty_ = memory.penalty;
      publisher_->restore(memory);
      // The engine has to be done with its step.
      publisher_->on_switch([this] { save_soon_ = loop_.soon([this] { save_counters(); }); });
      runtime_->set_observer(publisher_.get());
      resume_manual(*runtime_, *store_, *writer_);
      auto control =
          open_control(loop_, store_->path(), configuration_.settings.control_group, *runtime_,
                       {.look = [this] { discovery_->refresh(); },
                        .reload = [this] { return reload(); },
                        .red_changed = [this](bool up) { red_changed(up); },
                        .resume = [this] { take_up_again(); },
                        .stood_aside = [this] { return stood_aside(); }});
      if (!control) return failed(control.error());
      control_ = std::move(*control);
    }
    return {};
  }

  void save_counters() {
    failover::RunMemory memory = publisher_->memory();
    memory.penalty = runtime_->penalty();
    writer_->put(failover::state_file::counters, encode_run_memory(memory));
  }

  [[nodiscard]] bool on_ipfire() const {
    return configuration_.settings.host == failover::HostKind::Ipfire;
  }

  Status make_host() {
    if (on_ipfire() && !options_.dry_run) return make_ipfire_host();
    if (on_ipfire()) {
      auto primary = failover::ipfire::primary_of(paths_);
      if (!primary) return failed(primary.error());
      primary_ = std::move(*primary);
      if (auto added = add_red(configuration_, *primary_); !added) return added;
    }
    auto host = std::make_unique<failover::StandaloneHost>(
        *plumbing_, writer_ ? &*writer_ : nullptr, left_flows(configuration_.settings), wall_clock);
    if (!options_.dry_run) {
      host->set_services([this] {
        services_.run(
            failover::systemd_tasks(failover::unit_names(configuration_.settings.services)), {});
      });
    }
    standalone_ = host.get();
    host_ = std::move(host);
    return {};
  }

  Status make_ipfire_host() {
    link_book_.emplace(*plumbing_);
    red_guard_ = std::make_unique<failover::ipfire::InterferenceGuard>(
        loop_, *monitor_, &*writer_, failover::ipfire::GuardConfig{.paths = paths_},
        [this](const failover::ipfire::InterferenceReport& report) {
          if (!report.for_good) return;
          stand_aside_soon_ = loop_.soon([this, words = report.what] { stand_aside(words); });
        });
    red_services_ = std::make_unique<failover::ipfire::IpfireServices>(loop_, paths_);
    auto host = std::make_unique<failover::ipfire::IpfireHost>(
        loop_,
        failover::ipfire::IpfireHostOptions{
            .paths = paths_,
            .full = configuration_.settings.ipfire_mode == failover::IpfireMode::Full,
            .flush_left_flows = configuration_.settings.flush_left_flows,
            .wall_clock = wall_clock,
            .at_point =
                [kill_at = options_.kill_at](std::string_view point) {
                  if (point == kill_at) static_cast<void>(std::raise(SIGKILL));
                }},
        *link_book_, red_owner_, *store_, red_routes(*netlink_, *kernel_), red_guard_.get(),
        red_services_.get());
    auto found = host->look();
    if (!found) return failed(found.error());
    primary_ = std::move(found->primary);
    interrupted_ = std::move(found->interrupted);
    if (auto added = add_red(configuration_, *primary_); !added) return added;
    ipfire_ = host.get();
    host_ = std::move(host);
    return {};
  }

  // The profile that carried the traffic when the last run was killed.
  std::string interrupted() {
    if (ipfire_ == nullptr) return store_ ? interrupted_profile(*store_) : "";
    const auto& profiles = configuration_.profiles;
    if (std::ranges::find(profiles, interrupted_, &failover::Profile::name) != profiles.end()) {
      return interrupted_;
    }
    if (!interrupted_.empty()) ipfire_->abandon_interrupted();
    return "";
  }

  Status make_plumbing() {
    if (options_.dry_run) {
      plumbing_ = std::make_unique<failover::DryPlumbing>(*netlink_);
      return {};
    }
    std::unique_ptr<netlink::Nat> nat;
    if (configuration_.settings.nat == failover::Nat::Nftables) {
      auto made = netlink::make_nftables_nat();
      if (!made) return failed(made.error());
      nat = std::move(*made);
      // What is missing now may be there when a link comes up; otherwise that is said then, too.
      if (const auto ready = nat->warm_up(); !ready) spdlog::warn("{}", ready.error().text());
    }
    auto kernel = std::make_unique<failover::KernelPlumbing>(
        loop_, *netlink_, *store_, configuration_.settings, std::move(nat));
    // On IPFire that is the guard's, who knows when to leave it.
    if (!on_ipfire()) {
      route_keeper_.emplace(loop_, *monitor_,
                            [plumbing = kernel.get()] { plumbing->keep_default(); });
    }
    kernel_ = kernel.get();
    plumbing_ = std::move(kernel);
    return {};
  }

  Answer reload() {
    Answer answer;
    if (ending_.running()) {
      return {.kind = Kind::Refused, .words = "the daemon is ending", .field = {}, .status = {}};
    }
    // Also when the configuration is wrong: logrotate may have taken the file away.
    if (const auto status = configure_logging(configuration_.settings); !status) {
      spdlog::error("{}", status.error().text());
    }
    auto fresh = read_configuration(options_.config_dir, &answer.details);
    // Whose network it is was decided at the start.
    if (fresh && primary_) {
      if (const auto added = add_red(*fresh, *primary_); !added) {
        spdlog::error("{}", added.error().text());
        answer.details.push_back(added.error().text());
        fresh.reset();
      }
    }
    // An answer has bounds, and nobody reads more of them at once.
    if (answer.details.size() > 50) answer.details.resize(50);
    if (!fresh) {
      answer.kind = Kind::Refused;
      answer.words = "the configuration in force stays as it is";
      spdlog::error("{}", answer.words);
      return answer;
    }
    if (const auto status = configure_logging(fresh->settings); !status) {
      spdlog::error("{}", status.error().text());
      answer.details.push_back(status.error().text());
    }
    answer.words = "the configuration was read again and is in force";
    if (needs_restart(configuration_.settings, fresh->settings)) {
      answer.details.emplace_back(
          "ROUTE_METRIC, FALLBACK_ROUTES, TABLE_BASE, RULE_PRIORITY, NAT, HOST, IPFIRE_MODE, "
          "DECISION_LOG and CONTROL_GROUP take effect after a restart");
      spdlog::warn("{}", answer.details.back());
    }
    fresh->settings.host = configuration_.settings.host;
    if (*fresh == configuration_) {
      answer.words = "the configuration was read again; nothing in it has changed";
      return answer;
    }
    if (standalone_ != nullptr) standalone_->set_left_flows(left_flows(fresh->settings));
    if (ipfire_ != nullptr) ipfire_->set_flush_left_flows(fresh->settings.flush_left_flows);
    configuration_ = std::move(*fresh);
    const auto publishing = publisher_options(configuration_.settings);
    if (publisher_) publisher_->set_options(publishing);
    made_ = profiles_to_make();
    use_configuration();
    return answer;
  }

  // An administrator has RED now: the links are watched on, and nothing is moved over their head.
  void stand_aside(const std::string& words) {
    stood_aside_ = words;
    if (ipfire_ != nullptr) ipfire_->stand_aside();
    const auto answer = runtime_->command(failover::CommandKind::Pause, "");
    if (answer.accepted) {
      spdlog::warn("paused, because an administrator acts on RED; go on with `mwan-config resume`");
    } else {
      spdlog::warn("could not pause: {}", answer.words);
    }
  }

  // Before the engine goes on: its next step may be a change of link.
  void take_up_again() {
    if (ipfire_ != nullptr) ipfire_->take_up_again();
  }

  // Why RED is left alone; empty: it is not.
  [[nodiscard]] std::string stood_aside() const {
    if (ipfire_ == nullptr || !ipfire_->aside()) return "";
    return stood_aside_.empty() ? "in an earlier run" : stood_aside_;
  }

  // The kernel says what became of addresses and routes; devices may have been renamed.
  void red_changed(bool up) {
    spdlog::info("IPFire's hook: RED {}", up ? "came up" : "went down");
    discovery_->refresh();
    red_owner_.look();
  }

  // The user's profiles, and those made for devices that they say nothing of.
  void use_configuration() {
    Configuration all = configuration_;
    all.profiles.insert(all.profiles.end(), made_.begin(), made_.end());
    hotplug_->set_claims(failover::claims_of(all));
    if (all.profiles.empty()) {
      spdlog::warn("no profile and no device to make one for: the links in force stay as they are");
      return;
    }
    runtime_->reload(all);
  }

  void make_profiles() {
    auto fresh = profiles_to_make();
    if (ending_.running() || fresh == made_) return;
    made_ = std::move(fresh);
    for (const failover::Profile& profile : made_) {
      spdlog::info("{}: profile made for a device that no other asks for (MATCH={})", profile.name,
                   profile.match);
    }
    use_configuration();
  }

  [[nodiscard]] std::vector<failover::Profile> profiles_to_make() {
    return failover::auto_profiles({configuration_, hotplug_->devices(), hotplug_->assignment(),
                                    [this](const std::string& netdev) { return in_use(netdev); },
                                    made_});
  }

  // An address that somebody can have talked to us by, or a bridge or bond above it.
  [[nodiscard]] bool in_use(const std::string& netdev) {
    if (::access(("/sys/class/net/" + netdev + "/master").c_str(), F_OK) == 0) return true;
    const auto device = netlink_->link(netdev);
    const auto addresses = netlink_->addresses();
    if (!device || !addresses) return true;
    return std::ranges::any_of(*addresses, [&](const netlink::Address& address) {
      return address.ifindex == device->index && !address.prefix.address.is_link_local();
    });
  }

  void stop() {
    if (ending_.running()) return;
    spdlog::info("ending: the system gets back what was found");
    service_manager_.stopping();
    ending_.start(end());
  }

  // The routes first: traffic goes on by what was there before while the modems say goodbye.
  Task<void> end() {
    if (ipfire_ != nullptr) co_await ipfire_->end();
    if (const auto status = plumbing_->restore(); !status) {
      spdlog::error("{}", status.error().text());
      exit_code_ = Failed;
    }
    if (publisher_) {
      save_soon_.reset();
      save_counters();
      publisher_->stop();
    }
    control_.reset();
    co_await runtime_->stop();
    if (writer_) {
      for (const auto name :
           {failover::state_file::current_profile, failover::state_file::failover_time}) {
        writer_->remove(name);
      }
      writer_->settle();
    }
    spdlog::info("ended");
    loop_.quit();
  }

  Options options_;
  Configuration configuration_;
  std::optional<Starter> starter_;
  Loop loop_;
  ServiceManager service_manager_ = ServiceManager::from_environment();
  // Each uses those above it.
  std::optional<failover::StateStore> store_;
  std::optional<failover::StateWriter> writer_;
  std::optional<netlink::Netlink> netlink_;
  std::unique_ptr<netlink::Monitor> monitor_;
  std::unique_ptr<UdevDiscovery> discovery_;
  std::unique_ptr<failover::Hotplug> hotplug_;
  std::vector<failover::Profile> made_;  // automatic profiles in force
  SourceHandle look_soon_;
  std::unique_ptr<failover::Plumbing> plumbing_;
  std::optional<netlink::DefaultRouteKeeper> route_keeper_;
  failover::ServiceLane services_{loop_, {}};
  failover::KernelPlumbing* kernel_ = nullptr;  // that plumbing, unless it is dry
  const failover::ipfire::Paths paths_;
  failover::ipfire::RedOwner red_owner_;
  std::optional<failover::ipfire::LinkBook> link_book_;  // on IPFire
  std::optional<failover::ipfire::Primary> primary_;     // likewise
  std::string interrupted_;
  SourceHandle stand_aside_soon_;
  std::string stood_aside_;  // why, the last time
  std::unique_ptr<failover::ipfire::Guard> red_guard_;
  std::unique_ptr<failover::ipfire::Services> red_services_;
  std::unique_ptr<failover::Host> host_;
  failover::StandaloneHost* standalone_ = nullptr;  // one of them is that host
  failover::ipfire::IpfireHost* ipfire_ = nullptr;
  std::unique_ptr<failover::DecisionLog> log_;
  std::unique_ptr<failover::Publisher> publisher_;
  std::unique_ptr<failover::Runtime> runtime_;
  double penalty_ = 0;  // that the last run left
  SourceHandle save_soon_;
  std::unique_ptr<failover::control::Server> control_;
  Job ending_;
  int exit_code_ = Ended;
};

}  // namespace

int run(const Options& options) {
  auto configuration = read_configuration(options.config_dir);
  if (!configuration) return BadConfiguration;
  if (const auto status = configure_logging(configuration->settings); !status) {
    spdlog::error("{}", status.error().text());
    return BadConfiguration;
  }
  if (options.check) {
    spdlog::info("the configuration in {} is in order", options.config_dir);
    return Ended;
  }
  std::optional<Starter> starter;
  Options absolute = options;
  if (options.background) {
    // The daemon's working directory is another one.
    absolute.config_dir = std::filesystem::absolute(options.config_dir);
    absolute.state_dir = std::filesystem::absolute(options.state_dir);
    auto made = become_daemon();
    if (!made) {
      spdlog::error("{}", made.error().text());
      return NotPossible;
    }
    starter.emplace(std::move(*made));
  }
  return Daemon(absolute, std::move(*configuration), std::move(starter)).run();
}

}  // namespace mwan::daemon
