// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ra/ra_client.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/ra/stable_address.hpp"

namespace mwan {
namespace {

namespace fs = std::filesystem;

// RFC 7559 section 2: the pause is doubled, up to an hour.
constexpr Duration kFirstPause = std::chrono::seconds(4);
constexpr Duration kLastPause = std::chrono::hours(1);
// A link-local address is checked for duplicates for a second or two before it may be used.
constexpr Duration kNotReadyPause = std::chrono::milliseconds(200);
constexpr int kMostNotReady = 25;
// When something in use was left out of an advertisement.
constexpr Duration kExtraPause = std::chrono::milliseconds(500);
constexpr Duration kSocketPause = std::chrono::seconds(30);
// Messages taken in one turn of the loop.
constexpr int kMostAtOnce = 16;

}  // namespace

RaClient::RaClient(Loop& loop, RaConfig config, std::unique_ptr<AddressClient> dhcp)
    : loop_(loop), config_(std::move(config)) {
  if (!dhcp) return;
  dhcp_ = std::make_unique<ClientRunner>(
      loop_, std::move(dhcp),
      Calls{.got =
                [this](const IpConfig& config) {
                  leased_ = config.v6;
                  look();
                },
            .lost =
                [this](const std::string& why) {
                  leased_.reset();
                  lose(why);
                },
            .trouble =
                [this](const Error& error, std::optional<Duration> retry_in) {
                  trouble(error.failure, error.message, retry_in);
                }});
}

void RaClient::start(Calls calls) {
  if (std::exchange(started_, true)) return;
  calls_ = std::move(calls);
  if (carrier_) begin();
}

void RaClient::carrier(bool up) {
  if (std::exchange(carrier_, up) == up) return;
  if (dhcp_) dhcp_->carrier(up);
  if (!started_) return;
  if (up) {
    begin();
  } else {
    end();
  }
}

Task<void> RaClient::stop() {
  started_ = false;
  end();
  if (dhcp_) co_await dhcp_->end();
  std::error_code ignored;
  if (!config_.keep_secret) fs::remove(config_.folder, ignored);  // when nothing else is in it
}

// From the loop: nothing is told from inside start() or carrier().
void RaClient::begin() {
  begin_again_ = loop_.soon([this] {
    begin_again_.reset();
    auto socket = RaSocket::open(config_.netdev);
    const Status secret = load_secret();
    if (!socket || !secret) {
      const Error error = socket ? secret.error() : socket.error();
      const bool again = error.failure == FailureClass::Transient;
      trouble(error.failure, error.text(),
              again ? std::optional<Duration>(kSocketPause) : std::nullopt);
      if (again) begin_again_ = loop_.after(kSocketPause, [this] { begin(); });
      return;
    }
    socket_ = std::move(*socket);
    readable_ = loop_.watch(socket_->fd(), Loop::Readable, [this](unsigned) { hear(); });
    pause_ = kFirstPause;
    not_ready_ = 0;
    wait_for_router();
    solicit();
  });
}

// What was heard may be another network's when the carrier returns.
void RaClient::end() {
  for (SourceHandle* source : {&begin_again_, &next_solicitation_, &extra_solicitation_, &runs_out_,
                               &silence_, &readable_}) {
    source->reset();
  }
  socket_.reset();
  view_.clear();
  leased_.reset();
  told_.reset();
  if (dhcp_) dhcp_->want(false);
}

// The same from one start to the next, so that the addresses are, too.
Status RaClient::load_secret() {
  if (secret_) return {};
  const fs::path path = config_.folder / "address-secret";
  const auto refuse = [&](int error) {
    return failed(FailureClass::Transient, path.string(), std::strerror(error));
  };
  Secret secret{};
  if (!config_.keep_secret) {
    if (::getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size())) {
      return refuse(errno);
    }
    secret_ = secret;
    return {};
  }
  if (const UniqueFd known(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)); known) {
    if (::read(known.get(), secret.data(), secret.size()) == static_cast<ssize_t>(secret.size())) {
      secret_ = secret;
      return {};
    }
  }
  std::error_code error;
  fs::create_directories(config_.folder, error);
  if (error) return refuse(error.value());
  fs::remove(path, error);
  if (::getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size())) {
    return refuse(errno);
  }
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                             S_IRUSR | S_IWUSR));
  if (!file ||
      ::write(file.get(), secret.data(), secret.size()) != static_cast<ssize_t>(secret.size())) {
    return refuse(errno);
  }
  secret_ = secret;
  return {};
}

// Until a router has answered; after that they speak by themselves.
void RaClient::solicit() {
  if (!socket_) return;
  const int error = socket_->solicit();
  const bool soon = error == EADDRNOTAVAIL || error == ENETUNREACH;
  if (soon && not_ready_ < kMostNotReady) {
    ++not_ready_;
    next_solicitation_ = loop_.after(kNotReadyPause, [this] { solicit(); });
    return;
  }
  if (error != 0) log(fmt::format("asking for a router: {}", std::strerror(error)));
  next_solicitation_ = loop_.after(pause_, [this] { solicit(); });
  pause_ = std::min(pause_ * 2, kLastPause);
}

void RaClient::solicit_once_more() {
  if (extra_solicitation_.active()) return;
  extra_solicitation_ = loop_.after(kExtraPause, [this] {
    extra_solicitation_.reset();
    if (socket_) (void)socket_->solicit();  // the router speaks by itself, if a little later
  });
}

void RaClient::hear() {
  for (int i = 0; i < kMostAtOnce && socket_; ++i) {
    int error = 0;
    const auto heard = socket_->receive(error);
    if (error != 0) {
      // The device may have gone and come again under the same name.
      log(fmt::format("hearing routers: {}", std::strerror(error)));
      readable_.reset();
      socket_.reset();
      begin_again_ = loop_.after(kNotReadyPause, [this] { begin(); });
      return;
    }
    if (!heard) break;
    const auto said = parse_router_advertisement(heard->origin, heard->message);
    if (!said) {
      if (std::exchange(refused_, said.error().text()) != said.error().text()) log(refused_);
      continue;
    }
    if (said->lifetime_s > 0) {
      next_solicitation_.reset();
      silence_.reset();
    }
    if (view_.hear(Loop::now(), heard->origin.from, *said)) solicit_once_more();
  }
  look();
}

void RaClient::look() {
  if (!started_ || !socket_) return;
  const Instant now = Loop::now();
  const auto offer = view_.offer(now);
  runs_out_.reset();
  if (const auto at = view_.deadline(now)) runs_out_ = loop_.after(*at - now, [this] { look(); });
  if (!offer) {
    if (dhcp_) dhcp_->want(false);
    leased_.reset();
    if (!next_solicitation_.active()) {
      pause_ = kFirstPause;
      solicit();
    }
    lose("no router advertises itself as a default router any more");
    return;
  }
  const bool ask = dhcp_ && !offer->prefix && offer->managed;
  if (dhcp_) dhcp_->want(ask);
  if (!ask) leased_.reset();
  tell(*offer);
}

void RaClient::tell(const RouterOffer& offer) {
  if (!offer.prefix && !leased_) {
    const bool waits = offer.managed && dhcp_;
    lose(waits
             ? "the router's prefix has gone; DHCPv6 is asked"
             : "the router " + offer.router.text() + " advertises no prefix to make an address of");
    return;
  }
  IpFamilyConfig family;
  if (offer.prefix && secret_) {
    const IpAddress address = stable_address(*offer.prefix, config_.link, *secret_);
    family.address = {address, static_cast<std::uint8_t>(offer.on_link ? 64 : 128)};
  } else if (leased_) {
    family = *leased_;
  }
  family.gateway = offer.router;
  if (!offer.dns.empty()) family.dns = offer.dns;
  IpConfig config;
  config.v6 = family;
  config.mtu = offer.mtu;
  if (told_ == config) return;
  told_ = config;
  calls_.got(config);
}

void RaClient::lose(const std::string& why) {
  if (!told_) return;
  told_.reset();
  wait_for_router();
  if (started_) calls_.lost(why);
}

void RaClient::wait_for_router() {
  if (!config_.needed) return;
  silence_ = loop_.after(config_.patience, [this] {
    silence_.reset();
    if (told_) return;
    trouble(FailureClass::Transient,
            fmt::format("no router advertised itself on {} within {} s: is it the right cable, and "
                        "does the provider have IPv6? Still asking",
                        config_.netdev,
                        std::chrono::duration_cast<std::chrono::seconds>(config_.patience).count()),
            pause_);
  });
}

// Where IPv4 does without it, it is no trouble of the link's.
void RaClient::trouble(FailureClass failure, const std::string& message,
                       std::optional<Duration> retry_in) {
  if (!started_) return;
  if (!config_.needed) {
    log(message);
    return;
  }
  calls_.trouble({failure, config_.link, message}, retry_in);
}

void RaClient::log(const std::string& line) const {
  if (config_.log) config_.log(line);
}

}  // namespace mwan
