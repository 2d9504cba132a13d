// SPDX-License-Identifier: LGPL-2.1-or-later
// libnftables is loaded for as long as rules are being set, which is seldom: with what it depends
// on it would cost every daemon some megabytes of memory. Loading takes about half a millisecond.
#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <dlfcn.h>
#include <fmt/format.h>
#include <linux/capability.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <nftables/libnftables.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "netlink/nat.hpp"
#include "netlink/types.hpp"

namespace mwan::netlink {
namespace {

constexpr const char* where = "nftables table inet mwan";

// The name goes between quotes into nft's language, where * is a wildcard and \ escapes.
bool quotable(std::string_view name) {
  return valid_netdev_name(name) && name.find_first_of("\"\\*?[]{}$;") == std::string_view::npos &&
         std::ranges::all_of(name, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

// all: the links' quoted names, separated by commas.
std::string ruleset(const std::vector<NatLink>& links, const std::string& all,
                    std::string_view table = "mwan") {
  std::string answers;
  std::string forwarded;
  std::string own;
  for (const auto& [netdev, zone] : links) {
    answers += fmt::format("    iifname \"{}\" ct zone set {}\n", netdev, zone);
    forwarded += fmt::format("    iifname != {{ {} }} fib daddr oifname \"{}\" ct zone set {}\n",
                             all, netdev, zone);
    own += fmt::format("    oifname \"{}\" ct zone set {}\n", netdev, zone);
  }
  return "table inet " + std::string(table) +
         " {\n"
         "  chain prerouting {\n"
         "    type filter hook prerouting priority raw; policy accept;\n" +
         answers + forwarded +
         "  }\n"
         "  chain output {\n"
         "    type filter hook output priority raw; policy accept;\n" +
         own +
         "  }\n"
         "  chain postrouting {\n"
         "    type nat hook postrouting priority srcnat; policy accept;\n"
         "    oifname { " +
         all +
         " } masquerade\n"
         "  }\n"
         "}\n";
}

// The library while it is loaded, and what is used of it.
class Nft {
 public:
  static Result<Nft> load() {
    constexpr const char* name = "libnftables.so.1";
    Nft out(dlopen(name, RTLD_NOW | RTLD_LOCAL));
    const bool whole = out.library_ && out.find(out.make, "nft_ctx_new") &&
                       out.find(out.free, "nft_ctx_free") &&
                       out.find(out.buffer_error, "nft_ctx_buffer_error") &&
                       out.find(out.buffer_output, "nft_ctx_buffer_output") &&
                       out.find(out.errors, "nft_ctx_get_error_buffer") &&
                       out.find(out.run, "nft_run_cmd_from_buffer");
    if (whole) return out;
    const char* said = dlerror();
    return failed(FailureClass::Permanent, where,
                  fmt::format("{} cannot be loaded: {}; install it, or set NAT=none", name,
                              said != nullptr ? said : "it lacks functions"));
  }

  decltype(&nft_ctx_new) make = nullptr;
  decltype(&nft_ctx_free) free = nullptr;
  decltype(&nft_ctx_buffer_error) buffer_error = nullptr;
  decltype(&nft_ctx_buffer_output) buffer_output = nullptr;
  decltype(&nft_ctx_get_error_buffer) errors = nullptr;
  decltype(&nft_run_cmd_from_buffer) run = nullptr;

 private:
  explicit Nft(void* library) : library_(library) {}
  template <class F>
  bool find(F& function, const char* symbol) {
    function = reinterpret_cast<F>(dlsym(library_.get(), symbol));
    return function != nullptr;
  }
  struct Unload {
    void operator()(void* library) const { dlclose(library); }
  };
  std::unique_ptr<void, Unload> library_;
};

// The library ends the whole program when it may not talk to the kernel, so it is not asked then.
bool permitted() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0)
    return true;  // then the library has to say it
  return (sets[CAP_TO_INDEX(CAP_NET_ADMIN)].effective & CAP_TO_MASK(CAP_NET_ADMIN)) != 0;
}

class NftablesNat final : public Nat {
 public:
  Status apply(const std::vector<NatLink>& links) override {
    if (links.empty()) return remove();  // nowhere to begin again on
    std::string all;
    for (const NatLink& link : links) {
      if (!quotable(link.netdev)) {
        return failed(FailureClass::Permanent, where,
                      "a network device has a name that cannot be put into a rule");
      }
      all += (all.empty() ? "\"" : ", \"") + link.netdev + "\"";
    }
    return run(replace_table + ruleset(links, all));
  }

  // One transaction, so that the table is never seen.
  Status warm_up() override {
    return run(ruleset({{.netdev = "lo", .zone = 1}}, "\"lo\"", "mwan_warm_up") +
               "delete table inet mwan_warm_up\n" + resets("lo", std::chrono::seconds(1)) +
               "delete table inet mwan_resets\n");
  }

  // A table of its own: the other one is replaced whenever a link comes or goes. The element's
  // time limit is what ends it. (Before the filters of firewalls, which may drop what begins in
  // the middle.)
  Status reset_strangers(const std::string& netdev, Duration time) override {
    if (!quotable(netdev)) {
      return failed(FailureClass::Permanent, where,
                    "a network device has a name that cannot be put into a rule");
    }
    return run(resets(netdev, std::chrono::ceil<std::chrono::seconds>(time)));
  }

  Status stop_resets() override { return run(replace_resets); }

  Status remove() override { return run(replace_table + replace_resets); }

 private:
  // Declaring it first makes the deletion work whether it is there or not.
  inline static const std::string replace_table = "table inet mwan\ndelete table inet mwan\n";
  inline static const std::string replace_resets =
      "table inet mwan_resets\ndelete table inet mwan_resets\n";

  static std::string resets(const std::string& netdev, std::chrono::seconds time) {
    return replace_resets +
           "table inet mwan_resets {\n"
           "  set moved_to {\n"
           "    type ifname; flags timeout;\n" +
           fmt::format("    elements = {{ \"{}\" timeout {}s }}\n", netdev, time.count()) +
           "  }\n"
           "  chain forward {\n"
           "    type filter hook forward priority filter - 5; policy accept;\n"
           "    oifname @moved_to meta l4proto tcp tcp flags & (syn | rst) == 0 ct state new"
           " reject with tcp reset\n"
           "  }\n"
           "}\n";
  }

  // What the library took is given back, not kept for the next time.
  static Status run(const std::string& commands) {
    Status done = run_loaded(commands);
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    return done;
  }

  static Status run_loaded(const std::string& commands) {
    if (!permitted()) {
      return failed(FailureClass::Permanent, where,
                    "not permitted: run this as root, or with the capability CAP_NET_ADMIN");
    }
    const auto nft = Nft::load();
    if (!nft) return failed(nft.error());
    const std::unique_ptr<nft_ctx, decltype(nft->free)> context(nft->make(NFT_CTX_DEFAULT),
                                                                nft->free);
    if (!context) return failed(FailureClass::Transient, where, "out of memory");
    nft->buffer_error(context.get());
    nft->buffer_output(context.get());
    if (nft->run(context.get(), commands.c_str()) == 0) return {};
    std::string why = nft->errors(context.get());
    // The first line says it; the others repeat the command.
    why = why.substr(0, why.find('\n'));
    return failed(FailureClass::Transient, where,
                  why + " (are nf_tables and nft_masq in this kernel, and is this run as root?)");
  }
};

}  // namespace

Result<std::unique_ptr<Nat>> make_nftables_nat() {
  if (const auto there = Nft::load(); !there) return failed(there.error());
  return std::unique_ptr<Nat>(std::make_unique<NftablesNat>());
}

}  // namespace mwan::netlink
