package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /SupplyDelivery/[id]/$accept` and `$reject`: goods that were on their way are in stock where they went to, or
/// again where they came from.
package struct EndTransfer: ClinicOperation {
    private let isAccepted: Bool

    package static let accept = EndTransfer(isAccepted: true)
    package static let reject = EndTransfer(isAccepted: false)

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: isAccepted ? "accept" : "reject", typeName: "SupplyDelivery", level: .instance, affectsState: true,
            documentation: isAccepted
                ? "Takes transferred goods into stock." : "Sends transferred goods back to where they came from.",
            roles: [.superadmin, .pharmacy], events: ["stock.transferred"],
            parameters: [
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.output, "return", 1, 1, "SupplyDelivery", "The delivery as it is now."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let delivery = try work.instance
        let to = isAccepted ? "completed" : "abandoned"
        guard delivery.status == "in-progress", let place = place(of: delivery) else {
            throw StoreError(
                .businessRule, "the delivery is no transfer that is on its way", expression: "SupplyDelivery.status",
                details: "illegal-transition")
        }
        let reason = work.parameters.concept("reason")
        var edit = delivery.edit
        edit.set("status", to)
        if let text = reason.map({ ReasonText($0).text }), !text.isEmpty {
            edit.append(
                "extension",
                json: ResourceEdit.json { writer in
                    writer.beginObject()
                    writer.member("url", SupplyDocument.reasonExtension)
                    writer.member("valueString", text)
                    writer.endObject()
                })
        }
        var parameters = SQLParameters()
        parameters.append(text: delivery.reference.text)
        parameters.append(text: place.text)
        parameters.append(text: isAccepted ? "accept" : "reject")
        parameters.append(text: work.call.caller)
        parameters.append(timestamp: work.now.microsecondsSince1970)
        let moved = try await work.transaction.session.query(Self.move, parameters)
        guard moved.rowCount > 0 else {
            throw StoreError(
                .businessRule, "nothing of the delivery is on its way", expression: "SupplyDelivery.status",
                details: "illegal-transition")
        }
        var changes = ChangeSet(work)
        changes.update(delivery, edit)
        changes.record("stock.transferred", delivery.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private func place(of delivery: StoredResource) -> LocalReference? {
        if isAccepted { return delivery.reference("destination") }
        let from = delivery.node["extension"]?.items.first { $0["url"]?.string == SupplyDocument.fromExtension }
        return LocalReference(from?["valueReference"])
    }

    /// What the delivery holds leaves it and enters the place.
    private static let move = SQLStatement(
        """
        WITH held AS (
          SELECT item, batch, quantity FROM stock_balance
          WHERE place = $1::text AND pool = 'transit' AND quantity > 0 ORDER BY item, batch FOR UPDATE)
        INSERT INTO stock_movement (item, batch, place, pool, quantity, kind, document, actor, happened)
        SELECT h.item, h.batch, m.place, m.pool, m.sign * h.quantity, $3::text, $1::text, $4::text, $5::timestamptz
        FROM held h, (VALUES ($1::text, 'transit', -1), ($2::text, 'stock', 1)) m (place, pool, sign)
        ORDER BY h.item, m.place, h.batch
        RETURNING id
        """)
}
