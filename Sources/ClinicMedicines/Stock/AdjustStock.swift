package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /fhir/$stock-adjust`: puts right what the ledger says of a batch, with a reason.
///
/// Above the limit it takes two people: one proposes, which makes a Task, another one sends the same with that Task.
package struct AdjustStock: ClinicOperation {
    private static let proposed = "stock.adjust-proposed"
    private let proposal = StockProposal(kind: "stock-adjust", event: proposed)

    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "stock-adjust", level: .system, affectsState: true,
            documentation: "Adjusts the stock of a batch at a place by a quantity, up or down.",
            roles: [.superadmin, .pharmacy, .facilityHead], events: ["stock.adjusted", Self.proposed],
            parameters: [
                .init(.input, "item", 1, 1, nil, "Medication, Substance or Device (Reference), or a CodeableConcept."),
                .init(.input, "batch", 0, 1, "string", "Number of the batch."),
                .init(.input, "expiry", 0, 1, "date", "Last day, month or year of use, of a batch that is new."),
                .init(.input, "quantity", 1, 1, nil, "What is added, or taken off if below zero (Quantity)."),
                .init(.input, "reason", 1, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.input, "location", 0, 1, "Reference", "The Location; may be left out where only one has it."),
                .init(.input, "pool", 0, 1, "code", "stock, or quarantine for what came back. Default stock."),
                .init(.input, "propose", 0, 1, "boolean", "Only asks somebody else to do it."),
                .init(.input, "request", 0, 1, "Reference", "The Task of who proposed it."),
                .init(
                    .output, "report", 1, 1, nil, "What was done.",
                    parts: [
                        .init(.output, "item", 1, 1, nil, "The item."),
                        .init(.output, "batch", 0, 1, "string", "The batch."),
                        .init(.output, "location", 1, 1, "Reference", "The place."),
                        .init(.output, "before", 1, 1, "Quantity", "The balance before."),
                        .init(.output, "after", 1, 1, "Quantity", "The balance now."),
                        .init(.output, "reason", 0, 1, "string", "Why."),
                    ]),
                .init(.output, "variance", 1, 1, "Quantity", "By how much the balance changed."),
                .init(.output, "request", 0, 1, "Reference", "The Task, where it was only proposed."),
            ])
    }

    private enum AdjustedPool: String, CaseIterable { case stock, quarantine }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        let amount = try MedicineAmount(parameters, "quantity", isSigned: true)
        let batch = try SupplyLine.batch(parameters)
        let expiry = try SupplyLine.expiry(parameters)
        let pool = try parameters.code("pool", AdjustedPool.self) ?? .stock
        let reason = ReasonText(parameters.concept("reason") ?? []).text
        guard !reason.isEmpty else {
            throw OperationParameters.invalid("the parameter reason says why", at: parameters.place(of: "reason"))
        }
        let item = try await StockItem(parameters.value("item"), place: parameters.place(of: "item"), in: work)
        let place = try await place(of: item, batch, in: work)
        let account = StockAccount(item: item.key, batch: batch, place: place.text, pool: pool.rawValue)

        var changes = ChangeSet(work)
        let limit = try await MedicineSettings.adjustLimit.decimal(in: work.transaction)
        let summary = "\(account.text) \(amount.value.text)"
        if parameters.bool("propose") {
            let task = changes.create(proposal.task(summary, reason, at: work.now.text))
            changes.record(Self.proposed, task)
            try await changes.apply()
            let before = try await account.balance(in: work)
            return answer(account, item, amount, reason, before: before, after: before, variance: "0", task: task)
        }
        if let reference = try parameters.reference("request", "Task") {
            try await proposal.close(reference, summary, in: work, &changes)
        } else if limit < (FHIRDecimal(amount.magnitude) ?? amount.value) {
            throw StoreError(
                .forbidden,
                "adjustments by more than \(limit.text) take a second person, who names the proposal's Task",
                expression: parameters.place(of: "quantity"), details: "second-person-required")
        }
        let before = try await account.balance(in: work)
        try await StockLedger(work).enter(
            [
                StockLedger.Entry(
                    item: item.key, batch: batch, expiry: expiry, place: place.text,
                    pool: pool == .stock ? .stock : .quarantine, amount: amount, quantity: amount.value.text)
            ], StockLedger.Cause(kind: .adjust, reason: reason))
        changes.record("stock.adjusted", place)
        try await changes.apply()
        let after = try await account.balance(in: work)
        return answer(
            account, item, amount, reason, before: before, after: after, variance: amount.value.text, task: nil)
    }

    /// The place that is named, or the only one that has the batch.
    private func place(of item: StockItem, _ batch: String, in work: ClinicWork) async throws -> LocalReference {
        if let place = try await StockPlace("location", of: work.parameters, in: work) { return place.reference }
        var parameters = SQLParameters()
        parameters.append(text: item.key)
        parameters.append(text: batch)
        let rows = try await work.transaction.session.query(
            try work.store.statement(Self.places(work.store)), parameters)
        guard rows.rowCount == 1, let place = rows.string(0, 0).flatMap({ LocalReference($0) }) else {
            throw OperationParameters.invalid(
                "the parameter location is missing, and not one place alone has the batch")
        }
        return place
    }

    // MARK: - Report

    private func answer(
        _ account: StockAccount, _ item: StockItem, _ amount: MedicineAmount, _ reason: String, before: String,
        after: String, variance: String, task: LocalReference?
    ) -> ClinicAnswer {
        func quantity(_ value: String) -> [UInt8] {
            MedicineAmount(FHIRDecimal(value) ?? FHIRDecimal(0), unit: amount.unit).json
        }
        var report = ParametersWriter()
        report.add("item", item.typeName, json: item.json)
        if !account.batch.isEmpty { report.add("batch", string: account.batch) }
        if let place = LocalReference(account.place) { report.add("location", reference: place) }
        report.add("before", "Quantity", json: quantity(before))
        report.add("after", "Quantity", json: quantity(after))
        report.add("reason", string: reason)
        var writer = ParametersWriter()
        writer.add("report", parts: report)
        writer.add("variance", "Quantity", json: quantity(variance))
        if let task { writer.add("request", reference: task) }
        return ClinicAnswer(writer)
    }

    private static func places(_ store: FHIRStore) -> String {
        """
        SELECT DISTINCT place FROM \(store.visible("stock_balance", by: "place", of: "Location", "SupplyDelivery")) b
        WHERE item = $1::text AND batch = $2::text AND place LIKE 'Location/%' LIMIT 2
        """
    }
}

/// One balance of the ledger.
struct StockAccount: Sendable {
    let item: String
    let batch: String
    let place: String
    let pool: String

    var text: String { "\(item) \(batch) \(place) \(pool)" }

    /// What there is now, locked until the transaction ends; a JSON number.
    func balance(in work: ClinicWork) async throws -> String {
        var parameters = SQLParameters()
        for text in [item, batch, place, pool] { parameters.append(text: text) }
        let rows = try await work.transaction.session.query(Self.read, parameters)
        return rows.rowCount > 0 ? rows.string(0, 0) ?? "0" : "0"
    }

    private static let read = SQLStatement(
        """
        SELECT quantity::text FROM stock_balance
        WHERE item = $1::text AND batch = $2::text AND place = $3::text AND pool = $4::text FOR UPDATE
        """)
}
