// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/application.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include "tests/lab/clock.hpp"

namespace mwan::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPort = 5400;
constexpr Duration kRequestEvery = 200ms;
constexpr Duration kWordEvery = 50ms;
constexpr std::string_view kWord = "word";
constexpr std::size_t kBulk = 65536;   // each kWordEvery: 10 Mbit/s
constexpr std::size_t kWaiting = 200;  // requests at the same time

int ms_until(Instant due) {
  return static_cast<int>(std::max<std::int64_t>(to_ms(due - lab::now()), 0));
}

void say(int fd, std::string_view word) {
  // What the kernel does not take is not said: the flow is stalled.
  const auto n = ::send(fd, word.data(), word.size(), MSG_NOSIGNAL);
  static_cast<void>(n);
}

}  // namespace

Duration longest_gap(std::span<const Instant> answers, Instant from, Instant to) {
  Duration longest{};
  Instant last = from;
  for (const Instant answer : answers) {
    if (answer < from || answer > to) continue;
    longest = std::max(longest, answer - last);
    last = answer;
  }
  return std::max(longest, to - last);
}

Result<std::unique_ptr<ApplicationRun>> ApplicationRun::start(Application kind,
                                                              const lab::NetNs& client,
                                                              const lab::NetNs& server,
                                                              const std::string& address) {
  auto service = TcpService::start(server, address, kPort, "");
  if (!service) return failed(service.error());
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(kPort);
  ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
  std::unique_ptr<ApplicationRun> run(new ApplicationRun(std::move(*service), client, to));
  run->thread_ = std::thread([app = run.get(), kind] {
    // This thread lives in the client's namespace, with every socket that it makes.
    if (::setns(app->client_.fd(), CLONE_NEWNET) != 0) return;
    switch (kind) {
      case Application::ShortRequests:
        return app->make_requests();
      case Application::LongFlow:
        return app->keep_flow(kWord);
      case Application::Upload:
        return app->keep_flow(std::string(kBulk, 'x'));
    }
  });
  return run;
}

ApplicationRun::ApplicationRun(std::unique_ptr<TcpService> service, const lab::NetNs& client,
                               const sockaddr_in& to)
    : service_(std::move(service)), client_(client), to_(to) {}

ApplicationRun::~ApplicationRun() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

std::vector<Instant> ApplicationRun::answers() const {
  const std::lock_guard lock(mutex_);
  return answers_;
}

std::optional<Instant> ApplicationRun::first_new_answer(Instant since) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [made, answered] : flows_) {
    if (made >= since) return answered;
  }
  return std::nullopt;
}

ApplicationRun::Flow ApplicationRun::connect() const {
  Flow flow{UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), lab::now()};
  const int on = 1;
  ::setsockopt(flow.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(flow.fd.get(), reinterpret_cast<const sockaddr*>(&to_), sizeof to_) != 0 &&
      errno != EINPROGRESS) {
    flow.fd.reset();
  }
  return flow;
}

bool ApplicationRun::look_at(Flow& flow, short events) {
  if (!flow.connected) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(flow.fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return false;
    if ((events & POLLOUT) == 0) return true;
    flow.connected = true;
    say(flow.fd.get(), kWord);
    return true;
  }
  std::array<char, 4096> heard{};
  const auto n = ::recv(flow.fd.get(), heard.data(), heard.size(), 0);
  if (n < 0 && errno == EAGAIN) return true;
  if (n <= 0) return false;
  const Instant time = lab::now();
  const std::lock_guard lock(mutex_);
  answers_.push_back(time);
  if (!flow.answered) flows_.emplace_back(flow.made, time);
  flow.answered = true;
  return true;
}

void ApplicationRun::make_requests() {
  std::vector<Flow> waiting;
  Instant due = lab::now();
  while (!stop_) {
    if (lab::now() >= due) {
      due += kRequestEvery;
      Flow made = connect();
      if (made.fd && waiting.size() < kWaiting) waiting.push_back(std::move(made));
    }
    std::vector<pollfd> ready;
    ready.reserve(waiting.size());
    for (const Flow& flow : waiting) {
      ready.push_back({flow.fd.get(), static_cast<short>(flow.connected ? POLLIN : POLLOUT), 0});
    }
    if (::poll(ready.data(), ready.size(), std::min(ms_until(due), 100)) <= 0) continue;
    std::vector<Flow> staying;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      const bool well = ready[i].revents == 0 || look_at(waiting[i], ready[i].revents);
      if (well && !waiting[i].answered) staying.push_back(std::move(waiting[i]));
    }
    waiting = std::move(staying);
  }
}

void ApplicationRun::keep_flow(std::string_view word) {
  const auto begin = [&] {
    Flow made = connect();
    // What the kernel holds for an upload may fill every queue on the way.
    const int room = 4 << 20;
    if (word.size() > kWord.size()) {
      ::setsockopt(made.fd.get(), SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    }
    return made;
  };
  Flow flow = begin();
  Instant due = lab::now() + kWordEvery;
  while (!stop_) {
    pollfd ready{flow.fd.get(), static_cast<short>(flow.connected ? POLLIN : POLLOUT), 0};
    const int n = ::poll(&ready, 1, std::min(ms_until(due), 100));
    // At once, but not in a busy loop where there is no way at all.
    if (!flow.fd || (n > 0 && !look_at(flow, ready.revents))) {
      if (!flow.connected) lab::sleep_for(10ms);
      flow = begin();
    }
    if (lab::now() < due) continue;
    due += kWordEvery;
    if (flow.connected) say(flow.fd.get(), word);
  }
}

}  // namespace mwan::bench
