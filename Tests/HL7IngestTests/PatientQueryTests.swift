import Foundation
import Testing

/// QBP^Q22 and Q23, answered from our patients.
@Suite struct PatientQueryTests {
    @Test func patientsAreFoundByTheirDemographics() async throws {
        try await IngestHarness.with { harness in
            try await fill(harness)
            let answer = await harness.send(qbp("Q22", "1", "QPD|IHE PDQ Query|T1|@PID.5.1^Doe~@PID.7^19700101"))
            #expect(IngestHarness.code(answer) == "AA")
            #expect(answer?.contains("|RSP^K22^RSP_K21|") == true)
            #expect(answer?.contains("QAK|T1|OK|IHE PDQ Query|1|1|0") == true)
            #expect(answer?.contains("QPD|IHE PDQ Query|T1|@PID.5.1^Doe~@PID.7^19700101") == true)
            #expect(answer?.contains("PID|1||M1^^^&urn:martlet:mrn&URI^MR~77^^^&urn:x&URI^PI||Doe^Jane") == true)
            let byNumber = await harness.send(
                qbp("Q22", "2", "QPD|Q|T2|@PID.3.1^M2~@PID.3.4.2^urn:martlet:mrn~@PID.3.4.3^URI"))
            #expect(byNumber?.contains("QAK|T2|OK|Q|1|1|0") == true)
            let nobody = await harness.send(qbp("Q22", "3", "QPD|Q|T3|@PID.5.1^Nobody"))
            #expect(nobody?.contains("MSA|AA|3") == true)
            #expect(nobody?.contains("QAK|T3|NF|Q|0|0|0") == true)
            try await harness.expect(
                0, "SELECT count(*) FROM hl7_message WHERE type LIKE 'QBP%' AND state <> 'applied'")
            try await harness.expect(3, "SELECT count(*) FROM patient")
        }
    }

    @Test func manyPatientsComeInPages() async throws {
        try await IngestHarness.with { harness in
            try await fill(harness)
            var seen: Set<String> = []
            var pointer = ""
            for page in 1...3 {
                let query = qbp(
                    "Q22", "p\(page)", "QPD|Q|T1|@PID.5.2^J*", "RCP|I|1^RD", pointer.isEmpty ? "" : "DSC|\(pointer)|I")
                let answer = try #require(await harness.send(query))
                let segments = answer.split(separator: "\r").map(String.init)
                let patient = try #require(segments.first { $0.hasPrefix("PID|") })
                seen.insert(String(patient.split(separator: "|", omittingEmptySubsequences: false)[3].prefix(2)))
                #expect(segments.contains("QAK|T1|OK|Q|3|1|\(page == 3 ? 0 : 2)"))
                let next = segments.first { $0.hasPrefix("DSC|") }
                #expect((next == nil) == (page == 3))
                pointer = next.map { String($0.split(separator: "|")[1]) } ?? ""
            }
            #expect(seen == ["M1", "M2", "M3"])
        }
    }

    @Test func whatCannotBeAnsweredIsSaid() async throws {
        try await IngestHarness.with { harness in
            try await fill(harness)
            let unknownField = await harness.send(qbp("Q22", "1", "QPD|Q|T1|@PID.5.1^Doe~@PID.6.1^Smith"))
            #expect(unknownField?.contains("MSA|AE|1") == true)
            #expect(unknownField?.contains("ERR||QPD^1^3^2|103^") == true)
            #expect(unknownField?.contains("QAK|T1|AE|Q") == true)
            #expect(unknownField?.contains("PID|") == false)
            let domain = await harness.send(qbp("Q22", "2", "QPD|Q|T1|@PID.5.1^Doe|||||^^^&urn:nobody&URI"))
            #expect(domain?.contains("ERR||QPD^1^8^1|204^") == true)
            let nothing = await harness.send(qbp("Q22", "3", "QPD|Q|T1|"))
            #expect(nothing?.contains("QAK|T1|AE|Q") == true)
            let pointer = await harness.send(qbp("Q22", "4", "QPD|Q|T1|@PID.5.1^Doe", "DSC|nonsense|I"))
            #expect(pointer?.contains("MSA|AE|4") == true)
            #expect(await harness.code(qbp("Q22", "5", "ZZZ|1")) == "AE")
        }
    }

    @Test func theOtherNumbersOfAPatientAreTold() async throws {
        try await IngestHarness.with { harness in
            try await fill(harness)
            let answer = await harness.send(qbp("Q23", "1", "QPD|IHE PIX Query|T1|M1^^^&urn:martlet:mrn&URI"))
            #expect(answer?.contains("|RSP^K23^RSP_K23|") == true)
            #expect(answer?.contains("QAK|T1|OK|IHE PIX Query") == true)
            #expect(answer?.contains("PID|||77^^^&urn:x&URI^PI||~^^^^^^S") == true)
            let none = await harness.send(qbp("Q23", "2", "QPD|Q|T2|M2^^^&urn:martlet:mrn&URI"))
            #expect(none?.contains("MSA|AA|2") == true)
            #expect(none?.contains("QAK|T2|NF|Q") == true)
            let unknown = await harness.send(qbp("Q23", "3", "QPD|Q|T3|M9^^^&urn:martlet:mrn&URI"))
            #expect(unknown?.contains("MSA|AE|3") == true)
            #expect(unknown?.contains("ERR||QPD^1^3^1^1|204^") == true)
            let domain = await harness.send(qbp("Q23", "4", "QPD|Q|T4|M1^^^&urn:martlet:mrn&URI|^^^&urn:x&URI"))
            #expect(domain?.contains("PID|||77^^^&urn:x&URI^PI") == true)
        }
    }

    private func fill(_ harness: IngestHarness) async throws {
        let people = [
            ("M1^^^MARTLET&urn:martlet:mrn&URI^MR~77^^^X&urn:x&URI^PI", "Doe^Jane", "19700101"),
            ("M2^^^MARTLET&urn:martlet:mrn&URI^MR", "Roe^John", "19800202"),
            ("M3^^^MARTLET&urn:martlet:mrn&URI^MR", "Poe^Jim", "19900303"),
        ]
        for (index, person) in people.enumerated() {
            let segments = [
                "MSH|^~\\&|REG|NORTH|MARTLET|CLINIC|20260101100000||ADT^A28^ADT_A05|a\(index)|P|2.5.1",
                "EVN|A28|20260101100000", "PID|1||\(person.0)||\(person.1)||\(person.2)|F|||1 Road^^Town||555-1",
            ]
            #expect(await harness.code(Array((segments.joined(separator: "\r") + "\r").utf8)) == "AA")
        }
    }

    private func qbp(_ trigger: String, _ control: String, _ segments: String...) -> [UInt8] {
        let head = "MSH|^~\\&|REG|NORTH|MARTLET|CLINIC|20260101100000||QBP^\(trigger)^QBP_Q21|\(control)|P|2.5.1"
        return Array((([head] + segments.filter { !$0.isEmpty }).joined(separator: "\r") + "\r").utf8)
    }
}
