/// Which structure a message type and trigger event have, for messages that leave MSH-9.3 out. HL7 table 0354.
package enum EventTable {
    /// Structures shared by several events; every other event has a structure of its own name (`ADT_A02`).
    private static let shared: [String: String] = {
        let rows = """
            ADT_A01 ADT A01 A04 A08 A13
            ADT_A05 ADT A05 A14 A28 A31
            ADT_A06 ADT A06 A07
            ADT_A09 ADT A09 A10 A11
            ADT_A21 ADT A21 A22 A23 A25 A26 A27 A29 A32 A33
            ADT_A30 ADT A30 A34 A35 A36 A46 A47 A48 A49
            ADT_A39 ADT A39 A40 A41 A42
            ADT_A43 ADT A43 A44
            ADT_A50 ADT A50 A51
            ADT_A52 ADT A52 A53
            ADT_A54 ADT A54 A55
            ADT_A61 ADT A61 A62
            MDM_T01 MDM T01 T03 T05 T07 T09 T11
            MDM_T02 MDM T02 T04 T06 T08 T10
            SIU_S12 SIU S12 S13 S14 S15 S16 S17 S18 S19 S20 S21 S22 S23 S24 S26 S27
            SRM_S01 SRM S01 S02 S03 S04 S05 S06 S07 S08 S09 S10 S11
            SRR_S01 SRR S01 S02 S03 S04 S05 S06 S07 S08 S09 S10 S11
            ORU_R01 ORU R01 R03
            ORU_R30 ORU R30 R31 R32
            QBP_Q21 QBP Q21 Q22 Q23 Q24 Q25
            QBP_Q11 QBP Q11
            RSP_K23 RSP K23 K24
            RDE_O11 RDE O11 O25
            RRE_O12 RRE O12 O26
            PPR_PC1 PPR PC1 PC2 PC3
            REF_I12 REF I12 I13 I14 I15
            RRI_I12 RRI I12 I13 I14 I15
            RQA_I08 RQA I08 I09 I10 I11
            RPA_I08 RPA I08 I09 I10 I11
            CRM_C01 CRM C01 C02 C03 C04 C05 C06 C07 C08
            MFK_M01 MFK M01 M02 M03 M04 M05 M06 M07 M08 M09 M10 M11 M12 M13 M14 M15 M16 M17 M18
            """
        var shared: [String: String] = [:]
        for row in rows.split(separator: "\n") {
            let words = row.split(separator: " ").map(String.init)
            for event in words.dropFirst(2) { shared["\(words[1])_\(event)"] = words[0] }
        }
        return shared
    }()

    /// The structure's name; `nil` when the type and event tell of none that is known.
    ///
    /// A type without an event is read as the only event it can mean in practice: `ORU` is R01, `ORM` is O01 (F-30).
    package static func structure(type: String, event: String) -> String? {
        if type == "ACK" || type == "MCF" { return "ACK" }
        let event = event.isEmpty ? defaultEvent(of: type) ?? "" : event
        let name = "\(type)_\(event)"
        return shared[name] ?? (StructureTable.rows[name] == nil ? nil : name)
    }

    /// The event of a type that has, or is only ever sent for, one.
    package static func defaultEvent(of type: String) -> String? {
        switch type {
        case "ORU": "R01"
        case "ORM": "O01"
        case "ORR": "O02"
        case "VXU": "V04"
        case "DFT": "P03"
        default: nil
        }
    }
}

extension RawMessage {
    /// MSH-9.3, or what MSH-9.1 and MSH-9.2 say where it is empty or names no known structure.
    package var structureName: String? {
        let type = self["MSH", field: 9]
        let declared = type[component: 3].string
        if StructureTable.rows[declared] != nil { return declared }
        return EventTable.structure(type: type[component: 1].string, event: type[component: 2].string)
    }
}
