import Clinic
import FHIRDefinitions
import FHIRModel
import FHIRStore
import JSONTape

/// One of the `items` of a delivery.
struct SupplyLine: Sendable {
    let item: StockItem
    /// Number of the batch; empty where there is none.
    let batch: String
    let expiry: String?
    let amount: MedicineAmount
    /// What it cost, a Money as JSON.
    let cost: [UInt8]?

    /// The parts that `items` has, in declarations.
    static let parts: [ClinicOperationDeclaration.Parameter] = [
        .init(.input, "item", 1, 1, nil, "Medication, Substance or Device (Reference), or a code (CodeableConcept)."),
        .init(.input, "batch", 0, 1, "string", "Number of the batch; drugs have one."),
        .init(.input, "expiry", 0, 1, "date", "Last day, month or year of use; drugs have one."),
        .init(.input, "quantity", 1, 1, nil, "How much (Quantity)."),
        .init(.input, "cost", 0, 1, "Money", "What it cost."),
    ]

    init(_ parameters: OperationParameters, in work: ClinicWork) async throws {
        amount = try MedicineAmount(parameters, "quantity")
        batch = try Self.batch(parameters)
        expiry = try Self.expiry(parameters)
        cost = parameters.value("cost")?.source
        item = try await StockItem(parameters.value("item"), place: parameters.place(of: "item"), in: work)
    }

    /// All lines of a call.
    static func all(_ work: ClinicWork) async throws -> [SupplyLine] {
        var lines: [SupplyLine] = []
        for group in try work.parameters.groups("items") { lines.append(try await SupplyLine(group, in: work)) }
        return lines
    }

    /// The parameter `batch`, empty if it is not given.
    static func batch(_ parameters: OperationParameters) throws -> String {
        let text = parameters.text("batch") ?? ""
        guard text.utf8.count <= 200 else {
            throw OperationParameters.invalid(
                "a batch has at most 200 characters", at: parameters.place(of: "batch").map { $0 + ".value" })
        }
        return text
    }

    /// The parameter `expiry`, a date that there is.
    static func expiry(_ parameters: OperationParameters) throws -> String? {
        guard let text = parameters.text("expiry") else { return nil }
        guard let date = FHIRDate(String(text.prefix(10))) else {
            throw OperationParameters.invalid(
                "the parameter expiry is a date", at: parameters.place(of: "expiry").map { $0 + ".value" })
        }
        return date.text
    }

    /// The line as an extension of the SupplyDelivery, which itself has room for one item and none for batches.
    var json: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("extension")
            writer.beginArray()
            Self.part("item", item.typeName, item.json, to: &writer)
            if !batch.isEmpty { Self.part("batch", "String", ResourceEdit.json { $0.string(batch) }, to: &writer) }
            if let expiry { Self.part("expiry", "Date", ResourceEdit.json { $0.string(expiry) }, to: &writer) }
            Self.part("quantity", "Quantity", amount.json, to: &writer)
            if let cost { Self.part("cost", "Money", cost, to: &writer) }
            writer.endArray()
            writer.member("url", SupplyDocument.lineExtension)
            writer.endObject()
        }
    }

    private static func part(_ name: String, _ type: String, _ json: [UInt8], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("url", name)
        writer.key(named: "value" + type)
        writer.raw(json)
        writer.endObject()
    }
}
