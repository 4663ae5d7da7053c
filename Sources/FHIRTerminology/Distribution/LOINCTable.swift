/// Reads `Loinc.csv`, the table of LOINC's releases (R4 loinc.html).
package struct LOINCTable: Sendable {
    private let columns: [String: Int]

    /// Columns that value sets filter by.
    private static let properties = [
        "COMPONENT", "PROPERTY", "TIME_ASPCT", "SYSTEM", "SCALE_TYP", "METHOD_TYP", "CLASS", "STATUS", "CLASSTYPE",
        "ORDER_OBS", "VersionLastChanged",
    ]

    /// Nil where the first line names no codes.
    package init?(header: String) {
        var columns: [String: Int] = [:]
        for (index, name) in SeparatedLine.commas(header).enumerated() { columns[name] = index }
        guard columns["LOINC_NUM"] != nil, columns["LONG_COMMON_NAME"] != nil else { return nil }
        self.columns = columns
    }

    /// Nil for a line without a code.
    package func concept(_ line: String) -> DistributedConcept? {
        let fields = SeparatedLine.commas(line)
        func field(_ name: String) -> String? {
            guard let index = columns[name], index < fields.count, !fields[index].isEmpty else { return nil }
            return fields[index]
        }
        guard let code = field("LOINC_NUM") else { return nil }
        var concept = DistributedConcept(code: code, display: field("LONG_COMMON_NAME"))
        concept.isInactive = field("STATUS") == "DEPRECATED"
        for (name, use) in [
            ("SHORTNAME", "SHORTNAME"), ("CONSUMER_NAME", "ConsumerName"), ("DisplayName", "DisplayName"),
        ] {
            guard let text = field(name) else { continue }
            let meaning = Designation.Use(system: "http://loinc.org", code: use, display: nil)
            concept.designations.append(Designation(language: "en", use: meaning, value: text))
        }
        for name in Self.properties { concept.add(name, field(name)) }
        return concept
    }

    /// A line of `ComponentHierarchyBySystem.csv`: PATH_TO_ROOT, SEQUENCE, IMMEDIATE_PARENT, CODE, CODE_TEXT.
    package static func hierarchy(_ line: String) -> (code: String, parent: String?, text: String)? {
        let fields = SeparatedLine.commas(line)
        guard fields.count >= 5, fields[3] != "CODE", !fields[3].isEmpty else { return nil }
        return (fields[3], fields[2].isEmpty ? nil : fields[2], fields[4])
    }
}
