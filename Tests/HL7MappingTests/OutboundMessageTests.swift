import HL7Syntax
import JSONTape
import Testing

@testable import HL7Mapping

/// Changes of resources as messages (§2.12).
@Suite struct OutboundMessageTests {
    private static let patient = #"""
        {"resourceType":"Patient","id":"p1","identifier":[{"type":{"coding":[{"code":"MR"}]},
        "system":"urn:oid:1.2.3","value":"M|1"},{"system":"urn:martlet:ns:lab:NL","value":"77"}],
        "name":[{"use":"official","family":"D^oe","given":["Jane","Ann"]}],"gender":"female",
        "birthDate":"1970-01-02","telecom":[{"system":"phone","use":"mobile","value":"+47 1"}],
        "address":[{"use":"home","line":["Road 1"],"city":"Bergen","postalCode":"5003"}],
        "maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"L"}]}}
        """#

    private static func node(_ text: String) throws -> JSONNode { JSONNode(try Document.parse(text)) }

    private static func message(
        _ old: String?, _ new: String, related: [String] = [], wanted: Set<String> = OutboundMaps.kinds,
        configure: (inout OutboundProfile) -> Void = { _ in }
    ) throws -> RawMessage? {
        var known: [String: JSONNode] = [:]
        for text in related {
            let node = try node(text)
            known["\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"] = node
        }
        let event = OutboundEvent(
            old: try old.map { try node($0) }, new: try node(new), related: known,
            recorded: "2026-05-01T12:30:00.000+00:00")
        let occasions = OutboundMaps.occasions(event, wanted: wanted)
        #expect(occasions.count <= 1)
        var profile = OutboundProfile()
        configure(&profile)
        return try occasions.first.map {
            try RawMessage(parsing: $0.encode(profile, controlID: "C1", time: "20260501123000+0000"))
        }
    }

    private static func order(_ status: String, _ more: String = "") -> String {
        #"{"resourceType":"ServiceRequest","id":"s1","status":"\#(status)","intent":"order","priority":"stat","#
            + #""code":{"coding":[{"system":"http://loinc.org","code":"24323-8","display":"Panel"}]},\#(more)"#
            + #""subject":{"reference":"Patient/p1"}}"#
    }

    @Test(
        arguments: [
            (nil, "draft", nil), (nil, "active", "NW"), ("draft", "active", "NW"), ("active", "active", "XO"),
            ("active", "revoked", "CA"), ("draft", "revoked", nil), ("active", "on-hold", "HD"),
            ("active", "completed", "SC"), ("active", "entered-in-error", "CA"), (nil, "completed", nil),
        ] as [(String?, String, String?)])
    func ordersArePlacedChangedAndCancelled(old: String?, new: String, control: String?) throws {
        let message = try Self.message(old.map { Self.order($0) }, Self.order(new), related: [Self.patient])
        #expect(message?["ORC", field: 1].string == control)
    }

    @Test func anOrderCarriesItsNumbersAndItsPatient() throws {
        let message = try #require(try Self.message(nil, Self.order("active"), related: [Self.patient]))
        #expect(message["MSH", field: 9].string == "OML^O21^OML_O21")
        #expect(message["PID", field: 3][repetition: 1][component: 1].string == "M|1")
        #expect(message["PID", field: 5][repetition: 1][component: 1].string == "D^oe")
        #expect(message["PID", field: 8].string == "F" && message["PID", field: 7].string == "19700102")
        #expect(message["PID", field: 16][component: 1].string == "A")
        #expect(message["OBR", field: 2][component: 1].string == "s1")
        #expect(message["OBR", field: 2][component: 3].string == "urn:martlet:placer")
        #expect(message["OBR", field: 4].string == "24323-8^Panel^LN")
        #expect(message["TQ1", field: 9].string == "S")
    }

    @Test func olderReceiversGetOlderMessages() throws {
        let message = try #require(
            try Self.message(nil, Self.order("active"), related: [Self.patient], wanted: ["ORM^O01"]) {
                $0.version = "2.3"
                $0.characterSet = "8859/1"
            })
        #expect(message["MSH", field: 9].string == "ORM^O01" && message["MSH", field: 12].string == "2.3")
        #expect(message["OBR", field: 5].string == "S" && message["TQ1", field: 9].string == "")
    }

    @Test func separatorsAreTheReceivers() throws {
        let message = try #require(
            try Self.message(nil, Self.order("active"), related: [Self.patient]) {
                $0.delimiters = (try? Delimiters(field: 0x23, encodingCharacters: Array("*!%@".utf8))) ?? .standard
            })
        #expect(message["PID", field: 3][repetition: 1][component: 1].string == "M|1")
        #expect(message["PID", field: 5][repetition: 1][component: 1].string == "D^oe")
    }

    @Test(arguments: [("Bjørk", "8859/1"), ("Łukasz", "UNICODE UTF-8"), ("Smith", "8859/1")])
    func theCharacterSetIsTrue(name: String, characterSet: String) throws {
        let patient = #"{"resourceType":"Patient","id":"p1","name":[{"family":"\#(name)"}]}"#
        let message = try #require(try Self.message(nil, patient) { $0.characterSet = "8859/1" })
        #expect(message["MSH", field: 18].string == characterSet)
        #expect(message["PID", field: 5][component: 1].string == name)
    }

    @Test func aPlacerNumberIsEchoed() throws {
        let given = #""identifier":[{"type":{"coding":[{"code":"PLAC"}]},"system":"urn:oid:9.9","value":"P7"}],"#
        let message = try #require(try Self.message(nil, Self.order("active", given), related: [Self.patient]))
        #expect(message["ORC", field: 2].string == "P7^^9.9^ISO" && message["OBR", field: 2].string == "P7^^9.9^ISO")
    }

    @Test func plansAreNoOrders() throws {
        let plan = Self.order("active").replacing(#""intent":"order""#, with: #""intent":"plan""#)
        #expect(try Self.message(nil, plan) == nil)
    }

    // MARK: Results

    private static func report(_ status: String) -> String {
        #"{"resourceType":"DiagnosticReport","id":"r1","status":"\#(status)","code":{"text":"Panel"},"#
            + #""subject":{"reference":"Patient/p1"},"issued":"2026-05-01T10:00:00Z","#
            + #""basedOn":[{"reference":"ServiceRequest/s1"}],"result":[{"reference":"Observation/o1"}]}"#
    }

    private static func observation(_ value: String) -> String {
        #"{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org","#
            + #""code":"2345-7","display":"Glucose"}]},\#(value)}"#
    }

    /// Out as a message, and in again by the map of results: the value is what it was.
    @Test(arguments: [
        #""valueQuantity":{"value":5.40,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}"#,
        #""valueQuantity":{"value":5,"comparator":"<","unit":"g/L","system":"http://unitsofmeasure.org","code":"g/L"}"#,
        #""valueString":"SEE | NOTE ^ & ~ \\ end""#, #""valueString":"line one\nline two""#,
        #""valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"1","display":"A"}],"text":"A"}"#,
        #""valueDateTime":"2026-05-01T10:00:00+02:00""#, #""valueDateTime":"2026-05-01""#, #""valueTime":"10:30:00""#,
        #""valueRange":{"low":{"value":3},"high":{"value":5}}"#,
        #""valueRatio":{"numerator":{"value":1},"denominator":{"value":128}}"#,
    ])
    func valuesSurviveTheRoundTrip(value: String) throws {
        let message = try #require(
            try Self.message(
                nil, Self.report("final"), related: [Self.patient, Self.order("active"), Self.observation(value)]))
        #expect(message["OBR", field: 25].string == "F" && message["OBX", field: 11].string == "F")
        #expect(message["OBR", field: 2][component: 1].string == "s1")
        let mapped = try Mapped(message)
        let stored = try mapped.observation("2345-7")
        let expected = try Self.node("{\(value)}").members.map { ($0.key, $0.value) }
        let (key, wanted) = try #require(expected.first)
        let found = try #require(stored[named: key])
        #expect(String(decoding: found.source, as: UTF8.self) == String(decoding: wanted.source, as: UTF8.self))
    }

    @Test(
        arguments: [
            (nil, "final", "F"), ("preliminary", "final", "F"), ("final", "corrected", "C"), ("final", "amended", "C"),
            ("final", "entered-in-error", "C"), ("final", "cancelled", "X"), (nil, "preliminary", nil),
            (nil, "registered", nil), ("preliminary", "cancelled", nil), ("preliminary", "entered-in-error", nil),
        ] as [(String?, String, String?)])
    func reportsGoOutWhenTheyAreReleased(old: String?, new: String, code: String?) throws {
        let message = try Self.message(
            old.map { Self.report($0) }, Self.report(new),
            related: [Self.patient, Self.observation(#""valueString":"x""#)])
        #expect(message?["OBR", field: 25].string == code)
        if new == "entered-in-error", code != nil { #expect(message?["OBX", field: 11].string == "W") }
    }

    @Test func severalValuesOfOneCodeRepeat() throws {
        let code = #""code":{"coding":[{"system":"http://loinc.org","code":"2345-7","display":"Glucose"}]}"#
        let parts = ["A", "B"].map { #"{\#(code),"valueString":"\#($0)"}"# }.joined(separator: ",")
        let message = try #require(
            try Self.message(
                nil, Self.report("final"), related: [Self.patient, Self.observation(#""component":[\#(parts)]"#)]))
        #expect(message["OBX", field: 5].repetitions.map(\.string) == ["A", "B"])
    }

    // MARK: Patients, visits, appointments, charges

    @Test func patientsAreAddedUpdatedAndMerged() throws {
        #expect(try Self.message(nil, Self.patient)?["MSH", field: 9].string == "ADT^A28^ADT_A05")
        #expect(try Self.message(Self.patient, Self.patient)?["EVN", field: 1].string == "A31")
        let merged = #"""
            {"resourceType":"Patient","id":"p2","active":false,"identifier":[{"system":"urn:oid:1.2.3","value":"M2"}],
            "link":[{"type":"replaced-by","other":{"reference":"Patient/p1"}}]}
            """#
        let old = #"{"resourceType":"Patient","id":"p2"}"#
        let message = try #require(try Self.message(old, merged, related: [Self.patient]))
        #expect(message["MSH", field: 9].string == "ADT^A40^ADT_A39")
        #expect(message["PID", field: 3][repetition: 1][component: 1].string == "M|1")
        #expect(message["MRG", field: 1][component: 1].string == "M2")
        // What happens to the merged record later is nobody's matter.
        #expect(try Self.message(merged, merged, related: [Self.patient]) == nil)
    }

    @Test(arguments: [(true, "\"\""), (false, "")])
    func whatAPatientHasNoMore(isSent: Bool, address: String) throws {
        let bare = #"{"resourceType":"Patient","id":"p1","name":[{"family":"Doe"}]}"#
        let message = try #require(try Self.message(Self.patient, bare) { $0.sendsNulls = isSent })
        #expect(String(decoding: message["PID", field: 11].raw, as: UTF8.self) == address)
        #expect(message["PID", field: 5][component: 1].string == "Doe")
    }

    @Test(
        arguments: [
            (nil, "planned", "IMP", nil), (nil, "in-progress", "IMP", "A01"), ("planned", "arrived", "AMB", "A04"),
            ("in-progress", "in-progress", "IMP", "A08"), ("in-progress", "finished", "IMP", "A03"),
            ("in-progress", "cancelled", "IMP", "A11"), ("planned", "cancelled", "IMP", nil),
            ("finished", "in-progress", "IMP", "A08"), (nil, "in-progress", "EMER", "A04"),
        ] as [(String?, String, String, String?)])
    func visits(old: String?, new: String, kind: String, trigger: String?) throws {
        func visit(_ status: String) -> String {
            #"{"resourceType":"Encounter","id":"e1","status":"\#(status)","class":{"code":"\#(kind)"},"#
                + #""subject":{"reference":"Patient/p1"},"period":{"start":"2026-05-01T08:00:00Z"}}"#
        }
        let message = try Self.message(old.map(visit), visit(new), related: [Self.patient])
        #expect(message?["EVN", field: 1].string == trigger)
        if trigger != nil { #expect(message?["PV1", field: 44].string == "20260501080000+0000") }
    }

    @Test(
        arguments: [
            (nil, "booked", "09", "S12"), ("proposed", "booked", "09", "S12"), ("booked", "booked", "10", "S13"),
            ("booked", "booked", "09", "S14"), ("booked", "cancelled", "09", "S15"), ("booked", "noshow", "09", "S26"),
            ("proposed", "cancelled", "09", nil), (nil, "proposed", "09", nil), ("booked", "arrived", "09", "S14"),
        ] as [(String?, String, String, String?)])
    func appointments(old: String?, new: String, hour: String, trigger: String?) throws {
        func appointment(_ status: String, _ hour: String) -> String {
            #"{"resourceType":"Appointment","id":"a1","status":"\#(status)","start":"2026-05-01T\#(hour):00:00Z","#
                + #""end":"2026-05-01T\#(hour):30:00Z","participant":[{"actor":{"reference":"Patient/p1"}},"#
                + #"{"actor":{"reference":"Location/l1","display":"Room 3"}}]}"#
        }
        let message = try Self.message(
            old.map { appointment($0, "09") }, appointment(new, hour), related: [Self.patient])
        #expect(message?["MSH", field: 9][component: 2].value == trigger)
        guard trigger != nil else { return }
        #expect(message?["SCH", field: 11][component: 4].string == "20260501\(hour)0000+0000")
        #expect(message?["AIL", field: 3][component: 1].string == "Room 3")
    }

    @Test(
        arguments: [
            (nil, "billable", "CG"), ("planned", "billable", "CG"), ("billable", "billed", nil),
            ("billable", "entered-in-error", "CD"), ("planned", "aborted", nil),
        ] as [(String?, String, String?)])
    func charges(old: String?, new: String, type: String?) throws {
        func charge(_ status: String) -> String {
            #"{"resourceType":"ChargeItem","id":"c1","status":"\#(status)","code":{"text":"Visit"},"#
                + #""subject":{"reference":"Patient/p1"},"quantity":{"value":2},"#
                + #""priceOverride":{"value":12.50,"currency":"EUR"}}"#
        }
        let message = try Self.message(old.map(charge), charge(new), related: [Self.patient])
        #expect(message?["FT1", field: 6].string == type)
        guard type != nil else { return }
        #expect(message?["FT1", field: 11].string == "12.50&EUR" && message?["FT1", field: 10].string == "2")
    }
}
