import Testing

@Suite struct SourceTextTests {
    @Test func linesFitIntoTheirColumns() throws {
        for file in try SourceTree.files() {
            for (index, line) in file.lines.enumerated() where line.utf8.count > 120 && line.count > 120 {
                Issue.record("\(file.path):\(index + 1) has \(line.count) columns")
            }
        }
    }

    @Test func filesStayShort() throws {
        for file in try SourceTree.files() where file.lines.count > 501 {
            Issue.record("\(file.path) has \(file.lines.count) lines")
        }
    }

    /// Joined from halves, so that this file does not find itself.
    static let leftovers = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK:"]
    static let machinePaths = ["/wor" + "k/", "/roo" + "t/", "/hom" + "e/", "/User" + "s/"]

    @Test(arguments: leftovers + machinePaths)
    func nothingIsLeftOver(_ word: String) throws {
        for file in try SourceTree.files() {
            for line in file.lineNumbers(of: word) { Issue.record("\(file.path):\(line) has \(word)") }
        }
    }

    /// A name must say what is inside.
    @Test func namesSayWhatIsInside() throws {
        let empty: Set<String> = [
            "Util", "Utils", "Utilities", "Helper", "Helpers", "Common", "Misc", "Shared", "Base",
        ]
        for path in try SourceTree.paths(under: "Sources") + SourceTree.paths(under: "Tests") {
            for part in path.split(separator: "/") {
                let name = String(part.prefix { $0 != "." })
                #expect(!empty.contains(name), "\(path)")
                #expect(!name.contains("Helper") && !name.contains("Utils"), "\(path)")
            }
        }
    }

    @Test func filesEndWithOneNewline() throws {
        for file in try SourceTree.files() {
            #expect(file.lines.last == "" && file.lines.dropLast().last != "", "\(file.path)")
        }
    }
}
