import Clinic
import FHIRDefinitions
import FHIRFormats
package import FHIRStore
import JSONTape
import PostgreSQL

/// QR codes whose time has passed without money: their payments are rejected, so that nothing waits for ever.
package struct ExpireIntents: ClinicJob {
    private static let batchCount = 50

    package let name = "expire-intents"
    package let interval = Duration.seconds(30)

    package init() {}

    package func run(_ store: FHIRStore) async throws -> Int {
        var parameters = SQLParameters()
        parameters.append(timestamp: store.clock().microsecondsSince1970)
        parameters.append(int64: Int64(Self.batchCount))
        let rows = try await store.database.read(Self.due, parameters)
        let none = JSONNode(try Document.parse(#"{"resourceType":"Parameters"}"#))
        var count = 0
        for id in (0..<rows.rowCount).compactMap({ rows.string($0, 0) }) {
            let call = ClinicCall(id: id, parameters: none, caller: "", base: "")
            do {
                _ = try await ClinicOperationRunner(store: store).run(ExpireIntent(), call)
                count += 1
            } catch let error as StoreError where error.code == .businessRule {
                // Verified or ended by somebody in the meantime.
                continue
            }
        }
        return count
    }

    private static let due = SQLStatement(
        """
        SELECT notice FROM money_intent i JOIN money_payment p USING (notice)
        WHERE i.expires <= $1::timestamptz AND p.state = 'pending-verification'
        ORDER BY i.expires, notice LIMIT $2::bigint
        """)
}

/// Not offered by itself: `ExpireIntents` runs it.
private struct ExpireIntent: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "expire", typeName: "PaymentNotice", level: .instance, affectsState: true,
            documentation: "Ends a payment whose QR code has expired.", roles: [.system],
            transition: .init(from: ["pending-verification"], to: "rejected"), events: ["payment.expired"],
            parameters: [.init(.output, "return", 1, 1, "PaymentNotice", "The payment as it is now.")])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let payment = try await StoredPayment(work.instance, work)
        guard let intent = payment.row.intent, intent.expires <= work.now else {
            throw StoreError(.businessRule, "the QR code is still good", details: "not-allowed")
        }
        let end = PaymentEnd(state: "rejected", event: "payment.expired")
        return ClinicAnswer(try await end.write(payment, reason: "expired", work))
    }
}
