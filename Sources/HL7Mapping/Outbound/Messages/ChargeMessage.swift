internal import HL7Syntax
package import JSONTape

/// ChargeItem to DFT^P03. §2.8.
package enum ChargeMessage: OutboundMap {
    package static let resourceType = "ChargeItem"
    package static let kinds = ["DFT^P03"]

    private static let charged: Set<String> = ["billable", "billed"]
    private static let withdrawn: Set<String> = ["aborted", "entered-in-error", "not-billable"]

    package static func message(_ event: OutboundEvent, wanted: Set<String>) -> OutboundOccasion? {
        let wasCharged = charged.contains(event.oldStatus)
        let type: String
        if charged.contains(event.newStatus), !wasCharged {
            type = "CG"
        } else if withdrawn.contains(event.newStatus), wasCharged {
            type = "CD"
        } else {
            return nil
        }
        let item = event.new
        let subject = item["subject"]?["reference"]?.string?.withoutVersion
        return OutboundOccasion(
            kind: "DFT^P03", structure: "DFT_P03", key: subject ?? "ChargeItem/\(event.id)"
        ) { writer in
            writer.event("P03", event.recorded)
            writer.patient(event.resolve(item["subject"]))
            writer.visit(event.resolve(item["context"]), event)
            writer.charge(item, type: type, event)
        }
    }
}

/// Invoice to DFT^P03 with a transaction for each line.
package enum InvoiceMessage: OutboundMap {
    package static let resourceType = "Invoice"
    package static let kinds = ["DFT^P03"]

    package static func message(_ event: OutboundEvent, wanted: Set<String>) -> OutboundOccasion? {
        let type: String
        switch (event.newStatus, event.oldStatus) {
        case ("issued", let old) where old != "issued" && old != "balanced": type = "CG"
        case ("cancelled", "issued"), ("cancelled", "balanced"), ("entered-in-error", "issued"): type = "CD"
        default: return nil
        }
        let invoice = event.new
        // The lines that are charge items of their own were told of when they were charged.
        let lines = (invoice["lineItem"]?.items ?? []).filter { $0["chargeItemReference"] == nil }
        guard !lines.isEmpty else { return nil }
        let subject = invoice["subject"]?["reference"]?.string?.withoutVersion
        return OutboundOccasion(kind: "DFT^P03", structure: "DFT_P03", key: subject ?? "Invoice/\(event.id)") {
            writer in
            writer.event("P03", event.recorded)
            writer.patient(event.resolve(invoice["subject"]))
            for (index, line) in lines.enumerated() {
                writer.line(line, of: invoice, number: line["sequence"]?.integer ?? index + 1, type: type)
            }
        }
    }
}

extension OutboundWriter {
    fileprivate mutating func charge(_ item: JSONNode, type: String, _ event: OutboundEvent) {
        let values = FieldValues(profile: profile)
        var segment = segment("FT1")
        segment.set(1, number("FT1"))
        segment.fill(2, item["identifier"]?.items.first?["value"]?.string ?? item["id"]?.string)
        let period = item["occurrencePeriod"]
        segment.fill(4, FieldText.time((item["occurrenceDateTime"] ?? period?["start"])?.string ?? event.recorded))
        segment.fill(5, FieldText.time(item["enteredDate"]?.string ?? event.recorded))
        segment.set(6, .text(type))
        segment.fill(7, [values.concept(item["code"])])
        segment.fill(8, item["code"]?["text"]?.string)
        segment.fill(10, item["quantity"]?["value"]?.numberText)
        segment.fill(11, [money(item["priceOverride"])])
        segment.fill(16, [values.location(item["performingOrganization"], event)])
        let performer = item["performer"]?.items.first?["actor"]
        segment.fill(20, [values.person(performer, event)])
        segment.fill(24, [values.person(item["enterer"], event)])
        append(segment)
    }

    fileprivate mutating func line(_ line: JSONNode, of invoice: JSONNode, number position: Int, type: String) {
        let values = FieldValues(profile: profile)
        let own = invoice["identifier"]?.items.first?["value"]?.string ?? invoice["id"]?.string ?? ""
        let prices = line["priceComponent"]?.items ?? []
        let base = prices.first { $0["type"]?.string == "base" } ?? prices.first
        var segment = segment("FT1")
        segment.set(1, number("FT1"))
        segment.set(2, .text("\(own)-\(position)"))
        segment.fill(4, FieldText.time(invoice["date"]?.string))
        segment.set(6, .text(type))
        segment.fill(7, [values.concept(line["chargeItemCodeableConcept"])])
        segment.fill(11, [money(base?["amount"])])
        append(segment)
    }

    /// CP: price and currency are subcomponents of its first component.
    private func money(_ money: JSONNode?) -> [[String]] {
        guard let amount = money?["value"]?.numberText else { return [] }
        return [[amount, money?["currency"]?.string ?? ""]]
    }
}
