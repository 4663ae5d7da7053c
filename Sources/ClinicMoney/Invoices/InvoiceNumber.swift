import Clinic
import FHIRStore
import JSONTape

/// The number of an issued invoice: gap-free, so that a missing one is noticed.
enum InvoiceNumber {
    static let system = "urn:martlet:invoice"
    private static let series = NumberSeries("invoice", isGapFree: true)

    /// Waits for whoever issues at the moment, so it comes last in a transaction.
    static func next(in transaction: StoreTransaction) async throws -> String {
        padded(try await series.next(in: transaction))
    }

    /// `000042`
    static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// The invoice's number; nil if it has none.
    static func of(_ invoice: JSONNode) -> String? {
        (invoice["identifier"]?.items ?? []).first { $0["system"]?.string == system }?["value"]?.string
    }

    static func identifier(_ number: String) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("system", system)
            writer.member("value", number)
            writer.endObject()
        }
    }
}
