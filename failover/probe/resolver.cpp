// SPDX-License-Identifier: LGPL-2.1-or-later
// c-ares on the loop: its sockets are watched, its timer is ours.
#include "failover/probe/resolver.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <sys/time.h>

#include "failover/probe/library.hpp"

namespace mwan::failover {
namespace {

// The functions that are used, loaded with the first question.
struct Ares {
  static const Ares& get() {
    static const Ares ares;
    return ares;
  }

  Library library{"libcares.so.2"};
  decltype(&ares_library_init) library_init = library["ares_library_init"];
  decltype(&ares_init_options) init_options = library["ares_init_options"];
  decltype(&ares_destroy) destroy = library["ares_destroy"];
  decltype(&ares_set_servers_ports) set_servers = library["ares_set_servers_ports"];
  decltype(&ares_set_socket_configure_callback) on_socket =
      library["ares_set_socket_configure_callback"];
  decltype(&ares_query) query = library["ares_query"];
  decltype(&ares_process_fd) process_fd = library["ares_process_fd"];
  decltype(&ares_timeout) timeout = library["ares_timeout"];
  decltype(&ares_strerror) strerror = library["ares_strerror"];
  decltype(&ares_parse_a_reply) parse_a = library["ares_parse_a_reply"];
  decltype(&ares_parse_aaaa_reply) parse_aaaa = library["ares_parse_aaaa_reply"];
  Status usable;

 private:
  Ares() {
    usable = library.loaded("name servers of probes");
    if (usable && library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
      usable = failed(FailureClass::Permanent, "name servers of probes", "c-ares does not start");
    }
  }
};

std::size_t header_size(const IpAddress& server) {
  return (server.family() == IpFamily::V4 ? 20 : 40) + 8;
}

// The addresses of an answer, with the shortest time to live.
void read_addresses(const unsigned char* bytes, int length, IpFamily family, NameAnswer& out) {
  constexpr int kMost = 8;
  int count = kMost;
  int ttl = 86400;
  const auto add = [&](const void* address, std::size_t size, int valid) {
    if (const auto parsed =
            IpAddress::from_bytes({static_cast<const std::uint8_t*>(address), size})) {
      out.addresses.push_back(*parsed);
    }
    ttl = std::min(ttl, std::max(0, valid));
  };
  if (family == IpFamily::V4) {
    std::array<ares_addrttl, kMost> found{};
    if (Ares::get().parse_a(bytes, length, nullptr, found.data(), &count) != ARES_SUCCESS) return;
    for (int i = 0; i < count; ++i) add(&found.at(i).ipaddr, sizeof(in_addr), found.at(i).ttl);
  } else {
    std::array<ares_addr6ttl, kMost> found{};
    if (Ares::get().parse_aaaa(bytes, length, nullptr, found.data(), &count) != ARES_SUCCESS)
      return;
    for (int i = 0; i < count; ++i) add(&found.at(i).ip6addr, sizeof(in6_addr), found.at(i).ttl);
  }
  out.valid = std::chrono::seconds(ttl);
}

}  // namespace

struct Resolver::Channel {
  ares_channel channel = nullptr;
  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() {
    if (channel != nullptr) Ares::get().destroy(channel);
  }
};

// Lives until c-ares has called back, which it does for every question, at the latest when its
// channel is destroyed.
struct Resolver::Query {
  Resolver* owner;
  std::uint32_t question;
  IpFamily family;

  static void done(void* arg, int status, int /*timeouts*/, unsigned char* bytes, int length) {
    const std::unique_ptr<Query> query(static_cast<Query*>(arg));
    if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) return;
    NameAnswer answer;
    // A server that says there is no such name has been asked and has answered.
    answer.answered = status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND;
    if (status == ARES_SUCCESS) read_addresses(bytes, length, query->family, answer);
    if (!answer.answered && status != ARES_ETIMEOUT) {
      answer.words = status == ARES_ECONNREFUSED && !query->owner->bind_failure_.empty()
                         ? query->owner->bind_failure_
                         : Ares::get().strerror(status);
    }
    if (length > 0) query->owner->bytes_ += static_cast<std::size_t>(length) + 28;
    query->owner->answered(query->question, std::move(answer));
  }
};

Resolver::Resolver(Loop& loop, LinkBinding link, std::vector<NameServer> servers, Duration timeout)
    : loop_(loop), link_(std::move(link)), servers_(std::move(servers)), timeout_(timeout) {
  std::erase_if(servers_,
                [this](const NameServer& s) { return !link_.source(s.address.family()); });
}

// c-ares says goodbye to its sockets.
Resolver::~Resolver() { channel_.reset(); }

Status Resolver::open() {
  if (channel_) return {};
  const Ares& ares = Ares::get();
  if (!ares.usable) return ares.usable;
  const std::string where = "probes of " + link_.netdev;
  if (servers_.empty()) {
    return failed(FailureClass::Permanent, where,
                  "no name server that this link can reach is known");
  }
  std::string nothing = "/dev/null";  // not the host's resolv.conf
  std::string lookups = "b";
  ares_options options{};
  options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
  options.timeout = static_cast<int>(to_ms(timeout_));
  options.tries = 1;
  options.lookups = lookups.data();
  options.resolvconf_path = nothing.data();
  options.sock_state_cb = [](void* self, int fd, int readable, int writable) {
    static_cast<Resolver*>(self)->socket_changed(fd, readable != 0, writable != 0);
  };
  options.sock_state_cb_data = this;
  auto channel = std::make_unique<Channel>();
  const int made =
      ares.init_options(&channel->channel, &options,
                        ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                            ARES_OPT_RESOLVCONF | ARES_OPT_SOCK_STATE_CB);
  if (made != ARES_SUCCESS) {
    channel->channel = nullptr;
    return failed(FailureClass::Transient, where, ares.strerror(made));
  }
  std::vector<ares_addr_port_node> nodes(servers_.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const IpAddress& address = servers_[i].address;
    nodes[i].next = i + 1 < nodes.size() ? &nodes[i + 1] : nullptr;
    nodes[i].family = address.family() == IpFamily::V4 ? AF_INET : AF_INET6;
    std::memcpy(&nodes[i].addr, address.bytes().data(), address.bytes().size());
    nodes[i].udp_port = nodes[i].tcp_port = servers_[i].port;
  }
  ares.set_servers(channel->channel, nodes.data());
  ares.on_socket(
      channel->channel,
      [](int fd, int /*type*/, void* data) {
        auto* self = static_cast<Resolver*>(data);
        int domain = AF_INET;
        socklen_t length = sizeof domain;
        ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length);
        const auto bound =
            bind_to_link(fd, self->link_, domain == AF_INET ? IpFamily::V4 : IpFamily::V6);
        self->bind_failure_ = bound ? "" : bound.error().message;
        return bound ? 0 : -1;
      },
      this);
  channel_ = std::move(channel);
  return {};
}

Status Resolver::ask(std::uint32_t question, const std::string& name, IpFamily family, Done done) {
  if (auto opened = open(); !opened) return opened;
  asked_[question] = std::move(done);
  bytes_ += header_size(servers_.front().address) + 12 + name.size() + 2 + 4;
  auto query = std::make_unique<Query>(Query{this, question, family});
  Ares::get().query(channel_->channel, name.c_str(), ns_c_in,
                    family == IpFamily::V4 ? ns_t_a : ns_t_aaaa, &Query::done, query.release());
  arm();
  return {};
}

void Resolver::socket_changed(int fd, bool readable, bool writable) {
  watches_.erase(fd);
  unsigned io = 0;
  if (readable) io |= Loop::Readable;
  if (writable) io |= Loop::Writable;
  if (io == 0) return;
  watches_[fd] = loop_.watch(fd, io, [this, fd](unsigned ready) {
    work((ready & Loop::Readable) != 0 ? fd : ARES_SOCKET_BAD,
         (ready & Loop::Writable) != 0 ? fd : ARES_SOCKET_BAD);
  });
}

void Resolver::work(int readable, int writable) {
  Ares::get().process_fd(channel_->channel, readable, writable);
  arm();
}

void Resolver::arm() {
  timer_.reset();
  timeval left{};
  if (Ares::get().timeout(channel_->channel, nullptr, &left) == nullptr) return;
  const Duration wait = std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
  timer_ = loop_.after(wait, [this] { work(ARES_SOCKET_BAD, ARES_SOCKET_BAD); });
}

// c-ares is never called back into.
void Resolver::answered(std::uint32_t question, NameAnswer answer) {
  ready_.emplace_back(question, std::move(answer));
  if (!delivery_.active()) delivery_ = loop_.soon([this] { deliver(); });
}

void Resolver::deliver() {
  delivery_.reset();
  for (auto& [question, answer] : std::exchange(ready_, {})) {
    const auto node = asked_.extract(question);
    if (!node.empty()) node.mapped()(std::move(answer));
  }
}

}  // namespace mwan::failover
