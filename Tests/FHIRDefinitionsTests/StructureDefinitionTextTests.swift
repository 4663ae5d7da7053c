import Foundation
import Testing

@testable import DefinitionsGenerator

@Suite("Table of structure definitions")
struct StructureDefinitionTextTests {
    @Test func regeneratingChangesNothing() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? root.path + "/../shared/data"
        let archive = data + "/fhir-r4/hl7.fhir.r4.core-4.0.1.tgz"
        guard FileManager.default.fileExists(atPath: archive) else {
            print("skipped: the official package is not at \(archive)")
            return
        }
        let table = root.appendingPathComponent("Sources/CFHIRProfiles/Tables/structure-definitions.txt")
        let kept = try String(contentsOf: table, encoding: .utf8)
        #expect(StructureDefinitionText(package: try CorePackage(archive: archive)).text == kept)
    }
}
