import HL7Syntax
import JSONTape
import Testing

@testable import HL7Mapping

/// What messages other than results state, to the letter.
@Suite struct StatedGoldenTests {
    @Test(arguments: [
        "appointment", "discontinued", "blocked", "document-new", "document-replaced", "vaccination", "charges",
        "account", "pharmacy-order", "dispense", "referral",
    ])
    func messageStatesExactlyTheseResources(name: String) throws {
        let raw = try Fixture.message(name + ".hl7")
        let map = try #require(MessageMaps.map(for: MessageHeader(raw)))
        let stated = try map.map(raw, profile: Fixture.profile)
        let mentioned = stated.mentioned.map { String(decoding: $0.json, as: UTF8.self) }
        let resources = stated.resources.map { String(decoding: $0.json(over: nil) ?? [], as: UTF8.self) }
        let actual = mentioned + resources
        let expected = try Fixture.text(name + ".ndjson").split(separator: "\n").map(String.init)
        #expect(actual.count == expected.count)
        for (line, json) in zip(expected, actual) { #expect(json == line) }
        let addresses = stated.resources.map(\.address)
        #expect(Set(addresses).count == addresses.count, "one statement for each resource")
    }
}
