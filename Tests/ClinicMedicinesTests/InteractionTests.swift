import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// `$check-interactions`, and the rules that it goes by.
@Suite struct InteractionTests {
    private typealias Fixture = MedicinesFixture

    private static func medication(_ text: String) -> String {
        #"{"name":"medication","valueCodeableConcept":{"text":"\#(text)"}}"#
    }

    private static func coded(_ system: String, _ code: String) -> String {
        #"{"name":"medication","valueCodeableConcept":{"coding":[{"system":"\#(system)","code":"\#(code)"}]}}"#
    }

    private static let patient = Fixture.reference("patient", "Patient/p")

    /// Kinds and severities of the issues, in order.
    private static func issues(_ answer: TestResponse) throws -> [String] {
        #expect(answer.status == 200, "\(answer.text)")
        return (try answer.json["parameter"]?.items ?? []).filter { $0["name"]?.string == "issue" }.map { issue in
            let code = issue["resource"]?["code"]?["coding"]?.items.first?["code"]?.string ?? ""
            return "\(code) \(issue["resource"]?["severity"]?.string ?? "")"
        }
    }

    /// Severities and codes of the OperationOutcome.
    private static func outcome(_ answer: TestResponse) throws -> [String] {
        let outcome = try answer.json["parameter"]?.items.first { $0["name"]?.string == "outcome" }
        return (outcome?["resource"]?["issue"]?.items ?? []).map { issue in
            let code = issue["details"]?["coding"]?.items.first?["code"]?.string ?? issue["code"]?.string ?? ""
            return "\(issue["severity"]?.string ?? "") \(code)"
        }
    }

    private func check(_ pharmacy: MedicinesFixture, _ parameters: [String]) async throws -> TestResponse {
        try await pharmacy.client.call("MedicationRequest/$check-interactions", [Self.patient] + parameters)
    }

    @Test func medicinesOfOneCallAreComparedByNameAndCode() async throws {
        try await Fixture.with { pharmacy in
            let pairs: [([String], [String])] = [
                ([Self.medication("Warfarin 5 mg tablet"), Self.medication("Ibuprofen 400 mg")], ["drug-drug high"]),
                (
                    [
                        Self.coded("http://www.nlm.nih.gov/research/umls/rxnorm", "11289"),
                        Self.coded("http://www.whocc.no/atc", "M01AE01"),
                    ], ["drug-drug high"]
                ),
                ([Self.medication("Sildenafil"), Self.medication("isosorbide dinitrate")], ["drug-drug high"]),
                ([Self.medication("Paracetamol"), Self.medication("Amoxicillin")], []),
                ([Self.medication("Paracetamol"), Self.medication("acetaminophen")], ["duplicate moderate"]),
                ([Self.medication("simvastatin"), Self.medication("atorvastatin")], ["duplicate moderate"]),
            ]
            for (medicines, expected) in pairs {
                let found = try await Self.issues(check(pharmacy, medicines))
                #expect(found == expected, "\(medicines)")
            }
            #expect(try await pharmacy.text("SELECT count(*)::text FROM detectedissue") == "0")
        }
    }

    @Test func thePatientsOwnRecordCounts() async throws {
        try await Fixture.with { pharmacy in
            for resource in [
                #"{"resourceType":"MedicationStatement","id":"s","status":"active","#
                    + #""subject":{"reference":"Patient/p"},"medicationCodeableConcept":{"text":"warfarin"}}"#,
                #"{"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p"},"#
                    + #""clinicalStatus":{"coding":[{"code":"active","#
                    + #""system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"}]},"#
                    + #""code":{"text":"Penicillin"}}"#,
                #"{"resourceType":"AllergyIntolerance","id":"old","patient":{"reference":"Patient/p"},"#
                    + #""clinicalStatus":{"coding":[{"code":"resolved","#
                    + #""system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"}]},"#
                    + #""code":{"text":"Paracetamol"}}"#,
                #"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},"#
                    + #""clinicalStatus":{"coding":[{"code":"active","#
                    + #""system":"http://terminology.hl7.org/CodeSystem/condition-clinical"}]},"#
                    + #""code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"K25.4"}]}}"#,
                #"{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/p"},"#
                    + #""effectiveDateTime":"2026-01-01","code":{"coding":[{"system":"http://loinc.org","#
                    + #""code":"82810-3"}]},"valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","#
                    + #""code":"77386006"}]}}"#,
            ] {
                try await pharmacy.put(resource)
            }
            let amoxicillin = try await check(pharmacy, [Fixture.reference("medication", "Medication/m")])
            #expect(try Self.issues(amoxicillin) == ["drug-allergy high"], "\(amoxicillin.text)")
            #expect(
                try await Self.issues(check(pharmacy, [Self.medication("naproxen")])).sorted()
                    == ["condition high", "drug-drug high", "pregnancy moderate"])
            #expect(
                try await Self.issues(check(pharmacy, [Self.medication("isotretinoin")])) == ["pregnancy high"])
            #expect(
                try await Self.issues(check(pharmacy, [Self.medication("cefuroxime")])) == ["drug-allergy moderate"]
            )
            let harmless = try await check(pharmacy, [Self.medication("paracetamol")])
            #expect(try Self.issues(harmless) == [])
            #expect(try Self.outcome(harmless) == ["information informational"])
        }
    }

    @Test(
        "doses of a day",
        arguments: [
            (
                #"{"doseAndRate":[{"doseQuantity":{"value":1,"unit":"g","code":"g"}}],"timing":{"repeat":{"#
                    + #""frequency":4,"period":1,"periodUnit":"d"}}}"#, [String]()
            ),
            (
                #"{"doseAndRate":[{"doseQuantity":{"value":1000,"unit":"mg","code":"mg"}}],"timing":{"repeat":{"#
                    + #""frequency":1,"period":4,"periodUnit":"h"}}}"#, ["dose high"]
            ),
            (#"{"doseAndRate":[{"doseQuantity":{"value":4.001,"unit":"g"}}]}"#, ["dose high"]),
            (
                #"{"doseAndRate":[{"doseQuantity":{"value":1500,"unit":"mg"}}],"#
                    + #""timing":{"code":{"coding":[{"code":"TID"}]}}}"#,
                ["dose high"]
            ),
        ])
    func doses(dosage: String, expected: [String]) async throws {
        try await Fixture.with { pharmacy in
            let answer = try await check(
                pharmacy, [Self.medication("paracetamol"), #"{"name":"dose","valueDosage":\#(dosage)}"#])
            #expect(try Self.issues(answer) == expected, "\(answer.text)")
        }
    }

    @Test func whatIsNotKnownIsNotSilent() async throws {
        try await Fixture.with { pharmacy in
            let unknown = try await check(pharmacy, [Self.medication("Elixir of life")])
            #expect(try Self.outcome(unknown) == ["warning unknown-medicine"])
            let tablets = try await check(
                pharmacy,
                [
                    Self.medication("paracetamol"),
                    #"{"name":"dose","valueQuantity":{"value":2,"unit":"tablet"}}"#,
                ])
            #expect(try Self.outcome(tablets) == ["warning dose-not-compared"])
            #expect(
                try await pharmacy.client.call(
                    "MedicationRequest/$check-interactions",
                    [Fixture.reference("patient", "Patient/none"), Self.medication("aspirin")]
                ).issueCodes == ["unknown-reference"])
            #expect(try await check(pharmacy, []).status == 400)
        }
    }

    @Test func withoutRulesThereIsNoPass() async throws {
        try await Fixture.with { pharmacy in
            let client = pharmacy.client
            func load(_ parameters: [String]) async throws {
                let answer = try await client.call("$medicine-rules-load", parameters)
                #expect(answer.status == 200, "\(answer.text)")
            }
            let off = #"{"name":"active","valueBoolean":false}"#
            try await load([#"{"name":"name","valueCode":"starter"}"#, off])
            let request = Self.request("Warfarin")
            for answer in [
                try await check(pharmacy, [Self.medication("aspirin")]),
                try await client.call("MedicationRequest/$prescribe", [request]),
            ] {
                #expect(answer.status == 503)
                #expect(answer.issueCodes == ["rules-unavailable"])
            }
            // A set of the clinic's own, for a medicine that nobody else knows.
            try await load([
                #"{"name":"name","valueCode":"house"}"#, #"{"name":"version","valueString":"2026-11"}"#,
                #"{"name":"date","valueDate":"2026-11-01"}"#,
                #"{"name":"term","part":[{"name":"term","valueString":"Elixir"},"#
                    + #"{"name":"ingredient","valueString":"elixir"}]}"#,
                #"{"name":"rule","part":[{"name":"kind","valueCode":"pregnancy"},"#
                    + #"{"name":"subject","valueString":"elixir"},{"name":"severity","valueCode":"high"},"#
                    + #"{"name":"detail","valueString":"never"}]}"#,
            ])
            #expect(
                try await Self.outcome(check(pharmacy, [Self.medication("Elixir")])) == [
                    "information informational"
                ])
            let setting = try await client.call(
                "$clinic-setting-set",
                [#"{"name":"name","valueCode":"medicines.checks"}"#, #"{"name":"value","valueString":"false"}"#])
            #expect(setting.status == 200, "\(setting.text)")
            #expect(try await check(pharmacy, [Self.medication("Elixir")]).status == 503)
            let bad = try await client.call(
                "$medicine-rules-load",
                [
                    #"{"name":"name","valueCode":"house"}"#,
                    #"{"name":"rule","part":[{"name":"kind","valueCode":"dose"},{"name":"subject","valueString":"x"},"#
                        + #"{"name":"severity","valueCode":"high"},{"name":"detail","valueString":"x"}]}"#,
                ])
            #expect(bad.issueCodes == ["invalid-parameter"])
        }
    }

    static func request(_ medicine: String, patient: String = "p", more: String = "") -> String {
        #"{"name":"request","resource":{"resourceType":"MedicationRequest","status":"draft","intent":"order","#
            + #""subject":{"reference":"Patient/\#(patient)"},"#
            + #""medicationCodeableConcept":{"text":"\#(medicine)"}\#(more)}}"#
    }
}
