import Foundation
import Testing

@testable import DefinitionsGenerator

@Suite("Table of units")
struct UnitTableTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test(arguments: ["", "<root/>", "no XML", "<root><prefix Code='k'>"])
    func whatIsNotUCUMIsRefused(_ text: String) {
        #expect(throws: GeneratorError.self) { try UnitTable(essence: Data(text.utf8)) }
    }

    @Test func smallFileGivesThisTable() throws {
        let essence = """
            <root version="9"><prefix Code="k"><value value="1e3">1</value></prefix><base-unit Code="m"/>
            <unit Code="N" isMetric="yes"><value Unit="kg.m/s2" value="1">1</value></unit>
            <unit Code="[x]" isMetric="no" isArbitrary="yes"><value Unit="1" value="1">1</value></unit>
            <unit Code="[d]" isSpecial="yes"><value Unit="degf(5 K/9)"><function name="degF" value="5" Unit="K/9"/>
            </value></unit></root>
            """
        let lines = try UnitTable(essence: Data(essence.utf8)).text.split(separator: "\n")
        #expect(lines[0].contains("ucum-essence.xml 9"))
        #expect(
            lines.filter { !$0.hasPrefix("#") } == [
                "prefix\tk\t1e3", "base\tm", "unit\tN\tm\t1\tkg.m/s2", "unit\t[x]\ta\t1\t1",
                "unit\t[d]\ts\t5\tK/9\tdegF",
            ])
    }

    @Test func regeneratingChangesNothing() throws {
        let data = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? Self.root.path + "/../shared/data"
        let file = data + "/ucum/ucum-essence.xml"
        guard let essence = FileManager.default.contents(atPath: file) else {
            print("skipped: UCUM's file is not at \(file)")
            return
        }
        let kept = try String(
            contentsOf: Self.root.appendingPathComponent("Sources/CUCUM/Tables/units.txt"), encoding: .utf8)
        #expect(try UnitTable(essence: essence).text == kept, "make generate changes units.txt")
    }
}
