import FHIRDefinitions
import FHIRSearch
import PostgreSQL

/// Writes row conditions as SQL about a row `a` of one type. All values are standing ones (`AccessLimit.Value`), but
/// for hashes of keys, which are numbers of the server's own making.
struct RowConditionWriter {
    let table: ResourceTable
    let indexer: SearchIndexer
    /// All rows of all types, for conditions that are searches.
    let tables: TableCatalog
    /// Values that conditions of this kind bring, behind those of `AccessLimit.Value`.
    var values: [SQLParameters]

    private let patientLinks: [SearchPredicate.Link]
    private let isPatient: Bool

    init(_ table: ResourceTable, indexer: SearchIndexer, tables: TableCatalog, values: [SQLParameters]) {
        self.table = table
        self.indexer = indexer
        self.tables = tables
        self.values = values
        isPatient = table.typeName == "Patient"
        patientLinks = isPatient ? [] : Self.patientLinks(table.type, indexer)
    }

    /// How resources of a type say that they are in a patient's compartment. A Patient that links to another one is
    /// a record of its own: it is in no other's.
    static func patientLinks(_ type: TypeID, _ indexer: SearchIndexer) -> [SearchPredicate.Link] {
        let definitions = indexer.definitions
        guard let patient = definitions.resourceType(named: "Patient"),
            let compartment = definitions.compartments.first(where: { $0.code == "Patient" })
        else { return [] }
        let index = indexer.index(of: type)
        let builder = PredicateBuilder(indexer: indexer, now: 0)
        var links: [SearchPredicate.Link] = []
        var codes = compartment.parameters(for: type)
        // A few types name a patient without being in the compartment, as Device does.
        if codes.isEmpty, index.plan.hasSubject { codes = ["patient", "subject"] }
        for code in codes {
            guard let parameter = index.parameters[code], parameter.kind == .reference else { continue }
            for link in builder.links(of: parameter, in: index, to: patient) where !links.contains(link) {
                links.append(link)
            }
        }
        return links
    }

    mutating func sql(_ condition: RowCondition) -> String {
        switch condition {
        case .always: return "true"
        case .never: return "false"
        case .all(let parts): return "(" + parts.map { sql($0) }.joined(separator: " AND ") + ")"
        case .any(let parts): return "(" + parts.map { sql($0) }.joined(separator: " OR ") + ")"
        case .not(let inner): return "(\(sql(inner))) IS NOT TRUE"
        case .keys(let keys): return "(a.keys && \(Self.array(keys))) IS TRUE"
        case .search(let predicate): return search(predicate)
        case .patient: return compartment(of: .patients)
        case .launched: return compartment(of: .launchedRecords)
        case .opened: return compartment(of: .openedRecords)
        case .own: return own
        case .tenant: return "(a.tenant = \(AccessLimit.Value.tenant.sql) OR a.tenant IS NULL)"
        case .impersonal: return impersonal
        case .team:
            return about(
                "care_relation", "r.practitioner = \(AccessLimit.Value.practitioner.sql)", "true", else: "false")
        case .consented:
            // The innermost provision that fits decides, a denial before a permission (R4 consent.html).
            let purposes = AccessLimit.Value.purposes.sql
            let fits = """
                now() <@ r.period AND (r.actors IS NULL OR r.actors && \(AccessLimit.Value.actors.sql))
                AND (r.types IS NULL OR '\(table.typeName)' = ANY (r.types))
                AND (r.purposes IS NULL OR r.purposes && \(purposes) OR r.denies AND \(purposes) = '{}')
                """
            let permits = about(
                "consent_rule", fits, "NOT r.denies", orderBy: "r.depth DESC, r.denies DESC", else: "true")
            // Asked once for a statement, which spares houses without such consents the rest.
            return permits == "true" ? permits : "(NOT (SELECT EXISTS (SELECT FROM consent_rule)) OR \(permits))"
        }
    }

    // MARK: - Patients

    private func compartment(of value: AccessLimit.Value) -> String {
        if isPatient { return "a.self = ANY (\(value.sql))" }
        var ways: [String] = []
        if patientLinks.contains(.subject) { ways.append("a.subj = ANY (\(value.sql))") }
        let constants = constants(patientLinks)
        if !constants.isEmpty {
            ways.append(
                """
                a.keys && ARRAY(SELECT p # v.c FROM unnest(\(value.sql)) p, (VALUES \(Self.rows(constants))) v(c))
                """)
        }
        return ways.isEmpty ? "false" : "(" + ways.joined(separator: " OR ") + ")"
    }

    /// What the first rule says of the patient that the row is about; `otherwise` where none does, and for types that
    /// are about none.
    private func about(
        _ rules: String, _ fits: String, _ says: String, orderBy: String? = nil, else otherwise: String
    ) -> String {
        let order = orderBy.map { " ORDER BY \($0)" } ?? ""
        if isPatient {
            return """
                coalesce((SELECT \(says) FROM \(rules) r
                  WHERE r.patient = a.id AND \(fits)\(order) LIMIT 1), \(otherwise))
                """
        }
        let constants = constants(patientLinks)
        guard !patientLinks.isEmpty, let patient = indexer.definitions.resourceType(named: "Patient"),
            tables.contains(patient)
        else { return otherwise }
        let patients = "SELECT k # v.c FROM unnest(a.keys) k, (VALUES \(Self.rows(constants))) v(c)"
        let isAbout = patientLinks.contains(.subject) ? "p.self = a.subj" : "p.self = ANY (ARRAY(\(patients)))"
        return """
            coalesce((SELECT \(says) FROM \(tables.table(patient).all) p JOIN \(rules) r ON r.patient = p.id
              WHERE \(isAbout) AND \(fits)\(order) LIMIT 1), \(otherwise))
            """
    }

    /// The type names no patient, or this row names none at any place. Of a deleted one nobody can tell.
    private var impersonal: String {
        if isPatient { return "false" }
        if patientLinks.isEmpty { return "true" }
        let names = #"jsonb_path_exists(a.content, 'strict $.**.reference ? (@ like_regex "(^|/)Patient/")')"#
        let isNobodys = "a.content IS NOT NULL AND NOT \(names)"
        return patientLinks.contains(.subject) ? "(a.subj IS NULL AND \(isNobodys))" : "(\(isNobodys))"
    }

    private func constants(_ links: [SearchPredicate.Link]) -> [Int64] {
        links.compactMap { if case .keys(let constant) = $0 { constant } else { nil } }
    }

    // MARK: - Others

    /// Any reference by which a resource of the type can name a practitioner.
    private var own: String {
        let me = AccessLimit.Value.practitionerSelf.sql
        if table.typeName == "Practitioner" { return "a.self = \(me)" }
        guard let practitioner = indexer.definitions.resourceType(named: "Practitioner") else { return "false" }
        let index = indexer.index(of: table.type)
        let builder = PredicateBuilder(indexer: indexer, now: 0)
        var constants: Set<Int64> = []
        for parameter in index.parameters.values where parameter.kind == .reference && !parameter.definition.isCustom {
            guard parameter.targets.isEmpty || parameter.targets.contains(practitioner) else { continue }
            constants.formUnion(self.constants(builder.links(of: parameter, in: index, to: practitioner)))
        }
        if constants.isEmpty { return "false" }
        let keys = constants.sorted().map { "\(me) # (\($0))" }.joined(separator: ", ")
        return "(a.keys && ARRAY[\(keys)]) IS TRUE"
    }

    private mutating func search(_ predicate: SearchPredicate) -> String {
        var writer = PredicateWriter(tables: tables)
        let conditions = writer.conditions(predicate, table, alias: "a")
        let first = AccessLimit.Value.allCases.count + values.count
        values += writer.parameters.separated
        let text = conditions.isEmpty ? "true" : conditions.joined(separator: " AND ")
        return "(\(Self.standing(text, from: first))) IS TRUE"
    }

    /// The parameters of a text as standing values.
    private static func standing(_ text: String, from first: Int) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "$") {
            result += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            // A dollar sign of its own stands in a path within the content.
            result += Int(digits).map { StandingValues.placeholder(first + $0 - 1) } ?? "$"
        }
        return result + rest
    }

    private static func array(_ keys: [Int64]) -> String {
        "'{\(keys.sorted().map(String.init).joined(separator: ","))}'::bigint[]"
    }

    private static func rows(_ constants: [Int64]) -> String {
        constants.sorted().map { "(\($0)::bigint)" }.joined(separator: ", ")
    }
}
