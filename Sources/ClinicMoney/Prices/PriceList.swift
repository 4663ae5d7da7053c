import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// A definition in force, with what it says of the price.
struct ListPrice: Sendable {
    let definition: LocalReference
    let node: JSONNode

    /// Components that hold without condition; conditions (`applicability`) are not reckoned with.
    /// https://hl7.org/fhir/R4/chargeitemdefinition.html#ChargeItemDefinition.propertyGroup
    var components: [PriceComponent] {
        (node["propertyGroup"]?.items ?? []).filter { $0["applicability"] == nil }
            .flatMap { $0["priceComponent"]?.items ?? [] }.compactMap(PriceComponent.init)
    }

    /// `url|version`
    var canonical: String? {
        node["url"]?.string.map { url in url + (node["version"]?.string.map { "|" + $0 } ?? "") }
    }
}

/// Finds the prices that are in force.
struct PriceList: Sendable {
    /// A code, and when it was rendered. Of the codes of one key the first that has a price counts.
    struct Wanted: Sendable {
        var key: Int
        var system: String
        var code: String
        var at: Instant
        var payer = ""
    }

    private let transaction: StoreTransaction

    init(_ transaction: StoreTransaction) { self.transaction = transaction }

    /// The price of each key, with the position in `wanted` of the code that has it.
    func prices(_ wanted: [Wanted]) async throws -> [Int: (position: Int, price: ListPrice)] {
        guard !wanted.isEmpty else { return [:] }
        var parameters = SQLParameters()
        parameters.append(int64Array: wanted.map { Int64($0.key) })
        parameters.append(textArray: wanted.map(\.system))
        parameters.append(textArray: wanted.map(\.code))
        parameters.append(textArray: wanted.map(\.payer))
        parameters.append(int64Array: wanted.map(\.at.microsecondsSince1970))
        let rows = try await transaction.session.query(
            try transaction.store.statement(Self.inForce), parameters)
        var found: [Int: (position: Int, price: ListPrice)] = [:]
        for row in 0..<rows.rowCount {
            guard let key = rows.int64(row, 0), let position = rows.int64(row, 1),
                let price = try Self.price(rows, row, 2)
            else { continue }
            found[Int(key)] = (Int(position) - 1, price)
        }
        return found
    }

    /// Active definitions by `url` or `url|version`.
    func definitions(canonicals: [String]) async throws -> [String: ListPrice] {
        guard !canonicals.isEmpty else { return [:] }
        var parameters = SQLParameters()
        parameters.append(textArray: canonicals)
        let rows = try await transaction.session.query(
            try transaction.store.statement(Self.byURL), parameters)
        var found: [String: ListPrice] = [:]
        for row in 0..<rows.rowCount {
            guard let canonical = rows.string(row, 0), let price = try Self.price(rows, row, 1) else { continue }
            found[canonical] = price
        }
        return found
    }

    private static func price(_ rows: QueryResult, _ row: Int, _ column: Int) throws -> ListPrice? {
        guard let id = rows.string(row, column), let content = rows.bytes(row, column + 1) else { return nil }
        return ListPrice(
            definition: LocalReference("ChargeItemDefinition", id), node: JSONNode(try Document.parse(content)))
    }

    private static let inForce = """
        SELECT DISTINCT ON (w.key) w.key, w.position, p.definition, d.content::text
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[])
          WITH ORDINALITY w (key, system, code, payer, at, position)
        JOIN money_price p ON p.code = w.code AND p.system IN (w.system, '') AND p.payer IN (w.payer, '')
          AND p.starts <= 'epoch'::timestamptz + w.at * interval '1 microsecond'
          AND p.ends > 'epoch'::timestamptz + w.at * interval '1 microsecond'
        JOIN @[ChargeItemDefinition] d ON d.id = p.definition
        ORDER BY w.key, w.position, (p.payer = ''), p.starts DESC, (p.system = '')
        """
    private static let byURL = """
        SELECT DISTINCT ON (w.canonical) w.canonical, d.id, d.content::text
        FROM unnest($1::text[]) w (canonical)
        JOIN money_definition m ON m.url = split_part(w.canonical, '|', 1)
        JOIN @[ChargeItemDefinition] d ON d.id = m.definition
        WHERE strpos(w.canonical, '|') = 0 OR d.content ->> 'version' = split_part(w.canonical, '|', 2)
        ORDER BY w.canonical, money_time(d.content -> 'effectivePeriod' ->> 'start', false) DESC NULLS LAST, d.id
        """
}
