import FHIRServer
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import HL7Ingest
import JSONTape
import Testing

/// `Patient/[id]/$unmerge`.
@Suite struct PatientUnmergeTests {
    private static func with(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.with { options in
            options.operations = MessageOperations.all
            options.migrations = MessageMigrations.all
            options.types = TestStore.commonTypes + ["Consent", "Task"]
        } _: { server in
            for id in ["prior", "survivor"] {
                _ = try await server.client.put("Patient/\(id)", #"{"resourceType":"Patient","id":"\#(id)"}"#)
            }
            try await observe("before", "prior", server)
            try await server.store.transaction { transaction in
                _ = try await PatientMerge(transaction).merge(prior: "prior", into: "survivor", cause: "test")
            }
            for id in ["after", "other"] { try await observe(id, "survivor", server) }
            try await body(server)
        }
    }

    private static func observe(_ id: String, _ patient: String, _ server: TestServer) async throws {
        let json =
            #"{"resourceType":"Observation","id":"\#(id)","status":"final","code":{"text":"x"},"#
            + #""subject":{"reference":"Patient/\#(patient)"}}"#
        #expect(try await server.client.put("Observation/\(id)", json).status == 201)
    }

    private static func subject(_ id: String, _ server: TestServer) async throws -> String? {
        try await server.client.get("Observation/\(id)").json["subject"]?["reference"]?.string
    }

    @Test func `what was moved comes back, and what is named goes along`() async throws {
        try await Self.with { server in
            let parameters = #"""
                {"resourceType":"Parameters","parameter":[
                  {"name":"survivor","valueReference":{"reference":"Patient/survivor"}},
                  {"name":"moving","valueReference":{"reference":"Observation/after"}}]}
                """#
            let answer = try await server.client.post("Patient/prior/$unmerge", parameters)
            #expect(answer.status == 200, "\(answer.text)")
            let restored = (try answer.json["parameter"]?.items ?? []).filter { $0["name"]?.string == "restored" }
                .compactMap { $0["valueReference"]?["reference"]?.string }
            #expect(restored.sorted() == ["Observation/after", "Observation/before"])
            for (id, patient) in [("before", "prior"), ("after", "prior"), ("other", "survivor")] {
                #expect(try await Self.subject(id, server) == "Patient/\(patient)")
            }
            let prior = try await server.client.get("Patient/prior").json
            #expect(prior["link"] == nil && prior["active"]?.bool != false)
            // It is undone already.
            let again = try await server.client.post("Patient/prior/$unmerge", parameters)
            #expect((400..<500).contains(again.status))
        }
    }

    @Test(arguments: [
        ("prior", "survivor", "Observation/before"), ("prior", "survivor", "Patient"), ("prior", "moving", "Nothing/1"),
        ("prior", "moving", "Observation/1/_history/2"), ("prior", "survivor", "Patient/else"),
        ("survivor", "survivor", "Patient/prior"), ("nobody", "survivor", "Patient/survivor"),
    ])
    func `what cannot be is said, and changes nothing`(id: String, name: String, reference: String) async throws {
        try await Self.with { server in
            let answer = try await server.client.post(
                "Patient/\(id)/$unmerge",
                #"{"resourceType":"Parameters","parameter":[{"name":"\#(name)","valueReference":"#
                    + #"{"reference":"\#(reference)"}}]}"#)
            #expect((400..<500).contains(answer.status), "\(answer.text)")
            let outcome = try answer.json
            #expect(outcome["resourceType"]?.string == "OperationOutcome")
            #expect(try await Self.subject("before", server) == "Patient/survivor")
        }
    }
}
