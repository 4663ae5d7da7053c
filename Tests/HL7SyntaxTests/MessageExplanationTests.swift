import Testing

@testable import HL7Syntax

@Suite struct MessageExplanationTests {
    @Test func everyPartHasItsName() throws {
        let text = """
            MSH|^~\\&|LAB|N|||2024||ORU^R01|1|P|2.5.1
            PID|1||77^^^M&1.2&ISO^MR~88||O\\T\\B^X
            OBR|1||F1|A^Alpha
            OBX|1|CWE|B^Beta||c^d||||||F
            ZPI|x^y
            """
        let message = try RawMessage(parsing: Array(text.utf8))
        let explanation = MessageExplanation(message)
        #expect(
            explanation.lines().joined(separator: "\n") == """
                ORU_R01, version 2.5.1
                MSH  Message Header
                  MSH-1 Field Separator (ST): |
                  MSH-2 Encoding Characters (ST): ^~\\&
                  MSH-3 Sending Application (HD): LAB
                  MSH-4 Sending Facility (HD): N
                  MSH-7 Date/Time of Message (TS): 2024
                  MSH-9 Message Type (MSG)
                    MSH-9.1 Message Code (ID): ORU
                    MSH-9.2 Trigger Event (ID): R01
                  MSH-10 Message Control ID (ST): 1
                  MSH-11 Processing ID (PT): P
                  MSH-12 Version ID (VID): 2.5.1
                PATIENT_RESULT
                  PATIENT
                    PID  Patient Identification
                      PID-1 Set ID - PID (SI): 1
                      PID-3[1] Patient Identifier List (CX)
                        PID-3[1].1 ID Number (ST): 77
                        PID-3[1].4 Assigning Authority (HD)
                          PID-3[1].4.1 Namespace ID (IS): M
                          PID-3[1].4.2 Universal ID (ST): 1.2
                          PID-3[1].4.3 Universal ID Type (ID): ISO
                        PID-3[1].5 Identifier Type Code (ID): MR
                      PID-3[2] Patient Identifier List (CX): 88
                      PID-5 Patient Name (XPN)
                        PID-5.1 Family Name (FN): O&B
                        PID-5.2 Given Name (ST): X
                  ORDER_OBSERVATION
                    OBR  Observation Request
                      OBR-1 Set ID - OBR (SI): 1
                      OBR-3 Filler Order Number (EI): F1
                      OBR-4 Universal Service Identifier (CE)
                        OBR-4.1 Identifier (ST): A
                        OBR-4.2 Text (ST): Alpha
                    OBSERVATION
                      OBX  Observation/Result
                        OBX-1 Set ID - OBX (SI): 1
                        OBX-2 Value Type (ID): CWE
                        OBX-3 Observation Identifier (CE)
                          OBX-3.1 Identifier (ST): B
                          OBX-3.2 Text (ST): Beta
                        OBX-5 Observation Value (CWE)
                          OBX-5.1 Identifier (ST): c
                          OBX-5.2 Text (ST): d
                        OBX-11 Observation Result Status (ID): F
                      ZPI
                        ZPI-1
                          ZPI-1.1: x
                          ZPI-1.2: y
                warning: segments end in LF
                warning: MSH-9.3: taken for ORU_R01
                """)
    }

    @Test func controlsNeverReachTheTerminal() throws {
        let message = try RawMessage(
            parsing: Array("MSH|^~\\&|A\\X1B\\[2J\\.br\\b|\"\"|\(String(repeating: "x", count: 200))".utf8))
        let lines = MessageExplanation(message).lines()
        #expect(
            lines.contains("  MSH-3 Sending Application (ST): A·[2J⏎b")
                || lines.contains("  MSH-3 Sending Application (HD): A·[2J⏎b"))
        #expect(lines.contains { $0.hasSuffix("x… (200 characters)") })
    }
}
