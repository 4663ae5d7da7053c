import HL7Syntax
import JSONTape
import Testing

@testable import HL7Mapping

@Suite struct GoldenMappingTests {
    @Test(arguments: ["chemistry", "microbiology", "statuses", "document"])
    func messageBecomesExactlyTheseResources(name: String) throws {
        let mapped = try Fixture.mapped(name + ".hl7")
        let expected = try Fixture.text(name + ".ndjson").split(separator: "\n").map(String.init)
        let actual = mapped.message.resources.map { String(decoding: $0.json, as: UTF8.self) }
        #expect(actual.count == expected.count)
        for (line, json) in zip(expected, actual) { #expect(json == line) }
    }

    @Test func theStoredPatientAndOrderAreUsed() throws {
        let raw = try Fixture.message("chemistry.hl7")
        let mapping = try #require(try ORUMapping.all(raw, profile: Fixture.profile).first)
        let order = try #require(mapping.orders.first)
        #expect(order.placer == FHIRIdentifier(system: "urn:martlet:ns:north:CLINIC", value: "P100"))
        let message = mapping.resources(patientID: "p1", orderIDs: [order.newID: "o1"])
        let texts = message.resources.map { String(decoding: $0.json, as: UTF8.self) }
        #expect(!message.resources.contains { $0.type == "ServiceRequest" })
        #expect(texts.contains { $0.contains("\"basedOn\":[{\"reference\":\"ServiceRequest/o1\"}]") })
        #expect(message.resources.first { $0.type == "Patient" }?.id == "p1")
        #expect(!texts.contains { $0.contains(mapping.newPatientID) })
        let new = mapping.resources(patientID: nil).resources
        let ids = { (resources: [MappedResource]) in resources.filter { $0.type == "Observation" }.map(\.id) }
        #expect(ids(new) == ids(message.resources))
    }

    @Test func patientIsKnownByEveryIdentifier() throws {
        let mapping = try Fixture.mapped("chemistry.hl7").mapping
        #expect(
            mapping.patientIdentifiers == [
                FHIRIdentifier(system: "urn:oid:1.2.3.5", value: "4711"),
                FHIRIdentifier(system: "urn:martlet:ns:north:CITY", value: "99"),
            ])
    }

    @Test func aLaterVersionLandsOnTheSameIdsWithAHigherStamp() throws {
        let text = try Fixture.text("chemistry.hl7")
        let first = try Mapped(Fixture.message(text: text)).resources("Observation")
        let later =
            text.replacing("||5.40|mg/dL^^UCUM|0.5 - 1.2|HH|||F", with: "||5.45|mg/dL^^UCUM|0.5 - 1.2|HH|||C")
            .replacing("20240501102500", with: "20240501112500").replacing("MSG0001", with: "MSG0009")
        let second = try Mapped(Fixture.message(text: later)).resources("Observation")
        #expect(first.map(\.id) == second.map(\.id))
        let (old, new) = (try #require(first[0].stamp), try #require(second[0].stamp))
        #expect(old < new && old.rank == 3 && new.rank == 4 && new.seconds - old.seconds == 3600)
    }

    @Test func statusesTellTheStoreWhatToDo() throws {
        let mapped = try Fixture.mapped("statuses.hl7")
        let byCode = Dictionary(
            uniqueKeysWithValues: try zip(mapped.nodes("Observation"), mapped.resources("Observation")).map {
                ($0.at("code.coding.0.code") ?? "", $1)
            })
        #expect(byCode["E"]?.storedValue == .required)
        #expect(byCode["A"]?.storedValue == .replace)
        #expect(byCode["C"]?.stamp?.rank == 5 && byCode["D"]?.stamp?.rank == 5 && byCode["G"]?.stamp?.rank == 1)
        #expect(mapped.warnings("OBX[11]") == [.duplicateKey])
        #expect(mapped.warnings("OBX[7]-2") == [.tableValueNotFound])
        #expect(mapped.warnings("OBR-7") == [.dataType])
    }

    @Test func childOfAnotherMessageIsALinkToResolve() throws {
        let mapped = try Fixture.mapped("microbiology.hl7")
        let link = try #require(mapped.message.pendingLinks.first)
        #expect(mapped.message.pendingLinks.count == 1)
        #expect(link.parentFiller == "F299" && link.parentCode == "ORG" && link.parentSubID == "2")
    }

    @Test func sharedSpecimenAndMissingOrdinaryOrderOfSegments() throws {
        let raw = try Fixture.message(
            text: """
                MSH|^~\\&|L|N|||20240101||ORU|7|P|2.5.1
                PID|1||5^^^N
                OBX|1|NM|W^Weight||70|kg|||||F
                OBR|1||F1|A^A|||20240101|||||||||||||||||||F
                SPM|1|S1||SER
                OBX|1|NM|X^X||1||||||F
                NTE|1||about X
                OBR|2||F1|A^A|||20240101|||||||||||||||||||F
                OBX|1|NM|X^X||2||||||F
                SPM|1|S2||PLAS
                OBX|1|NM|VOL^Volume||3||||||F
                ZZZ|1
                """)
        let mapped = try Mapped(raw)
        let reports = try mapped.nodes("DiagnosticReport")
        #expect(reports.count == 2 && Set(reports.map { $0.at("id") }).count == 2)
        #expect(reports.allSatisfy { $0["result"]?.count == 1 && $0["specimen"]?.count == 1 })
        #expect(mapped.resources("Observation").count == 4)
        #expect(try mapped.observation("X").at("note.0.text") == "about X")
        #expect(try mapped.observation("VOL").at("focus.0.reference")?.hasPrefix("Specimen/") == true)
        #expect(try mapped.observation("W")["specimen"] == nil)
    }
}
