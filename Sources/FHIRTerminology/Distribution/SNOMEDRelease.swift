/// Gathers the concepts of a SNOMED CT release from the lines of its RF2 snapshot files (R4 snomedct.html).
package struct SNOMEDRelease {
    package enum File: Sendable {
        case concepts, descriptions, relationships
    }

    /// What a file holds, by the columns of its first line.
    package static func file(header: String) -> File? {
        let columns = SeparatedLine.tabs(header)
        if columns.contains("definitionStatusId") { return .concepts }
        if columns.contains("term"), columns.contains("conceptId") { return .descriptions }
        if columns.contains("destinationId"), columns.contains("typeId") { return .relationships }
        return nil
    }

    private static let fullName = "900000000000003001"
    private static let definition = "900000000000550004"
    private static let isA = "116680003"
    private static let primitive = "900000000000074008"

    private var concepts: [String: DistributedConcept] = [:]
    private var order: [String] = []
    /// The latest date that a line has, `20240101`.
    package private(set) var newest = ""

    package init() {}

    /// - Returns: false for a line that is none of the file's.
    package mutating func add(_ line: String, from file: File) -> Bool {
        let fields = SeparatedLine.tabs(line)
        switch file {
        case .concepts:
            guard fields.count >= 5 else { return false }
            var concept = concepts[fields[0]] ?? new(fields[0])
            concept.isInactive = fields[2] != "1"
            concept.add("inactive", concept.isInactive ? "true" : "false")
            concept.add("moduleId", fields[3])
            concept.add("sufficientlyDefined", fields[4] == Self.primitive ? "false" : "true")
            concepts[fields[0]] = concept
            newest = max(newest, fields[1])
        case .descriptions:
            guard fields.count >= 9 else { return false }
            // Definitions come in a file of the same columns; they are nothing to show or to look for.
            guard fields[2] == "1", fields[6] != Self.definition else { return true }
            var concept = concepts[fields[4]] ?? new(fields[4])
            let use = Designation.Use(
                system: "http://snomed.info/sct", code: fields[6],
                display: fields[6] == Self.fullName ? "Fully specified name" : "Synonym")
            concept.designations.append(Designation(language: fields[5], use: use, value: fields[7]))
            concepts[fields[4]] = concept
        case .relationships:
            guard fields.count >= 10 else { return false }
            guard fields[2] == "1" else { return true }
            var concept = concepts[fields[4]] ?? new(fields[4])
            if fields[7] == Self.isA { concept.parents.append(fields[5]) } else { concept.add(fields[7], fields[5]) }
            concepts[fields[4]] = concept
        }
        return true
    }

    private mutating func new(_ code: String) -> DistributedConcept {
        order.append(code)
        return DistributedConcept(code: code, display: nil)
    }

    /// Takes all concepts out. A synonym in English is the display; without one it is the full name.
    package mutating func finish() -> [DistributedConcept] {
        let result = order.compactMap { code -> DistributedConcept? in
            guard var concept = concepts.removeValue(forKey: code) else { return nil }
            let english = concept.designations.filter { $0.language == "en" }
            let best = english.first { $0.use?.code != Self.fullName } ?? english.first ?? concept.designations.first
            concept.display = best?.value
            return concept
        }
        order = []
        return result
    }
}
