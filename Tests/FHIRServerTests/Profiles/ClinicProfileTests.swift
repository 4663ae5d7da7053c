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

    /// An example of a profile with one rule broken.
    struct Fault: Sendable, CustomTestStringConvertible {
        /// File of the example, without `-example.json`.
        var name: String
        var place: String
        var breakRule: @Sendable (inout [String: Any]) -> Void

        var testDescription: String { "\(name): \(place)" }

        init(_ name: String, at place: String, _ breakRule: @escaping @Sendable (inout [String: Any]) -> Void) {
            self.name = name
            self.place = place
            self.breakRule = breakRule
        }
    }

    private static let service = "urn:martlet:codesystem:service"

    private static let faults: [Fault] = [
        Fault("Patient", at: "Patient.identifier") { $0["identifier"] = [["system": "urn:other", "value": "1"]] },
        Fault("Patient", at: "Patient.identifier[1]") {
            let number = ["system": "urn:martlet:mrn", "value": "1"]
            $0["identifier"] = [number, number]
        },
        Fault("Patient", at: "Patient.identifier[0].value") { $0["identifier"] = [["system": "urn:martlet:mrn"]] },
        Fault("Patient", at: "Patient.name") { $0["name"] = nil },
        Fault("Patient", at: "Patient.name[0]") { $0["name"] = [["use": "official"]] },
        Fault("Patient", at: "Patient.extension[0].value") {
            $0["extension"] = [["url": "urn:martlet:patient-comment", "valueInteger": 1]]
        },
        Fault("Practitioner", at: "Practitioner.name[0].family") { $0["name"] = [["given": ["Karin"]]] },
        Fault("Practitioner", at: "Practitioner.qualification[0].issuer") { resource in
            let code = ["coding": [["system": "urn:martlet:codesystem:qualification", "code": "licence"]]]
            resource["qualification"] = [["identifier": [["value": "L-1"]], "code": code] as [String: Any]]
        },
        Fault("Practitioner", at: "Practitioner.extension[0].extension") { resource in
            let service = ["coding": [["system": Self.service, "code": "follow-up"]]]
            let part = ["url": "service", "valueCodeableConcept": service] as [String: Any]
            resource["extension"] = [["url": "urn:martlet:consultation-fee", "extension": [part]] as [String: Any]]
        },
        Fault("Appointment", at: "Appointment.serviceType") { $0["serviceType"] = nil },
        Fault("Appointment", at: "Appointment") { $0["end"] = "2026-06-02T08:30:00+02:00" },
        Fault("Appointment", at: "Appointment.participant") { resource in
            resource["participant"] = (resource["participant"] as? [Any]).map { Array($0.prefix(1)) }
        },
        Fault("Observation", at: "Observation.category") { $0["category"] = [["text": "laboratory"]] },
        Fault("Observation", at: "Observation.effective") { $0["effectiveDateTime"] = nil },
        Fault("Observation", at: "Observation") { $0["valueQuantity"] = nil },
        Fault("Observation", at: "Observation.subject.reference") { $0["subject"] = ["reference": "Group/1"] },
        Fault("MedicationRequest", at: "MedicationRequest.authoredOn") { $0["authoredOn"] = nil },
        Fault("MedicationRequest", at: "MedicationRequest.requester.reference") {
            $0["requester"] = ["reference": "Organization/1"]
        },
        Fault("MedicationRequest", at: "MedicationRequest.dosageInstruction[0]") {
            $0["dosageInstruction"] = [["patientInstruction": "as told"]]
        },
        Fault("Invoice", at: "Invoice") { $0["totalNet"] = nil },
        Fault("Invoice", at: "Invoice") { $0["totalGross"] = ["value": 46.5, "currency": "USD"] as [String: Any] },
        Fault("Invoice", at: "Invoice.date") { $0["date"] = nil },
        Fault("Invoice", at: "Invoice.lineItem[0].priceComponent") {
            $0["lineItem"] = [["chargeItemCodeableConcept": ["text": "Hemoglobin"]]]
        },
    ]

    @Test func oneBrokenRuleIsRefusedWhereItIsBroken() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            _ = try await PackageLoader(store: server.store, check: { _ in nil }).loadClinicPackage()
            for fault in Self.faults {
                let data = try Data(contentsOf: Self.folder.appending(path: "\(fault.name)-example.json"))
                var resource = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
                resource["id"] = nil
                fault.breakRule(&resource)
                let body = String(decoding: try JSONSerialization.data(withJSONObject: resource), as: UTF8.self)
                let refused = try await server.client.post(fault.name, body)
                #expect(refused.status == 422, "\(fault.testDescription): \(refused.text)")
                let issues = try refused.json["issue"]?.items ?? []
                let errors = issues.filter { $0["severity"]?.string == "error" }
                let places = errors.compactMap { $0["expression"]?.items.first?.string }
                #expect(places.contains(fault.place), "\(fault.testDescription): \(refused.text)")
            }
            for type in Set(Self.faults.map(\.name)) { #expect(try await server.client.total(type, "") == 0) }
        }
    }
}
