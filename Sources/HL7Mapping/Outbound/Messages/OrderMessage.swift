internal import HL7Syntax
package import JSONTape

/// ServiceRequest to OML^O21, or to ORM^O01 for receivers of older versions. §2.6.
package enum OrderMessage: OutboundMap {
    package static let resourceType = "ServiceRequest"
    package static let kinds = ["OML^O21", "ORM^O01"]

    /// Statuses in which others know of the order.
    private static let told: Set<String> = ["active", "on-hold", "revoked", "completed", "entered-in-error"]
    /// Intents that are authority to act (R4 request.html#intent).
    private static let orders: Set<String> = [
        "order", "original-order", "reflex-order", "filler-order", "instance-order",
    ]

    package static func message(_ event: OutboundEvent, wanted: Set<String>) -> OutboundOccasion? {
        let order = event.new
        let wasTold = event.old.map { isOrder($0) && told.contains(event.oldStatus) } ?? false
        guard isOrder(order), told.contains(event.newStatus) else { return nil }
        // What was never placed cannot be cancelled, nor completed.
        guard wasTold || event.newStatus == "active" || event.newStatus == "on-hold" else { return nil }
        let kind = wanted.contains("OML^O21") ? "OML^O21" : "ORM^O01"
        let subject = order["subject"]?["reference"]?.string?.withoutVersion
        return OutboundOccasion(
            kind: kind, structure: kind == "OML^O21" ? "OML_O21" : "ORM_O01",
            key: subject ?? "ServiceRequest/\(event.id)"
        ) { writer in
            let numbers = OrderNumbers(order, FieldValues(profile: writer.profile))
            let (control, status) = OutboundOrderTable.control(event.newStatus, isNew: !wasTold)
            writer.patient(event.resolve(order["subject"]))
            writer.visit(event.resolve(order["encounter"]), event)
            writer.orderControl(order, numbers, control: control, status: status, event)
            writer.request(order, numbers, event)
            writer.notes(order["note"]?.items ?? [])
            // Answers to questions at order entry.
            for reference in order["supportingInfo"]?.items ?? [] {
                guard let info = event.resolve(reference), info["resourceType"]?.string == "Observation" else {
                    continue
                }
                writer.observation(info)
            }
            // SPM came with 2.5.
            guard !writer.profile.isBefore(2, 5) else { return }
            for reference in order["specimen"]?.items ?? [] {
                if let specimen = event.resolve(reference) { writer.specimen(specimen) }
            }
        }
    }

    private static func isOrder(_ node: JSONNode) -> Bool { orders.contains(node["intent"]?.string ?? "") }
}
