import Clinic
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// What was counted at a place, line by line, beside what the ledger said when it was locked for it.
struct CountSheet: Sendable {
    struct Line: Sendable {
        var item: StockItem
        var batch: String
        var expiry: String?
        var counted: MedicineAmount
        /// JSON numbers.
        var expected: String
        var variance: String

        var magnitude: String { variance.hasPrefix("-") ? String(variance.dropFirst()) : variance }

        func quantity(_ value: String) -> [UInt8] {
            MedicineAmount(FHIRDecimal(value) ?? FHIRDecimal(0), unit: counted.unit).json
        }

        var report: ParametersWriter {
            var writer = ParametersWriter()
            writer.add("item", item.typeName, json: item.json)
            if !batch.isEmpty { writer.add("batch", string: batch) }
            writer.add("expected", "Quantity", json: quantity(expected))
            writer.add("counted", "Quantity", json: quantity(counted.value.text))
            writer.add("variance", "Quantity", json: quantity(variance))
            return writer
        }
    }

    let place: LocalReference
    private(set) var lines: [Line] = []

    /// Reads the lines of a call, and locks what the ledger has of them until the transaction ends.
    init(_ place: LocalReference, _ work: ClinicWork) async throws {
        self.place = place
        var counted: [String: Line] = [:]
        for group in try work.parameters.groups("count") {
            let spot = group.place(of: "quantity").map { $0 + ".value" }
            guard let amount = MedicineAmount(group.value("quantity")), !amount.isNegative,
                amount.value.text.utf8.count <= 30, amount.value < FHIRDecimal(1_000_000_000_000),
                !amount.value.text.utf8.contains(where: { $0 | 0x20 == 0x65 })
            else { throw OperationParameters.invalid("a count is a quantity of zero or more", at: spot) }
            let item = try await StockItem(group.value("item"), place: group.place(of: "item"), in: work)
            let line = Line(
                item: item, batch: try SupplyLine.batch(group), expiry: try SupplyLine.expiry(group), counted: amount,
                expected: "0", variance: amount.value.text)
            guard counted.updateValue(line, forKey: Self.key(item.key, line.batch)) == nil else {
                throw OperationParameters.invalid("a batch is counted once", at: group.place(of: "item"))
            }
        }
        let rows = try await Self.balances(place, Array(counted.values.map(\.item.key)), work)
        for row in rows {
            if var line = counted[row.key] {
                line.expected = row.quantity
                counted[row.key] = line
            } else if work.parameters.bool("complete"), row.quantity != "0" {
                let node = JSONNode(try Document.parse(row.itemJSON))
                let item = try await StockItem(node, place: nil, in: work)
                let unit = try MedicineAmount(JSONNode(try Document.parse(row.unit)))?.unit ?? []
                counted[row.key] = Line(
                    item: item, batch: row.batch, expiry: nil, counted: MedicineAmount(FHIRDecimal(0), unit: unit),
                    expected: row.quantity, variance: "0")
            }
        }
        lines = try await Self.compared(counted.sorted { $0.key < $1.key }.map(\.value), work)
    }

    private static func key(_ item: String, _ batch: String) -> String { item + "\u{1}" + batch }

    /// The lines with the difference, which the database reckons: it counts with any number of digits.
    private static func compared(_ lines: [Line], _ work: ClinicWork) async throws -> [Line] {
        var parameters = SQLParameters()
        parameters.append(textArray: lines.map(\.counted.value.text))
        parameters.append(textArray: lines.map(\.expected))
        let rows = try await work.transaction.session.query(compare, parameters)
        return lines.enumerated().map { index, line in
            var line = line
            line.variance = rows.string(index, 0) ?? "0"
            return line
        }
    }

    /// The same text for the same count of the same stock: by it a proposal is known again.
    var summary: String {
        ([place.text] + lines.map { "\($0.item.key) \($0.batch) \($0.counted.value.text)" }).joined(separator: "\n")
    }

    /// Adjusts what differs.
    mutating func post(_ reason: String, document: LocalReference, _ work: ClinicWork) async throws {
        let entries = lines.filter { FHIRDecimal($0.variance) != FHIRDecimal(0) }.map { line in
            StockLedger.Entry(
                item: line.item.key, batch: line.batch, expiry: line.expiry, place: place.text,
                amount: line.counted, quantity: line.variance)
        }
        guard !entries.isEmpty else { return }
        let cause = StockLedger.Cause(kind: .adjust, document: document, reason: reason)
        try await StockLedger(work).enter(entries, cause)
    }

    /// The count as a Basic.
    func json(_ reason: String, at day: String) -> [UInt8] {
        var basic = ResourceEdit(nil)
        basic.set("resourceType", "Basic")
        basic.set("extension", items: [extensionJSON("urn:martlet:count-reason", "String") { $0.string(reason) }])
        for line in lines { basic.append("extension", json: extensionJSON(line)) }
        basic.set("code", json: Array(#"{"coding":[{"system":"urn:martlet:basic","code":"stock-count"}]}"#.utf8))
        basic.set("subject", json: place.json)
        basic.set("created", day)
        return basic.bytes
    }

    private func extensionJSON(_ line: Line) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("extension")
            writer.beginArray()
            writer.raw(extensionJSON("item", line.item.typeName) { $0.raw(line.item.json) })
            if !line.batch.isEmpty { writer.raw(extensionJSON("batch", "String") { $0.string(line.batch) }) }
            writer.raw(extensionJSON("expected", "Quantity") { $0.raw(line.quantity(line.expected)) })
            writer.raw(extensionJSON("counted", "Quantity") { $0.raw(line.quantity(line.counted.value.text)) })
            writer.raw(extensionJSON("variance", "Quantity") { $0.raw(line.quantity(line.variance)) })
            writer.endArray()
            writer.member("url", "urn:martlet:stock-count")
            writer.endObject()
        }
    }

    private func extensionJSON(_ url: String, _ type: String, _ value: (inout JSONWriter) -> Void) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("url", url)
            writer.key(named: "value" + type)
            value(&writer)
            writer.endObject()
        }
    }

    // MARK: - What the ledger says

    private struct Row {
        var key: String
        var batch: String
        var quantity: String
        var unit: String
        /// A Reference or CodeableConcept.
        var itemJSON: String
    }

    private static func balances(_ place: LocalReference, _ items: [String], _ work: ClinicWork) async throws -> [Row] {
        var parameters = SQLParameters()
        parameters.append(text: place.text)
        parameters.append(textArray: items)
        parameters.append(bool: work.parameters.bool("complete"))
        let rows = try await work.transaction.session.query(read, parameters)
        return (0..<rows.rowCount).map { row in
            let (item, batch) = (rows.string(row, 0) ?? "", rows.string(row, 1) ?? "")
            return Row(
                key: key(item, batch), batch: batch, quantity: rows.string(row, 2) ?? "0",
                unit: rows.string(row, 3) ?? "{}", itemJSON: rows.string(row, 4) ?? "{}")
        }
    }

    private static let read = SQLStatement(
        """
        SELECT b.item, b.batch, b.quantity::text,
          (jsonb_build_object('value', 0) || i.unit)::text,
          CASE WHEN b.item ~ '^(Medication|Substance|Device)/' THEN jsonb_build_object('reference', b.item)
            WHEN position('|' IN b.item) > 0 THEN jsonb_build_object('coding', jsonb_build_array(jsonb_build_object(
              'system', split_part(b.item, '|', 1), 'code', substr(b.item, position('|' IN b.item) + 1))))
            ELSE jsonb_build_object('text', b.item) END::text
        FROM stock_balance b JOIN stock_item i ON i.item = b.item
        WHERE b.place = $1::text AND b.pool = 'stock' AND ($3::bool OR b.item = ANY ($2::text[]))
        ORDER BY b.item, b.place, b.batch FOR UPDATE OF b
        """)
    private static let compare = SQLStatement(
        """
        SELECT (c.value::numeric - e.value::numeric)::text
        FROM unnest($1::text[]) WITH ORDINALITY c (value, line) JOIN unnest($2::text[]) WITH ORDINALITY e (value, line)
          USING (line) ORDER BY line
        """)
}
