import Foundation

/// One hand-written Swift file of this package.
struct SourceFile: Sendable {
    /// Path from the package's root, such as `Sources/JSONTape/Document.swift`.
    var path: String
    var lines: [Substring]

    /// Line numbers, from 1, at which `word` stands.
    func lineNumbers(of word: String) -> [Int] {
        let word = Array(word.utf8)
        return lines.indices.filter { Self.contains(lines[$0].utf8, word) }.map { $0 + 1 }
    }

    /// By bytes, because this runs over the whole source for every forbidden word.
    private static func contains(_ line: Substring.UTF8View, _ word: [UInt8]) -> Bool {
        var rest = line
        while let start = rest.firstIndex(of: word[0]) {
            rest = rest[start...]
            if rest.starts(with: word) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// The folder below `Sources` or `Tests`.
    var target: String { String(path.split(separator: "/")[1]) }

    /// Modules named by import declarations.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ").drop { Self.beforeImport.contains($0) || $0.hasPrefix("@") }
            guard words.first == "import" else { return nil }
            let name = words.dropFirst().drop { Self.importKinds.contains($0) }.first ?? ""
            return name.split(separator: ".").first.map(String.init)
        }
    }

    private static let beforeImport: Set<Substring> = ["package", "public", "internal", "fileprivate", "private"]
    private static let importKinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "func", "var", "typealias",
    ]
}

/// Every Swift file under `Sources` and `Tests`, generated ones left out.
enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func files(in folders: [String] = ["Sources", "Tests"]) throws -> [SourceFile] {
        try folders.flatMap { folder in
            try paths(under: folder).filter { $0.hasSuffix(".swift") && !$0.contains("/Generated/") }.sorted()
                .map { path in
                    let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
                    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                    return SourceFile(path: path, lines: lines.map(Substring.init))
                }
                .filter { !($0.lines.first ?? "").hasPrefix("// Generated ") }
        }
    }

    /// Paths of all files and folders under `folder`, from the package's root.
    static func paths(under folder: String) throws -> [String] {
        let directory = root.appendingPathComponent(folder)
        return try FileManager.default.subpathsOfDirectory(atPath: directory.path).map { "\(folder)/\($0)" }
    }

    /// Names of the folders in `Sources`.
    static func targets() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("Sources").path)
            .filter { !$0.hasPrefix(".") }.sorted()
    }
}
