import FHIRServerTesting
import FHIRStore
import Foundation
import JSONTape
import Testing

/// The clinic's own profiles in a server that loaded them.
@Suite("Clinic profiles")
struct ClinicProfileTests {
    private static let types = [
        "Appointment", "CodeSystem", "Invoice", "MedicationRequest", "Observation", "Patient", "Practitioner",
        "StructureDefinition", "ValueSet",
    ]

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "profiles/examples")

    @Test func theyAreLoadedOnceAndReadByTheirURLs() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            let client = server.client
            let loader = PackageLoader(store: server.store, check: { _ in nil })
            let load = try #require(try await loader.loadClinicPackage())
            #expect(load.issues.isEmpty, "\(load.issues)")
            #expect(try await loader.loadClinicPackage() == nil)
            #expect(try await server.store.loadedPackages().map(\.name) == ["martlet.clinic"])
            for name in ["patient", "practitioner", "appointment", "laboratory-observation", "invoice"] {
                let url = "urn:martlet:profile:\(name)"
                let found = try await client.get("StructureDefinition?url=\(url)").json
                #expect(found["total"]?.integer == 1, "\(url)")
                let snapshot = try await client.get("StructureDefinition/$snapshot?url=\(url)")
                #expect(snapshot.status == 200, "\(snapshot.text)")
            }
            let expansion = try await client.get("ValueSet/$expand?url=urn:martlet:valueset:service").json
            let codes = expansion["expansion"]?["contains"]?.items.compactMap { $0["code"]?.string } ?? []
            #expect(codes.contains("follow-up"))
        }
    }

    /// They name their profiles, so a server that checks those checks them here.
    @Test func theExamplesAreAccepted() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            let loader = PackageLoader(store: server.store, check: { _ in nil })
            _ = try await loader.loadClinicPackage()
            let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
            #expect(names.count >= 6)
            for name in names {
                let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
                let node = JSONNode(try Document.parse(text))
                let type = node["resourceType"]?.string ?? ""
                let answer = try await server.client.put("\(type)/\(node["id"]?.string ?? "")", text)
                #expect(answer.status == 201, "\(name): \(answer.text)")
                let profile = try #require(node["meta"]?["profile"]?.items.first?.string)
                let found = try await server.client.get("\(type)?_profile=\(profile)").json
                #expect(found["total"]?.integer == 1, "\(name)")
            }
        }
    }
}
