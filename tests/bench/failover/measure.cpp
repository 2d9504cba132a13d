// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/measure.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tests/bench/failover/link_watch.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/route_watch.hpp"
#include "tests/lab/traffic.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::bench {

namespace {

using namespace std::chrono_literals;

constexpr Duration kBeforeCause = 2s;
constexpr Duration kAfterMove = 1s;
constexpr Duration kInFlight = 500ms;
// After a blackout: what a late switch still loses.
constexpr Duration kAfterOutage = 5s;

Application application_of(Load load) {
  if (load == Load::LongFlow) return Application::LongFlow;
  return load == Load::Upload ? Application::Upload : Application::ShortRequests;
}

// What the client does meanwhile.
struct Client {
  std::unique_ptr<lab::Traffic> packets;
  std::unique_ptr<ApplicationRun> application;

  static Result<Client> start(Load load, const TwoLines& lines) {
    Client client;
    if (load == Load::Packets) {
      auto packets = lab::Traffic::start(lines.client(), lines.server(), service_address);
      if (!packets) return failed(packets.error());
      client.packets = std::move(*packets);
    } else if (load != Load::None) {
      auto run = ApplicationRun::start(application_of(load), lines.client(), lines.server(),
                                       service_address);
      if (!run) return failed(run.error());
      client.application = std::move(*run);
    }
    return client;
  }
  // Whether answers come, right before things go wrong.
  [[nodiscard]] bool well(Instant now) const {
    if (packets) {
      const auto recent = packets->count(now - 600ms, now - 100ms);
      return recent.sent > 40 && recent.lost == 0 && recent.unanswered == 0;
    }
    if (application) {
      const auto answers = application->answers();
      return !answers.empty() && now - answers.back() < 500ms;
    }
    return true;
  }
};

class Trial {
 public:
  Trial(const Row& row, const Patience& patience) : row_(row), patience_(patience) {}

  Measured play(Who who, const Installed& installed, int number) {
    contender_ = make(who, installed);
    if (!contender_) return gave_up("is not installed");
    if (auto done = set_up(); !done) return gave_up(done.error().text());
    const bool ready = lab::wait_until(
        patience_.ready, [&] { return !contender_->running() || contender_->ready(); });
    if (!ready || !contender_->running()) return gave_up("did not become ready");
    if (routes_->device() != first_device) {
      return gave_up("did not choose the first line, but " + routes_->device());
    }
    auto client = Client::start(row_.load, *lines_);
    if (!client) return gave_up(client.error().text());
    lab::sleep_for(kBeforeCause);
    wait_for_phase(number);
    if (!client->well(lab::now())) return gave_up("no traffic before the cause");
    return watch(*client);
  }

 private:
  Status set_up() {
    auto folder = lab::WorkFolder::temporary();
    if (!folder) return failed(folder.error());
    folder_.emplace(std::move(*folder));
    auto lines = TwoLines::build();
    if (!lines) return failed(lines.error());
    lines_.emplace(std::move(*lines));
    auto routes = lab::RouteWatch::start(lines_->router());
    if (!routes) return failed(routes.error());
    routes_ = std::move(*routes);
    auto links = LinkWatch::start(lines_->router(), first_device);
    if (!links) return failed(links.error());
    links_ = std::move(*links);
    if (auto done = prepare(row_.cause, *lines_); !done) return done;
    const bool dns = row_.cause == Cause::DnsOnly;
    if (dns) {
      if (auto done = start_name_server(); !done) return done;
    }
    return contender_->start(*lines_, folder_->path(), dns ? Ask::TargetsAndDns : Ask::Targets);
  }

  Status start_name_server() {
    auto started = lab::Process::start(
        {{"dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
          "--user=root", "--pid-file=", "--bind-interfaces",
          fmt::format("--listen-address={}", dns_address),
          fmt::format("--address=/{}/{}", dns_name, service_address)},
         &lines_->server(),
         folder_->path() / "dns.log",
         folder_->path() / "dns.log"});
    if (!started) return failed(started.error());
    name_server_ = std::move(*started);
    return {};
  }

  Measured watch(const Client& client) {
    fallback_ =
        row_.cause == Cause::DeviceGone && has_default_route(lines_->router(), second_device);
    const auto fired = fire(row_.cause, *lines_);
    if (!fired) return gave_up(fired.error().text());
    const auto cause = row_.cause == Cause::CarrierLost ? told_of(*fired) : fired;
    if (!cause) return gave_up("the kernel told nobody of the lost carrier");
    Measured out;
    const bool outage = row_.outage > Duration::zero();
    if (outage) {
      lab::sleep_for(*cause + row_.outage - lab::now());
      if (auto done = undo(row_.cause, *lines_); !done) return gave_up(done.error().text());
      lab::sleep_for(kAfterOutage);
    } else {
      lab::wait_until(patience_.move, [&] { return seen(*cause, client, out); });
      lab::sleep_for(kAfterMove);
    }
    seen(*cause, client, out);
    const Instant end = lab::now();
    lab::sleep_for(kInFlight);
    if (client.packets) out.lost = client.packets->count(*cause, end).lost;
    if (client.application) {
      out.longest_gap = longest_gap(client.application->answers(), *cause, end);
    }
    if (!contender_->running()) return gave_up("has ended");
    return out;
  }

  // The kernel tells of carriers once a second, whichever namespace they are in: on a machine where
  // others plug cables as well, what it waits is nobody's merit.
  [[nodiscard]] Result<Instant> told_of(Instant cause) const {
    std::optional<Instant> told;
    lab::wait_until(3s, [&] { return (told = links_->lost(cause)).has_value(); });
    if (!told) return failed(FailureClass::Transient, "carrier", "no message");
    return *told;
  }

  // Whether all that this row waits for has happened.
  bool seen(Instant cause, const Client& client, Measured& out) const {
    if (!out.to_route && fallback_) {
      out.by_kernel = true;
      out.to_route = Duration::zero();
    } else if (!out.to_route) {
      const bool back = row_.right == Right::BringBack;
      // Whoever sees it otherwise may have moved the route before the kernel told of the carrier.
      const Instant since = row_.cause == Cause::CarrierLost ? cause - 1500ms : cause;
      if (const auto moved = routes_->moved_to(back ? first_device : second_device, since)) {
        out.to_route = std::max(*moved - cause, Duration::zero());
      } else if (kernel_helped(cause)) {
        out.by_kernel = true;
        out.to_route = Duration::zero();
      }
    }
    if (!out.to_route) return false;
    if (!client.application) return true;
    const auto answer = client.application->first_new_answer(cause + *out.to_route);
    if (!answer && row_.load == Load::LongFlow) return flow_lives_on(cause, client, out);
    if (answer) out.to_answer = *answer - (cause + *out.to_route);
    return answer.has_value();
  }
  // A long flow may also survive the switch; then its next answer counts.
  static bool flow_lives_on(Instant cause, const Client& client, Measured& out) {
    const auto since = cause + *out.to_route;
    for (const Instant answer : client.application->answers()) {
      if (answer < since) continue;
      out.to_answer = answer - since;
      return true;
    }
    return false;
  }
  // Another default route stood behind the one that went, of the same line still.
  [[nodiscard]] bool kernel_helped(Instant cause) const {
    return row_.right == Right::BringBack && lab::now() - cause > kInFlight &&
           routes_->device() == first_device;
  }

  [[nodiscard]] Measured gave_up(const std::string& why) const {
    Measured out;
    const std::string tail = contender_ && folder_ ? contender_->log_tail() : std::string();
    out.problem = tail.empty() ? why : why + "\n" + tail;
    return out;
  }

  const Row& row_;
  Patience patience_;
  // In this order: the programs end before the namespaces and the folder that they are in.
  std::optional<lab::WorkFolder> folder_;
  std::optional<TwoLines> lines_;
  std::unique_ptr<lab::RouteWatch> routes_;
  std::unique_ptr<LinkWatch> links_;
  lab::Process name_server_;
  std::unique_ptr<Contender> contender_;
  bool fallback_ = false;
};

}  // namespace

bool has_default_route(const lab::NetNs& netns, const std::string& device) {
  const auto found = lab::run(&netns, {"ip", "-4", "route", "show", "default", "dev", device});
  return found && !found->empty();
}

void wait_for_phase(int number) {
  constexpr Duration kSpread = 1700ms;
  // 0.618...: neighbours in number are far from each other in phase.
  const double part = 0.6180339887 * number - static_cast<int>(0.6180339887 * number);
  lab::sleep_for(std::chrono::duration_cast<Duration>(kSpread * part));
}

Measured measure(const Row& row, Who who, const Installed& installed, const Patience& patience,
                 int number) {
  if (who == Who::Ours && !row.modem.empty()) {
    return measure_modem(row, installed, patience, number);
  }
  return Trial(row, patience).play(who, installed, number);
}

}  // namespace mwan::bench
