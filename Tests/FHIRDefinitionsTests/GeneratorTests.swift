import Foundation
import JSONTape
import Testing

@testable import DefinitionsGenerator

@Suite("Generator of the tables")
struct GeneratorTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func directoryWithoutAPackageIsRefused() {
        #expect(throws: (any Error).self) { try CorePackage(directory: Self.root.appendingPathComponent("Nowhere")) }
        #expect(throws: (any Error).self) { try CorePackage(archive: "/nowhere/package.tgz") }
    }

    @Test func smallPackageGivesTheseTables() throws {
        let fixtures = Self.root.appendingPathComponent("Tests/FHIRDefinitionsTests/Fixtures/small")
        let package = try CorePackage(directory: fixtures.appendingPathComponent("package"))
        for file in TableText(tables: try DefinitionTables(package), title: package.title).files {
            let expected = try String(contentsOf: fixtures.appendingPathComponent(file.name), encoding: .utf8)
            #expect(file.text == expected, "\(file.name)")
        }
    }

    @Test func regeneratingChangesNothing() throws {
        let data = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? Self.root.path + "/../shared/data"
        let archive = data + "/fhir-r4/hl7.fhir.r4.core-4.0.1.tgz"
        guard FileManager.default.fileExists(atPath: archive) else {
            print("skipped: the official package is not at \(archive)")
            return
        }
        let tables = Self.root.appendingPathComponent("Sources/CFHIRDefinitions/Tables")
        for file in try DefinitionsGenerator.files(archive: archive) {
            let kept = try String(contentsOf: tables.appendingPathComponent(file.name), encoding: .utf8)
            #expect(file.text == kept, "make generate changes \(file.name)")
        }
    }
}
