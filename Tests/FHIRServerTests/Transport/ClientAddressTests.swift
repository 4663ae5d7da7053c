import Testing
import TransportSecurity

@testable import FHIRServer

@Suite struct ClientAddressTests {
    @Test(arguments: [
        // Nobody is believed without being trusted.
        ("198.51.100.9", "203.0.113.5", "198.51.100.9"),
        ("10.0.0.2", "203.0.113.5", "203.0.113.5"),
        // What clients write themselves stands further to the left.
        ("10.0.0.2", "127.0.0.1, 203.0.113.5", "203.0.113.5"),
        ("10.0.0.2", "127.0.0.1, 203.0.113.5, 10.0.0.7", "203.0.113.5"),
        ("10.0.0.2", "10.0.0.9, 10.0.0.7", "10.0.0.9"),
        ("10.0.0.2", "203.0.113.5:4711", "203.0.113.5"),
        ("10.0.0.2", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.2", "unknown", "10.0.0.2"),
        ("10.0.0.2", "203.0.113.5, nonsense, 10.0.0.3", "10.0.0.3"),
        ("10.0.0.2", "0.0.0.0/0", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2"),
    ])
    func proxiesAreBelievedIfTrusted(peer: String, forwarded: String, address: String) throws {
        let trusted = [try #require(AddressRange("10.0.0.0/8"))]
        #expect(ClientAddress(trusted: trusted).of(peer: peer, forwarded: forwarded) == address)
    }

    @Test func withoutAHeaderItIsThePeer() {
        #expect(ClientAddress(trusted: []).of(peer: "192.0.2.1", forwarded: nil) == "192.0.2.1")
        #expect(ClientAddress(trusted: []).of(peer: nil, forwarded: "192.0.2.1") == nil)
    }
}
