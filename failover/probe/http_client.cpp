// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/http_client.hpp"

#include <algorithm>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>
#include <linux/tcp.h>
#include <unistd.h>

#include "failover/probe/library.hpp"

namespace mwan::failover {
namespace {

constexpr std::size_t kBody = 4096;  // of it so much is looked at, and no more is fetched

// The functions that are used, loaded with the first request.
struct Curl {
  static const Curl& get() {
    static const Curl curl;
    return curl;
  }

  Library library{"libcurl.so.4"};
  decltype(&curl_global_init) global_init = library["curl_global_init"];
  decltype(&curl_easy_init) easy_init = library["curl_easy_init"];
  decltype(&curl_easy_cleanup) easy_cleanup = library["curl_easy_cleanup"];
  decltype(&curl_easy_setopt) setopt = library["curl_easy_setopt"];
  decltype(&curl_easy_getinfo) getinfo = library["curl_easy_getinfo"];
  decltype(&curl_easy_strerror) strerror = library["curl_easy_strerror"];
  decltype(&curl_multi_init) multi_init = library["curl_multi_init"];
  decltype(&curl_multi_cleanup) multi_cleanup = library["curl_multi_cleanup"];
  decltype(&curl_multi_setopt) multi_setopt = library["curl_multi_setopt"];
  decltype(&curl_multi_add_handle) add = library["curl_multi_add_handle"];
  decltype(&curl_multi_remove_handle) remove = library["curl_multi_remove_handle"];
  decltype(&curl_multi_socket_action) action = library["curl_multi_socket_action"];
  decltype(&curl_multi_info_read) info_read = library["curl_multi_info_read"];
  decltype(&curl_slist_append) slist_append = library["curl_slist_append"];
  decltype(&curl_slist_free_all) slist_free = library["curl_slist_free_all"];
  Status usable;

 private:
  Curl() {
    usable = library.loaded("http probes");
    if (usable && global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
      usable = failed(FailureClass::Permanent, "http probes", "libcurl does not start");
    }
  }
};

// What a connection sent and got, with what the kernel put around it.
std::uint64_t wire_bytes(int fd, bool v4) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return 0;
  const std::uint64_t header = (v4 ? 20 : 40) + 32;
  const std::uint64_t segments = std::uint64_t{info.tcpi_segs_out} + info.tcpi_segs_in;
  return info.tcpi_bytes_acked + info.tcpi_bytes_received + segments * header;
}

}  // namespace

struct HttpClient::Multi {
  CURLM* multi = nullptr;
  Multi() = default;
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;
  ~Multi() {
    if (multi != nullptr) Curl::get().multi_cleanup(multi);
  }
};

struct HttpClient::Transfer {
  explicit Transfer(HttpClient& client) : owner(client) {}
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    const Curl& curl = Curl::get();
    if (easy != nullptr) {
      if (owner.multi_) curl.remove(owner.multi_->multi, easy);
      curl.easy_cleanup(easy);
    }
    curl.slist_free(resolve);
  }

  HttpClient& owner;
  CURL* easy = nullptr;
  curl_slist* resolve = nullptr;
  HttpRequest request;
  HttpReply reply;
  std::string failure;  // of the socket
  Done done;

  static curl_socket_t open_socket(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
    auto* transfer = static_cast<Transfer*>(self);
    const int fd = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    const auto bound = bind_to_link(fd, transfer->owner.link_,
                                    address->family == AF_INET ? IpFamily::V4 : IpFamily::V6);
    if (bound) return fd;
    transfer->failure = bound.error().message;
    ::close(fd);
    return CURL_SOCKET_BAD;
  }
  static int close_socket(void* self, curl_socket_t fd) {
    auto* client = static_cast<HttpClient*>(self);
    int domain = AF_INET;
    socklen_t length = sizeof domain;
    ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length);
    client->bytes_ += wire_bytes(fd, domain == AF_INET);
    return ::close(fd);
  }
  static std::size_t body(char* data, std::size_t /*one*/, std::size_t size, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    std::string& kept = transfer->reply.body;
    kept.append(data, std::min(size, kBody - kept.size()));
    return kept.size() < kBody ? size : 0;  // anything else ends the transfer
  }
};

HttpClient::HttpClient(Loop& loop, LinkBinding link) : loop_(loop), link_(std::move(link)) {}

// curl says goodbye to its sockets and its timer.
HttpClient::~HttpClient() {
  transfers_.clear();
  multi_.reset();
}

std::size_t HttpClient::under_way() const { return transfers_.size(); }

Status HttpClient::open() {
  if (multi_) return {};
  const Curl& curl = Curl::get();
  if (!curl.usable) return curl.usable;
  auto made = std::make_unique<Multi>();
  made->multi = curl.multi_init();
  if (made->multi == nullptr)
    return failed(FailureClass::Transient, "http probes", "out of memory");
  curl.multi_setopt(made->multi, CURLMOPT_SOCKETDATA, this);
  curl.multi_setopt(
      made->multi, CURLMOPT_SOCKETFUNCTION,
      +[](CURL*, curl_socket_t fd, int what, void* self, void*) {
        static_cast<HttpClient*>(self)->socket_changed(fd, what);
        return 0;
      });
  curl.multi_setopt(made->multi, CURLMOPT_TIMERDATA, this);
  curl.multi_setopt(
      made->multi, CURLMOPT_TIMERFUNCTION, +[](CURLM*, long wait_ms, void* self) {
        static_cast<HttpClient*>(self)->timer_changed(wait_ms);
        return 0;
      });
  multi_ = std::move(made);
  return {};
}

Status HttpClient::get(std::uint32_t id, const HttpRequest& request, Done done) {
  if (auto opened = open(); !opened) return opened;
  const Curl& curl = Curl::get();
  auto transfer = std::make_unique<Transfer>(*this);
  CURL* easy = transfer->easy = curl.easy_init();
  if (easy == nullptr) return failed(FailureClass::Transient, "http probes", "out of memory");
  transfer->request = request;
  transfer->done = std::move(done);
  const ProbeTarget& target = request.target;
  const std::string scheme = target.tls ? "https" : "http";
  const auto url = fmt::format("{}://{}:{}{}", scheme, target.host, target.port, target.path);
  const bool v4 = request.address.family() == IpFamily::V4;
  transfer->resolve =
      curl.slist_append(nullptr, fmt::format("{}:{}:{}{}{}", target.host, target.port,
                                             v4 ? "" : "[", request.address.text(), v4 ? "" : "]")
                                     .c_str());
  curl.setopt(easy, CURLOPT_URL, url.c_str());
  curl.setopt(easy, CURLOPT_PROTOCOLS_STR, scheme.c_str());
  curl.setopt(easy, CURLOPT_RESOLVE, transfer->resolve);
  curl.setopt(easy, CURLOPT_IPRESOLVE, v4 ? CURL_IPRESOLVE_V4 : CURL_IPRESOLVE_V6);
  curl.setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl.setopt(easy, CURLOPT_PROXY, "");  // also not one of the environment
  curl.setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl.setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  // Each probe is a connection of its own: a kept one would not show that new ones can be made.
  curl.setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl.setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl.setopt(easy, CURLOPT_USERAGENT, "universal-mwan");
  curl.setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(to_ms(request.timeout)));
  curl.setopt(easy, CURLOPT_BUFFERSIZE, 4096L);
  if (!request.ca_file.empty()) {
    curl.setopt(easy, CURLOPT_CAINFO, request.ca_file.c_str());
    curl.setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  curl.setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
  curl.setopt(easy, CURLOPT_OPENSOCKETDATA, transfer.get());
  curl.setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &Transfer::close_socket);
  curl.setopt(easy, CURLOPT_CLOSESOCKETDATA, this);  // connections outlive their transfers
  curl.setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::body);
  curl.setopt(easy, CURLOPT_WRITEDATA, transfer.get());
  if (curl.add(multi_->multi, easy) != CURLM_OK) {
    return failed(FailureClass::Transient, "http probes", "libcurl takes no request");
  }
  transfers_[id] = std::move(transfer);
  return {};
}

void HttpClient::socket_changed(int fd, int what) {
  watches_.erase(fd);
  if (what == CURL_POLL_REMOVE || what == CURL_POLL_NONE) return;
  unsigned io = 0;
  if ((what & CURL_POLL_IN) != 0) io |= Loop::Readable;
  if ((what & CURL_POLL_OUT) != 0) io |= Loop::Writable;
  watches_[fd] = loop_.watch(fd, io, [this, fd](unsigned ready) {
    work(fd, ((ready & Loop::Readable) != 0 ? CURL_CSELECT_IN : 0) |
                 ((ready & Loop::Writable) != 0 ? CURL_CSELECT_OUT : 0));
  });
}

void HttpClient::timer_changed(long wait_ms) {
  timer_.reset();
  if (wait_ms < 0) return;
  timer_ =
      loop_.after(std::chrono::milliseconds(wait_ms), [this] { work(CURL_SOCKET_TIMEOUT, 0); });
}

void HttpClient::work(int fd, int ready) {
  int running = 0;
  Curl::get().action(multi_->multi, fd, ready, &running);
  if (!collect_soon_.active()) collect_soon_ = loop_.soon([this] { collect(); });
}

// What has ended, told outside of curl's own calls.
void HttpClient::collect() {
  collect_soon_.reset();
  const Curl& curl = Curl::get();
  int left = 0;
  while (const CURLMsg* message = curl.info_read(multi_->multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    const auto at = std::ranges::find_if(
        transfers_, [&](const auto& entry) { return entry.second->easy == message->easy_handle; });
    if (at == transfers_.end()) continue;
    const auto node = transfers_.extract(at);
    const std::unique_ptr<Transfer>& transfer = node.mapped();
    HttpResult result;
    // Cut by us: there is all that is wanted.
    if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && transfer->reply.body.size() >= kBody)) {
      long status = 0;
      curl.getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
      transfer->reply.status = static_cast<int>(status);
      const char* location = nullptr;
      curl.getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &location);
      if (location != nullptr) transfer->reply.location = location;
      result.reply = std::move(transfer->reply);
    } else if (!transfer->failure.empty()) {
      result.words = transfer->failure;
    } else if (code == CURLE_PEER_FAILED_VERIFICATION) {
      result.words =
          "answered with a certificate that is not its own (is somebody in between, or is this "
          "machine's clock wrong?)";
    } else if (code == CURLE_COULDNT_CONNECT) {
      result.words = "no connection";
    } else if (code != CURLE_OPERATION_TIMEDOUT) {
      result.words = curl.strerror(code);
    }
    const Done done = std::move(transfer->done);
    done(std::move(result));
  }
}

}  // namespace mwan::failover
