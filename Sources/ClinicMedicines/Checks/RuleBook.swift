import Clinic
import FHIRStore
import FHIRModel
import JSONTape
import PostgreSQL

/// The sets of rules in force, as one check needs them.
struct RuleBook: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case interaction = "drug-drug"
        case allergy = "drug-allergy"
        case duplicate, dose, pregnancy, condition
    }

    enum Severity: String, Sendable, CaseIterable, Comparable {
        case low, moderate, high

        private var rank: Int {
            switch self {
            case .low: 0
            case .moderate: 1
            case .high: 2
            }
        }

        static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
    }

    struct Rule: Sendable {
        var kind: Kind
        var subject: String
        var object: String
        var severity: Severity
        var detail: String
        /// Milligrams a day.
        var maximum: ExactNumber?
    }

    /// Names and versions of the sets, `starter 1`.
    let edition: String
    private let transaction: StoreTransaction

    /// Throws `StoreError` (503 rules-unavailable) where nothing can be checked: never a silent pass.
    init(in work: ClinicWork) async throws {
        transaction = work.transaction
        let isOn = try await MedicineSettings.checks.bool(in: work.transaction)
        let sets = try await work.transaction.session.query(Self.sets, SQLParameters())
        edition = (0..<sets.rowCount).compactMap { sets.string($0, 0) }.joined(separator: ", ")
        guard isOn, !edition.isEmpty else {
            throw StoreError(
                .unavailable, "no set of rules is in force, so that nothing can be checked",
                details: "rules-unavailable")
        }
    }

    /// Fills in what the rules know of each medicine.
    func resolve(_ medicines: inout [CheckedMedicine]) async throws {
        var parameters = SQLParameters()
        parameters.append(textArray: Array(Set(medicines.flatMap(\.tokens))))
        let rows = try await transaction.session.query(Self.terms, parameters)
        var found: [String: [(ingredient: String, classes: [String])]] = [:]
        for row in 0..<rows.rowCount {
            let classes = (rows.string(row, 2) ?? "").split(separator: " ").map(String.init)
            found[rows.string(row, 0) ?? "", default: []].append((rows.string(row, 1) ?? "", classes))
        }
        for index in medicines.indices {
            for token in medicines[index].tokens {
                if token.hasPrefix(Self.atcPrefix) {
                    medicines[index].keys.formUnion(Self.levels(String(token.dropFirst(Self.atcPrefix.count))))
                }
                for term in found[token] ?? [] {
                    medicines[index].ingredients.insert(term.ingredient)
                    medicines[index].keys.insert(term.ingredient)
                    for code in term.classes { medicines[index].keys.formUnion(Self.levels(code)) }
                }
            }
        }
    }

    /// The rules about any of the keys.
    func rules(about keys: Set<String>) async throws -> [Rule] {
        var parameters = SQLParameters()
        parameters.append(textArray: Array(keys) + ["*"])
        let rows = try await transaction.session.query(Self.rules, parameters)
        return (0..<rows.rowCount).compactMap { row in
            guard let kind = Kind(rawValue: rows.string(row, 0) ?? ""),
                let severity = Severity(rawValue: rows.string(row, 3) ?? "")
            else { return nil }
            return Rule(
                kind: kind, subject: rows.string(row, 1) ?? "", object: rows.string(row, 2) ?? "", severity: severity,
                detail: rows.string(row, 4) ?? "", maximum: rows.string(row, 5).flatMap { ExactNumber($0) })
        }
    }

    private static let atcPrefix = "http://www.whocc.no/atc|"

    /// An ATC code and the groups that it is in, from the second level on: `B01AA03`, `B01AA`, `B01A`, `B01`.
    private static func levels(_ code: String) -> [String] {
        [7, 5, 4, 3].filter { code.utf8.count >= $0 }.map { String(code.prefix($0)) }
    }

    private static let sets = SQLStatement(
        """
        SELECT name || ' ' || version FROM medicine_rule_set s
        WHERE is_active AND EXISTS (SELECT FROM medicine_rule r WHERE r.rule_set = s.name) ORDER BY name
        """)
    private static let terms = SQLStatement(
        """
        SELECT t.term, t.ingredient, array_to_string(t.classes, ' ')
        FROM medicine_term t JOIN medicine_rule_set s ON s.name = t.rule_set AND s.is_active
        WHERE t.term = ANY ($1::text[])
        """)
    private static let rules = SQLStatement(
        """
        SELECT r.kind, r.subject, r.object, r.severity, r.detail, r.maximum::text
        FROM medicine_rule r JOIN medicine_rule_set s ON s.name = r.rule_set AND s.is_active
        WHERE r.subject = ANY ($1::text[]) ORDER BY r.kind, r.subject, r.object
        """)
}
