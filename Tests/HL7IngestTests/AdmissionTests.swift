import FHIRStore
import JSONTape
import Testing

/// Visits, whatever the trigger event and the order of arrival. §2.7, §2.3 "Trigger → Encounter.status".
@Suite struct AdmissionTests {
    @Test(
        "the trigger decides the status",
        arguments: [
            ("A01", "in-progress"), ("A02", "in-progress"), ("A03", "finished"), ("A04", "arrived"),
            ("A05", "planned"), ("A06", "in-progress"), ("A07", "in-progress"), ("A08", "in-progress"),
            ("A09", "in-progress"), ("A10", "in-progress"), ("A11", "cancelled"), ("A12", "in-progress"),
            ("A13", "in-progress"), ("A14", "planned"), ("A16", "in-progress"), ("A21", "onleave"),
            ("A22", "in-progress"), ("A25", "in-progress"), ("A27", "cancelled"), ("A38", "cancelled"),
        ]) func status(_ trigger: String, _ status: String) async throws
    {
        try await IngestHarness.with { harness in
            let message = AdmissionMessage.make(trigger, "1", [AdmissionMessage.visit()])
            #expect(await harness.code(message) == "AA")
            let visit = try #require(try await harness.search("Encounter", []).first)
            #expect(visit["status"]?.string == status)
            #expect(visit["class"]?["code"]?.string == "IMP")
            #expect(visit["identifier"]?.items.first?["value"]?.string == "V1")
        }
    }

    @Test func aRegistrationAheadIsPlanned() async throws {
        try await IngestHarness.with { harness in
            let message = AdmissionMessage.make(
                "A04", "1", [AdmissionMessage.visit(kind: "O", admitted: "20260301090000")])
            #expect(await harness.code(message) == "AA")
            let visit = try #require(try await harness.search("Encounter", []).first)
            #expect(visit["status"]?.string == "planned")
            #expect(visit["class"]?["code"]?.string == "AMB")
        }
    }

    @Test func aBedIsPartOfARoomOfAWardOfAFacility() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(AdmissionMessage.make("A01", "1", [AdmissionMessage.visit()])) == "AA")
            let places = try await harness.search("Location", [])
            let parents = places.reduce(into: [String: String]()) { parents, place in
                let parent = place["partOf"]?["reference"]?.string
                let name = places.first { "Location/\($0["id"]?.string ?? "")" == parent }?["name"]?.string
                parents[place["name"]?.string ?? ""] = name ?? "-"
            }
            #expect(parents == ["B1": "R1", "R1": "W1", "W1": "NORTH", "NORTH": "-"])
        }
    }

    @Test func admissionTransferDischargeAndItsCancellationComeOutTheSameInEveryOrder() async throws {
        let messages = [
            AdmissionMessage.make("A01", "1", at: "20260101080000", [AdmissionMessage.visit()]),
            AdmissionMessage.make(
                "A02", "2", at: "20260102080000",
                [AdmissionMessage.visit(place: "W2^R2^B2^NORTH", prior: "W1^R1^B1^NORTH")]),
            AdmissionMessage.make(
                "A03", "3", at: "20260103080000",
                [AdmissionMessage.visit(place: "W2^R2^B2^NORTH", discharged: "20260103080000")]),
            AdmissionMessage.make(
                "A13", "4", at: "20260104080000", [AdmissionMessage.visit(place: "W2^R2^B2^NORTH")]),
        ]
        var results: Set<String> = []
        for order in Self.permutations(Array(messages.indices)) {
            try await IngestHarness.with { harness in
                for index in order { #expect(await harness.code(messages[index]) == "AA", "\(order)") }
                let visits = try await harness.search("Encounter", [])
                #expect(visits.count == 1)
                let visit = try #require(visits.first)
                let stays = (visit["location"]?.items ?? []).map { stay in
                    [
                        stay["location"]?["reference"]?.string, stay["status"]?.string,
                        stay["period"]?["start"]?.string, stay["period"]?["end"]?.string,
                    ].map { $0 ?? "-" }.joined(separator: " ")
                }
                results.insert(
                    ([visit["status"]?.string ?? "", visit["period"]?["end"]?.string ?? "-"] + stays)
                        .joined(separator: "; "))
                #expect(visit["status"]?.string == "in-progress", "\(order)")
                #expect(visit["period"]?["end"] == nil, "\(order)")
            }
        }
        #expect(results.count == 1, "\(results.sorted().joined(separator: "\n"))")
    }

    @Test func cancellingATransferReopensThePlaceBefore() async throws {
        try await IngestHarness.with { harness in
            let messages = [
                AdmissionMessage.make("A01", "1", at: "20260101080000", [AdmissionMessage.visit()]),
                AdmissionMessage.make(
                    "A02", "2", at: "20260102080000",
                    [AdmissionMessage.visit(place: "W2^R2^B2^NORTH", prior: "W1^R1^B1^NORTH")]),
                AdmissionMessage.make("A12", "3", at: "20260102090000", [AdmissionMessage.visit()]),
            ]
            for message in messages { #expect(await harness.code(message) == "AA") }
            let visit = try #require(try await harness.search("Encounter", []).first)
            let stays = visit["location"]?.items ?? []
            #expect(stays.count == 1)
            #expect(stays.first?["status"]?.string == "active")
            #expect(stays.first?["period"]?["end"] == nil)
            #expect(visit["status"]?.string == "in-progress")
        }
    }

    @Test func aSwapOfBedsChangesTwoVisits() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(AdmissionMessage.make("A01", "1", [AdmissionMessage.visit()])) == "AA")
            let other = AdmissionMessage.make(
                "A01", "2", patient: "M2", name: "Roe^Jim", [AdmissionMessage.visit("V2", place: "W2^R2^B2^NORTH")])
            #expect(await harness.code(other) == "AA")
            let swap = AdmissionMessage.make(
                "A17", "3", at: "20260102100000",
                [
                    AdmissionMessage.visit(place: "W2^R2^B2^NORTH"),
                    "PID|2||\(AdmissionMessage.id("M2"))||Roe^Jim||19700101|F", AdmissionMessage.visit("V2"),
                ])
            #expect(await harness.code(swap) == "AA")
            for (number, bed) in [("V1", "B2"), ("V2", "B1")] {
                let visit = try #require(
                    try await harness.search("Encounter", [("identifier", "urn:visits|\(number)")]).first)
                let place = visit["location"]?.items.first { $0["status"]?.string == "active" }
                let reference = place?["location"]?["reference"]?.string?.split(separator: "/").last.map(String.init)
                let found = try await harness.search("Location", [("_id", reference ?? "")])
                #expect(found.first?["name"]?.string == bed)
            }
        }
    }

    @Test func aChangeOfClassKeepsTheOldOne() async throws {
        try await IngestHarness.with { harness in
            let before = AdmissionMessage.make("A04", "1", [AdmissionMessage.visit(kind: "O")])
            let after = AdmissionMessage.make("A06", "2", at: "20260101120000", [AdmissionMessage.visit()])
            #expect(await harness.code(before) == "AA")
            #expect(await harness.code(after) == "AA")
            let visit = try #require(try await harness.search("Encounter", []).first)
            #expect(visit["class"]?["code"]?.string == "IMP")
            #expect(visit["classHistory"]?.items.first?["class"]?["code"]?.string == "AMB")
            #expect(visit["status"]?.string == "in-progress")
        }
    }

    @Test func aVisitOfAnotherPatientWaitsForAPerson() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(AdmissionMessage.make("A01", "1", [AdmissionMessage.visit()])) == "AA")
            let other = AdmissionMessage.make(
                "A01", "2", patient: "M2", name: "Roe^Jim", [AdmissionMessage.visit()])
            #expect(await harness.code(other) == "AA")
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'quarantined'")
            try await harness.expect(1, "SELECT count(*) FROM patient")
        }
    }

    @Test func segmentsAroundTheVisitBecomeResources() async throws {
        try await IngestHarness.with { harness in
            let message = AdmissionMessage.make(
                "A01", "1",
                [
                    "PD1|||Practice^^77|9^Family^Doc^^^^^^NORTH",
                    "NK1|1|Doe^John|SPO||555-9||||||||||||||||||||||||||||K1^^^NORTH",
                    AdmissionMessage.visit(), "PV2|||R51^Headache^I10||||||||3",
                    "OBX|1|NM|8302-2^Height^LN||170|cm^^UCUM|||||F", "AL1|1|DA|PEN^Penicillin^L|SV|Rash|20200101",
                    "DG1|1||I10^Hypertension^I10||20250101|A|||||||||1|17^Attend^Aaron",
                    "PR1|1||76164006^Biopsy^SCT||20260101090000", "IN1|1|GOLD|77^^^NORTH|Insurer|||||||||||||SEL",
                ])
            #expect(await harness.code(message) == "AA")
            let visit = try #require(try await harness.search("Encounter", []).first)
            let condition = try #require(try await harness.search("Condition", []).first)
            #expect(
                visit["diagnosis"]?.items.first?["condition"]?["reference"]?.string
                    == "Condition/\(condition["id"]?.string ?? "")")
            #expect(visit["reasonCode"]?.items.first?["coding"]?.items.first?["code"]?.string == "R51")
            #expect(visit["participant"]?.items.first?["individual"]?["reference"] != nil)
            let allergy = try #require(try await harness.search("AllergyIntolerance", []).first)
            #expect(allergy["criticality"]?.string == "high")
            for type in ["Procedure", "Coverage", "RelatedPerson", "Observation"] {
                #expect(try await harness.search(type, []).count == 1, "\(type)")
            }
            let patient = try await harness.patient("M1")
            #expect(patient?["contact"]?.items.count == 1)
            #expect(patient?["managingOrganization"]?["reference"] != nil)
            #expect(patient?["generalPractitioner"]?.items.count == 1)
        }
    }

    @Test(
        "a whole list replaces the sender's earlier one", arguments: [("A08", 1), ("A31", 1), ("A60", 1), ("A01", 2)])
    func lists(_ trigger: String, _ active: Int) async throws {
        try await IngestHarness.with { harness in
            let first = AdmissionMessage.make(
                "A01", "1", [AdmissionMessage.visit(), "AL1|1|DA|PEN^Penicillin^L"])
            let second = AdmissionMessage.make(
                trigger, "2", at: "20260102100000", [AdmissionMessage.visit(), "AL1|1|FA|NUT^Peanut^L"])
            #expect(await harness.code(first) == "AA")
            #expect(await harness.code(second) == "AA")
            let found = try await harness.search("AllergyIntolerance", [("clinical-status", "active")])
            #expect(found.count == active)
            let none = AdmissionMessage.make(trigger, "3", at: "20260103100000", [AdmissionMessage.visit()])
            #expect(await harness.code(none) == "AA")
            let after = try await harness.search("AllergyIntolerance", [("clinical-status", "active")])
            #expect(after.count == active)
        }
    }

    private static func permutations(_ items: [Int]) -> [[Int]] {
        if items.count < 2 { return [items] }
        return items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
    }
}
