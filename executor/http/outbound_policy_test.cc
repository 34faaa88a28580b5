#include "executor/http/outbound_policy.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <string>

namespace syncline::executor {
namespace {

struct AddressCase {
  std::string name;
  std::string address;
  bool allowed;
  std::string reason;  // A part of it.
};

const AddressCase kAddresses[] = {
    {"public_v4", "93.184.216.34", true, "public"},
    {"public_dns", "8.8.8.8", true, "public"},
    {"public_before_ten", "9.255.255.255", true, "public"},
    {"public_after_ten", "11.0.0.0", true, "public"},
    {"public_after_172_16", "172.32.0.0", true, "public"},
    {"public_before_multicast", "223.255.255.255", true, "public"},
    {"public_beside_metadata", "168.63.129.17", true, "public"},
    {"any_v4", "0.0.0.0", false, "this very machine"},
    {"this_network_end", "0.255.255.255", false, "this very machine"},
    {"ten_first", "10.0.0.0", false, "RFC 1918"},
    {"ten_last", "10.255.255.255", false, "RFC 1918"},
    {"cgnat_first", "100.64.0.0", false, "carriers"},
    {"cgnat_last", "100.127.255.255", false, "carriers"},
    {"cloud_metadata_in_cgnat", "100.100.100.200", false, "carriers"},
    {"before_cgnat", "100.63.255.255", true, "public"},
    {"after_cgnat", "100.128.0.0", true, "public"},
    {"loopback", "127.0.0.1", false, "loopback"},
    {"loopback_end", "127.255.255.255", false, "loopback"},
    {"cloud_metadata_in_public", "168.63.129.16", false, "metadata"},
    {"cloud_metadata", "169.254.169.254", false, "link-local"},
    {"private_172_first", "172.16.0.0", false, "RFC 1918"},
    {"private_172_last", "172.31.255.255", false, "RFC 1918"},
    {"protocol_assignments", "192.0.0.192", false, "assignments"},
    {"documentation_1", "192.0.2.1", false, "documentation"},
    {"relay_6to4", "192.88.99.1", false, "6to4"},
    {"private_192", "192.168.255.255", false, "RFC 1918"},
    {"benchmark_first", "198.18.0.0", false, "benchmarks"},
    {"benchmark_last", "198.19.255.255", false, "benchmarks"},
    {"documentation_2", "198.51.100.7", false, "documentation"},
    {"documentation_3", "203.0.113.7", false, "documentation"},
    {"multicast", "224.0.0.1", false, "multicast"},
    {"multicast_end", "239.255.255.255", false, "multicast"},
    {"reserved", "240.0.0.1", false, "reserved"},
    {"broadcast", "255.255.255.255", false, "broadcast"},

    {"public_v6", "2606:2800:220:1:248:1893:25c8:1946", true, "public"},
    {"public_v6_last", "3ffe:ffff::1", true, "public"},
    {"any_v6", "::", false, "unspecified"},
    {"loopback_v6", "::1", false, "loopback"},
    {"compatible", "::127.0.0.1", false, "IPv4-compatible"},
    {"compatible_public", "::8.8.8.8", false, "IPv4-compatible"},
    {"mapped_loopback", "::ffff:127.0.0.1", false, "loopback"},
    {"mapped_any", "::ffff:0.0.0.0", false, "this very machine"},
    {"mapped_metadata", "::ffff:a9fe:a9fe", false, "link-local"},
    {"mapped_public", "::ffff:8.8.8.8", true, "public"},
    {"translated_loopback", "64:ff9b::7f00:1", false, "loopback"},
    {"translated_metadata", "64:ff9b::a9fe:a9fe", false, "link-local"},
    {"translated_public", "64:ff9b::808:808", true, "public"},
    {"translated_local_use", "64:ff9b:1::1", false, "translation"},
    {"translated_other", "::ffff:0:7f00:1", false, "outside"},
    {"discard", "100::1", false, "discarding"},
    {"teredo", "2001:0::1", false, "Teredo"},
    {"benchmark_v6", "2001:2::1", false, "assignments"},
    {"orchid", "2001:20::1", false, "assignments"},
    {"after_assignments", "2001:200::1", true, "public"},
    {"documentation_v6", "2001:db8::1", false, "documentation"},
    {"sixtofour_loopback", "2002:7f00:1::", false, "6to4"},
    {"sixtofour_public", "2002:808:808::1", false, "6to4"},
    {"documentation_v6_new", "3fff::1", false, "documentation"},
    {"unassigned", "4000::1", false, "outside"},
    {"segment_routing", "5f00::1", false, "outside"},
    {"unique_local", "fc00::1", false, "private"},
    {"cloud_metadata_v6", "fd00:ec2::254", false, "private"},
    {"link_local_v6", "fe80::1", false, "link-local"},
    {"link_local_v6_end", "febf::1", false, "link-local"},
    {"site_local", "fec0::1", false, "site-local"},
    {"multicast_v6", "ff02::1", false, "multicast"},
};

class AddressTest : public testing::TestWithParam<AddressCase> {};

TEST_P(AddressTest, IsDecidedByTheRegistries) {
  const auto address = IpAddress::Parse(GetParam().address);
  ASSERT_TRUE(address.has_value());
  const OutboundDecision decision = OutboundPolicy().Decide(*address);
  EXPECT_EQ(decision.allowed, GetParam().allowed) << decision.reason;
  EXPECT_NE(decision.reason.find(GetParam().reason), std::string::npos) << decision.reason;
}

INSTANTIATE_TEST_SUITE_P(All, AddressTest, testing::ValuesIn(kAddresses),
                         [](const auto& param) { return param.param.name; });

OutboundDecision DecideWith(std::string_view allowed, std::string_view address) {
  const auto policy = OutboundPolicy::Create(allowed);
  EXPECT_TRUE(policy.ok()) << policy.status();
  return policy->Decide(*IpAddress::Parse(address));
}

TEST(AllowListTest, ListedNetworksAndNothingBesideThem) {
  const char* kList = "127.0.0.1/32, 10.0.0.0/9,fd00:1::/33";
  EXPECT_TRUE(DecideWith(kList, "127.0.0.1").allowed);
  EXPECT_FALSE(DecideWith(kList, "127.0.0.2").allowed);
  EXPECT_TRUE(DecideWith(kList, "10.127.255.255").allowed);
  EXPECT_FALSE(DecideWith(kList, "10.128.0.0").allowed);
  EXPECT_TRUE(DecideWith(kList, "fd00:1:7fff::1").allowed);
  EXPECT_FALSE(DecideWith(kList, "fd00:1:8000::1").allowed);
  EXPECT_FALSE(DecideWith(kList, "::1").allowed);
  EXPECT_TRUE(DecideWith(kList, "8.8.8.8").allowed);
}

TEST(AllowListTest, AnIpv4NetworkCoversMappedFormsButNotTranslatedOnes) {
  EXPECT_TRUE(DecideWith("127.0.0.1/32", "::ffff:127.0.0.1").allowed);
  EXPECT_FALSE(DecideWith("127.0.0.1/32", "::127.0.0.1").allowed);
  EXPECT_FALSE(DecideWith("127.0.0.0/8", "64:ff9b::7f00:1").allowed);
}

TEST(AllowListTest, AnIpv6NetworkDoesNotCoverMappedForms) {
  EXPECT_FALSE(DecideWith("::/0", "::ffff:127.0.0.1").allowed);
  EXPECT_TRUE(DecideWith("::/0", "fe80::1").allowed);
  EXPECT_FALSE(DecideWith("::/0", "10.0.0.1").allowed);
}

TEST(AllowListTest, EmptyMeansNone) { EXPECT_FALSE(DecideWith("", "127.0.0.1").allowed); }

struct BadNetworkCase {
  std::string name;
  std::string list;
  std::string expected;
};

class BadNetworkTest : public testing::TestWithParam<BadNetworkCase> {};

TEST_P(BadNetworkTest, IsNamedWithWhatIsWrong) {
  const auto policy = OutboundPolicy::Create(GetParam().list);
  ASSERT_FALSE(policy.ok());
  EXPECT_NE(policy.status().message().find(GetParam().expected), absl::string_view::npos)
      << policy.status();
}

INSTANTIATE_TEST_SUITE_P(
    All, BadNetworkTest,
    testing::Values(BadNetworkCase{"no_length", "10.0.0.1", "network '10.0.0.1': no '/'"},
                    BadNetworkCase{"second_entry", "10.0.0.0/8,nonsense/8", "network 'nonsense/8'"},
                    BadNetworkCase{"trailing_comma", "10.0.0.0/8,", "network '': no '/'"},
                    BadNetworkCase{"name", "localhost/32", "its address cannot be read"},
                    BadNetworkCase{"short_form", "10/8", "its address cannot be read"},
                    BadNetworkCase{"too_long_v4", "10.0.0.0/33", "from 0 to 32"},
                    BadNetworkCase{"too_long_v6", "fd00::/129", "from 0 to 128"},
                    BadNetworkCase{"negative", "10.0.0.0/-1", "from 0 to 32"},
                    BadNetworkCase{"empty_length", "10.0.0.0/", "from 0 to 32"},
                    BadNetworkCase{"text_after_length", "10.0.0.0/8x", "from 0 to 32"},
                    BadNetworkCase{"bits_beyond", "10.1.0.0/8", "bits set beyond"},
                    BadNetworkCase{"bits_beyond_v6", "fd00::1/64", "bits set beyond"}),
    [](const auto& param) { return param.param.name; });

TEST(IpAddressTest, OtherSpellingsAreNotAddresses) {
  for (const char* text : {"", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "fe80::1%eth0",
                           "[::1]", "localhost", " 127.0.0.1"}) {
    EXPECT_FALSE(IpAddress::Parse(text).has_value()) << text;
  }
}

TEST(IpAddressTest, ReadsSocketAddresses) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(0x7f000001);
  const auto address =
      IpAddress::FromSocketAddress(reinterpret_cast<const sockaddr*>(&v4), sizeof(v4));
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->bytes, IpAddress::Parse("127.0.0.1")->bytes);

  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_scope_id = 7;
  v6.sin6_addr = in6addr_loopback;
  const auto address6 =
      IpAddress::FromSocketAddress(reinterpret_cast<const sockaddr*>(&v6), sizeof(v6));
  ASSERT_TRUE(address6.has_value());
  EXPECT_TRUE(address6->is_v6);
  EXPECT_EQ(address6->bytes, IpAddress::Parse("::1")->bytes);

  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_FALSE(
      IpAddress::FromSocketAddress(reinterpret_cast<const sockaddr*>(&local), sizeof(local)));
}

}  // namespace
}  // namespace syncline::executor
