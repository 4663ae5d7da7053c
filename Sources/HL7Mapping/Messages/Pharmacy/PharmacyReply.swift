internal import HL7Syntax

/// RRE and RRD: an ORC for each order, with the answer to its ORC-1. HL7 v2.5.1 §4.13.
enum PharmacyReply {
    static func make(_ entries: [PharmacyEntry], to header: MessageHeader) -> MessageReply {
        let type =
            switch (header.messageType, header.triggerEvent) {
            case ("RDS", _): ["RRD", "O14", "RRD_O14"]
            case (_, "O25"): ["RRE", "O26", "RRE_O26"]
            default: ["RRE", "O12", "RRE_O12"]
            }
        let segments = entries.map { entry in
            var segment = SegmentBuilder("ORC", delimiters: header.delimiters)
            segment.set(1, .text(MedicationStatusTable.answer(entry.control.code(1))))
            // The numbers as they came, escapes included.
            for field in [2, 3, 5] where entry.control[field: field].isValued {
                segment.set(field, .encoded(Array(entry.control[field: field].raw)))
            }
            return segment
        }
        return MessageReply(messageType: type, segments: segments)
    }
}
