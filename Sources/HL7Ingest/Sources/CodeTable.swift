import HL7Mapping
import JSONTape
import PostgreSQL

/// What stored ConceptMaps say of the senders' own codes (R4 conceptmap.html), ready for the mapping.
struct CodeTable: CodeMaps {
    private struct Key: Hashable {
        var system: String
        var code: String
    }

    private var targets: [Key: [MappedCoding]] = [:]
    private let unmapped: UnmappedNotes

    init(unmapped: UnmappedNotes) {
        self.unmapped = unmapped
    }

    func targets(system: String, code: String) -> [MappedCoding] {
        targets.isEmpty ? [] : targets[Key(system: system, code: code)] ?? []
    }

    func note(_ code: UnmappedCode) { unmapped.note(code) }

    /// Only relations by which the target says nothing that the source does not: a coding is added, and the source's
    /// own stays beside it.
    private static let relations: Set<String> = ["equal", "equivalent", "wider", "subsumes"]

    /// Takes the groups of a ConceptMap. Targets that depend on other elements are left out: there is nothing here to
    /// decide them by.
    mutating func add(_ map: JSONNode) {
        for group in map["group"]?.items ?? [] {
            guard let source = group["source"]?.string ?? map["sourceUri"]?.string,
                let target = group["target"]?.string ?? map["targetUri"]?.string
            else { continue }
            for element in group["element"]?.items ?? [] {
                guard let code = element["code"]?.string else { continue }
                for item in element["target"]?.items ?? [] {
                    guard let targetCode = item["code"]?.string, item["dependsOn"] == nil,
                        Self.relations.contains(item["equivalence"]?.string ?? "")
                    else { continue }
                    let coding = MappedCoding(
                        system: target, code: targetCode, display: item["display"]?.string)
                    let key = Key(system: source, code: code)
                    if targets[key]?.contains(coding) != true { targets[key, default: []].append(coding) }
                }
            }
        }
    }

    /// Finds the maps from senders' systems: `urn:martlet:…`, and those that settings name (`$1`).
    /// - Parameter table: of ConceptMap resources.
    static func query(_ table: String) -> SQLStatement {
        SQLStatement(
            """
            SELECT content FROM \(table)
            WHERE content->>'status' <> 'retired' AND (
              content->>'sourceUri' LIKE 'urn:martlet:%' OR content->>'sourceUri' = ANY ($1::text[])
              OR EXISTS (
                SELECT FROM jsonb_path_query(content, '$.group[*].source') g
                WHERE g #>> '{}' LIKE 'urn:martlet:%' OR g #>> '{}' = ANY ($1::text[])))
            ORDER BY id
            """)
    }
}
