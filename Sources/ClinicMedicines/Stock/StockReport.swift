import Clinic
import FHIRModel
import JSONTape
import PostgreSQL

/// Balances and batches as out parameters.
struct StockReport: Sendable {
    private struct Batch: Sendable {
        var item: String
        var place: String
        var status: String
        var batch: String
        var expires: String?
        /// JSON numbers: of the batch, and of all at the place.
        var quantity: String
        var total: String
        var available: String
        var quarantine: String
        var unit: [(name: String, text: String)]
    }

    private struct Key: Hashable, Sendable {
        var item: String
        var place: String
    }

    private var batches: [Batch] = []
    private let asked: [Key]

    /// - Parameters:
    ///   - rows: item, place, status, batch, expiry, quantity, unit; sums of the place: in stock, available,
    ///     quarantine.
    ///   - items: what was asked for: each gets a balance, if only of zero.
    init(_ rows: QueryResult, _ items: [StockItem], _ places: [LocalReference]) {
        for row in 0..<rows.rowCount {
            let unit = rows.bytes(row, 6).flatMap { try? Document.parse($0) }.map { JSONNode($0) }
            batches.append(
                Batch(
                    item: rows.string(row, 0) ?? "", place: rows.string(row, 1) ?? "",
                    status: rows.string(row, 2) ?? "", batch: rows.string(row, 3) ?? "",
                    expires: rows.string(row, 4), quantity: rows.string(row, 5) ?? "0",
                    total: rows.string(row, 7) ?? "0", available: rows.string(row, 8) ?? "0",
                    quarantine: rows.string(row, 9) ?? "0",
                    unit: ["unit", "code"].compactMap { name in unit?[named: name]?.string.map { (name, $0) } }))
        }
        let named = places.isEmpty ? [""] : places.map(\.text)
        asked = items.flatMap { item in named.map { Key(item: item.key, place: $0) } }
    }

    var parameters: ParametersWriter {
        var writer = ParametersWriter()
        for (key, batch) in groups { writer.add("balance", parts: balance(key, batch)) }
        for batch in batches { writer.add("batches", parts: parts(batch)) }
        return writer
    }

    /// The batches without balances, in the order of the rows.
    var batchesAlone: ParametersWriter {
        var writer = ParametersWriter()
        for batch in batches { writer.add("batches", parts: parts(batch)) }
        return writer
    }

    /// By item and place, in order, with one of the batches; what is on its way is counted apart.
    private var groups: [(Key, Batch?)] {
        var order: [Key] = []
        var found: [Key: Batch] = [:]
        for batch in batches where batch.status != "transit" {
            let key = Key(item: batch.item, place: batch.place)
            if found.updateValue(batch, forKey: key) == nil { order.append(key) }
        }
        for key in asked where !order.contains(where: { $0.item == key.item && (key.place.isEmpty || $0 == key) }) {
            order.append(key)
        }
        return order.map { ($0, found[$0]) }
    }

    private func balance(_ key: Key, _ first: Batch?) -> ParametersWriter {
        var writer = ParametersWriter()
        add(item: key.item, to: &writer)
        if let place = LocalReference(key.place) { writer.add("location", reference: place) }
        let unit = first?.unit ?? []
        writer.add("quantity", "Quantity", json: quantity(first?.total ?? "0", unit))
        writer.add("available", "Quantity", json: quantity(first?.available ?? "0", unit))
        writer.add("quarantine", "Quantity", json: quantity(first?.quarantine ?? "0", unit))
        return writer
    }

    private func parts(_ batch: Batch) -> ParametersWriter {
        var writer = ParametersWriter()
        add(item: batch.item, to: &writer)
        if let place = LocalReference(batch.place) { writer.add("location", reference: place) }
        if !batch.batch.isEmpty { writer.add("batch", string: batch.batch) }
        if let expires = batch.expires { writer.add("expiry", "Date") { $0.string(expires) } }
        writer.add("quantity", "Quantity", json: quantity(batch.quantity, batch.unit))
        writer.add("status", code: batch.status)
        return writer
    }

    private func quantity(_ value: String, _ unit: [(name: String, text: String)]) -> [UInt8] {
        MedicineAmount(FHIRDecimal(value) ?? FHIRDecimal(0), unit: unit).json
    }

    private func add(item: String, to writer: inout ParametersWriter) {
        if let reference = LocalReference(item), StockItem.types.contains(reference.typeName) {
            writer.add("item", reference: reference)
            return
        }
        let parts = item.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let json = ResourceEdit.json { writer in
            writer.beginObject()
            if parts.count == 2 {
                writer.key("coding")
                writer.beginArray()
                writer.beginObject()
                if !parts[0].isEmpty { writer.member("system", parts[0]) }
                writer.member("code", parts[1])
                writer.endObject()
                writer.endArray()
            } else {
                writer.member("text", item)
            }
            writer.endObject()
        }
        writer.add("item", "CodeableConcept", json: json)
    }
}
