import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// `$catalog-search` and `$medication-list`.
@Suite struct CatalogueTests {
    private typealias Fixture = MedicinesFixture

    private static func ids(_ answer: TestResponse) throws -> [String] {
        #expect(answer.status == 200, "\(answer.text)")
        return (try answer.json["entry"]?.items ?? []).compactMap { $0["resource"]?["id"]?.string }
    }

    @Test func theCatalogueIsSearchedByNameCodeAndForm() async throws {
        try await Fixture.with { pharmacy in
            for resource in [
                #"{"resourceType":"Medication","id":"syrup","code":{"text":"Amoxicillin 250 mg/5 ml"},"#
                    + #""form":{"text":"Oral suspension"}}"#,
                #"{"resourceType":"Medication","id":"gone","status":"inactive","code":{"text":"Amoxicillin 1 g"}}"#,
                #"{"resourceType":"MedicationKnowledge","id":"k","status":"active","code":{"text":"amoxicillin"}}"#,
            ] {
                try await pharmacy.put(resource)
            }
            func search(_ query: String) async throws -> TestResponse {
                try await pharmacy.client.get("Medication/$catalog-search?\(query)")
            }
            #expect(try await Self.ids(search("text=amox")) == ["m", "syrup", "k"])
            #expect(try await Self.ids(search("text=amox&count=1")) == ["m"])
            #expect(try await Self.ids(search("text=amoxicillin&form=suspension")) == ["syrup"])
            #expect(try await Self.ids(search("text=amox-500")) == ["m"])
            #expect(try await Self.ids(search("text=nothing")) == [])
            #expect(try await search("text=").status == 400)
            #expect(try await search("").status == 400)
            #expect(try await search("text=a&count=0").status == 400)
        }
    }

    @Test func theListHasWhatIsTaken() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.prescribe("now")
            try await pharmacy.prescribe("held", status: "on-hold")
            try await pharmacy.prescribe("over", status: "stopped")
            try await pharmacy.prescribe(
                "renewal", members: [#""priorPrescription":{"reference":"MedicationRequest/now"}"#])
            for (id, derived) in [("own", ""), ("same", #","derivedFrom":[{"reference":"MedicationRequest/held"}]"#)] {
                try await pharmacy.put(
                    #"{"resourceType":"MedicationStatement","id":"\#(id)","status":"active","#
                        + #""subject":{"reference":"Patient/p"},"#
                        + #""medicationCodeableConcept":{"text":"herbs"}\#(derived)}"#
                )
            }
            let list = try await pharmacy.client.get("Patient/p/$medication-list")
            #expect(try Set(Self.ids(list)) == ["held", "renewal", "own"])
            #expect(try await pharmacy.client.get("Patient/none/$medication-list").status == 404)
        }
    }
}
